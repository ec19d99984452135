"""The open issue at the desk: what stands around its notes is written there, and nothing else."""

import pytest
from django.urls import reverse
from django.utils import timezone

from desk.issues import OpenIssueView
from issues.approval import approval_in_force, approve_issue
from issues.assembling import assemble
from issues.content import issue_content
from issues.models import Issue
from rendering.content import Region

pytestmark = pytest.mark.django_db

WRITTEN = {
    "subject_line": "TWTW #317: A treaty on water",
    "preview_text": "And why nine days were enough",
    "introduction": "A week of agreements.",
    "cover": "",
    "regions-count": "1",
    "regions-0-deleted": "",
    "regions-0-order": "0",
    "regions-0-type": "region",
    "regions-0-id": "",
    "regions-0-value-name": "Africa",
    "regions-0-value-briefs-count": "1",
    "regions-0-value-briefs-0-deleted": "",
    "regions-0-value-briefs-0-order": "0",
    "regions-0-value-briefs-0-type": "item",
    "regions-0-value-briefs-0-id": "",
    "regions-0-value-briefs-0-value": (
        '{"blocks": [{"key": "a", "text": "A bridge was opened.", "type": "unstyled", "depth": 0, '
        '"inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}'
    ),
}


@pytest.fixture
def issue(twtw, write_note):
    return assemble(twtw, write_note().date).issue


def written(client, issue, **changes):
    """What a browser posts whose form is opened now."""
    form = client.get(page("edit", issue.pk)).context["form"]
    return {**WRITTEN, "opened_with": form["opened_with"].value(), **changes}


def page(name, *arguments):
    return reverse(f"wagtailsnippets_issues_issue:{name}", args=arguments)


def test_what_is_written_at_the_desk_stands_in_the_issue(ann, issue):
    assert issue.line in ann.get(page("list")).content.decode()
    desk = reverse("issue_desk:issue", args=["twtw"])
    assert page("edit", issue.pk) in ann.get(desk).content.decode()
    assert ann.get(page("edit", issue.pk)).status_code == 200
    response = ann.post(page("edit", issue.pk), written(ann, issue))
    assert response.status_code == 302, response.context["form"].errors
    assert response.url == f"{desk}#around-section"
    issue.refresh_from_db()
    content = issue_content(issue)
    assert content.subject_line == "TWTW #317: A treaty on water"
    assert content.preview_text == "And why nine days were enough"
    assert content.introduction == "A week of agreements."
    (region,) = content.regions
    assert isinstance(region, Region)
    assert region.name == "Africa"
    assert "A bridge was opened." in region.briefs[0]


def test_an_edit_voids_the_approval_at_once_and_an_unchanged_save_does_not(ann, issue):
    approve_issue(issue, "An Editor")
    form = ann.get(page("edit", issue.pk)).context["form"]
    same = {name: form[name].value() or "" for name in ("subject_line", "preview_text")}
    same |= {"introduction": "", "cover": "", "regions-count": "0"}
    ann.post(page("edit", issue.pk), {**same, "opened_with": form["opened_with"].value()})
    assert approval_in_force(issue) is not None
    ann.post(page("edit", issue.pk), written(ann, issue))
    assert approval_in_force(issue) is None
    assert "not approved yet" in ann.get(reverse("wagtailadmin_home")).content.decode()


def test_what_was_published_is_neither_listed_nor_written_at(ann, issue):
    issue.published_at = timezone.now()
    issue.save()
    assert issue.line not in ann.get(page("list")).content.decode()
    assert ann.post(page("edit", issue.pk), WRITTEN).status_code == 404
    issue.refresh_from_db()
    assert issue.subject_line == ""


def test_a_save_that_meets_the_publishing_neither_writes_nor_takes_it_back(ann, issue, monkeypatch):
    """It is published between the opening of the form and its saving."""
    form = written(ann, issue)
    opened = OpenIssueView.get_object

    def then_published(view, queryset=None):
        found = opened(view, queryset)
        Issue.objects.filter(pk=found.pk).update(published_at=timezone.now())
        return found

    monkeypatch.setattr(OpenIssueView, "get_object", then_published)
    ann.post(page("edit", issue.pk), form)
    issue.refresh_from_db()
    assert issue.is_published
    assert issue.subject_line == ""


def test_an_issue_is_neither_made_nor_deleted_at_the_desk(ann, issue):
    for address in (page("add"), page("delete", issue.pk)):
        assert ann.get(address, follow=True).request["PATH_INFO"] == reverse("wagtailadmin_home")
    issue.refresh_from_db()


def test_of_two_who_write_at_once_nobody_writes_over_the_other_unseen(ann, issue):
    first = written(ann, issue, subject_line="The first one's")
    second = written(ann, issue, subject_line="The second one's")
    assert ann.post(page("edit", issue.pk), first).status_code == 302
    refused = ann.post(page("edit", issue.pk), second)
    assert refused.status_code == 200
    told = refused.content.decode()
    assert "Somebody else wrote at this issue since you opened it" in told
    assert "The second one" in told
    issue.refresh_from_db()
    assert issue.subject_line == "The first one's"
    again = written(ann, issue, subject_line="Both together")
    assert ann.post(page("edit", issue.pk), again).status_code == 302


def test_who_opened_it_before_it_was_approved_takes_no_approval_back_unseen(ann, issue):
    opened = written(ann, issue)
    assert "takes the approval" not in ann.get(page("edit", issue.pk)).content.decode()
    approve_issue(issue, "Paul Publisher")
    refused = ann.post(page("edit", issue.pk), opened).content.decode()
    assert "or approved it" in refused
    assert "takes the approval of Paul Publisher back" in refused
    assert approval_in_force(issue) is not None
