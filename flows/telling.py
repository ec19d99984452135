"""What the editors are told, in which words. A notice that does not go out stops nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from delivery.errors import DeliveryError
from delivery.notices import tell_editors
from flows.reports import MailingReport
from issues.assembling import Assembly
from issues.models import Issue
from issues.preflight import Finding
from rendering.dates import printed_date
from rendering.errors import RenderingError

logger = logging.getLogger(__name__)


def ask_for_approval(assembly: Assembly, findings: Sequence[Finding]) -> None:
    """Tell the editors that an issue was put together or changed, and what to look at."""
    issue = assembly.issue
    notes = [str(entry.note) for entry in issue.entries.select_related("note")]
    contents = [f"{position}. {note}" for position, note in enumerate(notes, start=1)]
    left = [f"Not in it, because it belongs to another week: {n}" for n in assembly.left_behind]
    _tell(
        f"{issue} waits for your approval",
        [
            f"{issue} is prepared. It is due on {_due(issue)}, and leaves only if it is approved.",
            *contents,
            *left,
            *(f"{finding.level.capitalize()}: {finding.sentence}" for finding in findings),
        ],
        "Look at it at the desk",
    )


def remind_of_approval(issue: Issue, reason: str) -> None:
    """Tell the editors that an issue is due and was not sent."""
    _tell(
        f"{issue} was not sent: it is not approved",
        [
            reason,
            f"It was due on {_due(issue)} and went to nobody. Approve it, and it is sent.",
        ],
        "Approve it at the desk",
    )


def report_counts(publication: str, report: MailingReport) -> None:
    """Tell the editors how a mailing ended."""
    advice = {
        "finished": "Nobody's copy is left over.",
        "pending": "Some copies could not be handed over; publish again to go on with them.",
        "in doubt": "For some copies no answer came: they may have been sent or not, "
        "so they are not sent again by themselves.",
        "rejected": "Some copies were refused; the desk shows why.",
    }
    _tell(
        f"{publication} {report.line}: {report.counts.accepted:,} accepted",
        [report.sentence, advice[report.state]],
        "Look at it at the desk",
    )


def _tell(subject: str, paragraphs: Sequence[str], desk: str) -> None:
    link = (desk, f"{settings.SITE_URL}{reverse('wagtailadmin_home')}")
    try:
        tell_editors(subject, paragraphs, [link])
    except (DeliveryError, RenderingError, OSError) as error:
        logger.warning("The editors could not be told that %s: %s", subject, error)


def _due(issue: Issue) -> str:
    publication = issue.publication
    due = publication.due(issue.date)
    return f"{due:%A}, {printed_date(due.date())}, {due:%H:%M} ({publication.time_zone})"
