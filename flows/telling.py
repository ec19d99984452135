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
from delivery.settling import Knowledge
from delivery.standing import State, line_of
from delivery.states import ChunkState
from flows.reports import MailingReport, PreparationReport, command_for
from issues.models import Issue, Publication
from issues.preflight import Level
from rendering.dates import printed_moment
from rendering.errors import RenderingError
from subscribers.models import Brake

logger = logging.getLogger(__name__)

# What to do about a run that failed; what else there is goes on by itself.
AGAIN = {
    "prepare": "Do it again with `twtw issue prepare`.",
    "publish": "What was approved or begun is tried again by itself while `twtw up` runs.",
    "send-alert": "A mailing that was begun goes on by itself while `twtw up` runs.",
    "send-correction": "A mailing that was begun goes on by itself while `twtw up` runs.",
    "follow": "It is tried again every quarter of an hour, and told of once a day.",
    "tend-readers": "It is tried again every quarter of an hour, and told of once a day.",
    "housekeeping": "It is tried again in the next night, or by hand with `twtw housekeeping`.",
    "read-mailbox": "It is tried again every five minutes, and told of once a day.",
}
# So many chunks are told one by one.
CHUNKS_SHOWN = 10


def ask_for_approval(issue: Issue, report: PreparationReport) -> bool:
    """Ask the editors to approve an issue as it is now; whether anybody was told."""
    contents = [f"{position}. {note}" for position, note in enumerate(report.notes, start=1)]
    return _tell(
        f"{issue} waits for your approval",
        [
            f"{issue} is prepared. It is due on {_due(issue)}, and leaves only if it is approved: "
            f"look at it with {command_for('preview', issue.publication)}, and approve it with "
            f"{command_for('approve', issue.publication)}.",
            *contents,
            *report.remarks,
            *_found(report),
        ],
    )


def _found(report: PreparationReport) -> list[str]:
    """What stops the approval and what it would name, in full; of the hints, how many."""
    found = [
        f"{finding.level.capitalize()}, {finding.place}: {finding.sentence}"
        for finding in report.findings
        if finding.level is not Level.HINT
    ]
    if hints := len(report.findings) - len(found):
        shown = "is 1 hint" if hints == 1 else f"are {hints} hints"
        found.append(f"There {shown} besides; `twtw issue show` has everything.")
    return found


def remind_of_approval(issue: Issue, reason: str) -> None:
    """Tell the editors that an issue is due and was not sent."""
    _tell(
        f"{issue} was not sent: it is not approved",
        [
            reason,
            f"It was due on {_due(issue)} and went to nobody. Approve it with "
            f"{command_for('approve', issue.publication)}, and it is sent.",
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


def report_counts(mailing: Mailing, report: MailingReport) -> bool:
    """Tell the editors how a mailing ended, or why it does not go on; whether anybody was told."""
    said = [
        answer
        for state, copies in (
            (ChunkState.PENDING, report.counts.pending),
            (ChunkState.IN_DOUBT, report.counts.in_doubt),
            (ChunkState.REJECTED, report.counts.rejected),
        )
        if copies
        for answer in answers(mailing, state)
    ]
    return _tell(_subject(mailing, report), [report.sentence, *report.advice, *dict.fromkeys(said)])


def ask_to_settle(mailing: Mailing, doubts: Sequence[Knowledge]) -> bool:
    """Tell the editors that a person has to settle a mailing's doubts; whether anybody was told."""
    number = sum(doubt.readers for doubt in doubts)
    readers = f"{number:,} reader{'' if number == 1 else 's'}"
    left = len(doubts) - CHUNKS_SHOWN
    return _tell(
        f"{mailing.edition.publication} {line_of(mailing)}: decide about {readers} in doubt",
        [
            f"When the copies of {readers} were handed over, no answer came. Nothing has proved "
            "since that they have one, and nothing that they have none; no more evidence is to be "
            "expected. So a person has to decide whether they are sent again, which may give some "
            "readers a second copy, or count as sent, which may leave some without.",
            f"`twtw mailing settle {mailing.pk}` shows what is known, and settles it.",
            *(
                f"{doubt.sentence[:1].upper()}{doubt.sentence[1:]}"
                for doubt in doubts[:CHUNKS_SHOWN]
            ),
            *([f"And {left:,} more chunk{'' if left == 1 else 's'}."] if left > 0 else []),
        ],
    )


def tell_of_brake(brake: Brake) -> bool:
    """Tell the editors that nobody is asked to confirm for now; whether anybody was told."""
    return _tell(
        "Sign-ups wait: the brake is on",
        [
            f"{brake.why} That is more than can be believed, and may be somebody who signs up "
            "others to do them harm. Sign-ups are taken in, and no mail asks for their "
            "confirmation.",
            "Look at the desk, under Readers, where they come from. The brake ends by itself when "
            "it has been quiet for an hour; who knows that the sign-ups are real releases it "
            "there.",
        ],
    )


def _subject(mailing: Mailing, report: MailingReport) -> str:
    what = f"{mailing.edition.publication} {report.line}"
    state = report.standing.state
    if state in (State.PAUSED, State.WAITING, State.CANCELLED):
        done = "waits" if state is State.WAITING else f"is {state.value}"
        return f"{what} {done}: {report.counts.accepted:,} of {report.counts.frozen:,} accepted"
    return f"{what}: {report.counts.accepted:,} accepted"


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


def _due(issue: Issue) -> str:
    return printed_moment(issue.publication.due(issue.date))
