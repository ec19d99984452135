"""The week: prepare the issue, and publish it once a person has approved it.

Every step may run again at any time without harm. The database is the truth; Prefect
decides when and where the steps run, and shows them.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from delivery.errors import DeliveryError
from delivery.freezing import start_issue_mailing
from delivery.models import Mailing
from delivery.standing import State, line_of
from delivery.transports.opening import open_transport
from flows import due, telling
from flows.artifacts import show_preparation
from flows.reports import MailingReport, PreparationReport
from flows.sending import report_stuck, send
from flows.steps import Ending, step, story, time_of_run
from issues import assembling
from issues.assembling import Assembly
from issues.errors import NotApproved, NotYet
from issues.models import Issue, Publication
from issues.outside import ask_outside
from issues.preflight import Finding, preflight
from issues.preflight.gathering import facts_of_issue
from rendering.content import Rendering


class Stuck(DeliveryError):  # noqa: N818 - it reads as the state that it reports
    """A mailing that was begun can't be continued; the editors have been told."""


@step(retries=2)
def assemble_week(
    publication: str,
    day: date | None,
    now: datetime,
    serial: int | None,
    combine: int | None,
    reopen: bool,
) -> Assembly:
    """Collect the approved notes of the week into the one open issue."""
    target = Publication.objects.named(publication)
    return assembling.assemble(
        target,
        day or due.day_to_prepare(target, now),
        serial=serial,
        combine=combine,
        reopen=reopen,
    )


@step(retries=2)
def look_over(issue: Issue) -> tuple[Rendering, list[Finding]]:
    """Render the issue as it would be mailed, and see what a machine can see."""
    facts = facts_of_issue(issue, spelling=False)
    ask_outside(facts, spam=facts.really_sent)
    # Gathered again, with what was answered.
    facts = facts_of_issue(issue, rendering=facts.rendering)
    return facts.rendering, preflight(facts)


@step()
def ask_editors(issue: Issue, report: PreparationReport, sha256: str) -> None:
    """Ask the editors for their approval, and note down about which words they were asked."""
    if telling.ask_for_approval(issue, report):
        Issue.objects.filter(pk=issue.pk).update(asked_about=sha256)


@step(retries=2)
def find_unfinished(publication: str, scheduled: bool) -> list[Mailing]:
    """Find what an earlier run began and could not end.

    The schedule leaves alone what is paused or has to wait. For a person who publishes what is
    published, it is the latest mailing: its counts are the answer.
    """
    target = Publication.objects.named(publication)
    if scheduled:
        return due.interrupted_mailings(target, resting=False)
    return due.interrupted_mailings(target, resting=True) or due.mailing_before(target)


@step(retries=2)
def find_issue(publication: str, scheduled: bool) -> Issue:
    """Find the open issue; by the schedule only one whose time has come, or comes this moment."""
    target = Publication.objects.named(publication)
    if not scheduled:
        return due.issue_due(target, None)
    issue = due.issue_due(target, timezone.now() + due.EARLY)
    due.wait_for(due.moment_of(issue))
    return issue


@step(retries=2)
def freeze_audience(issue: Issue, scheduled: bool) -> Mailing:
    """Confirm that the approval holds for these very words, and write down who gets them.

    By the schedule only if its time has come: somebody may have put it off since it was found.
    """
    now = timezone.now() + due.EARLY if scheduled else None
    try:
        return start_issue_mailing(issue, open_transport(), now)
    except NotYet as later:
        raise due.NotDue(str(later)) from None


@step()
def remind_editors(publication: str, reason: str) -> None:
    """Tell the editors that their approval is missing."""
    telling.remind_of_approval(Issue.objects.open().get(publication__slug=publication), reason)


@step()
def say_that_nothing_left(publication: str, reason: str, now: datetime) -> None:
    """Tell the editors that there was nothing to send, unless this day's issue has left before."""
    target = Publication.objects.named(publication)
    if not due.has_left(target, now):
        telling.report_nothing_sent(target, reason)


