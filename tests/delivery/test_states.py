"""The state machine of a chunk: what can happen, and that nothing else can."""

import itertools

import pytest

from delivery.states import RECIPIENTS_OF, TRANSITIONS, ChunkState, Event, TransitionError, after
from delivery.transports import Answer


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


def test_accepted_and_rejected_are_for_ever():
    assert not {state for state, _ in TRANSITIONS} & {ChunkState.ACCEPTED, ChunkState.REJECTED}


def test_only_a_pending_chunk_can_be_claimed():
    assert [state for state, event in TRANSITIONS if event == Event.CLAIMED] == [ChunkState.PENDING]


def test_every_state_says_what_its_recipients_are():
    assert set(RECIPIENTS_OF) == set(ChunkState)


def test_every_answer_of_a_transport_is_an_event():
    from delivery.ledger import EVENTS

    assert set(EVENTS) == set(Answer.__args__)
    assert all((ChunkState.SENDING, event) in TRANSITIONS for event in EVENTS.values())
