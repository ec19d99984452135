"""Dividing: for one address that is refused not a thousand readers go without."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import holding
from delivery.claiming import claim_next_chunk, depart
from delivery.counting import counts
from delivery.delivering import deliver
from delivery.freezing import start_alert_mailing
from delivery.ledger import count_again, record_answer
from delivery.messages import addressees_of, message_of
from delivery.models import Chunk, Mailing, Pace
from delivery.transports import NotLeft, Refused, Taken, Unanswered
from delivery.transports.sendgrid import SendGrid, request_body
from subscribers.leaving import end_subscription
from subscribers.models import Subscription
from tests.delivery.fates import agree, fates
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db
with_threads = pytest.mark.django_db(transaction=True)

LEASE = timedelta(minutes=1)
SAID = "SendGrid answered 400: Does not contain a valid address."


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Eight readers in one chunk."""
    readers(8)
    return start_alert_mailing(*alert, pigeon(chunk_size=8))


def claimed_and_gone(mailing, worker="worker"):
    claimed = claim_next_chunk(mailing, worker, LEASE)
    assert depart(claimed)
    return claimed


def ids_of(claimed):
    return [pk for pk, *_ in claimed.recipients]


def chunks(mailing):
    return list(mailing.chunks.order_by("number").values_list("number", "state", "size", "answer"))


def test_who_is_blamed_is_rejected_with_the_providers_words_and_the_others_leave_next(mailing):
    claimed = claimed_and_gone(mailing)
    ids = ids_of(claimed)
    blamed = {ids[2], ids[5]}
    # Of one nobody has heard.
    refusal = Refused(SAID, blamed=frozenset(blamed | {max(ids) + 1000}))
    assert record_answer(claimed, refusal) == "pending"
    assert chunks(mailing) == [(1, "pending", 6, SAID), (2, "rejected", 2, SAID)]
    assert agree(mailing, counts(mailing))
    rejected = mailing.recipients.filter(chunk_number=2).values_list("pk", flat=True)
    assert set(rejected) == blamed

    second = claimed_and_gone(mailing)
    assert ids_of(second) == [pk for pk in ids if pk not in blamed]
    assert record_answer(second, Taken()) == "accepted"
    assert counts(mailing).sentence() == "8 candidates, 6 accepted, 2 rejected"
    assert agree(mailing, counts(mailing))


@pytest.mark.parametrize("divisible", [False, True])
def test_where_all_are_blamed_the_chunk_is_rejected_as_it_is(mailing, divisible):
    claimed = claimed_and_gone(mailing)
    refusal = Refused(SAID, blamed=frozenset(ids_of(claimed)), divisible=divisible)
    assert record_answer(claimed, refusal) == "rejected"
    assert chunks(mailing) == [(1, "rejected", 8, SAID)]


def test_where_nobody_in_it_is_blamed_the_chunk_is_rejected_as_it_is(mailing):
    claimed = claimed_and_gone(mailing)
    elsewhere = frozenset({max(ids_of(claimed)) + 1})
    assert record_answer(claimed, Refused(SAID, blamed=elsewhere)) == "rejected"
    assert chunks(mailing) == [(1, "rejected", 8, SAID)]


def test_a_divisible_refusal_of_several_leaves_two_halves_that_leave_by_themselves(mailing):
    claimed = claimed_and_gone(mailing)
    ids = ids_of(claimed)
    assert record_answer(claimed, Refused(SAID, divisible=True)) == "pending"
    assert chunks(mailing) == [(1, "pending", 4, SAID), (2, "pending", 4, SAID)]
    halves = [claimed_and_gone(mailing, f"worker {number}") for number in (1, 2)]
    assert sorted(ids_of(half) for half in halves) == [ids[:4], ids[4:]]


def test_one_reader_alone_is_not_divided(alert, readers, pigeon):
    readers(1)
    mailing = start_alert_mailing(*alert, pigeon())
    claimed = claimed_and_gone(mailing)
    assert record_answer(claimed, Refused(SAID, divisible=True)) == "rejected"
    assert chunks(mailing) == [(1, "rejected", 1, SAID)]


