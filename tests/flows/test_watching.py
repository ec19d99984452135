"""What waits to be sent is begun again and again, at growing intervals, until it has left."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from delivery import holding
from delivery.claiming import claim_next_chunk
from delivery.freezing import start_alert_mailing, start_issue_mailing
from delivery.models import Pace
from delivery.pace import pace_of
from delivery.transports.opening import open_transport
from flows.steps import run_story
from flows.watching import GRACE, PAUSES, BackOff, Watch
from flows.weekly import publish
from issues.approval import approve_issue
from issues.assembling import assemble
from issues.models import Publication

pytestmark = pytest.mark.django_db(transaction=True)

NEVER = timedelta(0)
PUBLISH = ("publish/publish-twtw", {"publication": "twtw", "quiet": True})


class Registry:
    """Takes in deployments as Prefect's runner does."""

    def __init__(self):
        self.added = []

    def add_deployment(self, deployment):
        self.added.append(deployment.name)


@pytest.fixture
def started():
    return []


@pytest.fixture
def watch(started):
    return Watch(Registry(), lambda name, parameters: started.append((name, parameters)))


@pytest.fixture
def approved(twtw, write_note, subscribe, outbox):
    """An approved issue whose time went by, and a reader of it."""
    subscribe(twtw, "first@example.org")
    issue = assemble(twtw, write_note().date).issue
    approve_issue(issue, by="An Editor")
    return issue


def in_time(watch, *minutes):
    """Look at moments that are so many minutes from now."""
    now = timezone.now() + GRACE
    for minute in minutes:
        watch.start_what_waits(now + timedelta(minutes=minute))


def test_something_is_due_at_once_and_then_after_longer_and_longer_pauses():
    back_off, now = BackOff(), timezone.now()
    for pause in (*PAUSES, PAUSES[-1], PAUSES[-1]):
        assert back_off.is_due("it", now)
        assert not back_off.is_due("it", now + pause - timedelta(seconds=1))
        assert back_off.is_due(("another", now), now)
        now += pause
    assert list(PAUSES[:3]) == [timedelta(minutes=minutes) for minutes in (1, 5, 15)]
    assert sorted(PAUSES) == list(PAUSES)


def test_an_overdue_approval_is_tried_until_its_issue_has_left(approved, watch, started):
    in_time(watch, 0, 0.5)
    assert started == [PUBLISH]
    in_time(watch, 1, 5, 6)
    assert started == [PUBLISH] * 3
    run_story(publish)
    in_time(watch, 60)
    assert started == [PUBLISH] * 3


def test_an_interrupted_mailing_is_tried_until_it_is_finished(approved, watch, started):
    start_issue_mailing(approved, open_transport())
    in_time(watch, 0, 0.5, 1, 3, 6)
    assert started == [PUBLISH] * 3
    run_story(publish)
    in_time(watch, 60)
    assert started == [PUBLISH] * 3


def test_an_interrupted_alert_is_continued_by_the_alerts_own_deployment(
    alerts, write_note, subscribe, outbox, watch, started
):
    subscribe(alerts, "alerted@example.org")
    note = write_note()
    start_alert_mailing(alerts, note, open_transport())
    in_time(watch, 0)
    parameters = {"note": note.pk, "publication": "gp-alerts"}
    assert started == [("send-alert/send-alert", parameters)]


def test_what_begins_just_now_is_left_to_the_run_that_began_it(approved, watch, started):
    start_issue_mailing(approved, open_transport())
    watch.start_what_waits(timezone.now())
    assert started == []
    watch.start_what_waits(timezone.now(), grace=NEVER)
    assert started == [PUBLISH]


def test_a_mailing_in_a_live_workers_hands_is_not_begun_again(approved, watch, started):
    mailing = start_issue_mailing(approved, open_transport())
    claim_next_chunk(mailing, "alive", timedelta(hours=1))
    in_time(watch, 0)
    assert started == []
    mailing.chunks.update(lease_until="2020-01-01T00:00Z")
    in_time(watch, 0)
    assert started == [PUBLISH]


