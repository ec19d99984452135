"""What the editors are told, in which words. A notice that does not go out stops nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from delivery.counting import answers
from delivery.errors import DeliveryError
from delivery.models import Mailing
from delivery.notices import tell_editors
from delivery.states import ChunkState
from flows.reports import MailingReport, PreparationReport, line_of
from issues.models import Issue, Publication
from rendering.dates import printed_moment
from rendering.errors import RenderingError

logger = logging.getLogger(__name__)

# What to do about a run that failed; what else there is goes on by itself.
AGAIN = {
    "prepare": "Do it again with `twtw issue prepare`.",
    "publish": "What was approved or begun is tried again by itself while `twtw up` runs.",
    "send-alert": "A mailing that was begun goes on by itself while `twtw up` runs.",
}


def ask_for_approval(issue: Issue, report: PreparationReport) -> bool:
    """Ask the editors to approve an issue as it is now; whether anybody was told."""
    contents = [f"{position}. {note}" for position, note in enumerate(report.notes, start=1)]
    return _tell(
        f"{issue} waits for your approval",
        [
            f"{issue} is prepared. It is due on {_due(issue)}, and leaves only if it is approved: "
            f"look at it with {_command('preview', issue.publication)}, and approve it with "
            f"{_command('approve', issue.publication)}.",
            *contents,
            *report.remarks,
            *(f"{finding.level.capitalize()}: {finding.sentence}" for finding in report.findings),
        ],
    )


def remind_of_approval(issue: Issue, reason: str) -> None:
    """Tell the editors that an issue is due and was not sent."""
    _tell(
        f"{issue} was not sent: it is not approved",
        [
            reason,
            f"It was due on {_due(issue)} and went to nobody. Approve it with "
            f"{_command('approve', issue.publication)}, and it is sent.",
        ],
    )


def report_nothing_sent(publication: Publication, reason: str) -> None:
    """Tell the editors that the hour of a publication came and there was nothing to send."""
    _tell(
        f"{publication}: nothing was sent",
        [f"The hour of {publication} has come, and nothing was sent.", reason],
    )


def report_stuck(mailing: Mailing, reason: str) -> None:
    """Tell the editors of a mailing that was begun and can't be continued as things are."""
    _tell(
        f"{line_of(mailing)} was not sent to everybody",
        [
            f"The mailing of {line_of(mailing)} was interrupted, and can't be continued: {reason}",
            "Whoever has a copy keeps it and gets no other. It is tried again by itself while "
            "`twtw up` runs.",
        ],
    )


def report_counts(mailing: Mailing, report: MailingReport) -> None:
    """Tell the editors how a mailing ended."""
    publication = mailing.edition.publication
    advice = {
        "finished": "Nobody's copy is left over.",
        "pending": "Some copies could not be handed over. They are tried again by themselves "
        f"while `twtw up` runs, and at once with {_publishing(mailing)}.",
        "in doubt": "For some copies no answer came: they may have been sent or not, "
        "so they are not sent again by themselves.",
        "rejected": "Some copies were refused, and are not sent again. "
        f"{_command('status', publication)} shows the counts.",
    }
    said = answers(mailing, ChunkState(report.state)) if report.state in ChunkState else []
    _tell(
        f"{publication} {report.line}: {report.counts.accepted:,} accepted",
        [report.sentence, advice[report.state], *said],
    )


def report_failure(story: str, run: str, why: str) -> None:
    """Tell the editors of a run that did not come to its end.

    Args:
        story: the flow's name.
        run: the run's own.
        why: a sentence for a person.
    """
    _tell(
        f"The run “{run}” failed",
        [why, f"Prefect's pages and the logs show where. {AGAIN[story]}"],
    )


def _tell(subject: str, paragraphs: Sequence[str]) -> bool:
    link = ("Open the desk", f"{settings.SITE_URL}{reverse('wagtailadmin_home')}")
    try:
        return tell_editors(subject, paragraphs, [link]) > 0
    except (DeliveryError, RenderingError, OSError) as error:
        logger.warning("The editors could not be told that %s: %s", subject, error)
        return False


def _command(verb: str, publication: Publication) -> str:
    """`twtw issue approve`, in backticks; the weekly itself need not be named."""
    named = "" if publication.slug == "twtw" else f" --publication {publication.slug}"
    return f"`twtw issue {verb}{named}`"


def _publishing(mailing: Mailing) -> str:
    publication, note = mailing.edition.publication, mailing.edition.note
    if note is None:
        return _command("publish", publication)
    named = "" if publication.slug == "gp-alerts" else f" --publication {publication.slug}"
    return f"`twtw alert {note.slug}{named}`"


def _due(issue: Issue) -> str:
    return printed_moment(issue.publication.due(issue.date))
