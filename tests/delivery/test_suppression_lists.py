"""Suppressions are the same here and at SendGrid, whoever knew of them first."""

import itertools
import json
from collections import Counter

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import suppression_lists
from delivery.errors import DeliveryError
from delivery.suppression_lists import BATCH, PAGE, Pushed, pull, push
from delivery.transports.sendgrid_calls import Calls
from subscribers.models import Suppression
from subscribers.suppressing import suppress
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db

Reason = Suppression.Reason
READ = "GET /v3/suppression/"
TELL = "POST /v3/asm/suppressions/global"


@pytest.fixture(autouse=True)
def _straight_there(monkeypatch):
    """A proxy that the machine may have is no part of these tests."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def standin():
    with StandIn() as server:
        yield server


@pytest.fixture
def calls(standin):
    return Calls(KEY, standin.url, 20)


@pytest.fixture
def waited(monkeypatch):
    """The seconds that were waited, without waiting them."""
    seconds = []
    monkeypatch.setattr(suppression_lists.time, "sleep", seconds.append)
    return seconds


def many(count, first=0):
    return [f"reader{number}@example.org" for number in range(first, first + count)]


def ours():
    return {one.key: one for one in Suppression.objects.all()}


def test_everybody_on_a_list_is_suppressed_with_its_reason_and_where_it_comes_from(standin, calls):
    standin.suppress("bounces", "gone@example.org")
    standin.suppress("spam_reports", "angry@example.org")
    standin.suppress("unsubscribes", "off@example.org")
    standin.suppress("invalid_emails", "wrong@example.org")
    lists = pull(calls)
    assert [(one.name, one.addresses, one.new) for one in lists] == [
        ("spam reports", 1, 1),
        ("global unsubscribes", 1, 1),
        ("bounces", 1, 1),
        ("invalid addresses", 1, 1),
    ]
    assert {key: (one.reason, one.source) for key, one in ours().items()} == {
        "gone@example.org": (Reason.BOUNCED, "SendGrid's list of bounces"),
        "angry@example.org": (Reason.COMPLAINED, "SendGrid's list of spam reports"),
        "off@example.org": (Reason.BY_REQUEST, "SendGrid's list of global unsubscribes"),
        "wrong@example.org": (Reason.BOUNCED, "SendGrid's list of invalid addresses"),
    }


def test_who_is_blocked_for_a_while_is_not_suppressed_for_ever(standin, calls):
    standin.suppress("blocks", "busy@example.org")
    pull(calls)
    assert not ours()


@pytest.mark.parametrize("count", [PAGE - 1, PAGE, 2 * PAGE + 1])
def test_a_list_is_read_page_by_page_to_its_end(standin, calls, count):
    standin.suppress("bounces", *many(count))
    bounces = pull(calls)[2]
    assert (bounces.addresses, bounces.new) == (count, count)
    assert len(ours()) == count
    pages = [one for one in standin.requests if one.startswith(f"{READ}bounces")]
    assert len(pages) == count // PAGE + 1


def test_pulling_twice_makes_nothing_new(standin, calls):
    standin.suppress("bounces", *many(3))
    pull(calls)
    assert pull(calls)[2] == suppression_lists.Pulled("bounces", 3, 0)
    assert len(ours()) == 3


def test_addresses_are_the_same_in_whatever_writing(standin, calls):
    suppress("anna@bücher.example.org", Reason.COMPLAINED)
    standin.suppress("bounces", "Anna@xn--bcher-kva.example.org")
    assert pull(calls)[2].new == 0
    assert list(ours()) == ["anna@bücher.example.org"]
    assert ours()["anna@bücher.example.org"].pushed_at is not None


def test_what_was_pulled_is_not_pushed_back(standin, calls):
    standin.suppress("bounces", *many(3))
    pull(calls)
    assert push(calls) == Pushed(told=0, left_out=0)
    assert TELL not in standin.requests


def test_what_was_pushed_comes_back_without_taking_the_reason_away(standin, calls):
    suppress("gone@example.org", Reason.BOUNCED, "event: bounce")
    push(calls)
    assert pull(calls)[1].addresses == 1
    assert ours()["gone@example.org"].reason == Reason.BOUNCED
    assert ours()["gone@example.org"].source == "event: bounce"


def test_what_is_known_here_is_told_there_once(standin, calls):
    for address in many(3):
        suppress(address, Reason.BY_REQUEST)
    assert push(calls) == Pushed(told=3, left_out=0)
    assert standin.suppressed("unsubscribes") == set(many(3))
    assert all(one.pushed_at for one in ours().values())
    assert push(calls) == Pushed(told=0, left_out=0)
    assert standin.requests == [TELL]


def test_a_long_list_is_told_in_batches(standin, calls):
    Suppression.objects.bulk_create(
        Suppression(key=address, reason=Reason.BY_REQUEST) for address in many(BATCH + 1)
    )
    assert push(calls).told == BATCH + 1
    assert standin.requests == [TELL] * 2
    assert len(standin.suppressed("unsubscribes")) == BATCH + 1


def test_an_address_with_another_alphabets_domain_is_told_in_ascii(standin, calls):
    suppress("anna@bücher.example.org", Reason.BY_REQUEST)
    push(calls)
    assert standin.suppressed("unsubscribes") == {"anna@xn--bcher-kva.example.org"}


def test_an_address_that_can_not_be_is_left_out_and_keeps_nobody_from_being_told(standin, calls):
    suppress("no address at all", Reason.BOUNCED)
    suppress("reader@example.org", Reason.BOUNCED)
    assert push(calls) == Pushed(told=1, left_out=1)
    assert ours()["no address at all"].pushed_at is None


def test_a_batch_that_is_refused_is_told_in_halves_so_that_one_holds_up_no_other(standin, calls):
    for address in many(7):
        suppress(address, Reason.BY_REQUEST)
    refusals = ["refused_unnamed"] * 3
    # All seven, the first three of them, and then the first alone.
    standin.misbehave(*refusals, of="suppressions")
    assert push(calls) == Pushed(told=6, left_out=1)
    assert standin.suppressed("unsubscribes") == set(many(6, first=1))
    assert push(calls) == Pushed(told=1, left_out=0)


@pytest.fixture
def three_pages(standin):
    standin.suppress("spam_reports", *many(3 * PAGE))
    return standin


def test_what_was_read_before_an_interruption_is_kept_and_repeating_ends_it(three_pages, calls):
    three_pages.misbehave("slow", "error_before", of="suppressions")
    three_pages.release()
    with pytest.raises(DeliveryError, match="answered 500"):
        pull(calls)
    assert len(ours()) == PAGE
    assert pull(calls)[0].new == 2 * PAGE


def test_what_was_told_before_an_interruption_is_noted(standin, calls):
    Suppression.objects.bulk_create(
        Suppression(key=address, reason=Reason.BY_REQUEST) for address in many(BATCH + 5)
    )
    standin.misbehave("slow", "accept_then_drop", of="suppressions")
    standin.release()
    with pytest.raises(DeliveryError, match="no answer came"):
        push(calls)
    assert Counter(one.pushed_at is None for one in ours().values()) == {False: BATCH, True: 5}
    assert push(calls).told == 5


@pytest.mark.parametrize("work", [pull, push])
def test_a_key_without_the_right_is_told_which_one_it_needs(standin, calls, work):
    suppress("reader@example.org", Reason.BOUNCED)
    standin.rights = {"mail"}
    with pytest.raises(DeliveryError, match="needs the rights Suppressions and Unsubscribe Groups"):
        work(calls)
    assert ours()["reader@example.org"].pushed_at is None


@pytest.mark.parametrize("work", [pull, push])
def test_an_address_is_in_no_message(standin, calls, work):
    suppress("reader@example.org", Reason.BOUNCED)
    for fault in ("another_page", "garbage", "no_such_page", "drop_before_read"):
        standin.misbehave(fault, of="suppressions")
        with pytest.raises(DeliveryError) as caught:
            work(calls, patience=0)
        assert "@" not in str(caught.value)


@pytest.mark.parametrize("work", [pull, push])
def test_sendgrid_is_given_the_time_that_it_asks_for(standin, calls, waited, work):
    suppress("reader@example.org", Reason.BOUNCED)
    standin.reset_after = 40
    standin.misbehave("too_many", "too_many", of="suppressions")
    work(calls)
    assert len(waited) == 2
    assert all(30 < seconds <= 40 for seconds in waited)


def test_nobody_waits_for_ever(standin, calls, waited):
    standin.reset_after = 200
    standin.misbehave("too_many", "too_many", of="suppressions")
    with pytest.raises(DeliveryError, match="answered 429"):
        pull(calls)
    assert len(waited) == 1


@pytest.mark.parametrize(
    "said",
    [
        '{"errors": []}',
        '[{"created": 1}]',
        '[{"email": 5}]',
        '["a"]',
        "[",
        '[{"email": "a\\u0000"}]',
    ],
)
def test_a_list_in_another_form_is_not_taken_for_one(standin, calls, monkeypatch, said):
    reply = suppression_lists.Reply(200, {}, said.encode())
    monkeypatch.setattr(calls, "call", lambda *a, **k: reply)
    with pytest.raises(DeliveryError, match="can't be understood"):
        pull(calls)
    assert not ours()


def test_a_server_that_gives_the_same_page_for_ever_is_noticed(calls, monkeypatch):
    page = json.dumps([{"email": address} for address in many(PAGE)]).encode()
    pages = itertools.repeat(suppression_lists.Reply(200, {}, page), 5)
    monkeypatch.setattr(calls, "call", lambda *a, **k: next(pages))
    with pytest.raises(DeliveryError, match="the same page"):
        pull(calls)


def test_no_transaction_is_open_while_sendgrid_is_asked(standin, calls, monkeypatch, db):
    depth = len(connection.savepoint_ids)
    original, depths = calls.call, []

    def call(*args):
        depths.append(len(connection.savepoint_ids))
        return original(*args)

    monkeypatch.setattr(calls, "call", call)
    suppress("reader@example.org", Reason.BOUNCED)
    pull(calls)
    push(calls)
    assert set(depths) == {depth}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    here=st.sets(st.sampled_from(many(8))),
    there=st.sets(st.sampled_from(many(8))),
    order=st.permutations([pull, push, pull]),
)
def test_in_whatever_order_they_are_called_both_know_all_in_the_end(calls, here, there, order):
    Suppression.objects.all().delete()
    with StandIn() as standin:
        standin.suppress("unsubscribes", *there)
        for address in here:
            suppress(address, Reason.COMPLAINED)
        for work in order:
            work(Calls(KEY, standin.url, 20))
        assert standin.suppressed("unsubscribes") == here | there
    assert set(ours()) == here | there
    assert all(ours()[address].reason == Reason.COMPLAINED for address in here)
