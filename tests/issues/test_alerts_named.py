"""The weekly names the alerts that were mailed since the one before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from issues.alerts_named import alerts_of
from issues.approval import approve_issue, confirm_approval
from issues.assembling import assemble
from issues.content import issue_content
from issues.editions import make_alert, render_issue
from issues.models import Edition
from rendering.content import AlertMention
from rendering.keeping import issue_from_json, to_json
from rendering.mail import render_issue as render
from tests.rendering.reading import Page
from tests.rendering.samples import ISSUE

pytestmark = pytest.mark.django_db

SUNDAY = date(2025, 6, 29)


@pytest.fixture
def send_alert(alerts, write_note, able_to_send):
    """Makes the edition of an alert, as its mailing does."""

    def send(subject):
        able_to_send(alerts)
        note = write_note(subject, f"What {subject} means", publication=alerts)
        return make_alert(alerts, note)

    return send


def named(issue):
    return [alert.subject for alert in alerts_of(issue)]


def test_an_issue_names_the_alerts_since_the_one_before_each_once(twtw, write_note, send_alert):
    send_alert("Bamako")
    first = assemble(twtw, SUNDAY).issue
    assert named(first) == ["Bamako"]
    first.published_at = timezone.now()
    first.save()
    send_alert("Kidal")
    send_alert("Gao")
    second = assemble(twtw, SUNDAY + timedelta(days=7)).issue
    assert named(second) == ["Kidal", "Gao"]
    assert named(first) == ["Bamako"]


def test_the_first_issue_goes_back_a_week(twtw, write_note, send_alert):
    old = send_alert("Bamako")
    Edition.objects.filter(pk=old.pk).update(rendered_at=timezone.now() - timedelta(days=8))
    assert named(assemble(twtw, SUNDAY).issue) == []


def test_an_alert_after_the_approval_leaves_the_approved_words_and_is_in_the_next_issue(
    twtw, write_note, send_alert, able_to_send
):
    able_to_send(twtw)
    write_note("Mali")
    issue = assemble(twtw, SUNDAY).issue
    approval = approve_issue(issue, "An Editor")
    send_alert("Bamako")
    assert confirm_approval(issue) == approval
    assert "Bamako" not in render_issue(issue).text
    issue.published_at = timezone.now()
    issue.save()
    assert named(assemble(twtw, SUNDAY + timedelta(days=7)).issue) == ["Bamako"]


def test_a_note_that_stands_in_the_issue_is_not_named_beside_itself(
    twtw, alerts, write_note, able_to_send
):
    able_to_send(alerts)
    make_alert(alerts, write_note("Mali"))
    issue = assemble(twtw, SUNDAY).issue
    assert [note.subject for note in issue_content(issue).notes] == ["Mali"]
    assert named(issue) == []


def test_what_an_alert_said_stays_whatever_becomes_of_its_note(twtw, send_alert):
    edition = send_alert("Bamako")
    edition.note.subject = "Another"
    edition.note.save()
    mention = alerts_of(assemble(twtw, SUNDAY).issue)[0]
    assert mention.subject == "Bamako"
    assert mention.publication == "GP Alerts"
    assert mention.url.endswith(f"/alerts/{edition.note.slug}/")


def test_both_parts_of_the_mail_have_the_headline_and_the_address():
    mention = AlertMention(
        "GP Alerts", "The Sound", "Why <fog> & a strait", SUNDAY, "https://example.org/alerts/a/"
    )
    issue = replace(ISSUE, alerts=(mention,))
    rendering = render(issue)
    for part in (Page(rendering.html).text, rendering.text):
        assert "Alerts since the last issue" in part
        assert "Why <fog> & a strait" in part
    assert 'href="https://example.org/alerts/a/"' in rendering.html
    assert "https://example.org/alerts/a/" in rendering.text
    assert issue_from_json(to_json(issue)) == issue


def test_a_week_without_alerts_says_nothing_of_them():
    rendering = render(ISSUE)
    assert "Alerts since" not in rendering.html + rendering.text
