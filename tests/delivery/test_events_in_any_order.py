"""Whatever comes, in whatever order and however often: the end is the same, and never an error."""

import json
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import holding, ledger
from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from delivery.models import Chunk, ProviderEvent, Recipient
from delivery.states import Outcome
from delivery.transports import Refused, Taken, Unanswered
from subscribers.models import Consent, Subscription, Suppression
from subscribers.suppressing import suppress
from tests.delivery.fates import agree
from tests.delivery.test_events import recipients, send
from tests.delivery.webhook import MOMENT, event

pytestmark = pytest.mark.django_db

quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

KINDS = {
    "processed": Outcome.PROCESSED,
    "deferred": Outcome.DEFERRED,
    "delivered": Outcome.DELIVERED,
    "blocked": Outcome.BLOCKED,
    "bounce": Outcome.BOUNCED,
    "dropped": Outcome.DROPPED,
    "unsubscribe": Outcome.UNSUBSCRIBED,
    "group_unsubscribe": Outcome.UNSUBSCRIBED,
    "spamreport": Outcome.COMPLAINED,
}


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Two readers in a chunk of each state; one of the accepted was withdrawn before."""
    readers(12)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=2))
    leaving = mailing.recipients.filter(chunk_number=1)[0].subscription.reader
    suppress(leaving.address, Suppression.Reason.BLOCKED)
    send(mailing, Taken(), Refused("no"), *[Unanswered("silence")] * 2, None)
    holding.cancel(mailing, "a test")
    late = mailing.chunks.get(number=4)
    type(mailing).objects.update(cancelled_at=None)
    with transaction.atomic():
        ledger.settle(Chunk.objects.select_for_update().get(pk=late.pk), "disproved", "a test")
    states = list(mailing.chunks.order_by("number").values_list("state", flat=True))
    assert states == ["accepted", "rejected", "in doubt", "pending", "sending", "withdrawn"]
    return mailing


def picture(mailing):
    """Everything that events have a say in."""
    return {
        "outcomes": list(mailing.recipients.order_by("pk").values_list("pk", "outcome")),
        # In an accepted chunk it makes no difference who is proved, and is not counted again.
        "chunks": [
            (chunk.number, chunk.state, chunk.withdrawn, chunk.state == "accepted" or chunk.proved)
            for chunk in mailing.chunks.order_by("pk")
        ],
        "suppressions": set(Suppression.objects.values_list("key", "reason")),
        "subscriptions": set(Subscription.objects.values_list("pk", "state")),
        "consents": sorted(Consent.objects.values_list("subscription", "act")),
        "kept": set(ProviderEvent.objects.values_list("fingerprint", flat=True)),
        "counts": counts(mailing),
    }


class Undone:
    """What is done to the database in the block is undone at its end."""

    def __enter__(self):
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *exception):
        transaction.set_rollback(True)
        self.block.__exit__(*exception)


# A recipient, what happened to the copy, and when; `dropped` for one reason or another.
HAPPENINGS = st.tuples(
    st.integers(0, 11),
    st.sampled_from(list(KINDS)),
    st.integers(0, 2),
)


def told(people, happening, name=""):
    place, kind, after = happening
    reason = ("Bounced Address", "Unsubscribed Address", "Spam Content")[after]
    given_id = f"{place}-{kind}-{after}{name}"
    return event(people[place], kind, timestamp=MOMENT + after, reason=reason, sg_event_id=given_id)


@quick
@given(happenings=st.lists(HAPPENINGS, unique=True, max_size=15), data=st.data())
def test_no_order_repetition_or_splitting_makes_another_end(mailing, webhook, happenings, data):
    people = recipients(mailing)
    heaviest = {recipient.pk: Outcome.NONE for recipient in people}
    for place, kind, _ in happenings:
        pk = people[place].pk
        heaviest[pk] = max(heaviest[pk], KINDS[kind], key=lambda outcome: outcome.weight)
    with Undone():
        assert webhook.post([told(people, happening) for happening in happenings]) == 204
        expected = picture(mailing)
    assert dict(expected["outcomes"]) == heaviest
    assert len(expected["kept"]) == len(happenings)

    repeated = data.draw(st.lists(st.sampled_from(happenings), max_size=6)) if happenings else []
    shuffled = data.draw(
        st.permutations(
            [told(people, happening) for happening in happenings]
            + [told(people, happening, "-renamed") for happening in repeated]
            + [told(people, happening) for happening in repeated]
        )
    )
    with Undone():
        weights = dict.fromkeys(heaviest, 0)
        states = dict(mailing.chunks.values_list("pk", "state"))
        cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))
        for first, last in pairwise([0, *cuts, len(shuffled)]):
            assert webhook.post(shuffled[first:last]) == 204
            assert agree(mailing, counts(mailing))
            for pk, outcome in mailing.recipients.values_list("pk", "outcome"):
                assert Outcome(outcome).weight >= weights[pk]
                weights[pk] = Outcome(outcome).weight
            for pk, state in mailing.chunks.values_list("pk", "state"):
                assert state == states[pk] or (states[pk], state) == ("in doubt", "accepted")
                states[pk] = state
        assert picture(mailing) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["event", "type", "email", "timestamp", "reason", "response", "sg_event_id", "sg_message_id"]
)


@quick
@given(body=JSON | st.lists(st.dictionaries(FIELDS | st.just("mailing"), JSON), max_size=4))
def test_no_structure_makes_an_error_or_changes_anything(mailing, webhook, body):
    before = picture(mailing)
    assert webhook.post(json.dumps(body).encode()) in {204, 400}
    assert picture(mailing) == before


@quick
@given(
    kind=st.sampled_from([*KINDS, "open"]),
    wrong=st.dictionaries(FIELDS, JSON | st.text(max_size=400), min_size=1, max_size=3),
)
def test_a_post_with_anything_in_its_fields_is_taken_or_refused_as_a_whole(
    mailing, webhook, kind, wrong
):
    first, second = recipients(mailing)[4:6]
    with Undone():
        before = picture(mailing)
        status = webhook.post([event(first), event(second, kind) | wrong])
        assert status in {204, 400}
        assert (status == 400) == (picture(mailing) == before)
        assert agree(mailing, counts(mailing))
        assert Recipient.objects.exclude(outcome="").count() <= 2
