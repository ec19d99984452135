"""Delivering: whatever happens on the way, every reader ends in one place and has one copy."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes

import pytest
from django.db import OperationalError, connection

from delivery import delivering
from delivery.counting import counts
from delivery.delivering import ENOUGH_CAME_BACK, deliver
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.models import Chunk, Mailing, Pace
from delivery.transports import NotLeft, Refused, Taken, Unanswered
from delivery.transports.outbox import Outbox
from delivery.transports.sendgrid import SendGrid
from subscribers.leaving import end_subscription
from tests.conftest import ROOT
from tests.delivery.fates import fates
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = (0, 0, 0)


class SmallOutbox(Outbox):
    chunk_size = 5


class SmallSendGrid(SendGrid):
    chunk_size = 5


def test_everybody_frozen_is_accepted_and_the_mailing_is_finished(alert, readers, pigeon):
    readers(25)
    transport = pigeon()
    mailing = start_alert_mailing(*alert, transport)
    seen = []
    ended = deliver(mailing, transport, threads=3, on_progress=seen.append)
    assert ended.sentence() == "25 candidates, 25 accepted"
    assert seen[-1] == ended
    assert sorted(transport.taken) == sorted(mailing.recipients.values_list("pk", flat=True))
    mailing.refresh_from_db()
    assert mailing.finished_at is not None


def test_delivering_again_hands_nothing_over_again(alert, readers, pigeon):
    readers(25)
    transport = pigeon()
    mailing = start_alert_mailing(*alert, transport)
    first = deliver(mailing, transport, threads=2)
    again = pigeon()
    assert deliver(mailing, again, threads=2) == first
    assert again.calls == []


def test_a_mailing_whose_readers_all_left_is_finished_at_once(alert, readers, pigeon):
    (only,) = readers(1)
    mailing = start_alert_mailing(*alert, pigeon())
    end_subscription(only.pk, "one click")
    assert deliver(mailing, pigeon(), threads=2).withdrawn == 1
    mailing.refresh_from_db()
    assert mailing.finished_at is not None


def test_two_publishes_at_the_same_time_end_with_the_same_counts_and_one_copy_each(
    alert, readers, pigeon
):
    readers(100)
    mailing = start_alert_mailing(*alert, pigeon())
    both = threading.Barrier(2)

    def answer(addressees):
        # Each has one of the first two chunks in its hands before either may go on.
        if addressees[0].chunk_number <= 2:
            both.wait(timeout=30)
        return Taken()

    transports = [pigeon(answer=answer), pigeon(answer=answer)]

    def publish(transport):
        try:
            return deliver(mailing, transport, threads=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(publish, transports)
    assert one == other
    assert one.sentence() == "100 candidates, 100 accepted"
    handed = transports[0].taken + transports[1].taken
    assert sorted(handed) == sorted(mailing.recipients.values_list("pk", flat=True))


def test_who_unsubscribes_during_the_delivery_gets_no_copy_if_their_chunk_has_not_left(
    alert, readers, pigeon
):
    last = readers(25)[-1]

    def answer(_):
        end_subscription(last.pk, "a test")
        return Taken()

    transport = pigeon(answer=answer)
    mailing = start_alert_mailing(*alert, transport)
    ended = deliver(mailing, transport, threads=1)
    assert ended.sentence() == "25 candidates, 24 accepted, 1 withdrawn"
    gone = mailing.recipients.get(subscription=last)
    assert gone.pk not in transport.taken


def test_what_never_left_is_tried_again_and_nothing_else_waits_for_it(alert, readers, pigeon):
    readers(30)
    answers = iter([NotLeft("no route"), Taken(), Taken(), NotLeft("no route"), Taken()])
    transport = pigeon(answer=lambda _: next(answers))
    mailing = start_alert_mailing(*alert, transport)
    ended = deliver(mailing, transport, threads=1, pauses=AT_ONCE)
    assert ended.sentence() == "30 candidates, 30 accepted"
    assert [call[0].chunk_number for call in transport.calls] == [1, 2, 3, 1, 1]


def test_where_nothing_leaves_the_run_ends_and_says_what_is_pending_and_why(alert, readers, pigeon):
    readers(30)
    transport = pigeon(answer=lambda _: NotLeft("SendGrid can't be reached."))
    mailing = start_alert_mailing(*alert, transport)
    ended = deliver(mailing, transport, threads=1, pauses=AT_ONCE)
    assert ended.sentence() == "30 candidates, 0 accepted, 30 pending"
    assert len(transport.calls) == ENOUGH_CAME_BACK * (len(AT_ONCE) + 1)
    tried = mailing.chunks.exclude(answer="")
    assert {chunk.answer for chunk in tried} == {"SendGrid can't be reached."}
    mailing.refresh_from_db()
    assert mailing.finished_at is None
    assert deliver(mailing, pigeon(), threads=1).accepted == 30


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Refused("no"), "30 candidates, 20 accepted, 10 rejected"),
        (Unanswered("silence"), "30 candidates, 20 accepted, 10 in doubt"),
    ],
)
def test_a_no_or_a_silence_is_not_sent_again_and_stops_nobody_else(
    alert, readers, pigeon, answer, sentence
):
    readers(30)
    answers = iter([answer, Taken(), Taken()])
    transport = pigeon(answer=lambda _: next(answers))
    mailing = start_alert_mailing(*alert, transport)
    assert deliver(mailing, transport, threads=1).sentence() == sentence
    assert deliver(mailing, pigeon(), threads=1).sentence() == sentence


@pytest.mark.parametrize(
    ("repeatable", "sentence"),
    [(False, "10 candidates, 0 accepted, 10 in doubt"), (True, "10 candidates, 10 accepted")],
)
def test_an_error_of_our_own_in_a_transport_loses_no_chunk_and_tells_no_address(
    alert, readers, pigeon, caplog, repeatable, sentence
):
    readers(10)
    outcomes = iter([ValueError("reader000001@example.org"), None])

    def answer(_):
        error = next(outcomes)
        if error is not None:
            raise error
        return Taken()

    transport = pigeon(repeatable=repeatable, answer=answer)
    mailing = start_alert_mailing(*alert, transport)
    assert deliver(mailing, transport, threads=1, pauses=AT_ONCE).sentence() == sentence
    assert "ValueError" in caplog.text
    assert "test_delivering.py" in caplog.text
    assert "@" not in caplog.text + "".join(mailing.chunks.values_list("answer", flat=True))


def test_progress_that_can_not_be_shown_stops_nothing(alert, readers, pigeon):
    readers(5)

    def broken(_):
        raise ConnectionError("the dashboard is away")

    mailing = start_alert_mailing(*alert, pigeon())
    assert deliver(mailing, pigeon(), threads=1, on_progress=broken).accepted == 5


def test_a_mailing_ends_with_the_transport_it_began_with(alert, readers, tmp_path, pigeon):
    readers(1)
    mailing = start_alert_mailing(*alert, pigeon())
    with pytest.raises(DeliveryError, match="TWTW_TRANSPORT=pigeon"):
        deliver(mailing, Outbox(tmp_path), threads=1)


def test_ctrl_c_waits_for_the_call_in_flight_and_begins_no_other(alert, readers, pigeon):
    readers(60)
    interrupted = threading.Event()

    def answer(_):
        interrupted.wait()
        return Taken()

    def interrupt(_):
        interrupted.set()
        raise KeyboardInterrupt

    transport = pigeon(answer=answer, chunk_size=1)
    mailing = start_alert_mailing(*alert, transport)
    with pytest.raises(KeyboardInterrupt):
        deliver(mailing, transport, threads=1, on_progress=interrupt)
    assert 1 <= len(transport.calls) < 60
    assert mailing.chunks.filter(state="accepted").count() == len(transport.calls)
    assert not mailing.chunks.filter(state="sending").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_sigterm_and_a_closed_terminal_do_so_too(alert, readers, pigeon, number):
    readers(60)

    def answer(addressees):
        if addressees[0].chunk_number == 1:
            signal.pthread_kill(threading.main_thread().ident, number)
        return Taken()

    transport = pigeon(answer=answer, chunk_size=1)
    mailing = start_alert_mailing(*alert, transport)
    with pytest.raises(SystemExit) as leaving:
        deliver(mailing, transport, threads=1)
    assert leaving.value.code == 128 + number
    assert 1 <= len(transport.calls) < 60
    assert mailing.chunks.filter(state="accepted").count() == len(transport.calls)
    assert signal.getsignal(number) is signal.SIG_DFL


def copies(folder):
    mails = [message_from_bytes(file.read_bytes()) for file in (folder / "new").iterdir()]
    return Counter(mail["To"].partition("<")[2].strip(">") for mail in mails)


@pytest.mark.parametrize(
    "moment", ["before the call", "in the middle of the call", "after the call"]
)
def test_after_a_kill_at_any_moment_everybody_has_one_copy(alert, readers, tmp_path, moment):
    readers(20)
    outbox = SmallOutbox(tmp_path)
    mailing = start_alert_mailing(*alert, outbox)
    killed = subprocess.run(
        [
            *(sys.executable, "-m", "tests.delivery.delivering_process"),
            *(str(mailing.pk), str(tmp_path), moment),
        ],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"},
    )
    assert killed.returncode == -9
    assert counts(mailing).accepted == 5
    # The lease of the dead runs out.
    assert Chunk.objects.filter(state="sending").update(lease_until="2020-01-01T00:00Z") == 1

    ended = deliver(Mailing.objects.get(pk=mailing.pk), outbox, threads=2)

    assert ended.sentence() == "20 candidates, 20 accepted"
    assert copies(tmp_path) == {f"reader{n:06}@example.org": 1 for n in range(20)}
    assert not list((tmp_path / "tmp").iterdir()), "no draft with an address is left behind"


def test_by_sendgrid_every_fault_leaves_one_copy_or_none_and_the_counts_say_which(
    alert, readers, monkeypatch
):
    monkeypatch.setenv("no_proxy", "*")
    readers(45)
    Pace.objects.update(breaker_after=9)
    with StandIn() as standin:
        standin.misbehave(
            *("too_many", "accept_then_drop", "error_before", "error_after", "garbage"),
            "redirect",
        )
        transport = SmallSendGrid(api_key=KEY, url=standin.url, timeout=20)
        mailing = start_alert_mailing(*alert, transport)
        ended = deliver(mailing, transport, threads=1, pauses=AT_ONCE)
    assert ended.sentence() == "45 candidates, 20 accepted, 25 in doubt"
    assert ended.balanced
    assert set(standin.copies().values()) == {1}
    accepted = {address for address, fate in fates(mailing).items() if fate == "accepted"}
    assert accepted <= set(standin.copies())


def test_leases_are_renewed_while_a_run_is_being_stopped(alert, readers, pigeon, monkeypatch):
    monkeypatch.setattr(delivering, "RENEWAL", 0.05)
    readers(5)
    interrupted, never = threading.Event(), threading.Event()

    def answer(_):
        interrupted.wait(timeout=30)
        before = Chunk.objects.get().lease_until
        deadline = time.monotonic() + 30
        while Chunk.objects.get().lease_until == before and time.monotonic() < deadline:
            never.wait(0.02)
        return Taken() if Chunk.objects.get().lease_until > before else Refused("no renewal")

    def interrupt(_):
        interrupted.set()
        raise KeyboardInterrupt

    transport = pigeon(answer=answer)
    mailing = start_alert_mailing(*alert, transport)
    with pytest.raises(KeyboardInterrupt):
        deliver(mailing, transport, threads=1, on_progress=interrupt)
    assert counts(mailing).accepted == 5


def test_a_heartbeat_that_finds_the_database_away_ends_no_run(alert, readers, pigeon, monkeypatch):
    monkeypatch.setattr(delivering, "RENEWAL", 0.0)
    readers(30)
    missed = threading.Event()

    def away(*_):
        missed.set()
        raise OperationalError("the server was started again")

    monkeypatch.setattr(delivering.ledger, "extend_leases", away)
    transport = pigeon(answer=lambda _: Taken() if missed.wait(timeout=30) else Refused("?"))
    mailing = start_alert_mailing(*alert, transport)
    assert deliver(mailing, transport, threads=1).accepted == 30
