"""The report of a mailing, and the mail as it was sent: true, complete, and harmless to open."""

import csv
import io
import re

import pytest
from django.urls import reverse

from delivery.counting import counts
from delivery.models import Chunk, Mailing
from delivery.states import Outcome
from delivery.transports import Taken
from issues.models import Edition
from tests.desk.test_mailings import at, signed_in, text_of, told

pytestmark = pytest.mark.django_db

PAGES = ("report", "report-page", "report-table", "sent", "sent-html")


def table(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def test_the_report_says_what_was_sent_who_approved_it_and_what_became_of_it(ann, mailing):
    mailing.recipients.filter(chunk_number=1).update(outcome=Outcome.DELIVERED)
    ann.post(at("pause", mailing), {"reason": "A typo"})
    ann.post(at("settle", mailing), {"decision": "count as sent", "chunk": ["2"]})
    page = text_of(ann.get(at("report", mailing)))
    for words in (
        "Issue #317 Vol 7, No 26, 29 June 2025",
        mailing.edition.subject,
        "Approved by An Editor",
        "Audience confirmed readers of The World This Week",
        "What the approver let pass",
        "excluded: not confirmed 1",
        "taken by the reader's server 1",
        "Accepted copies a minute",
        "Ann decided to count them as sent",
        "Ann: Mailing 1 is paused.",
        mailing.edition.sha256,
    ):
        assert words in page.replace(f"Mailing {mailing.pk} is", "Mailing 1 is"), words


def test_the_chart_has_every_accepted_copy_and_says_so_in_words(ann, mailing, hand_over):
    hand_over(mailing, Taken())
    page = ann.get(at("report", mailing)).content.decode()
    assert len(re.findall("<rect", page)) >= 1
    assert 'role="img" aria-labelledby="chart-title"' in page
    rows = [row for row in table(ann.get(at("report-table", mailing))) if "accepted a" in row[0]]
    assert sum(int(number) for _, _, number in rows) == counts(mailing).accepted == 2


def test_the_table_adds_up_and_is_no_formula(ann, mailing):
    Edition.objects.filter(pk=mailing.edition_id).update(subject="=HYPERLINK(1)")
    response = ann.get(at("report-table", mailing))
    assert response["Content-Disposition"] == f'attachment; filename="mailing-{mailing.pk}.csv"'
    rows = table(response)
    numbers = {what: int(value) for part, what, value in rows if part == "readers"}
    assert numbers["frozen"] + numbers["excluded: not confirmed"] == numbers["candidates"] == 6
    assert ["mailing", "Subject", "'=HYPERLINK(1)"] in rows


def test_the_file_needs_nothing_from_anywhere(ann, mailing):
    response = ann.get(at("report-page", mailing))
    page = response.content.decode()
    assert "attachment" in response["Content-Disposition"]
    assert not re.search(r"<(script|link|img|iframe)\b|\bsrc=|url\(|@import", page)
    assert "<svg" in page


def test_what_nobody_got_has_no_chart(ann, mailing):
    Chunk.objects.filter(number=1).delete()
    assert '<svg viewBox="0 0 640' not in ann.get(at("report", mailing)).content.decode()


def test_no_report_has_a_readers_address(ann, mailing):
    for name in PAGES:
        assert not re.search(r"reader\d@", ann.get(at(name, mailing)).content.decode())


def test_the_mail_is_shown_as_it_was_sent_with_nobodys_name_and_links(ann, mailing):
    page = ann.get(at("sent", mailing)).content.decode()
    assert "These are the approved bytes" in page
    assert mailing.edition.sha256 in page
    frame = re.search(r"<iframe[^>]*>", page)[0]
    assert 'sandbox="' in frame
    assert "allow-scripts" not in frame
    shown = ann.get(at("sent-html", mailing))
    assert "[%" not in shown.content.decode()
    assert "/unsubscribe/preview" in shown.content.decode()
    policy = shown["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy
    assert shown["X-Frame-Options"] == "SAMEORIGIN"


def test_bytes_that_somebody_has_changed_are_not_called_approved(ann, mailing):
    Edition.objects.filter(pk=mailing.edition_id).update(text="Other words")
    page = text_of(ann.get(at("sent", mailing)))
    assert "These are not the bytes that were frozen" in page
    assert "approved bytes" not in page


def test_who_may_not_look_at_mailings_gets_no_report(client, mailing):
    nobody = signed_in(client)
    for name in PAGES:
        assert nobody.get(at(name, mailing)).url == reverse("wagtailadmin_home")


def test_the_page_tells_the_pace_and_what_to_do_when_nobody_is_at_it(ann, mailing):
    page = ann.get(at("mailing", mailing)).content.decode()
    assert "1 accepted in the last minute" in page
    Chunk.objects.update(left_at="2025-06-29T02:30Z", answered_at="2025-06-29T02:30Z")
    page = text_of(ann.get(at("mailing", mailing)))
    assert "Nobody is handing it over." in page
    assert "Go on now" in page
    done = told(ann, ann.post(at("go-on", mailing)))
    assert "The schedule does not run at this moment. Nothing is lost" in done


def test_going_on_takes_a_post_and_the_right_to(client, mailing):
    looker = signed_in(client, "view_mailing")
    assert looker.post(at("go-on", mailing)).url == reverse("wagtailadmin_home")
    changer = signed_in_as_changer(client)
    opened = changer.get(at("go-on", mailing))
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "Go back to the page with the button, and press it again." in opened.content.decode()
    assert f'href="{reverse("mailings:mailing", args=[mailing.pk])}"' in opened.content.decode()


def signed_in_as_changer(client):
    from django.contrib.auth import get_user_model

    get_user_model().objects.all().delete()
    return signed_in(client, "view_mailing", "change_mailing")


def test_a_resumed_mailing_goes_on_by_itself_if_the_schedule_does_not_run(ann, mailing):
    ann.post(at("pause", mailing))
    assert "it goes on as soon as the schedule runs again" in told(
        ann, ann.post(at("resume", mailing))
    )
    assert Mailing.objects.get().paused_at is None
