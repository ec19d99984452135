"""A run that has to wait: not for long, not asleep to what people decide, and never in vain."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import delivering, holding
from delivery.claiming import claim_next_chunk
from delivery.delivering import PATIENCE, deliver
from delivery.freezing import start_alert_mailing
from delivery.models import Mailing, Pace
from delivery.pace import Wait, hold_back, pace_of
from delivery.transports import NotLeft, Refused, Taken

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def quiet(alerts):
    """It is the middle of GP Alerts' quiet time, and will be for hours."""
    local = timezone.now().astimezone(alerts.zone)
    pace_of(alerts)
    Pace.objects.filter(publication=alerts).update(
        quiet_from=(local - 4 * HOUR).time(), quiet_until=(local + 4 * HOUR).time()
    )


def test_a_short_wait_is_waited_for(alert, readers, pigeon):
    readers(20)
    called_at = []

    def answer(_):
        called_at.append(timezone.now())
        return Taken()

    transport = pigeon(answer=answer)
    mailing = start_alert_mailing(*alert, transport)
    hold_back(mailing.pk, 0.05, "a moment")
    until = Pace.objects.get(publication=mailing.edition.publication).next_at
    assert deliver(mailing, transport, threads=1).accepted == 20
    assert min(called_at) >= until


def test_a_429_in_the_middle_holds_back_everybody_for_as_long_as_it_says(alert, readers, pigeon):
    readers(30)
    answers = iter([Taken(), NotLeft("SendGrid answered 429.", wait=3600)])
    transport = pigeon(answer=lambda _: next(answers))
    mailing = start_alert_mailing(*alert, transport)
    ended = deliver(mailing, transport, threads=1)
    assert ended.sentence() == "30 candidates, 10 accepted, 20 pending"
    assert len(transport.calls) == 2


def test_a_long_wait_ends_the_run_at_once_and_nothing_is_called(alert, readers, pigeon):
    readers(20)
    transport = pigeon()
    mailing = start_alert_mailing(*alert, transport)
    hold_back(mailing.pk, PATIENCE.total_seconds() + 60, "a while")
    ended = deliver(mailing, transport, threads=2)
    assert ended.sentence() == "20 candidates, 0 accepted, 20 pending"
    assert transport.calls == []
    assert Mailing.objects.get().finished_at is None


def test_in_the_quiet_hours_nothing_is_claimed_and_the_run_ends_at_once(
    quiet, alert, readers, pigeon
):
    readers(20)
    transport = pigeon()
    mailing = start_alert_mailing(*alert, transport)
    wait = claim_next_chunk(mailing, "worker", LEASE)
    assert isinstance(wait, Wait)
    assert wait.until > timezone.now() + 3 * HOUR
    assert deliver(mailing, transport, threads=2).pending == 20
    assert transport.calls == []


def without_a_rate(mailing):
    pace = pace_of(mailing.edition.publication)
    pace.per_minute = None
    pace.save()


@pytest.mark.parametrize(
    ("decide", "accepted"),
    [
        (without_a_rate, 20),
        (lambda mailing: holding.pause(mailing, "Ann paused it."), 10),
        (lambda mailing: holding.cancel(mailing, "Ann"), 10),
    ],
)
def test_what_a_person_decides_during_a_wait_is_seen(
    alert, readers, pigeon, monkeypatch, decide, accepted
):
    monkeypatch.setattr(delivering, "LONGEST_LOOK_AWAY", 0.01)
    readers(20)
    waits_until = []

    def watch(reached):
        # Somebody looks at the desk, and acts on what they see.
        if reached.accepted and not waits_until:
            waits_until.append(Pace.objects.get(publication=alert[0]).next_at)
            decide(mailing)

    mailing = start_alert_mailing(*alert, pigeon())
    # After ten copies the next chunk waits for more than three minutes.
    Pace.objects.filter(publication=alert[0]).update(per_minute=3)
    assert deliver(mailing, pigeon(), threads=1, on_progress=watch).accepted == accepted
    assert timezone.now() < waits_until[0], "it was waited for all the same"


def test_a_pace_that_somebody_has_deleted_stops_nothing(alert, readers, pigeon):
    readers(20)
    answers = iter([NotLeft("SendGrid answered 429.", wait=60), Refused("no"), Taken()])
    transport = pigeon(answer=lambda _: Pace.objects.all().delete() and next(answers))
    mailing = start_alert_mailing(*alert, transport)
    Pace.objects.all().delete()
    ended = deliver(mailing, transport, threads=1, pauses=(0, 0))
    assert (ended.accepted, ended.rejected, ended.pending) == (10, 10, 0)