def name_of_preparing(publication: str = "twtw", day: date | None = None, **_: object) -> str:
    """`prepare twtw 2025-07-06`, for Prefect's pages."""
    target = Publication.objects.named(publication)
    return f"prepare {publication} {day or due.day_to_prepare(target, time_of_run())}"


def name_of_publishing(publication: str = "twtw", **_: object) -> str:
    """`publish #318 Vol 7, No 27, 6 July 2025`; the mailing's line that is ended first, if any."""
    target = Publication.objects.named(publication)
    lines = [line_of(mailing) for mailing in due.interrupted_mailings(target, resting=False)]
    lines += [issue.line for issue in target.issues.open()]
    return f"publish {lines[0] if lines else publication}"


@story(run_name=name_of_preparing)
def prepare(
    publication: str = "twtw",
    day: date | None = None,
    serial: int | None = None,
    combine: int | None = None,
    reopen: bool = False,
) -> PreparationReport:
    """Put the week's issue together, look it over, and ask the editors for their approval.

    Doing it twice changes nothing twice, and nobody is asked twice about the same words.

    Args:
        publication: the publication's slug.
        day: the issue's date; None for the open issue's own, or the next issue day.
        serial: its first serial; None for the next one, or the one it has.
        combine: how many serials it takes; None for one, or as many as it has.
        reopen: take its approval back and refresh it all the same.
    """
    assembly = assemble_week(publication, day, time_of_run(), serial, combine, reopen)
    issue = assembly.issue
    rendering, findings = look_over(issue)
    report = PreparationReport(
        line=issue.line,
        serial=issue.serials[0],
        notes=tuple(str(entry.note) for entry in issue.entries.select_related("note")),
        findings=tuple(findings),
        changed=assembly.changed,
        waiting=tuple(str(note) for note in assembly.waiting),
        left_behind=tuple(str(note) for note in assembly.left_behind),
    )
    if due.is_to_be_asked_about(issue, rendering):
        ask_editors(issue, report, rendering.sha256)
    show_preparation(f"prepared-{publication}", report)
    return report


@story(run_name=name_of_publishing)
def publish(
    publication: str = "twtw", scheduled: bool = True, quiet: bool = False
) -> MailingReport:
    """Send the approved issue to every reader who should have it, once, and report the counts.

    What an earlier run could not end is ended first; what can't be ended, is paused or has to
    wait holds up nothing else. An unapproved issue is never sent.

    Args:
        publication: the publication's slug.
        scheduled: wait for the time it was approved for; a person may send it before.
        quiet: tell nobody when there is nothing to send, because more runs than one may come.
    """
    ended, held, stuck = _end_unfinished(publication, scheduled)
    if ended and not scheduled:
        return ended[-1]
    try:
        # Who wants to go on with a mailing that can't does not mean to send the next issue early.
        by_the_clock = scheduled or bool(held or stuck)
        issue = find_issue(publication, by_the_clock)
        mailing = freeze_audience(issue, by_the_clock)
    except NotApproved as refusal:
        if held and not scheduled:
            return held[-1]
        if scheduled:
            remind_editors(publication, str(refusal))
        raise
    except Ending as nothing:
        if stuck:
            raise stuck[0] from None
        if ended or held:
            return [*ended, *held][-1]
        if scheduled and not quiet:
            say_that_nothing_left(publication, str(nothing), time_of_run())
        raise
    return send(mailing, is_new=True)


def _end_unfinished(
    publication: str, scheduled: bool
) -> tuple[list[MailingReport], list[MailingReport], list[Stuck]]:
    """The mailings that earlier runs began: those that ended, those held, those that can't end."""
    ended: list[MailingReport] = []
    held: list[MailingReport] = []
    stuck: list[Stuck] = []
    for mailing in find_unfinished(publication, scheduled):
        try:
            report = send(mailing)
        except DeliveryError as error:
            report_stuck(mailing, str(error))
            stuck.append(Stuck(str(error)))
        else:
            at_rest = report.standing.state in (State.PAUSED, State.WAITING)
            (held if at_rest else ended).append(report)
    return ended, held, stuck
