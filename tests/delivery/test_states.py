"""The state machine of a chunk: what can happen, and that nothing else can."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from delivery.freezing import start_alert_mailing
from delivery.states import TRANSITIONS, ChunkState, Event, Outcome, TransitionError, after
from delivery.transports import Answer

STEPS = {(before, after) for (before, _), after in TRANSITIONS.items()}


@pytest.mark.parametrize(
    ("state", "event"),
    [step for step in itertools.product(ChunkState, Event) if step not in TRANSITIONS],
)
def test_what_is_not_in_the_table_can_not_happen(state, event):
    with pytest.raises(TransitionError):
        after(state, event)


def test_a_doubt_is_never_sent_again_without_evidence():
    ways_out = {event for state, event in TRANSITIONS if state == ChunkState.IN_DOUBT}
    assert ways_out == {Event.PROVED, Event.DISPROVED}


def test_accepted_and_withdrawn_are_for_ever():
    assert not {state for state, _ in TRANSITIONS} & {ChunkState.ACCEPTED, ChunkState.WITHDRAWN}


def test_only_a_pending_chunk_can_be_claimed():
    assert [state for state, event in TRANSITIONS if event == Event.CLAIMED] == [ChunkState.PENDING]


def test_every_answer_of_a_transport_is_an_event():
    from delivery.ledger import EVENTS

    assert set(EVENTS) == set(Answer.__args__)
    assert all((ChunkState.SENDING, event) in TRANSITIONS for event in EVENTS.values())


@pytest.mark.django_db
def test_the_database_takes_every_step_of_the_table_and_no_other(alert, readers, pigeon):
    readers(1)
    chunks = start_alert_mailing(*alert, pigeon()).chunks
    has_a_worker = {"worker": "w", "lease_until": timezone.now(), "left_at": timezone.now()}
    row = chunks.get()
    for before, then in itertools.product(ChunkState, ChunkState):
        # Put there as a new row: the table is about steps.
        chunks.all().delete()
        row.pk = None
        row.state = before
        for name, value in has_a_worker.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        if (before, then) in STEPS or before == then:
            assert chunks.update(state=then) == 1
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                chunks.update(state=then)


def test_of_two_outcomes_one_is_always_heavier_and_nothing_is_lightest():
    weights = [outcome.weight for outcome in Outcome]
    assert len(set(weights)) == len(weights)
    assert min(Outcome, key=lambda outcome: outcome.weight) == Outcome.NONE
    assert Outcome.DELIVERED.weight < Outcome.BOUNCED.weight < Outcome.COMPLAINED.weight
