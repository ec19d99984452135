"""Doubts are settled by what the provider knows, or by a person's word; never by silence."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from delivery import email_logs, holding, messages
from delivery.asking import GIVEN_UP_AFTER, SHORTEST_PAUSE, ask_about_doubts, is_due
from delivery.claiming import claim_next_chunk, depart
from delivery.counting import counts
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.ledger import count_again, mark_finished, record_answer
from delivery.messages import addressees_of, message_of
from delivery.models import Chunk
from delivery.settling import (
    Decision,
    settle_all_by_person,
    settle_by_person,
    settle_what_is_proved,
    waiting_for_a_person,
    what_is_known,
)
from delivery.states import ChunkState, Outcome
from delivery.transports import Refused, Unanswered
from delivery.transports.sendgrid import SendGrid
from delivery.transports.sendgrid_calls import Calls
from subscribers.models import Reader, Suppression
from tests.delivery.fates import agree, fates
from tests.standins.sendgrid import KEY, StandIn

pytestmark = pytest.mark.django_db

LEASE = timedelta(minutes=5)
LATER = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _straight_there(monkeypatch):
    """A proxy that the machine may have is no part of these tests."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def standin():
    with StandIn() as server:
        yield server


@pytest.fixture
def transport(standin):
    return SendGrid(api_key=KEY, url=standin.url, timeout=20)


def hand_over(mailing, transport):
    """Deliver in this thread."""
    while claimed := claim_next_chunk(mailing, "worker", LEASE):
        assert depart(claimed)
        answer = transport.hand_over(message_of(mailing), addressees_of(claimed))
        record_answer(claimed, answer)
    mark_finished(mailing)


@pytest.fixture
def ask(standin):
    """Asks the stand-in's Email Logs; the moment is now, or so much later."""

    def asked(later=timedelta(0)):
        return ask_about_doubts(lambda: Calls(KEY, standin.url, 20), timezone.now() + later)

    return asked


@pytest.fixture
def in_doubt(standin, transport, alert, readers):
    """A mailing by SendGrid whose chunks were taken or not, and of which no answer came."""

    def make(*faults, size=3):
        transport.chunk_size = size
        readers(size * len(faults))
        mailing = start_alert_mailing(*alert, transport)
        mailing.edition.publication.pace.breaker_after = len(faults) + 1
        mailing.edition.publication.pace.save()
        standin.misbehave(*faults)
        hand_over(mailing, transport)
        assert counts(mailing).in_doubt == size * len(faults)
        return mailing

    return make


def states(mailing):
    return list(mailing.chunks.order_by("number").values_list("state", flat=True))


def grown_old(mailing):
    """Let the doubts of a mailing be two hours old."""
    past = timezone.now() - LATER
    mailing.chunks.update(answered_at=past, left_at=past)


TAKEN, LOST = "accept_then_drop", "error_before"


def test_what_the_logs_know_was_taken_and_what_they_do_not_know_stays_in_doubt(in_doubt, ask):
    mailing = in_doubt(TAKEN, LOST, TAKEN)
    assert ask() == 2
    assert states(mailing) == ["accepted", "in doubt", "accepted"]
    answers = mailing.chunks.order_by("number").values_list("asked_answer", flat=True)
    assert list(answers) == [
        "Email Logs know all of its 3 copies.",
        "Email Logs know none of its copies.",
        "Email Logs know all of its 3 copies.",
    ]
    reached = counts(mailing)
    assert (reached.accepted, reached.in_doubt) == (6, 3)
    assert agree(mailing, reached)


def test_the_doubt_of_those_alone_whom_the_logs_do_not_know_remains(standin, in_doubt, ask):
    mailing = in_doubt(TAKEN)
    readers = Reader.objects.order_by("pk")
    readers.filter(pk=readers[0].pk).update(address="moved@example.org", key="moved@example.org")
    assert ask() == 0
    chunk = mailing.chunks.get()
    assert (chunk.state, chunk.proved, chunk.open) == ("in doubt", 2, 1)
    assert chunk.asked_answer == "Email Logs know 2 of its 3 copies."
    assert fates(mailing)["moved@example.org"] == "in doubt"
    assert agree(mailing, counts(mailing))