def test_a_paused_mailing_is_left_alone_and_goes_on_at_once_when_it_is_resumed(
    approved, watch, started
):
    mailing = start_issue_mailing(approved, open_transport())
    in_time(watch, 0, 1, 6, 21)
    assert started == [PUBLISH] * 4
    holding.pause(mailing, "A reason.")
    in_time(watch, 100, 1000, 10_000)
    assert started == [PUBLISH] * 4
    holding.resume(mailing)
    in_time(watch, 10_000.1)
    assert started == [PUBLISH] * 5


def test_a_mailing_that_has_to_wait_goes_on_when_its_time_has_come(approved, twtw, watch, started):
    start_issue_mailing(approved, open_transport())
    in_time(watch, 0, 1, 6, 21)
    pace = pace_of(twtw)
    local = timezone.now().astimezone(twtw.zone)
    pace.quiet_from, pace.quiet_until = local.time(), (local + timedelta(hours=8)).time()
    pace.save()
    in_time(watch, 30, 100, 400)
    assert started == [PUBLISH] * 4
    in_time(watch, 480)
    assert started == [PUBLISH] * 5


def test_a_slow_mailing_that_a_run_is_at_is_not_begun_again(approved, twtw, watch, started):
    start_issue_mailing(approved, open_transport())
    Pace.objects.update(next_at=timezone.now() + timedelta(minutes=10))
    in_time(watch, 8, 9.5)
    assert started == []
    in_time(watch, 10.1)
    assert started == [PUBLISH]


def test_a_cancelled_mailing_with_a_lost_worker_is_brought_to_its_end(approved, watch, started):
    mailing = start_issue_mailing(approved, open_transport())
    claim_next_chunk(mailing, "lost", -GRACE)
    holding.cancel(mailing, "Ann")
    in_time(watch, 0)
    assert started == [PUBLISH]
    assert run_story(publish).state == "cancelled"


def test_one_run_is_enough_for_all_that_waits_of_a_publication(
    approved, twtw, write_note, watch, started
):
    start_issue_mailing(approved, open_transport())
    write_note("Next", "Week", day=date(2025, 7, 6))
    approve_issue(assemble(twtw, date(2025, 7, 6)).issue, by="An Editor")
    in_time(watch, 0)
    assert started == [PUBLISH]


def test_every_publication_is_looked_after(approved, write_note, watch, started):
    sister = Publication.objects.create(
        slug="sister", name="Sister Weekly", short_name="SW", first_serial=1
    )
    note = write_note("Another", "Note", publication=sister)
    approve_issue(assemble(sister, note.date).issue, by="An Editor")
    in_time(watch, 0)
    assert {name for name, _ in started} == {"publish/publish-twtw", "publish/publish-sister"}


def test_one_that_can_not_be_started_holds_up_no_other_and_is_tried_again(
    approved, alerts, write_note, subscribe
):
    tried = []

    def start(name, _):
        tried.append(name)
        if name == PUBLISH[0]:
            raise ConnectionError

    subscribe(alerts, "alerted@example.org")
    start_alert_mailing(alerts, write_note("Urgent", "Note"), open_transport())
    watch = Watch(Registry(), start)
    in_time(watch, 0)
    assert tried == ["publish/publish-twtw", "send-alert/send-alert"]
    in_time(watch, 1)
    assert tried[2:] == tried[:2]


def test_only_what_has_changed_is_told_again(twtw):
    registry = Registry()
    watch = Watch(registry)
    watch.register_changed()
    assert registry.added == [
        *("prepare-twtw", "publish-twtw", "send-alert", "send-correction", "follow"),
        *("tend-readers", "housekeeping", "import-readers"),
    ]
    watch.register_changed()
    assert len(registry.added) == 8
    twtw.weekday = 2
    twtw.save()
    watch.register_changed()
    assert registry.added[8:] == ["prepare-twtw", "publish-twtw"]
