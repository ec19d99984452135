"""What preflight finds, beside the issue: all of it, with a way to mend it for who may."""

import pytest
from django.urls import reverse

from desk.issue_desk.looking_over import looked_over
from issues.models import Issue
from issues.preflight import preflight
from issues.preflight.gathering import facts_of_issue
from tests.desk.issue_desk.pages import at, text_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def faulty(issue):
    """A blocker in the introduction, and the sender is still an example."""
    Issue.objects.update(introduction="To come: TK and lorem ipsum.")
    return Issue.objects.get(pk=issue.pk)


def test_everything_that_preflight_finds_is_shown_and_counted(editor, faulty):
    found = preflight(facts_of_issue(faulty))
    text = text_of(editor.client.get(at("findings")))
    assert found
    for finding in found:
        assert finding.sentence in text
    whole = text_of(editor.client.get(at("issue")))
    overlook = looked_over(faulty, editor.user)
    assert overlook.sum in whole
    assert len(overlook.blockers) + len(overlook.warnings) + len(overlook.hints) == len(found)


def test_it_leads_to_the_page_where_it_is_mended_only_who_may_open_that(
    editor, publisher, faulty, ann
):
    write = reverse("wagtailsnippets_issues_issue:edit", args=[faulty.pk])
    setting = reverse("wagtailsnippets_issues_publication:edit", args=[faulty.publication_id])
    assert write in editor.client.get(at("findings")).content.decode()
    assert setting not in editor.client.get(at("findings")).content.decode()
    assert write not in publisher.client.get(at("findings")).content.decode()
    page = ann.get(at("findings")).content.decode()
    assert write in page
    assert setting in page


def test_every_way_to_mend_that_is_shown_opens(editor, faulty):
    for one in looked_over(faulty, editor.user).told:
        if one.fix:
            assert editor.client.get(one.fix).status_code == 200


def test_looking_again_says_whether_sites_were_asked(editor, issue, settings):
    settings.CHECK_LINKS = False
    done = editor.client.post(at("look-again"))
    assert done.url == f"{at('issue')}#findings-section"
    assert "The sites behind the links are not asked here" in told(editor.client, done)


def test_asking_others_is_for_who_works_at_it_and_by_post_only(editor, somebody, issue):
    looker = somebody("vera", rights=["issues.view_issue"])
    assert "Look again" not in looker.client.get(at("issue")).content.decode()
    assert looker.client.post(at("look-again")).url == reverse("wagtailadmin_home")
    assert editor.client.get(at("look-again")).status_code == 405
