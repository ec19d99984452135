"""`twtw issue`: the numbered issue, from its first assembly to the last mailbox."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, PUBLICATION, say
from newsroom.state import make_ready

if TYPE_CHECKING:
    from issues.models import Approval, Issue

app = typer.Typer(help="Prepare, look at, approve and publish issues.", no_args_is_help=True)

SERIAL = typer.Argument(None, metavar="SERIAL", help="Its serial; the open issue without one.")


@app.command()
def prepare(
    date: str = typer.Option("", "--date", help="The issue's date; the next issue day without it."),
    serial: int | None = typer.Option(None, help="Its serial, for the first issue made here."),
    combine: int | None = typer.Option(None, help="How many serials it takes, if not one."),
    reopen: bool = typer.Option(False, "--reopen", help="Take back its approval and refresh it."),
    publication: str = PUBLICATION,
    as_json: bool = AS_JSON,
) -> None:
    """Put the week's approved notes together as the open issue. Twice makes one issue."""
    make_ready()
    from flows.steps import run_story
    from flows.weekly import prepare as story

    target = asking.publication_named(publication)
    with asking.working("Putting the issue together"):
        report = run_story(
            story,
            publication=target.slug,
            day=asking.day(date or None),
            serial=serial,
            combine=combine,
            reopen=reopen,
        )
    issue = asking.issue_named(target, report.serial)
    if as_json:
        asking.say_json(_description(issue))
        return
    say(report.sentence)
    for remark in report.remarks:
        say(f"  {remark}")
    _print_issue(issue)


@app.command()
def show(
    serial: int | None = SERIAL, publication: str = PUBLICATION, as_json: bool = AS_JSON
) -> None:
    """Show an issue: its line, its notes, what preflight finds, its approval."""
    make_ready()
    issue = asking.issue_named(asking.publication_named(publication), serial)
    if as_json:
        asking.say_json(_description(issue))
        return
    _print_issue(issue)


@app.command()
def write(
    subject: str | None = typer.Option(None, help="The subject line."),
    preview_text: str | None = typer.Option(
        None, help="What a mailbox shows beside the subject line."
    ),
    introduction: str | None = typer.Option(None, help="The words before the first note."),
    segment: str | None = typer.Option(
        None,
        help="Whom it goes to, like 'region Africa, joined this year', or a saved segment's name; "
        "'' for all readers.",
    ),
    publication: str = PUBLICATION,
    as_json: bool = AS_JSON,
) -> None:
    """Write the open issue's subject line, preview text or introduction; '' for the proposal.

    Or choose who gets it, by --segment.
    """
    make_ready()
    from django.db import transaction

    from delivery.audience import in_normal_form
    from issues.voiding import void_approval_of

    issue = asking.open_issue(asking.publication_named(publication))
    given = {
        "subject_line": subject,
        "preview_text": preview_text,
        "introduction": introduction,
        "segment": segment and in_normal_form(segment),
    }
    written = {name: words for name, words in given.items() if words is not None}
    if not written:
        raise asking.WrongInput(
            "Say what to write: --subject, --preview-text, --introduction or --segment."
        )
    for name, words in written.items():
        longest = getattr(issue._meta.get_field(name), "max_length", None)
        if not _is_text(words):
            raise asking.WrongInput(f"{words!r} is no text in UTF-8; write it in that encoding.")
        if longest and len(words) > longest:
            option = name.removesuffix("_line").replace("_", "-")
            raise asking.WrongInput(
                f"--{option} has {len(words)} characters; at most {longest} fit."
            )
    changed = [name for name, words in written.items() if getattr(issue, name) != words]
    for name in changed:
        setattr(issue, name, written[name])
    with transaction.atomic():
        issue.save(update_fields=changed)
        if changed:
            void_approval_of(issue, "what stands around its notes was written anew.")
    if as_json:
        asking.say_json(_description(issue))
        return
    _print_issue(issue)


