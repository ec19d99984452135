"""Who was turned away three times running is mailed no more, and the evidence says why."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.bouncing import RECENT, suppress_thrice_bounced
from delivery.models import ProviderEvent
from delivery.states import Outcome
from subscribers.models import ReaderChange, Suppression
from subscribers.suppressing import suppress
from tests.delivery.bounces import NOW, mailed

pytestmark = pytest.mark.django_db

BLOCKED, BOUNCED, DELIVERED = Outcome.BLOCKED, Outcome.BOUNCED, Outcome.DELIVERED
quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def send(twtw, write_note):
    """Mails alternately the weekly's readers: a mailing for each outcome, the oldest first."""
    notes = iter(range(1000))

    def make(outcomes, *, publication=twtw, last=1, apart=7, said=""):
        count = max(map(len, outcomes.values()))
        for place in range(count):
            note = write_note("Subject", f"Claim {next(notes)}", publication=publication)
            mailed(
                publication,
                note,
                {one: found[place] for one, found in outcomes.items() if found[place] is not None},
                days_ago=last + apart * (count - 1 - place),
                said=said,
            )

    return make


@pytest.fixture
def reader(twtw, subscribe):
    return subscribe(twtw, "ada@example.org")


def test_three_turned_away_in_a_row_and_the_evidence_is_kept(reader, send):
    send({reader: [BLOCKED, BOUNCED, BLOCKED]}, said="550 mailbox is full")
    assert suppress_thrice_bounced(NOW) == 1
    found = Suppression.objects.get()
    assert (found.key, found.reason) == ("ada@example.org", "bounced")
    assert found.source.startswith("Turned away 3 times running: ")
    assert found.source.count(str(NOW.year)) + found.source.count(str(NOW.year - 1)) >= 3
    assert found.source.endswith("The server said: 550 mailbox is full")
    change = ReaderChange.objects.get()
    assert (change.kind, change.sentence, change.by) == (
        "suppressed",
        found.source,
        "the housekeeping",
    )
    assert "@" not in found.source
    reader.reader.refresh_from_db()
    assert reader.reader.heard_from_at is None
    assert suppress_thrice_bounced(NOW) == 0


@pytest.mark.parametrize("last", [BLOCKED, BOUNCED])
def test_of_the_servers_words_the_last_ones_that_turned_the_last_copy_away_are_kept(
    reader, send, last
):
    send({reader: [BLOCKED, BLOCKED, last]}, said="550 so it said first")
    first = ProviderEvent.objects.latest("at")
    for minutes, kind, words in [(1, first.kind, f"550 {'x' * 200}"), (2, "deferred", "later")]:
        at = first.at + timedelta(minutes=minutes)
        ProviderEvent.objects.create(
            provider_id=kind,
            fingerprint=kind,
            recipient=first.recipient,
            kind=kind,
            at=at,
            reason=words,
            received_at=at,
        )
    assert suppress_thrice_bounced(NOW) == 1
    assert Suppression.objects.get().source.endswith(f" The server said: 550 {'x' * 146}")


def test_where_a_server_said_nothing_nothing_is_quoted(reader, send):
    send({reader: [BLOCKED] * 3})
    assert suppress_thrice_bounced(NOW) == 1
    assert "said" not in Suppression.objects.get().source


@pytest.mark.parametrize(
    "outcomes",
    [
        [BLOCKED, BLOCKED],
        [BLOCKED, BLOCKED, DELIVERED],
        [BLOCKED, DELIVERED, BLOCKED, BLOCKED],
        [BLOCKED, BLOCKED, Outcome.COMPLAINED, BLOCKED],
    ],
)
def test_less_than_three_and_one_that_arrived_between_suppress_nobody(reader, send, outcomes):
    send({reader: outcomes})
    assert suppress_thrice_bounced(NOW) == 0


@pytest.mark.parametrize("open_end", ["", Outcome.PROCESSED, Outcome.DEFERRED, Outcome.DROPPED])
def test_a_copy_without_a_known_end_neither_counts_nor_resets(reader, send, open_end):
    send({reader: [BLOCKED, open_end, BLOCKED, open_end]})
    assert suppress_thrice_bounced(NOW) == 0
    send({reader: [BLOCKED, open_end]}, last=0, apart=0)
    assert suppress_thrice_bounced(NOW) == 1


