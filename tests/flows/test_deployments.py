"""Which deployments there are, and when they run."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from prefect.server.schemas.schedules import CronSchedule as ServedSchedule
from prefect.utilities.asyncutils import run_coro_as_sync

from flows.deployments import deployments
from flows.schedules import weekly_cron
from issues.models import Publication
from newsroom.configuration import ROOT


def coming(cron, zone, start, count=1):
    """The moments at which Prefect's own scheduler would start runs."""
    schedule = ServedSchedule(cron=cron, timezone=zone)
    return run_coro_as_sync(schedule.get_dates(n=count, start=start))


@pytest.mark.parametrize(
    ("weekday", "at", "hours_before", "cron"),
    [
        (6, time(8, 0), 0, "0 8 * * SUN"),
        (6, time(8, 0), 24, "0 8 * * SAT"),
        (0, time(6, 45), 8, "45 22 * * SUN"),
        (2, time(23, 59, 30), 0, "0 0 * * THU"),
    ],
)
def test_a_weekly_run_as_cron(weekday, at, hours_before, cron):
    assert weekly_cron(weekday, at, hours_before) == cron


@given(
    weekday=st.integers(0, 6),
    at=st.times(),
    hours_before=st.integers(0, 144),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - Hypothesis' own
)
def test_the_run_comes_once_a_week_and_never_before_its_time(weekday, at, hours_before, start):
    start = start.replace(tzinfo=UTC)
    cron = weekly_cron(weekday, at, hours_before)
    first, second = coming(cron, "UTC", start, count=2)
    assert second - first == timedelta(days=7)
    late = first + timedelta(hours=hours_before)
    due = min(
        (datetime.combine(late.date() - timedelta(days=ago), at, tzinfo=UTC) for ago in (0, 1)),
        key=lambda moment: abs(late - moment),
    )
    assert timedelta(0) <= late - due < timedelta(minutes=1)
    assert due.weekday() == weekday


def test_the_hour_stays_the_hour_when_the_clocks_change():
    before_the_change = datetime(2025, 3, 20, tzinfo=UTC)
    runs = coming(weekly_cron(6, time(8, 0)), "Europe/Berlin", before_the_change, count=2)
    there = [run.astimezone(ZoneInfo("Europe/Berlin")) for run in runs]
    assert [(run.hour, run.minute) for run in there] == [(8, 0), (8, 0)]
    assert [run.utcoffset() for run in there] == [timedelta(hours=1), timedelta(hours=2)]


def described(deployment):
    return {
        "name": deployment.name,
        "description": deployment.description,
        "tags": deployment.tags,
        "entrypoint": deployment.entrypoint,
        "parameters": deployment.parameters,
        "schedules": [
            {"cron": entry.schedule.cron, "timezone": entry.schedule.timezone}
            for entry in deployment.schedules
        ],
    }


@pytest.mark.django_db
def test_prefect_yaml_says_the_same_as_the_code_for_the_weekly_as_shipped():
    shipped = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    for deployment in shipped:
        assert deployment.pop("work_pool") == {"name": "newsroom"}
    assert shipped == [described(deployment) for deployment in deployments()]


@pytest.mark.django_db
def test_every_numbered_publication_has_its_own_schedule_and_the_alerts_have_none(twtw):
    twtw.weekday, twtw.hour, twtw.time_zone = 4, time(17, 30), "America/New_York"
    twtw.prepare_hours_before = 30
    twtw.save()
    Publication.objects.create(slug="sister", name="Sister Weekly", first_serial=1)
    found = {item["name"]: item for item in map(described, deployments())}
    assert found["prepare-twtw"]["schedules"] == [
        {"cron": "30 11 * * THU", "timezone": "America/New_York"}
    ]
    assert found["publish-twtw"]["schedules"] == [
        {"cron": "30 17 * * FRI", "timezone": "America/New_York"}
    ]
    assert found["publish-sister"]["parameters"] == {"publication": "sister"}
    assert found["send-alert"]["schedules"] == []
    assert set(found) == {
        *("prepare-twtw", "publish-twtw", "prepare-sister", "publish-sister"),
        *("send-alert", "send-correction", "follow", "import-readers", "tend-readers"),
        "housekeeping",
    }
