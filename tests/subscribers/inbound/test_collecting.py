"""What has come into the mailbox: every mail acted on once, whatever happens to the connection."""

import pytest
from django.db import OperationalError

from subscribers.errors import MailboxError
from subscribers.inbound import acting, collecting
from subscribers.inbound.collecting import Verdict, collect
from subscribers.models import InboundMail, ServiceMail, Subscription
from tests.standins.imap import MailServer
from tests.subscribers.inbound.mails import mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with MailServer() as running:
        settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", running.port
        settings.IMAP_SECURITY, settings.IMAP_FOLDER = "none", "INBOX"
        settings.IMAP_USER, settings.IMAP_PASSWORD = "desk", "correct horse"
        yield running


@pytest.fixture
def ann(subscribe, twtw):
    return subscribe(twtw, "ann@example.org")


def test_unread_mails_are_acted_on_and_read_then(server, ann):
    server.deliver(mail("unsubscribe"), mail("subscribe", sender="bob@example.org"), mail("Hello"))
    collected = collect()
    assert collected.verdicts == {
        Verdict.LEFT: 1,
        Verdict.ASKED_TO_CONFIRM: 1,
        Verdict.UNCLEAR: 1,
    }
    assert (collected.failed, collected.unmarked, collected.left) == (0, 0, 0)
    assert server.unseen() == []
    assert collect().verdicts == {}
    assert set(InboundMail.objects.values_list("came_by", flat=True)) == {"mailbox"}


def test_what_can_not_be_marked_is_acted_on_once_all_the_same(server, ann):
    server.deliver(mail("unsubscribe"), mail("Hello"))
    server.give("STORE", "no", "no")
    assert collect().unmarked == 2
    Subscription.objects.update(state="confirmed")
    assert collect().verdicts == {Verdict.KNOWN: 2}
    assert Subscription.objects.get().state == "confirmed"
    assert ServiceMail.objects.count() == 1
    assert server.unseen() == []


@pytest.mark.parametrize("stage", ["FETCH", "STORE"])
def test_a_run_that_is_cut_off_is_ended_by_the_next_one(server, ann, stage):
    server.deliver(mail("unsubscribe"), mail("subscribe", sender="bob@example.org"))
    server.give(stage, "", "close")
    with pytest.raises(MailboxError):
        collect()
    assert collect().verdicts[Verdict.ASKED_TO_CONFIRM if stage == "FETCH" else Verdict.KNOWN] == 1
    assert InboundMail.objects.count() == ServiceMail.objects.count() == 2


def test_one_mails_fault_keeps_no_other_from_being_read(server, ann, monkeypatch, caplog):
    server.deliver(mail("poison"), mail("unsubscribe"))

    def fault(letter, *others):
        if letter.subject == "poison":
            raise ValueError(letter.sender)
        return acting.act_on(letter, *others)

    monkeypatch.setattr(collecting, "act_on", fault)
    collected = collect()
    assert (collected.failed, collected.verdicts) == (1, {Verdict.LEFT: 1})
    assert server.unseen() == [101], "for whoever mends it"
    assert "ValueError in acting on a mail" in caplog.text
    assert "in fault" in caplog.text
    assert "ann@" not in caplog.text


def test_while_the_database_is_away_nothing_is_marked(server, ann, monkeypatch):
    server.deliver(mail("unsubscribe"))

    def away(*_args):
        raise OperationalError

    monkeypatch.setattr(collecting, "act_on", away)
    with pytest.raises(OperationalError):
        collect()
    assert server.unseen() == [101]


def test_of_many_the_oldest_come_first_and_the_others_the_next_time(server, ann, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_AT_ONCE", 2)
    server.deliver(*[mail(f"Hello {number}") for number in range(5)])
    assert [collect().left for _ in range(3)] == [3, 1, 0]
    assert InboundMail.objects.count() == 5