def test_the_mailings_of_all_publications_count_together(reader, send, alerts, subscribe):
    of_alerts = subscribe(alerts, "ada@example.org")
    send({reader: [BLOCKED, BLOCKED]}, last=3)
    send({of_alerts: [BLOCKED]}, publication=alerts, last=1)
    other = subscribe(alerts, "bo@example.org")
    send({other: [BLOCKED, BLOCKED]}, publication=alerts, last=2)
    assert suppress_thrice_bounced(NOW) == 1
    assert Suppression.objects.get().key == "ada@example.org"


def test_who_is_suppressed_already_keeps_the_reason(reader, send):
    suppress("ada@example.org", Suppression.Reason.BY_REQUEST, "a mail")
    send({reader: [BLOCKED] * 3})
    assert suppress_thrice_bounced(NOW) == 0
    assert Suppression.objects.get().source == "a mail"
    assert ReaderChange.objects.count() == 0


def test_only_who_bounced_lately_is_looked_at(reader, send, twtw, subscribe):
    send({reader: [BLOCKED] * 3}, last=RECENT.days + 1)
    assert suppress_thrice_bounced(NOW) == 0
    send({subscribe(twtw, "bo@example.org"): [BLOCKED] * 3})
    assert suppress_thrice_bounced(NOW) == 1
    assert Suppression.objects.get().key == "bo@example.org"


def test_a_mailing_that_many_servers_blocked_says_nothing_of_a_reader(
    reader, send, twtw, readers, subscribe, monkeypatch
):
    monkeypatch.setattr("delivery.bouncing.MANY", 4)
    others = readers(20, twtw)
    blocked = {other: [BLOCKED] * 3 for other in others[:5]}
    arrived = {other: [DELIVERED] * 3 for other in others[5:]}
    gone = subscribe(twtw, "gone@example.org")
    send({reader: [BLOCKED] * 3, gone: [BOUNCED] * 3, **blocked, **arrived})
    assert suppress_thrice_bounced(NOW) == 1
    assert Suppression.objects.get().key == "gone@example.org", "that no mailbox is there is so"
    monkeypatch.setattr("delivery.bouncing.MANY", 6)
    assert suppress_thrice_bounced(NOW) == 6


def test_many_are_suppressed_in_several_batches(send, twtw, readers, monkeypatch):
    monkeypatch.setattr("delivery.bouncing.BATCH", 4)
    send({one: [BLOCKED] * 3 for one in readers(10, twtw)})
    assert suppress_thrice_bounced(NOW) == 10
    assert Suppression.objects.filter(reason="bounced").count() == 10


@pytest.fixture
def notes(write_note):
    return [write_note("Subject", f"Claim {number}") for number in range(5)]


said = st.sampled_from([BLOCKED, BOUNCED, DELIVERED, Outcome.DEFERRED, Outcome.NONE, None])


@given(st.lists(st.lists(said, min_size=5, max_size=5), min_size=1, max_size=4))
@quick
def test_exactly_those_whose_last_three_ends_are_bad(twtw, subscribe, notes, lives):
    with transaction.atomic():
        own = [subscribe(twtw, f"r{place}@example.org") for place in range(len(lives))]
        for place, note in enumerate(notes):
            ends = {one: life[place] for one, life in zip(own, lives, strict=True)}
            copies = {one: end for one, end in ends.items() if end is not None}
            mailed(twtw, note, copies, days_ago=len(notes) - place)
        suppress_thrice_bounced(NOW)
        found = set(Suppression.objects.values_list("key", flat=True))
        transaction.set_rollback(True)
    expected = set()
    for place, life in enumerate(lives):
        ends = [one for one in life if one in (BLOCKED, BOUNCED, DELIVERED)][-3:]
        if len(ends) == 3 and DELIVERED not in ends:
            expected.add(f"r{place}@example.org")
    assert found == expected
