"""The week: prepare the issue, and publish it once a person has approved it.

Every step may run again at any time without harm. The database is the truth; Prefect
decides when and where the steps run, and shows them.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from delivery.freezing import start_issue_mailing
from delivery.models import Mailing
from delivery.transports.opening import open_transport
from flows import due, telling
from flows.artifacts import show_preparation
from flows.reports import MailingReport, PreparationReport, line_of
from flows.sending import send
from flows.steps import Ending, step, story
from issues import assembling, editions
from issues.assembling import Assembly
from issues.errors import NotApproved
from issues.models import Issue
from issues.preflight import Finding, preflight


@step(retries=2)
def assemble_week(
    publication: str, day: date | None, serial: int | None, combine: int | None, reopen: bool
) -> Assembly:
    """Collect the approved notes of the week into the one open issue."""
    target = due.publication_named(publication)
    return assembling.assemble(
        target,
        day or due.day_to_prepare(target, timezone.now()),
        serial=serial,
        combine=combine,
        reopen=reopen,
    )


@step(retries=2)
def look_over(issue: Issue) -> list[Finding]:
    """Render the issue as it would be mailed, and see what a machine can see."""
    return preflight(issue, editions.render_issue(issue))


@step()
def ask_editors(assembly: Assembly, findings: list[Finding]) -> None:
    """Ask the editors for their approval."""
    telling.ask_for_approval(assembly, findings)


@step(retries=2)
def find_unfinished(publication: str, scheduled: bool) -> list[Mailing]:
    """Find what an earlier run began and could not end.

    For a person who publishes what is published, the latest mailing: its counts are the answer.
    """
    target = due.publication_named(publication)
    return due.interrupted_mailings(target) or ([] if scheduled else due.mailing_before(target))


@step(retries=2)
def find_issue(publication: str, scheduled: bool) -> Issue:
    """Find the open issue; by the schedule only one whose time has come, or comes this moment."""
    target = due.publication_named(publication)
    if not scheduled:
        return due.issue_due(target, None)
    issue = due.issue_due(target, timezone.now() + due.EARLY)
    due.wait_for(due.moment_of(issue))
    return issue


@step(retries=2)
def freeze_audience(issue: Issue) -> Mailing:
    """Confirm that the approval holds for these very words, and write down who gets them."""
    return start_issue_mailing(issue, open_transport())


@step()
def remind_editors(publication: str, reason: str) -> None:
    """Tell the editors that their approval is missing."""
    telling.remind_of_approval(Issue.objects.open().get(publication__slug=publication), reason)


def _name_of_preparing(publication: str = "twtw", day: date | None = None, **_: object) -> str:
    target = due.publication_named(publication)
    return f"prepare {publication} {day or due.day_to_prepare(target, timezone.now())}"


def _name_of_publishing(publication: str = "twtw", **_: object) -> str:
    target = due.publication_named(publication)
    lines = [line_of(mailing) for mailing in due.interrupted_mailings(target)]
    lines += [issue.line for issue in target.issues.open()]
    return f"publish {lines[0] if lines else publication}"


@story(run_name=_name_of_preparing)
def prepare(
    publication: str = "twtw",
    day: date | None = None,
    serial: int | None = None,
    combine: int | None = None,
    reopen: bool = False,
) -> PreparationReport:
    """Put the week's issue together, look it over, and ask the editors for their approval.

    Doing it twice changes nothing twice, and nobody is asked again unless something changed.

    Args:
        publication: the publication's slug.
        day: the issue's date; None for the open issue's own, or the next issue day.
        serial: its first serial; None for the next one, or the one it has.
        combine: how many serials it takes; None for one, or as many as it has.
        reopen: take its approval back and refresh it all the same.
    """
    assembly = assemble_week(publication, day, serial, combine, reopen)
    findings = look_over(assembly.issue)
    if assembly.changed:
        ask_editors(assembly, findings)
    report = PreparationReport(
        line=assembly.issue.line,
        serial=assembly.issue.serials[0],
        notes=tuple(str(entry.note) for entry in assembly.issue.entries.select_related("note")),
        findings=tuple(findings),
        changed=assembly.changed,
    )
    show_preparation(f"prepared-{publication}", report.line, report.notes, report.findings)
    return report


@story(run_name=_name_of_publishing)
def publish(publication: str = "twtw", scheduled: bool = True) -> MailingReport:
    """Send the approved issue to every reader who should have it, once, and report the counts.

    What an earlier run could not end is ended first. An unapproved issue is never sent.

    Args:
        publication: the publication's slug.
        scheduled: wait for the time it was approved for; a person may send it before.
    """
    ended = [send(mailing) for mailing in find_unfinished(publication, scheduled)]
    if ended and not scheduled:
        return ended[-1]
    try:
        issue = find_issue(publication, scheduled)
        mailing = freeze_audience(issue)
    except NotApproved as refusal:
        if scheduled:
            remind_editors(publication, str(refusal))
        raise
    except Ending:
        if not ended:
            raise
        return ended[-1]
    return send(mailing)