def test_the_status_that_the_logs_tell_becomes_the_outcome_and_never_a_lighter_one(
    standin, in_doubt, ask
):
    mailing = in_doubt(TAKEN)
    first, second, third = mailing.recipients.order_by("pk")
    address = {one.pk: one.subscription.reader.address for one in (first, second, third)}
    standin.events("bounce", to=[address[first.pk]])
    standin.events("delivered", to=[address[second.pk]])
    mailing.recipients.filter(pk=third.pk).update(outcome=Outcome.COMPLAINED)
    ask()
    found = dict(mailing.recipients.values_list("pk", "outcome"))
    assert found == {first.pk: "bounced", second.pk: "delivered", third.pk: "complained"}


def test_addresses_are_the_same_in_whatever_writing(standin, transport, alert, subscribe, ask):
    subscribe(alert[0], "Anna@bücher.example.org")
    mailing = start_alert_mailing(*alert, transport)
    standin.misbehave(TAKEN)
    hand_over(mailing, transport)
    assert standin.accepted[0]["to"] == "Anna@xn--bcher-kva.example.org"
    assert ask() == 1


def test_a_chunk_of_a_thousand_is_settled_by_one_question(standin, in_doubt, ask):
    mailing = in_doubt(TAKEN, size=1000)
    before = len(standin.requests)
    assert ask() == 1
    question, details = standin.requests[before:]
    assert question == "POST /v3/logs"
    assert details.startswith("GET /v3/logs/")
    assert counts(mailing).accepted == 1000


def test_copies_of_other_chunks_prove_nothing_though_they_have_the_same_category(
    standin, in_doubt, ask, monkeypatch
):
    monkeypatch.setattr(messages, "CHUNK_CATEGORIES", 1)
    mailing = in_doubt(LOST, TAKEN)
    assert ask() == 1
    assert states(mailing) == ["in doubt", "accepted"]


def test_copies_of_another_mailing_prove_nothing_though_they_went_to_the_same_readers(
    standin, in_doubt, ask
):
    mailing = in_doubt(TAKEN)
    type(mailing.edition).objects.filter(pk=mailing.edition.pk).update(subject="Another")
    assert ask() == 0
    assert states(mailing) == ["in doubt"]


def test_copies_of_another_mailing_with_the_same_words_at_the_same_time_prove_nothing(
    standin, in_doubt, ask
):
    mailing = in_doubt(TAKEN)
    type(mailing).objects.filter(pk=mailing.pk).update(key="another")
    assert ask() == 0
    assert states(mailing) == ["in doubt"]


