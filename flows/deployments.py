"""The one place that says which deployments there are, and when they run.

`prefect.yaml` says the same for a work pool on other machines; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from prefect import Flow
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.alert import send_alert
from flows.correction import send_correction
from flows.following import follow
from flows.housekeeping import housekeeping, tend_readers
from flows.importing import import_readers
from flows.inbound import read_mailbox
from flows.schedules import weekly_cron
from flows.weekly import prepare, publish
from issues.models import Publication

ALERT = "send-alert"
CORRECTION = "send-correction"
IMPORT = "import-readers"
# In any zone the same: what is to be settled waits for no hour of the day.
EVERY_QUARTER_OF_AN_HOUR = "*/15 * * * *"
EVERY_QUARTER_OF_AN_HOUR_LATER = "7-59/15 * * * *"
# Four in the morning in Bengaluru and midnight in Europe; not on the minute of the others.
EVERY_NIGHT = "35 22 * * *"
EVERY_FIVE_MINUTES = "*/5 * * * *"


def deployments() -> list[RunnerDeployment]:
    """All of them, as the publications in the database are set now."""
    weekly = [
        deployment
        for publication in Publication.objects.filter(numbered=True).order_by("slug")
        for deployment in (_preparing(publication), _publishing(publication))
    ]
    mailbox = [_reading_the_mailbox()] if settings.IMAP_HOST else []
    return [
        *weekly,
        _alert(),
        _correction(),
        _following(),
        _tending(),
        _housekeeping(),
        _importing(),
        *mailbox,
    ]


def preparing_name(slug: str) -> str:
    """What Prefect calls the deployment that prepares a publication's issue."""
    return f"{prepare.name}/prepare-{slug}"


def publishing_name(slug: str) -> str:
    """What Prefect calls the deployment that publishes a publication's issues."""
    return f"{publish.name}/publish-{slug}"


def alerting_name() -> str:
    """What Prefect calls the deployment that mails a note on its own."""
    return f"{send_alert.name}/{ALERT}"


def importing_name() -> str:
    """What Prefect calls the deployment that brings an import of readers forward."""
    return f"{import_readers.name}/{IMPORT}"


def correcting_name() -> str:
    """What Prefect calls the deployment that mails a correction."""
    return f"{send_correction.name}/{CORRECTION}"


def _preparing(publication: Publication) -> RunnerDeployment:
    cron = weekly_cron(publication.weekday, publication.hour, publication.prepare_hours_before)
    return RunnerDeployment.from_flow(
        prepare,
        name=f"prepare-{publication.slug}",
        description="Puts the week's issue together and asks the editors for their approval.",
        parameters={"publication": publication.slug},
        schedule=Cron(cron, timezone=publication.time_zone),
        tags=["prepare", publication.slug],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _publishing(publication: Publication) -> RunnerDeployment:
    cron = weekly_cron(publication.weekday, publication.hour)
    return RunnerDeployment.from_flow(
        publish,
        name=f"publish-{publication.slug}",
        description="Sends the approved issue; reminds the editors if it is not approved.",
        parameters={"publication": publication.slug},
        schedule=Cron(cron, timezone=publication.time_zone),
        tags=["publish", publication.slug],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _alert() -> RunnerDeployment:
    return _of_the_newsroom(
        send_alert, ALERT, "alert", "Mails one approved note to the readers of GP Alerts."
    )


def _correction() -> RunnerDeployment:
    return _of_the_newsroom(
        send_correction,
        CORRECTION,
        "correction",
        "Hands over the mailing of a correction that a person has approved.",
    )


def _importing() -> RunnerDeployment:
    return _of_the_newsroom(
        import_readers,
        IMPORT,
        "import",
        "Reads a file of readers; takes it in after a person's word.",
    )


def _following() -> RunnerDeployment:
    return _of_the_newsroom(
        follow,
        follow.name,
        "follow",
        "Settles what is in doubt; tells the editors what only a person can settle.",
        EVERY_QUARTER_OF_AN_HOUR,
    )


def _tending() -> RunnerDeployment:
    return _of_the_newsroom(
        tend_readers,
        tend_readers.name,
        "readers",
        "Looks at the brake on sign-ups; asks, reminds and lets go silent readers.",
        # Not with the following, so that the two processes do not start at the same time.
        EVERY_QUARTER_OF_AN_HOUR_LATER,
    )


def _housekeeping() -> RunnerDeployment:
    return _of_the_newsroom(
        housekeeping,
        housekeeping.name,
        "housekeeping",
        "Forgets what nobody needs any more; suppresses who bounced thrice.",
        EVERY_NIGHT,
    )


def _reading_the_mailbox() -> RunnerDeployment:
    return _of_the_newsroom(
        read_mailbox,
        read_mailbox.name,
        "mailbox",
        "Reads what readers have written, and acts on it.",
        EVERY_FIVE_MINUTES,
    )


def _of_the_newsroom(
    flow: Flow[Any, Any], name: str, tag: str, description: str, cron: str = ""
) -> RunnerDeployment:
    """A deployment that is no publication's; `cron` is for UTC, empty for what people start."""
    return RunnerDeployment.from_flow(
        flow,
        name=name,
        description=description,
        schedule=Cron(cron, timezone="UTC") if cron else None,
        tags=[tag],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
