"""Approving an issue, and what voids it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from issues.approval import (
    Approver,
    approval_in_force,
    approve_issue,
    confirm_approval,
    what_changed,
)
from issues.assembling import assemble, move_to_week
from issues.content import issue_content
from issues.editions import make_alert, render_issue
from issues.errors import IssueError, NotApproved
from issues.models import Approval, Edition
from issues.preflight import preflight
from issues.preflight.gathering import facts_of_issue
from issues.seen import ChangedSinceSeen, as_it_is
from notes.approval import approve
from rendering.keeping import issue_from_json
from rendering.mail import render_issue as render_content

pytestmark = pytest.mark.django_db

SUNDAY = date(2025, 6, 29)


@pytest.fixture
def issue(twtw, write_note):
    write_note("Mali")
    return assemble(twtw, SUNDAY).issue


def test_an_approval_keeps_the_bytes_it_is_for(issue):
    approval = approve_issue(issue, "an editor")
    assert approval.sha256 == approval.edition.sha256
    assert issue.line in approval.edition.html
    assert issue.line in approval.edition.text
    assert confirm_approval(issue) == approval


def test_it_leaves_at_the_publications_hour_unless_told_otherwise(issue):
    approval = approve_issue(issue, "an editor")
    assert approval.send_at.isoformat() == "2025-06-29T08:00:00+05:30"


def test_approving_the_same_bytes_again_changes_nothing(issue):
    assert approve_issue(issue, "an editor") == approve_issue(issue, "somebody else")
    assert Edition.objects.count() == 1


def test_an_issue_that_nobody_approved_is_not_confirmed(issue):
    with pytest.raises(NotApproved, match="is not approved"):
        confirm_approval(issue)


def test_a_changed_subject_line_voids_the_approval(issue):
    approve_issue(issue, "an editor")
    issue.subject_line = "Another one"
    issue.save()
    with pytest.raises(NotApproved, match="approved by an editor, but changed"):
        confirm_approval(issue)
    assert approval_in_force(issue) is None
    assert "subject line" in Approval.objects.get().void_reason


def test_an_edited_note_voids_the_approval_of_its_issue(issue):
    approve_issue(issue, "an editor")
    note = issue.entries.get().note
    note.claim = "Corrected"
    note.save_revision()
    with pytest.raises(NotApproved, match="was edited"):
        confirm_approval(issue)


@pytest.mark.parametrize("field", ["sender_name", "sender_address", "reply_to"])
def test_another_sender_voids_the_approval_though_no_byte_is_another(issue, field):
    approval = approve_issue(issue, "an editor")
    setattr(issue.publication, field, "other@example.org")
    issue.publication.save()
    assert what_changed(issue, approval).startswith("it would be from ")
    with pytest.raises(NotApproved, match="it would be from"):
        confirm_approval(issue)


def test_approving_anew_under_another_sender_is_another_approval(issue):
    first = approve_issue(issue, "an editor")
    issue.publication.reply_to = "desk@example.org"
    issue.publication.save()
    second = approve_issue(issue, "an editor")
    assert second != first
    assert second.sender.endswith("answers to desk@example.org")
    assert confirm_approval(issue) == second


def test_what_was_seen_is_what_is_approved_or_nothing(issue):
    seen = as_it_is(issue.publication, render_issue(issue), 10)
    issue.introduction = "New words."
    issue.save()
    with pytest.raises(ChangedSinceSeen, match="its words"):
        approve_issue(issue, Approver("an editor", seen=seen), readers=10)
    assert approval_in_force(issue) is None


def test_who_saw_no_approval_changes_nothing_about_a_colleagues(issue):
    seen = as_it_is(issue.publication, render_issue(issue), 10)
    due = issue.publication.due(issue.date)
    first = approve_issue(issue, Approver("Paula", seen=seen), due, readers=10)
    with pytest.raises(IssueError, match="Paula approved it before you, to leave on Sunday, 29"):
        approve_issue(issue, Approver("Paul", seen=seen), due + timedelta(days=1), readers=10)
    assert approval_in_force(issue) == first
    assert approve_issue(issue, Approver("Paul", seen=seen), due, readers=10) == first


def test_a_note_taken_out_voids_the_approval(issue, twtw, write_note):
    write_note("Togo")
    issue = assemble(twtw, SUNDAY).issue
    approve_issue(issue, "an editor")
    issue.entries.last().delete()
    with pytest.raises(NotApproved):
        confirm_approval(issue)


def test_an_issue_without_notes_can_not_be_approved(twtw):
    with pytest.raises(IssueError, match="It has no note"):
        approve_issue(assemble(twtw, SUNDAY).issue, "an editor")


def test_approving_anew_after_a_change_leaves_one_approval_in_force(issue):
    first = approve_issue(issue, "an editor")
    issue.subject_line = "Another one"
    issue.save()
    second = approve_issue(issue, "an editor")
    assert second != first
    assert approval_in_force(issue) == second


def test_a_note_makes_one_edition_as_an_alert(alerts, write_note):
    note = write_note("Mali")
    assert make_alert(alerts, note) == make_alert(alerts, note)


def test_a_note_that_is_not_approved_makes_no_alert(alerts, write_note):
    with pytest.raises(NotApproved, match="not approved"):
        make_alert(alerts, write_note(approved=False))


def test_a_numbered_publication_has_no_alerts(twtw, write_note):
    with pytest.raises(IssueError, match="numbered issues"):
        make_alert(twtw, write_note())


def test_a_draft_in_the_issue_stops_the_approval(issue):
    note = issue.entries.get().note
    note.claim = "A draft"
    note.save_revision()
    with pytest.raises(IssueError, match="is not approved again"):
        approve_issue(issue, "an editor")


def test_moving_a_note_away_voids_the_approval_at_once(issue):
    approve_issue(issue, "an editor")
    move_to_week(issue.entries.get().note, date(2025, 7, 6))
    assert approval_in_force(issue) is None
    assert "moved to another week" in Approval.objects.get().void_reason


def test_an_alert_that_was_not_mailed_follows_a_correction(alerts, write_note):
    note = write_note("Mali", "As approved first")
    first = make_alert(alerts, note)
    note.claim = "As corrected"
    note.save_revision()
    with pytest.raises(NotApproved):
        make_alert(alerts, note)
    approve(note)
    again = make_alert(alerts, note)
    assert again.pk == first.pk
    assert "As corrected" in again.html
    assert "As approved first" not in again.html


def test_placeholders_are_named_and_stop_an_issue_only_where_mail_really_leaves(issue, settings):
    approve_issue(issue, "an editor")
    settings.DELIVERY_TRANSPORT = "sendgrid"
    found = preflight(facts_of_issue(issue))
    assert {finding.code for finding in found if finding.level == "blocker"} == {
        "no-postal-address",
        "example-sender",
        "site-not-public",
    }


def test_what_stops_it_where_mail_really_leaves_voids_an_approval_of_the_outbox(issue, settings):
    approve_issue(issue, "an editor")
    assert confirm_approval(issue)
    settings.DELIVERY_TRANSPORT = "sendgrid"
    with pytest.raises(NotApproved, match=r"changed since: .* no postal address"):
        confirm_approval(issue)
    assert approval_in_force(issue) is None


def test_a_blocker_that_reads_signs_can_be_overruled_by_name_and_is_kept(twtw, write_note):
    write_note(text="<p>They call it TK.</p>")
    issue = assemble(twtw, date(2025, 6, 29)).issue
    with pytest.raises(IssueError, match=r"as it stands, approve it with --overrule placeholder\."):
        approve_issue(issue, "an editor")
    approval = approve_issue(issue, "an editor", overruled=["placeholder"])
    kept = {finding["code"]: finding["level"] for finding in approval.findings}
    assert kept["placeholder"] == "blocker"
    assert confirm_approval(issue) == approval


def test_what_can_not_be_wrong_can_not_be_overruled(issue):
    with pytest.raises(IssueError, match=r"no-notes can't be overruled; these can be: ai-image"):
        approve_issue(issue, "an editor", overruled=["placeholder", "no-notes"])
    assert approval_in_force(issue) is None


def test_an_edition_keeps_what_it_was_rendered_from(issue):
    edition = approve_issue(issue, "an editor").edition
    kept = issue_from_json(edition.content)
    assert kept == issue_content(issue)
    assert render_content(kept).sha256 == edition.sha256