def test_who_was_withdrawn_or_is_proved_stays_where_they_are_when_a_chunk_is_divided(mailing):
    first, second, *_ = mailing.recipients.order_by("pk")
    end_subscription(first.subscription_id, "a test")
    claimed = claimed_and_gone(mailing)
    # The provider reports of one before it refuses the call, which it should not.
    mailing.recipients.filter(pk=second.pk).update(outcome="delivered")
    count_again(mailing.chunks.get())
    ids = ids_of(claimed)

    record_answer(claimed, Refused(SAID, blamed=frozenset({first.pk, second.pk, ids[-1]})))

    assert chunks(mailing) == [(1, "pending", 7, SAID), (2, "rejected", 1, SAID)]
    assert agree(mailing, counts(mailing))
    again = claimed_and_gone(mailing)
    assert ids_of(again) == ids[1:-1]
    record_answer(again, Refused(SAID, divisible=True))
    assert agree(mailing, counts(mailing))
    while claimed := claim_next_chunk(mailing, "worker", LEASE):
        assert depart(claimed)
        record_answer(claimed, Taken())
    assert counts(mailing).sentence() == ("8 candidates, 6 accepted, 1 rejected, 1 withdrawn")
    assert agree(mailing, counts(mailing))


PEOPLE = st.lists(st.sampled_from(["bad", "leaves", "proved", "", ""]), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=PEOPLE, named=st.booleans(), size=st.integers(1, 8))
def test_the_counts_balance_at_every_step_whoever_is_refused_or_leaves(
    alert, mailing, pigeon, people, named, size
):
    Mailing.objects.all().delete()
    Subscription.objects.update(state="confirmed", ended_at=None)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=size))
    Pace.objects.update(breaker_after=999)
    rows = list(mailing.recipients.order_by("pk"))
    are = dict(zip((row.pk for row in rows), people, strict=False))
    bad = {pk for pk, what in are.items() if what == "bad"}
    proved = [pk for pk, what in are.items() if what == "proved"]
    leave = [row for row in rows if are.get(row.pk) == "leaves"]
    for row in leave:
        end_subscription(row.subscription_id, "a test")
    for _ in range(4 * len(rows)):
        claimed = claim_next_chunk(mailing, "worker", LEASE)
        if claimed is None:
            break
        assert depart(claimed)
        if proved and proved[0] in ids_of(claimed):
            mailing.recipients.filter(pk=proved.pop(0)).update(outcome="delivered")
            count_again(Chunk.objects.get(pk=claimed.chunk_id))
        refused = bad & set(ids_of(claimed))
        blamed = frozenset(refused) if named else frozenset()
        answer = Refused(SAID, blamed=blamed, divisible=not named) if refused else Taken()
        record_answer(claimed, answer)
        assert agree(mailing, counts(mailing))
    assert claim_next_chunk(mailing, "worker", LEASE) is None
    rejected = mailing.chunks.filter(state="rejected").values_list("number", flat=True)
    in_them = mailing.recipients.filter(chunk_number__in=rejected, outcome="", withdrawal="")
    assert set(in_them.values_list("pk", flat=True)) == bad
    assert counts(mailing).accepted == 8 - len(bad) - len(leave)


@with_threads
def test_numbers_are_given_once_when_ten_workers_divide_at_once(alert, readers, pigeon):
    readers(40)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=4))
    Pace.objects.update(breaker_after=99)
    together = threading.Barrier(10)

    def divide(worker):
        try:
            claimed = claimed_and_gone(mailing, f"worker {worker}")
            together.wait(timeout=60)
            return record_answer(claimed, Refused(SAID, divisible=True))
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(divide, range(10))) == {"pending"}
    assert [number for number, *_ in chunks(mailing)] == list(range(1, 21))
    assert agree(mailing, counts(mailing))
    assert counts(mailing).pending == 40