@app.command()
def check(publication: str = PUBLICATION, as_json: bool = AS_JSON) -> None:
    """Look the open issue over with everything at hand: its links and SpamAssassin are asked, too.

    Ends with 1 if something stops the approval.
    """
    make_ready()
    from django.conf import settings

    from issues.outside import ask_outside
    from issues.preflight import Level
    from issues.preflight.gathering import facts_of_issue

    issue = asking.open_issue(asking.publication_named(publication))
    with asking.working("Asking the sites behind its links"):
        ask_outside(facts_of_issue(issue, spelling=False), spam=True)
    described = _description(issue)
    if as_json:
        asking.say_json(described)
    else:
        _print_issue(issue, described)
        if not settings.CHECK_LINKS:
            say("  The sites behind its links were not asked (TWTW_CHECK_LINKS).")
    if any(finding.level is Level.BLOCKER for finding in described["findings"]):
        raise typer.Exit(1)


@app.command()
def preview(
    serial: int | None = SERIAL,
    to: Path | None = typer.Option(None, help="The folder to write into."),
    text: bool = typer.Option(False, "--text", help="Print the plain-text part instead."),
    publication: str = PUBLICATION,
) -> None:
    """Write an issue as its readers get it: an HTML file and a text file."""
    make_ready()
    from newsroom.configuration import configuration
    from newsroom.previewing import rendering_of, write_preview
    from rendering.marks import shown_to_nobody

    issue = asking.issue_named(asking.publication_named(publication), serial)
    rendering = rendering_of(issue)
    if text:
        say(shown_to_nobody(rendering.text))
        return
    folder = to or configuration().state / "preview"
    with asking.written_to(folder):
        html = write_preview(rendering, folder, f"{issue.publication.slug}-{issue.serials[0]}")
    say(f"{issue}")
    say(f"subject  {rendering.subject}")
    say(f"HTML     {html}")
    say(f"text     {html.with_suffix('.txt')}")


@app.command()
def approve(
    by: str = typer.Option("", help="Who approves, for the record; your login name without it."),
    at: str = typer.Option(
        "",
        help="When it may leave, like '2025-07-06 08:00' in the publication's time zone; "
        "its day and the publication's hour without it.",
    ),
    overrule: list[str] | None = typer.Option(
        None, help="Let a blocker of this code pass, for the record; may be given again."
    ),
    publication: str = PUBLICATION,
    as_json: bool = AS_JSON,
) -> None:
    """Approve the open issue exactly as it is now. Any later change voids the approval."""
    make_ready()
    from issues.approval import approve_issue

    issue = asking.open_issue(asking.publication_named(publication))
    approval = approve_issue(issue, by or getpass.getuser(), _moment(at, issue), overrule or ())
    if as_json:
        asking.say_json(_description(issue))
        return
    say(f"approved  {issue}")
    say(f"by        {approval.approved_by}")
    say(f"subject   {approval.edition.subject}")
    say(f"to        {approval.audience}")
    say(f"to leave  {_departure(approval)}")
    say(f"sha256    {approval.sha256}")
    for finding in approval.findings:
        say(f"let pass  {finding['sentence']}")


@app.command()
def rehearse(publication: str = PUBLICATION, as_json: bool = AS_JSON) -> None:
    """Have SendGrid check every copy of the open issue as it is now, and mail nothing."""
    make_ready()
    from delivery.rehearsing import rehearse as check_every_copy
    from delivery.transports.opening import open_sandbox
    from issues.editions import render_issue

    target = asking.publication_named(publication)
    issue = asking.open_issue(target)
    transport = open_sandbox()
    with asking.progress("Having every copy checked") as moved:
        rehearsal = check_every_copy(
            target, render_issue(issue), transport, moved, segment=issue.segment
        )
    if as_json:
        asking.say_json(asdict(rehearsal))
    else:
        say(f"{issue}: {rehearsal.sentence}")
    for reason in [*rehearsal.reasons, *filter(None, [rehearsal.stopped])]:
        typer.echo(f"twtw: {reason}", err=True)
    if rehearsal.refused or rehearsal.stopped:
        raise typer.Exit(1)


