"""The issue desk's page: what it says at a glance, and to whom."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from delivery.freezing import start_issue_mailing
from delivery.transports.outbox import Outbox
from desk.issue_desk.standing import next_day
from issues.approval import approve_issue
from issues.assembling import assemble, next_issue_day
from issues.models import Issue, Publication
from notes.models import Note, Photo
from tests.desk.issue_desk.conftest import SUNDAY
from tests.desk.issue_desk.pages import at, text_of

pytestmark = pytest.mark.django_db


def page_for(person, query=""):
    return person.client.get(at("issue") + query)


@pytest.fixture
def next_week(twtw, write_note):
    """An issue whose time is still to come."""
    twtw.first_serial, twtw.postal_address = 900, "1 Sample Road"
    twtw.save()
    day = next_issue_day(twtw, timezone.now())
    write_note("Mali", day=day)
    return assemble(twtw, day).issue


def test_it_says_which_issue_is_next_when_it_leaves_and_what_stops_it(
    editor, next_week, publisher, twtw
):
    due = twtw.due(next_week.date)
    text = text_of(page_for(editor))
    assert next_week.line in text
    assert f"It leaves on {due:%A}, {due.day} {due:%B %Y}, 08:00 if somebody approves it" in text
    assert "ready to approve" in text
    assert "Times in Asia/Kolkata" in text
    Issue.objects.filter(pk=next_week.pk).update(introduction="TK lorem ipsum")
    text = text_of(page_for(publisher))
    assert "1 blocker" in text
    assert "See what stops it" in text


def test_it_says_that_its_time_went_by_unapproved(editor, issue):
    text = text_of(page_for(editor))
    assert "nobody had approved it, so nothing left" in text


def test_it_says_who_approved_it_and_that_it_leaves_by_itself(editor, next_week):
    approve_issue(next_week, "Paul Publisher")
    text = text_of(page_for(editor))
    assert "Approved by Paul Publisher. It leaves by itself on" in text
    approve_issue(next_week, "Paul Publisher", send_at=timezone.now())
    assert "Its time has come: the schedule sends it." in text_of(page_for(editor))


def test_the_next_action_is_for_who_looks_and_for_the_state(next_week, publisher, editor, somebody):
    looker = somebody("vera", rights=["issues.view_issue"])

    def offered(person):
        context = page_for(person).context
        actions = [context["next_action"], *context["other_actions"]]
        return [action.label for action in actions if action]

    assert offered(publisher)[0] == "Approve it"
    assert "Approve it" not in offered(editor)
    assert offered(looker) == []
    approve_issue(next_week, "Paul Publisher")
    assert offered(publisher) == [
        "Send a test mail",
        "Send it now",
        "Reschedule",
        "Take the approval back",
    ]
    assert offered(editor) == ["Send a test mail"]


def test_every_button_leads_to_a_page_that_is_there(next_week, publisher, ann):
    for query in ("", "?change=1"):
        context = ann.get(at("issue") + query).context
        actions = filter(None, [context["next_action"], *context["other_actions"]])
        for action in actions:
            assert ann.get(action.address).status_code == 200


def test_what_is_not_in_it_is_listed_with_its_state_and_who_has_it(
    editor, issue, write_note, somebody
):
    write_note("Peru")
    cora = somebody("cora", groups=["Contributors"])
    draft, asked = (write_note(name, approved=False) for name in ("Riga", "Suva"))
    Note.objects.filter(pk__in=[draft.pk, asked.pk]).update(owner=cora.user)
    asked.get_workflow().start(asked, cora.user)
    text = text_of(page_for(editor))
    assert "Not approved yet" in text
    assert "in review A. Author with Editors or Administrators" in text
    assert "draft A. Author with Cora" in text
    assert "Approved since" in text
    asked.refresh_from_db()
    task = asked.current_workflow_state.current_task_state.specific
    task.reject(user=editor.user, comment="Say who pays.")
    assert "changes requested A. Author with Cora: “Say who pays.”" in text_of(page_for(editor))


def test_who_may_not_open_a_note_gets_no_dead_link(publisher, editor, somebody, issue):
    note = issue.entries.first().note
    edit = reverse("wagtailsnippets_notes_note:edit", args=[note.pk])
    read = reverse("wagtailsnippets_notes_note:inspect", args=[note.pk])
    assert edit in page_for(editor).content.decode()
    shown = page_for(publisher).content.decode()
    assert edit not in shown
    assert read in shown
    looker = page_for(somebody("vera", rights=["issues.view_issue"])).content.decode()
    assert edit not in looker
    assert read not in looker


def test_without_an_open_issue_it_says_when_the_next_is_prepared_and_what_would_be_in_it(
    editor, twtw, write_note
):
    day = next_issue_day(twtw, timezone.now())
    write_note("Mali", "What comes next", day=day)
    page = page_for(editor)
    text = text_of(page)
    assert "No issue is open" in text
    assert "Prepare it now" in text
    assert "What comes next" in text
    saturday = day - timedelta(days=1)
    assert f"{saturday:%A}, {saturday.day} {saturday:%B %Y}, 08:00" in text


def test_the_one_that_was_sent_is_named_with_its_counts_and_its_page(
    editor, issue, tmp_path, three_notes
):
    approve_issue(issue, "Paul Publisher")
    mailing = start_issue_mailing(issue, Outbox(tmp_path))
    page = page_for(editor)
    assert f"{issue.line} is on its way" in text_of(page)
    assert reverse("mailings:mailing", args=[mailing.pk]) in page.content.decode()


def test_an_issue_that_can_not_be_shown_says_why_and_leads_to_the_note(editor, issue):
    picture = BytesIO()
    Image.new("RGB", (900, 600)).save(picture, "PNG")
    photo = Photo.objects.create(
        title="River", file=SimpleUploadedFile("lost.png", picture.getvalue(), "image/png")
    )
    note = issue.entries.last().note
    Note.objects.filter(pk=note.pk).update(photo=photo)
    photo.file.storage.delete(photo.file.name)
    page = page_for(editor)
    text = text_of(page)
    assert "The picture “River” of “Oslo: Oslo claims” can't be read" in text
    assert "can't be shown" in text
    fix = reverse("wagtailsnippets_notes_note:edit", args=[note.pk])
    assert page.context["next_action"].address == fix
    assert editor.client.get(at("preview", "mail")).status_code == 200
    editor.client.post(at("look-again"))


def test_the_number_of_queries_does_not_grow_with_the_notes(editor, issue, write_note):
    def more_notes(number):
        for subject in range(number):
            write_note(f"Note {number} {subject}")
            write_note(f"Later {number} {subject}", day=date(2025, 7, 3))
            draft = write_note(f"Draft {number} {subject}", approved=False)
            asked = write_note(f"Asked {number} {subject}", approved=False)
            asked.get_workflow().start(asked, editor.user)
            Note.objects.filter(pk__in=[draft.pk, asked.pk]).update(owner=editor.user)
        assemble(issue.publication, SUNDAY)

    def queries():
        page_for(editor)
        with CaptureQueriesContext(connection) as asked:
            assert page_for(editor).status_code == 200
        return len(asked)

    more_notes(1)
    few = queries()
    more_notes(4)
    assert queries() == few


def test_only_who_may_look_at_issues_sees_it_and_the_menu(somebody, publisher, issue, client):
    stranger = somebody("nobody")
    for name in ("index", "issue", "findings"):
        address = reverse("issue_desk:index") if name == "index" else at(name)
        assert stranger.client.get(address).status_code == 302
        assert client.get(address).url.startswith(reverse("wagtailadmin_login"))
        assert publisher.client.get(address, follow=True).status_code == 200
    assert stranger.client.get(at("preview", "mail")).status_code == 302
    home = reverse("wagtailadmin_home")
    assert "Issue desk" in publisher.client.get(home).content.decode()
    assert "Issue desk" not in stranger.client.get(home).content.decode()


def test_the_index_leads_to_the_one_and_lists_several(editor, issue, alerts):
    index = reverse("issue_desk:index")
    assert editor.client.get(index).url == at("issue")
    Publication.objects.filter(pk=alerts.pk).update(numbered=True)
    text = text_of(editor.client.get(index))
    assert "GP Alerts" in text
    assert "The World This Week" in text


def test_there_is_no_page_for_what_is_no_numbered_publication(editor, alerts):
    for slug in (alerts.slug, "nonsense"):
        assert editor.client.get(reverse("issue_desk:issue", args=[slug])).status_code == 404


def test_the_home_page_leads_there(editor, issue):
    assert at("issue") in editor.client.get(reverse("wagtailadmin_home")).content.decode()


def test_a_week_in_which_the_issue_left_early_is_not_prepared_again(twtw):
    day = date(2025, 6, 29)
    Issue.objects.create(
        publication=twtw,
        volume=twtw.volumes.first(),
        date=day,
        published_at="2025-06-28T08:00Z",
    )
    assert next_day(twtw, day) == date(2025, 7, 6)