def bad_one_in(readers, many):
    """So many readers; the row by which one of them, not at any edge, is known."""
    return readers(many)[many * 5 // 7].pk


@with_threads
def test_the_one_bad_address_of_a_thousand_is_found_and_all_others_have_their_copy(
    alert, readers, pigeon
):
    bad = bad_one_in(readers, 1000)

    def answer(addressees):
        refused = any(a.unsubscribe_url.split("/")[-2].startswith(f"{bad}.") for a in addressees)
        return Refused(SAID, divisible=True) if refused else Taken()

    transport = pigeon(chunk_size=1000, answer=answer)
    mailing = start_alert_mailing(*alert, transport)
    ended = deliver(mailing, transport, threads=2)
    assert ended.sentence() == "1,000 candidates, 999 accepted, 1 rejected"
    assert len(transport.calls) <= 2 * math.log2(1000) + 2
    (only,) = mailing.recipients.filter(chunk_number=mailing.chunks.get(state="rejected").number)
    assert only.subscription_id == bad
    taken = [a for call in transport.calls if isinstance(answer(call), Taken) for a in call]
    assert len(taken) == len(set(taken)) == 999


class MiddlingSendGrid(SendGrid):
    chunk_size = 32


@pytest.fixture
def standin(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with StandIn() as server:
        yield server


@pytest.fixture
def sendgrid(standin):
    return MiddlingSendGrid(api_key=KEY, url=standin.url, timeout=20)


BAD = "reader000021@example.org"


@with_threads
@pytest.mark.parametrize(("named", "calls"), [(True, 2), (False, 2 * 5 + 1)])
def test_by_sendgrid_a_refused_address_costs_nobody_else_their_copy(
    alert, readers, standin, sendgrid, named, calls
):
    readers(32)
    standin.refuse(BAD, named=named)
    mailing = start_alert_mailing(*alert, sendgrid)
    ended = deliver(mailing, sendgrid, threads=1)
    assert ended.sentence() == "32 candidates, 31 accepted, 1 rejected"
    assert len(standin.requests) == calls
    told = fates(mailing)
    assert [address for address, fate in told.items() if fate == "rejected"] == [BAD]
    assert standin.copies() == {address: 1 for address in told if address != BAD}
    rejected = mailing.chunks.get(state="rejected")
    assert rejected.answer.startswith("SendGrid answered 400: ")
    assert "@" not in rejected.answer


@with_threads
def test_by_sendgrid_a_call_that_is_too_large_is_made_in_parts(alert, readers, standin, sendgrid):
    readers(32)
    mailing = start_alert_mailing(*alert, sendgrid)
    claimed = claimed_and_gone(mailing)
    eight = request_body(message_of(mailing), addressees_of(claimed)[:8])
    record_answer(claimed, NotLeft("It was only measured."))
    standin.most_bytes = len(eight) + 100
    assert deliver(mailing, sendgrid, threads=1).accepted == 32
    assert list(mailing.chunks.values_list("size", flat=True)) == [8] * 4
    assert len(standin.requests) == 1 + 2 + 4
    assert set(standin.copies().values()) == {1}


@with_threads
def test_words_that_are_too_large_for_anybody_pause_the_mailing_before_all_calls_are_made(
    alert, readers, standin, sendgrid
):
    readers(32)
    standin.most_bytes = 100
    mailing = start_alert_mailing(*alert, sendgrid)
    ended = deliver(mailing, sendgrid, threads=1)
    assert len(standin.requests) == Pace.objects.get(publication=alert[0]).breaker_after
    assert holding.is_held(mailing)
    assert ended.balanced
    assert (ended.accepted, ended.in_doubt) == (0, 0)


def test_a_late_refusal_of_what_was_thought_lost_divides_nothing(mailing, pigeon):
    claimed = claimed_and_gone(mailing)
    record_answer(claimed, Unanswered("silence"))
    late = Refused(SAID, blamed=frozenset(ids_of(claimed)[:1]), divisible=True)
    assert record_answer(claimed, late) == "pending"
    assert chunks(mailing) == [(1, "pending", 8, SAID)]
