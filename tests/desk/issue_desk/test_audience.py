"""Choosing who gets the open issue, and an alert: counted, understood, bound to the approval."""

import pytest
from django.urls import reverse

from delivery.counting import counts
from delivery.models import Mailing
from issues.approval import approval_in_force, approve_issue
from subscribers.models import Reader, Segment
from tests.desk.issue_desk.pages import at, fields_of, press, text_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def african(issue):
    """One of the issue's two readers is interested in Africa."""
    reader = Reader.objects.get(key="reader0@example.org")
    reader.regions.create(region="africa")
    return reader


def test_the_issue_desk_says_who_gets_it_and_leads_to_choosing(editor, issue):
    page = editor.client.get(at("issue"))
    assert "Who gets it confirmed readers of The World This Week" in text_of(page)
    assert at("audience") in page.content.decode()


def test_a_sentence_is_counted_and_then_chosen(editor, issue, african):
    page = editor.client.get(at("audience"))
    assert "2 of 2 readers Understood as: all readers" in text_of(page)
    written = {**fields_of(page), "segment": "REGION africa"}
    page = editor.client.post(at("audience"), {**written, "count": "yes"})
    assert "1 of 2 readers Understood as: region Africa" in text_of(page)
    issue.refresh_from_db()
    assert issue.segment == ""
    done = editor.client.post(at("audience"), written)
    assert "goes to confirmed readers of The World This Week: region Africa." in (
        told(editor.client, done)
    )
    issue.refresh_from_db()
    assert issue.segment == "region Africa"
    assert ": region Africa" in text_of(editor.client.get(at("issue")))


def test_a_saved_segment_is_chosen_by_its_name_and_copied(publisher, issue, african):
    segment = Segment.objects.create(name="African readers", sentence="region Africa")
    page = publisher.client.get(at("audience"))
    assert '<option value="region Africa">African readers</option>' in page.content.decode()
    press(publisher.client, at("audience"), segment="african readers")
    segment.sentence = "region Europe"
    segment.save()
    issue.refresh_from_db()
    assert issue.segment == "region Africa"


def test_what_is_not_understood_changes_nothing(editor, issue):
    page = press(editor.client, at("audience"), segment="regoin Africa")
    assert page.status_code == 400
    assert "Nothing was changed. “regoin Africa” is not understood" in text_of(page)
    assert 'value="regoin Africa"' in page.content.decode()
    issue.refresh_from_db()
    assert issue.segment == ""


def test_another_choice_takes_the_approval_back_that_the_person_was_told_of(editor, issue, african):
    approve_issue(issue, "An Editor")
    page = editor.client.get(at("audience"))
    assert "takes the approval of An Editor back" in text_of(page)
    fields = {**fields_of(page), "segment": "region Africa"}
    done = editor.client.post(at("audience"), fields)
    assert "The approval was taken back." in told(editor.client, done)
    assert approval_in_force(issue) is None


def test_an_approval_that_was_given_since_is_not_taken_back_unseen(editor, issue, african):
    fields = {**fields_of(editor.client.get(at("audience"))), "segment": "region Africa"}
    approve_issue(issue, "An Editor")
    page = editor.client.post(at("audience"), fields)
    assert "An Editor approved it since you opened this page" in text_of(page)
    assert approval_in_force(issue) is not None


def test_who_only_looks_does_not_choose(somebody, issue):
    looker = somebody("lou", rights=["issues.view_issue"])
    assert looker.client.get(at("audience")).url == reverse("wagtailadmin_home")
    assert at("audience") not in looker.client.get(at("issue")).content.decode()


def test_the_word_is_given_for_the_rule_and_the_excluded_are_told(publisher, issue, african):
    issue.segment = "region Africa"
    issue.save()
    page = publisher.client.get(at("approve"))
    for shown in (
        "Rule confirmed readers of The World This Week: region Africa",
        "Readers 1",
        "Excluded: not in the segment 1",
        "1 reader gets this.",
    ):
        assert shown in text_of(page)
    fields = fields_of(page)
    issue.segment = ""
    issue.save()
    answer = publisher.client.post(at("approve"), fields)
    assert answer.status_code == 409
    assert "it goes to confirmed readers of The World This Week." in text_of(answer)
    press(publisher.client, at("approve"))
    assert approval_in_force(issue).readers == 2


def test_a_segment_that_nobody_is_in_is_not_approved(publisher, issue):
    issue.segment = "region Oceania"
    issue.save()
    page = text_of(publisher.client.get(at("approve")))
    assert "Nobody would get it: no reader is in the segment." in page
    assert "It can’t be approved yet" in page


def test_a_segment_that_means_nothing_any_more_leads_to_choosing_anew(publisher, issue, alerts):
    issue.segment = "does not get GP Alerts"
    issue.save()
    alerts.name = "GP Flashes"
    alerts.save()
    refused = publisher.client.get(at("approve"))
    assert "It can't be shown, so it can't be approved" in told(publisher.client, refused)
    page = publisher.client.get(at("issue"))
    assert "no publication “GP Alerts”" in text_of(page)
    assert f'<a href="{at("audience")}">Mend it' in page.content.decode()
    page = publisher.client.get(at("audience"))
    assert 'value="does not get GP Alerts"' in page.content.decode()
    press(publisher.client, at("audience"), segment="")
    assert publisher.client.get(at("approve")).status_code == 200
    issue.refresh_from_db()
    assert issue.segment == ""


def test_an_alert_goes_to_those_who_were_chosen(publisher, alerts, write_note, subscribe, maildir):
    note = write_note("Mali", "A coup", publication=alerts)
    subscribe(alerts, "anna@example.org").reader.regions.create(region="africa")
    subscribe(alerts, "ben@example.org")
    address = at("alert", note.pk, publication="gp-alerts")
    assert "2 readers get this." in text_of(publisher.client.get(address))
    refused = publisher.client.post(address, {"choose": "yes", "segment": "regoin"})
    assert refused.status_code == 400
    assert "“regoin” is not understood" in text_of(refused)
    chosen = publisher.client.post(address, {"choose": "yes", "segment": "REGION africa"})
    assert chosen.url == f"{address}?segment=region+Africa#readers-section"
    page = publisher.client.get(chosen.url)
    assert "Rule confirmed readers of GP Alerts: region Africa" in text_of(page)
    assert "1 reader gets this." in text_of(page)
    assert "?segment=region+Africa&amp;preview=dark#" in page.content.decode()
    sending = page.content.decode().rpartition('name="seen"')
    fields = {**fields_of(f"<input {sending[1]}{sending[2]}"), "segment": "region Africa"}
    others = publisher.client.post(address, {**fields, "segment": "region none"})
    assert others.status_code == 409
    assert "it goes to confirmed readers of GP Alerts: region none" in text_of(others)
    assert Mailing.objects.count() == 0
    publisher.client.post(address, fields)
    mailing = Mailing.objects.get()
    assert mailing.segment == "region Africa"
    assert counts(mailing).frozen == 1
    report = text_of(publisher.client.get(reverse("mailings:report", args=[mailing.pk])))
    assert "Audience confirmed readers of GP Alerts: region Africa" in report
    assert "excluded: not in the segment 1" in report


def test_an_address_that_names_nobody_sends_nothing(publisher, alerts, write_note, subscribe):
    subscribe(alerts, "anna@example.org")
    note = write_note("Mali", "A coup", publication=alerts)
    address = at("alert", note.pk, publication="gp-alerts")
    answer = publisher.client.get(f"{address}?segment=regoin")
    assert "It can't be shown, so it can't be sent: “regoin” is not understood" in (
        told(publisher.client, answer)
    )
