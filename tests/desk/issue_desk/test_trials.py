"""Test mails: marked, to colleagues by name, in no ledger."""

import pytest
from wagtail.models import ModelLogEntry

from delivery.models import Chunk, Mailing, Recipient
from tests.desk.issue_desk.pages import at, fields_of, press, text_of, told

pytestmark = pytest.mark.django_db


def ledger():
    return [model.objects.count() for model in (Mailing, Chunk, Recipient)]


def test_it_goes_to_those_who_are_chosen_marked_and_in_no_ledger(publisher, editor, issue, maildir):
    before = ledger()
    done = press(publisher.client, at("trial"), to=[publisher.user.pk, editor.user.pk])
    assert "The test mail went to" in told(publisher.client, done)
    for person in (publisher, editor):
        (mail,) = maildir(person.user.email)
        assert mail["Subject"] == "[Test] TWTW #317: Mali claims"
        assert mail["List-Unsubscribe"] is None
        assert "/unsubscribe/preview" in mail.get_body("plain").get_content()
    assert maildir("reader0@example.org") == []
    assert ledger() == before
    assert ModelLogEntry.objects.get(action="issues.trial").user == publisher.user


def test_oneself_is_chosen_and_only_accounts_of_the_desk_can_be(
    publisher, issue, django_user_model
):
    django_user_model.objects.create_user("stranger", "stranger@example.org", "x")
    django_user_model.objects.create_superuser("gone", "gone@example.org", "x", is_active=False)
    page = publisher.client.get(at("trial"))
    assert fields_of(page)["to"] == str(publisher.user.pk)
    assert "stranger" not in text_of(page)
    assert "gone" not in text_of(page)


@pytest.mark.parametrize("to", ["", "reader0@example.org", "999999"])
def test_nothing_goes_to_a_free_address(publisher, issue, maildir, to):
    done = press(publisher.client, at("trial"), to=to)
    assert "choose at least one colleague by name" in told(publisher.client, done)
    assert maildir("example") == []


def test_pressing_twice_mails_once_and_a_new_page_once_more(publisher, issue, maildir):
    fields = {**fields_of(publisher.client.get(at("trial"))), "to": publisher.user.pk}
    for _ in range(2):
        done = publisher.client.post(at("trial"), fields)
    assert "went to Paul already" in told(publisher.client, done)
    assert len(maildir(publisher.user.email)) == 1
    press(publisher.client, at("trial"))
    assert len(maildir(publisher.user.email)) == 2


def test_what_the_transport_answers_is_said_and_it_can_be_tried_again(
    publisher, issue, settings, maildir
):
    fields = fields_of(publisher.client.get(at("trial")))
    settings.OUTBOX.write_text("no folder")
    done = publisher.client.post(at("trial"), fields)
    assert "The test mail was not taken: The outbox" in told(publisher.client, done)
    settings.OUTBOX.unlink()
    done = publisher.client.post(at("trial"), fields)
    assert "The test mail went to Paul." in told(publisher.client, done)


def test_what_would_stop_the_issue_does_not_stop_a_test_mail(
    publisher, twtw, issue, write_note, maildir
):
    from issues.assembling import assemble

    write_note("Togo", text="<p>They call it TK.</p>")
    assemble(twtw, issue.date)
    press(publisher.client, at("trial"))
    assert "They call it TK." in maildir(publisher.user.email)[0].as_string()
