"""The ramp-up: a new sender's days have room for so many, whoever asks and however many at once."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from delivery.claiming import claim_next_chunk, depart
from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from delivery.ledger import record_answer
from delivery.models import Chunk, Pace
from delivery.pace import Wait, pace_of, wait_of
from delivery.standing import State, is_resting, standing
from delivery.transports import NotLeft, Refused, Taken, Unanswered
from subscribers.leaving import end_subscription

pytestmark = pytest.mark.django_db

LEASE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOON = datetime(2025, 6, 29, 12, tzinfo=UTC)


@pytest.fixture
def new_sender(alerts, readers, make_alert_note, pigeon):
    """GP Alerts, new since 29 June 2025, and two mailings of it in chunks of ten."""
    readers(30)
    pace_of(alerts)
    Pace.objects.update(ramp_up_from=date(2025, 6, 29), ramp_up_first_day=25)
    mailings = [
        start_alert_mailing(alerts, make_alert_note(n), pigeon(chunk_size=10)) for n in (1, 2)
    ]

    def left(moment, *answers):
        """Have a chunk leave at a moment for each answer; with None it stays in hand."""
        for answer in answers:
            chunk = Chunk.objects.filter(state="pending", left_at=None).order_by("pk").first()
            Chunk.objects.filter(pk=chunk.pk).update(
                state="sending", worker="w", lease_until=moment + LEASE, left_at=moment
            )
            if answer is not None:
                claimed = SimpleNamespace(chunk_id=chunk.pk, worker="w", number=chunk.number)
                record_answer(claimed, answer)

    return SimpleNamespace(pace=Pace.objects.get(publication=alerts), mailings=mailings, left=left)


def test_each_day_of_a_new_sender_has_room_for_twice_as_many_as_the_one_before(new_sender):
    new_sender.left(NOON - timedelta(days=10), Taken())
    room = {-3: 25, 0: 25, 1: 50, 2: 100, 10: 25 * 1024, 4000: 25 * 2**40}
    for day, copies in room.items():
        now = NOON + timedelta(days=day)
        Chunk.objects.exclude(left_at=None).update(left_at=now - HOUR)
        assert wait_of(new_sender.pace, now, copies - 10) is None
        wait = wait_of(new_sender.pace, now, copies - 9)
        assert f"{copies:,} copies" in wait.reason
        tomorrow = datetime.combine(
            now.date() + timedelta(days=1), time(), ZoneInfo("Asia/Kolkata")
        )
        assert wait.until.astimezone(UTC) == tomorrow.astimezone(UTC)


def test_a_day_is_one_of_the_publications_zone(new_sender):
    # 18:30 in UTC is midnight in Kolkata.
    midnight = datetime(2025, 6, 29, 18, 30, tzinfo=UTC)
    second = timedelta(seconds=1)
    new_sender.left(midnight - second, Taken(), Taken())
    assert wait_of(new_sender.pace, midnight - second, 6) == Wait(
        midnight, "a new sender's day 1 has room for 25 copies"
    )
    assert wait_of(new_sender.pace, midnight, 51) is None, "the first one of a day always leaves"
    new_sender.left(midnight, Taken())
    assert wait_of(new_sender.pace, midnight, 40) is None
    assert wait_of(new_sender.pace, midnight, 41) is not None


def test_what_was_provably_not_taken_takes_no_room_of_the_day(new_sender):
    in_vain = [Refused("no"), NotLeft("no route"), Refused("one of them", divisible=True)]
    for day, answer in enumerate([Taken(), Unanswered("silence"), None, *in_vain]):
        Pace.objects.update(breaker_after=99)
        now = NOON + timedelta(days=day)
        new_sender.pace.ramp_up_from = now.date()
        new_sender.left(now - HOUR, answer)
        # Ten copies have gone, or none, and then the first chunk always leaves.
        has_gone = wait_of(new_sender.pace, now, 16) is not None
        assert has_gone == (answer not in in_vain), answer


def test_workers_that_come_at_once_share_the_room_of_the_day(new_sender):
    Pace.objects.update(ramp_up_from=timezone.now().astimezone(new_sender.pace.publication.zone))
    one, other = new_sender.mailings
    claims = [claim_next_chunk(mailing, "worker", LEASE) for mailing in (one, other, one)]
    assert [type(claim) is Wait for claim in claims] == [False, False, True]


def test_a_first_chunk_that_is_larger_than_the_day_leaves_and_a_second_one_does_not(
    alerts, alert, readers, pigeon
):
    readers(40)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=20))
    Pace.objects.update(
        ramp_up_from=timezone.now().astimezone(alerts.zone).date(), ramp_up_first_day=5
    )
    assert claim_next_chunk(mailing, "worker", LEASE).number == 1
    assert isinstance(claim_next_chunk(mailing, "another", LEASE), Wait)


def test_a_mailing_whose_next_chunk_does_not_fit_into_the_day_rests(alerts, alert, readers, pigeon):
    readers(40)
    pace_of(alerts)
    today = timezone.now().astimezone(alerts.zone).date()
    Pace.objects.update(ramp_up_from=today, ramp_up_first_day=20)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=20))
    gone, *_ = mailing.recipients.filter(chunk_number=1)
    end_subscription(gone.subscription_id, "a test")
    claimed = claim_next_chunk(mailing, "worker", LEASE)
    assert depart(claimed)
    record_answer(claimed, Taken())
    # There is room for one more copy, and the chunk has twenty.
    assert wait_of(pace_of(alerts), timezone.now()) is None
    wait = claim_next_chunk(mailing, "worker", LEASE)
    assert isinstance(wait, Wait)
    just_before = wait.until - timedelta(minutes=10)
    assert is_resting(mailing, just_before)
    assert standing(mailing, counts(mailing), just_before).state == State.WAITING
