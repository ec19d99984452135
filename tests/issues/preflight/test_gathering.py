"""What the checks look at comes from the database, and nothing is asked of anybody outside."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from issues.approval import approve_issue
from issues.assembling import assemble
from issues.content import issue_content
from issues.editions import make_alert
from issues.errors import IssueError
from issues.outside.answers import keep_answers
from issues.outside.spam import keep_verdict
from issues.preflight import Level, preflight
from issues.preflight.facts import Answered, SpamScore
from issues.preflight.gathering import facts_of_alert, facts_of_issue
from notes.models import Person, PersonAlias
from tests.issues.preflight.sound import codes

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 29)


@pytest.fixture
def issue(twtw, write_note):
    write_note(text='<p>See <a href="https://example.org/a">the agreement</a>.</p>')
    return assemble(twtw, DAY).issue


def test_what_is_unclear_about_its_readers_is_found_out_and_stops_the_approval(issue, alerts):
    issue.segment = "does not get GP Alerts"
    issue.save()
    assert facts_of_issue(issue).doubt_about_readers == ""
    alerts.name = "GP Flashes"
    alerts.save()
    assert "no publication “GP Alerts”" in facts_of_issue(issue).doubt_about_readers
    with pytest.raises(IssueError, match="no publication “GP Alerts”"):
        approve_issue(issue, "An Editor")


def test_an_issue_stands_among_its_neighbours(twtw, issue, write_note):
    approve_issue(issue, "An Editor")
    issue.published_at = timezone.now()
    issue.save()
    write_note(claim="Later", day=DAY + timedelta(days=7))
    following = assemble(twtw, DAY + timedelta(days=7)).issue
    numbering = facts_of_issue(following).numbering
    assert numbering.identity.line == following.line
    assert numbering.before.line == issue.line
    assert numbering.after is None
    assert (numbering.numbers, numbering.weekday) == (following.numbers, 6)


def test_a_note_comes_with_its_schema_its_approval_and_the_pages_that_mend_it(issue):
    (note,) = facts_of_issue(issue).notes
    assert note.is_approved
    assert note.headings == ("What happened?", "What is the background?", "What does it mean?")
    pk = issue.entries.get().note_id
    assert note.fix == f"/desk/snippets/notes/note/edit/{pk}/"
    assert facts_of_issue(issue).fix == f"/desk/snippets/issues/issue/edit/{issue.pk}/"


def test_people_are_known_by_all_their_spellings(issue):
    person = Person.objects.get()
    PersonAlias.objects.create(person=person, name="An Author")
    assert facts_of_issue(issue).names == (("A. Author", "An Author"),)


def test_what_was_answered_outside_is_known_and_what_was_said_of_other_words_is_not(issue):
    facts = facts_of_issue(issue)
    assert (dict(facts.answers), facts.spam) == ({}, None)
    keep_answers({"https://example.org/a": Answered(False, "It is gone.")}, timezone.now())
    other = replace(facts, sender=replace(facts.sender, name="Somebody else"))
    keep_verdict(facts, SpamScore(7.0, (("BAD", 7.0),)), timezone.now())
    keep_verdict(other, SpamScore(1.0), timezone.now())
    facts = facts_of_issue(issue)
    assert dict(facts.answers) == {"https://example.org/a": Answered(False, "It is gone.")}
    assert facts.spam == SpamScore(7.0, (("BAD", 7.0),))
    assert {"link-unreachable", "spam-score"} <= set(codes(preflight(facts)))


def test_the_outbox_is_not_taken_for_a_real_transport(issue, settings):
    assert not facts_of_issue(issue).really_sent
    settings.DELIVERY_TRANSPORT = "sendgrid"
    assert facts_of_issue(issue).really_sent


def test_an_alert_has_one_note_and_no_number(alerts, write_note):
    facts = facts_of_alert(alerts, write_note(publication=alerts))
    assert facts.numbering is None
    assert len(facts.notes) == 1
    assert facts.fix == facts.notes[0].fix


def test_an_approval_names_what_preflight_warned_of(issue):
    issue.date = DAY + timedelta(days=1)
    issue.save()
    approval = approve_issue(issue, "An Editor")
    warned = {finding["code"] for finding in approval.findings}
    assert "other-weekday" in warned
    assert {finding["level"] for finding in approval.findings} == {Level.WARNING}


def test_a_blocker_stops_an_issue_and_an_alert_with_its_sentence(twtw, alerts, write_note):
    write_note(text="<p>To be written: TK.</p>")
    issue = assemble(twtw, DAY).issue
    with pytest.raises(IssueError, match=r"can't be approved yet: .*TK"):
        approve_issue(issue, "An Editor")
    note = write_note(publication=alerts, text="<p>Lorem ipsum dolor sit amet.</p>")
    with pytest.raises(IssueError, match="can't be sent as an alert yet: "):
        make_alert(alerts, note)
    assert not alerts.editions.exists()


def test_the_facts_of_the_rendering_are_of_this_very_rendering(issue):
    facts = facts_of_issue(issue)
    assert facts.view_url == issue_content(issue).url
    assert facts.subject == facts.rendering.subject