@app.command()
def publish(publication: str = PUBLICATION, as_json: bool = AS_JSON) -> None:
    """Send the approved issue now, to every reader who should have it. Twice sends once."""
    make_ready()
    from flows.steps import run_story
    from flows.weekly import publish as story

    target = asking.publication_named(publication)
    with asking.progress("Handing over to the transport") as moved:
        report = run_story(story, publication=target.slug, scheduled=False, on_progress=moved)
    asking.mention_held(target, besides=report.mailing)
    asking.report_mailing(report, as_json=as_json)


@app.command()
def status(publication: str = PUBLICATION, as_json: bool = AS_JSON) -> None:
    """Say what is next, whether it is approved, and how the last mailing ended."""
    make_ready()
    from delivery.counting import counts
    from delivery.models import Mailing
    from delivery.standing import standing

    target = asking.publication_named(publication)
    open_issue = target.issues.open().first()
    last = (
        Mailing.objects.filter(edition__publication=target)
        .select_related("edition__publication")
        .first()
    )
    reached = counts(last) if last else None
    how = standing(last, reached, datetime.now(tz=UTC)) if last and reached else None
    if as_json:
        asking.say_json(
            {
                "publication": target.slug,
                "open_issue": _description(open_issue) if open_issue else None,
                "last_mailing": {
                    "mailing": last.pk,
                    "subject": str(last.edition),
                    "state": how.state,
                    **asking.counted(reached),
                }
                if last and reached and how
                else None,
            }
        )
        return
    if open_issue is None:
        say(f"{target}: no open issue; the next one is made with `twtw issue prepare`.")
    else:
        _print_issue(open_issue)
    if last and reached and how:
        say(f"\nlast mailing  {last.pk}, {how.in_words}: {last.edition}")
        say(f"              {reached.sentence()}")


def _is_text(words: str) -> bool:
    """What a terminal in another encoding sends are halves of characters."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def _moment(text: str, issue: Issue) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.year not in asking.YEARS:
        raise asking.WrongInput(f"{text!r} is no time; write it like '2025-07-06 08:00'.")
    return moment if moment.tzinfo else moment.replace(tzinfo=issue.publication.zone)


def _departure(approval: Approval) -> str:
    publication = approval.issue.publication
    local = approval.send_at.astimezone(publication.zone)
    moment = f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({publication.time_zone})"
    if approval.send_at > datetime.now(tz=UTC):
        return moment
    return f"{moment}, which is past: at once where `twtw up` runs, or with `twtw issue publish`"


def _description(issue: Issue) -> dict[str, Any]:
    from issues.approval import approval_in_force
    from issues.preflight import preflight
    from issues.preflight.gathering import facts_of_issue

    approval = approval_in_force(issue)
    return {
        "publication": issue.publication.slug,
        "line": issue.line,
        "serials": issue.serials,
        "volume": issue.volume.number,
        "numbers": issue.numbers,
        "date": issue.date,
        "segment": issue.segment,
        "published_at": issue.published_at,
        "notes": [
            {"id": entry.note_id, "headline": str(entry.note)}
            for entry in issue.entries.select_related("note")
        ],
        "approval": approval
        and {
            "by": approval.approved_by,
            "at": approval.approved_at,
            "send_at": approval.send_at,
            "sha256": approval.sha256,
            "let_pass": approval.findings,
        },
        "findings": [] if issue.is_published else preflight(facts_of_issue(issue)),
    }


def _print_issue(issue: Issue, described: dict[str, Any] | None = None) -> None:
    from issues.seen import audience_rule

    described = described or _description(issue)
    say(str(issue))
    for position, note in enumerate(described["notes"], start=1):
        say(f"  {position:>2}. {note['headline']}")
    if issue.segment:
        say(f"  only for {audience_rule(issue.publication, issue.segment)}")
    asking.say_findings(described["findings"])
    if issue.published_at:
        local = issue.published_at.astimezone(issue.publication.zone)
        say(f"  published {local:%Y-%m-%d %H:%M} ({issue.publication.time_zone})")
    elif described["approval"]:
        local = described["approval"]["send_at"].astimezone(issue.publication.zone)
        say(f"  approved by {described['approval']['by']}, to leave {local:%Y-%m-%d %H:%M}")
    else:
        say("  not approved yet")