def test_what_one_answer_does_not_hold_is_found_in_the_halves_of_its_time(
    standin, in_doubt, ask, monkeypatch
):
    monkeypatch.setattr(messages, "CHUNK_CATEGORIES", 1)
    monkeypatch.setattr(email_logs, "MOST_MESSAGES", 4)
    mailing = in_doubt(LOST, TAKEN, LOST, TAKEN, LOST, TAKEN)
    first = standin.accepted[0]["accepted_at"]
    for number, copy in enumerate(standin.accepted):
        copy["accepted_at"] = first - 10 * (number // 3)
    assert ask() == 3
    assert states(mailing) == ["in doubt", "accepted"] * 3


def test_copies_of_another_time_prove_nothing(in_doubt, ask):
    mailing = in_doubt(TAKEN)
    long_ago = timezone.now() - timedelta(hours=5)
    mailing.chunks.update(left_at=long_ago, answered_at=long_ago)
    assert ask() == 0
    assert mailing.chunks.get().asked_answer == "Email Logs know none of its copies."


def test_what_appears_in_the_logs_only_later_is_found_later(standin, in_doubt, ask):
    standin.appear_after = 3600
    mailing = in_doubt(TAKEN)
    assert ask() == 0
    standin.appear_after = 0
    assert ask() == 0
    assert mailing.chunks.get().asked_answer == "Email Logs know none of its copies."
    assert ask(SHORTEST_PAUSE) == 1


def test_they_are_asked_again_when_a_doubt_is_twice_as_old_and_not_for_ever():
    since = timezone.now()
    chunk = Chunk(number=1, size=1, state="in doubt", left_at=since, answered_at=since)
    asked, now = [], since
    while now < since + 2 * GIVEN_UP_AFTER:
        if is_due(chunk, now):
            asked.append(now - since)
            chunk.asked_at = now
        now += timedelta(minutes=5)
    minutes = [age.total_seconds() / 60 for age in asked]
    assert minutes[:6] == [0, 5, 10, 20, 40, 80]
    assert asked[-1] <= GIVEN_UP_AFTER
    assert len(asked) < 14


def test_a_new_doubt_is_asked_about_at_once_whatever_was_asked_about_the_old_one():
    now = timezone.now()
    chunk = Chunk(number=1, size=1, state="in doubt", left_at=now, answered_at=now)
    chunk.asked_at = now - timedelta(seconds=1)
    assert is_due(chunk, now)


FAILURES = {
    "forbidden": "answered 403",
    "another_page": "something else than a list",
    "error_before": "answered 500",
    "accept_then_drop": "no answer came",
}


@pytest.mark.parametrize(("fault", "said"), FAILURES.items(), ids=FAILURES.keys())
def test_why_they_could_not_be_asked_is_noted_for_a_person(standin, in_doubt, ask, fault, said):
    mailing = in_doubt(TAKEN, TAKEN)
    standin.misbehave(fault, of="logs")
    assert ask() == 0
    assert states(mailing) == ["in doubt", "in doubt"]
    for answer in mailing.chunks.values_list("asked_answer", flat=True):
        assert answer.startswith("Email Logs could not be asked: ")
        assert said in answer
        assert "@" not in answer
    assert standin.requests.count("POST /v3/logs") == 1
    assert ask(SHORTEST_PAUSE) == 2


def test_a_key_without_the_right_to_the_logs_is_told_so(standin, in_doubt, ask):
    mailing = in_doubt(TAKEN)
    standin.rights = {"mail"}
    ask()
    assert "needs the right to read Email Logs" in mailing.chunks.get().asked_answer


def test_no_key_at_all_is_told_so_and_stops_nothing(in_doubt):
    mailing = in_doubt(TAKEN)
    ask_about_doubts(lambda: Calls("", "https://api.example.org", 20), timezone.now())
    assert "TWTW_SENDGRID_API_KEY is empty" in mailing.chunks.get().asked_answer


def test_when_they_are_asked_too_often_the_others_come_first_the_next_time(standin, in_doubt, ask):
    mailing = in_doubt(TAKEN, TAKEN)
    standin.misbehave("too_many", of="logs")
    assert ask() == 0
    assert standin.requests.count("POST /v3/logs") == 1
    first, second = mailing.chunks.order_by("number")
    assert "answered 429" in first.asked_answer
    assert second.asked_at is None
    assert ask() == 1
    assert states(mailing) == ["in doubt", "accepted"]


def test_nothing_is_asked_where_nothing_is_in_doubt_or_another_transport_sent_it(
    pigeon, alert, readers
):
    readers(3)
    by_pigeon = pigeon(answer=lambda addressees: Unanswered("Lost."))
    mailing = start_alert_mailing(*alert, by_pigeon)
    hand_over(mailing, by_pigeon)
    assert counts(mailing).in_doubt == 3

    def no_calls():
        pytest.fail("nobody is to be asked")

    assert ask_about_doubts(no_calls, timezone.now()) == 0


def test_what_was_sent_again_while_they_were_asked_is_proved_all_the_same(standin, in_doubt, ask):
    mailing = in_doubt(TAKEN)
    chunk = mailing.chunks.get()

    def decided_meanwhile():
        settle_by_person(chunk, Decision.RESEND, "A. Person", at_once=True)
        return Calls(KEY, standin.url, 20)

    assert ask_about_doubts(decided_meanwhile, timezone.now()) == 0
    assert states(mailing) == ["pending"]
    assert mailing.chunks.get().open == 0
    assert counts(mailing).accepted == 3


def test_a_doubt_that_events_have_left_nothing_of_is_settled(in_doubt):
    mailing = in_doubt(LOST)
    mailing.recipients.update(outcome=Outcome.DELIVERED)
    assert settle_what_is_proved() == 0
    count_again(mailing.chunks.get())
    assert settle_what_is_proved() == 1
    assert states(mailing) == ["accepted"]
    assert settle_what_is_proved() == 0


# By a person.


def decide(mailing, decision, **how):
    return settle_all_by_person(mailing, decision, "A. Person", **how)


def test_counting_as_sent_makes_accepted_of_a_doubt_and_names_who_decided_it(in_doubt):
    mailing = in_doubt(LOST, LOST)
    grown_old(mailing)
    assert decide(mailing, Decision.COUNT_AS_SENT) == 6
    assert states(mailing) == ["accepted", "accepted"]
    answer = mailing.chunks.first().answer
    assert answer.startswith("A. Person decided to count them as sent (")
    assert "Asia/Kolkata" in answer
    assert "Before: SendGrid answered 500" in answer
    assert agree(mailing, counts(mailing))


def test_sending_again_leaves_one_copy_with_everybody_who_had_none(standin, transport, in_doubt):
    mailing = in_doubt(LOST, TAKEN)
    grown_old(mailing)
    assert type(mailing).objects.get().finished_at is not None
    assert decide(mailing, Decision.RESEND, numbers=[1]) == 3
    mailing.refresh_from_db()
    assert mailing.finished_at is None
    assert states(mailing) == ["pending", "in doubt"]
    hand_over(mailing, transport)
    assert states(mailing) == ["accepted", "in doubt"]
    assert set(standin.copies().values()) == {1}


def test_who_is_proved_to_have_a_copy_is_not_sent_another(standin, transport, in_doubt):
    mailing = in_doubt(TAKEN, size=4)
    proved = mailing.recipients.order_by("pk")[0]
    mailing.recipients.filter(pk=proved.pk).update(outcome=Outcome.PROCESSED)
    grown_old(mailing)
    assert decide(mailing, Decision.RESEND) == 3
    hand_over(mailing, transport)
    assert standin.copies()[proved.subscription.reader.address] == 1
    assert Counter(standin.copies().values()) == {1: 1, 2: 3}
    assert agree(mailing, counts(mailing))


def test_a_doubt_that_is_proved_meanwhile_needs_no_decision(in_doubt):
    mailing = in_doubt(LOST)
    mailing.recipients.update(outcome=Outcome.PROCESSED)
    grown_old(mailing)
    assert decide(mailing, Decision.RESEND) == 0
    assert states(mailing) == ["accepted"]


def test_nobody_decides_before_the_evidence_had_its_time_unless_they_insist(in_doubt, settings):
    settings.SETTLING_MINUTES = 30
    mailing = in_doubt(LOST)
    with pytest.raises(DeliveryError, match="may still come: wait until"):
        decide(mailing, Decision.RESEND)
    assert states(mailing) == ["in doubt"]
    assert decide(mailing, Decision.RESEND, at_once=True) == 3


def test_one_that_is_not_ripe_keeps_all_as_they_were(in_doubt):
    mailing = in_doubt(LOST, LOST)
    mailing.chunks.filter(number=1).update(answered_at=timezone.now() - LATER)
    with pytest.raises(DeliveryError, match="may still come"):
        decide(mailing, Decision.COUNT_AS_SENT)
    assert states(mailing) == ["in doubt", "in doubt"]
    assert decide(mailing, Decision.COUNT_AS_SENT, numbers=[1]) == 3


@pytest.fixture
def rejected(alert, readers, pigeon):
    readers(3)
    refusing = pigeon(answer=lambda addressees: Refused("Nobody likes it."))
    mailing = start_alert_mailing(*alert, refusing)
    hand_over(mailing, refusing)
    return mailing


def test_what_was_refused_is_sent_again_only_if_it_is_named(rejected):
    with pytest.raises(DeliveryError, match=r"Nothing of mailing \d+ is in doubt"):
        decide(rejected, Decision.RESEND)
    assert states(rejected) == ["rejected"]
    assert settle_by_person(rejected.chunks.get(), Decision.RESEND, "A. Person") == (
        ChunkState.PENDING
    )


def test_what_was_refused_can_not_be_counted_as_sent(rejected):
    with pytest.raises(DeliveryError, match="is rejected, so it can't be"):
        decide(rejected, Decision.COUNT_AS_SENT, numbers=[1])


def test_a_chunk_in_any_other_state_is_nothing_to_decide(alert, readers, pigeon):
    readers(3)
    mailing = start_alert_mailing(*alert, pigeon())
    with pytest.raises(DeliveryError, match="is pending, so it can't be"):
        decide(mailing, Decision.RESEND, numbers=[1])
    with pytest.raises(DeliveryError, match="has no chunk 7"):
        decide(mailing, Decision.RESEND, numbers=[1, 7])


def test_nothing_of_a_cancelled_mailing_is_sent_again(in_doubt):
    mailing = in_doubt(LOST)
    grown_old(mailing)
    holding.cancel(mailing, "An Editor")
    with pytest.raises(DeliveryError, match="is cancelled, so nothing of it is sent again"):
        decide(mailing, Decision.RESEND)
    assert decide(mailing, Decision.COUNT_AS_SENT) == 3


def test_who_left_meanwhile_gets_no_second_copy(standin, transport, in_doubt):
    mailing = in_doubt(LOST)
    grown_old(mailing)
    gone = mailing.recipients.order_by("pk")[0].subscription.reader
    Suppression.objects.create(key=gone.key, reason="complained")
    decide(mailing, Decision.RESEND)
    hand_over(mailing, transport)
    assert gone.address not in standin.copies()
    reached = counts(mailing)
    assert (reached.accepted, reached.withdrawn) == (2, 1)


def test_a_person_sees_what_is_known(in_doubt, ask):
    mailing = in_doubt(TAKEN, LOST)
    readers = Reader.objects.order_by("pk")
    readers.filter(pk=readers[0].pk).update(address="moved@example.org", key="moved@example.org")
    ask()
    now = timezone.now()
    first, second = what_is_known(mailing, now)
    assert (first.number, first.readers, first.proved) == (1, 1, 2)
    assert first.sentence == (
        "chunk 1: 1 reader is in doubt, 2 proved to have a copy. "
        f"{first.why} Email Logs know 2 of its 3 copies."
    )
    assert second.sentence.startswith("chunk 2: 3 readers are in doubt. SendGrid answered 500")
    assert second.asked_at <= now
    assert not second.ripe
    assert what_is_known(mailing, second.ripe_at)[1].ripe


def test_the_editors_are_told_of_a_mailing_once_for_all_its_doubts_and_again_of_new_ones(
    in_doubt, transport, standin
):
    mailing = in_doubt(LOST, LOST)
    now = timezone.now()
    assert waiting_for_a_person(now) == []
    ((found, ripe),) = waiting_for_a_person(now + LATER)
    assert (found, [one.number for one in ripe]) == (mailing, [1, 2])
    type(mailing).objects.update(doubts_told_at=now + LATER)
    assert waiting_for_a_person(now + 2 * LATER) == []
    settle_by_person(mailing.chunks.first(), Decision.RESEND, "A. Person", at_once=True)
    standin.misbehave(LOST)
    hand_over(mailing, transport)
    mailing.chunks.filter(number=1).update(answered_at=now + 2 * LATER)
    ((_, ripe),) = waiting_for_a_person(now + 4 * LATER)
    assert [one.number for one in ripe] == [1, 2]


def test_a_doubt_that_had_begun_but_not_ripened_when_they_were_told_is_told_of_later(in_doubt):
    mailing = in_doubt(LOST, LOST)
    now = timezone.now()
    mailing.chunks.filter(number=2).update(answered_at=now + 0.75 * LATER)
    ((_, ripe),) = waiting_for_a_person(now + LATER)
    assert [one.number for one in ripe] == [1]
    type(mailing).objects.update(doubts_told_at=now + LATER)
    ((_, ripe),) = waiting_for_a_person(now + 2 * LATER)
    assert [one.number for one in ripe] == [1, 2]


def test_of_what_is_cancelled_nobody_is_told(in_doubt):
    holding.cancel(in_doubt(LOST), "An Editor")
    assert waiting_for_a_person(timezone.now() + LATER) == []


@pytest.mark.django_db(transaction=True)
def test_the_question_is_the_documented_one_and_holds_up_no_other_work(
    standin, in_doubt, monkeypatch
):
    in_doubt(TAKEN)
    asked = []
    calls = Calls(KEY, standin.url, 20)
    original = calls.call

    def call(method, path, body):
        asked.append((body, connection.in_atomic_block))
        return original(method, path, body)

    monkeypatch.setattr(calls, "call", call)
    assert ask_about_doubts(lambda: calls, timezone.now()) == 1
    assert not any(in_transaction for _, in_transaction in asked)
    body = json.loads(asked[0][0])
    assert body["limit"] == 1000
    assert body["query"].startswith("categories IN ('gp-alerts-part-1') AND")
    assert body["query"].count("sg_message_id_created_at") == 2


def test_by_another_transport_no_evidence_is_waited_for(in_doubt):
    mailing = in_doubt(LOST)
    type(mailing).objects.update(transport="smtp")
    mailing.refresh_from_db()
    (known,) = what_is_known(mailing, timezone.now())
    assert known.ripe
    assert settle_by_person(mailing.chunks.get(), Decision.RESEND, "A. Person") == "pending"
