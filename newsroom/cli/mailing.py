"""`twtw mailing`: watch what is sent, hold it, and decide what no machine can know."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, say
from newsroom.cli.recording import record
from newsroom.state import make_ready
from subscribers.how_many import so_many_readers

if TYPE_CHECKING:
    from delivery.counting import Counts
    from delivery.intervening import Done
    from delivery.models import Mailing
    from delivery.settling import Knowledge
    from delivery.standing import Standing

app = typer.Typer(help="Watch, pause, resume, cancel and settle mailings.", no_args_is_help=True)

MAILING = typer.Argument(..., metavar="MAILING", help="Its number, as in the list.")
BY = typer.Option("", help="Who decides, for the record; your login name without it.")
# So many chunks are told one by one; a script gets them all.
SHOWN = 20


@app.command("list")
def list_(
    publication: str = typer.Option("", "--publication", "-p", help="Only this one's."),
    latest: int = typer.Option(20, min=1, max=10_000, help="How many, the newest first."),
    as_json: bool = AS_JSON,
) -> None:
    """List the latest mailings with their state and their counts."""
    make_ready()
    from delivery.models import Mailing

    found = Mailing.objects.select_related(
        "edition__publication", "edition__issue", "edition__note"
    )
    if publication:
        found = found.filter(edition__publication=asking.publication_named(publication))
    mailings = list(found[:latest])
    if as_json:
        asking.say_json([_summary(mailing) for mailing in mailings])
        return
    if not mailings:
        say("Nothing has been mailed yet.")
    for mailing in mailings:
        reached, how = _state_of(mailing)
        say(f"{mailing.pk:>4}  {_title(mailing)}")
        say(f"      {how.in_words}: {reached.sentence()}")


@app.command()
def show(
    number: int | None = typer.Argument(
        None, metavar="MAILING", help="Its number; the latest without one."
    ),
    as_json: bool = AS_JSON,
) -> None:
    """Show all that is known of a mailing: its counts, its chunks, what needs a person."""
    make_ready()
    mailing = asking.mailing_numbered(number)
    if as_json:
        asking.say_json(_description(mailing))
        return
    _print(mailing)


@app.command()
def pause(
    number: int = MAILING,
    reason: str = typer.Option("", help="Why, for whoever looks at it later."),
    by: str = BY,
) -> None:
    """Let nothing further of a mailing leave until it is resumed."""
    make_ready()
    from delivery import intervening

    mailing = asking.mailing_numbered(number)
    by = by or getpass.getuser()
    _told(mailing, "delivery.pause", intervening.pause(mailing, by, reason), by)


@app.command()
def resume(number: int = MAILING, by: str = BY) -> None:
    """Let a paused mailing go on."""
    make_ready()
    from delivery import intervening

    mailing = asking.mailing_numbered(number)
    _told(mailing, "delivery.resume", intervening.resume(mailing), by)
    say(_how_it_goes_on(mailing))


@app.command()
def cancel(
    number: int = MAILING,
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    by: str = BY,
) -> None:
    """Withdraw, for ever, what of a mailing has not left."""
    make_ready()
    from delivery import intervening

    mailing = asking.mailing_numbered(number)
    readers = intervening.left_over(mailing)
    if readers and mailing.cancelled_at is None and not yes:
        whom = so_many_readers(readers)
        _confirm(f"Cancel mailing {mailing.pk}, {_title(mailing)}, for {whom}, for ever?")
    by = by or getpass.getuser()
    _told(mailing, "delivery.cancel", intervening.cancel(mailing, by), by)


@app.command()
def settle(
    number: int = MAILING,
    chunks: list[int] = typer.Option([], "--chunk", help="Only this one; may be repeated."),
    resend: bool = typer.Option(False, "--resend", help="Send them again."),
    count_as_sent: bool = typer.Option(False, "--count-as-sent", help="Count them as sent."),
    at_once: bool = typer.Option(
        False, "--at-once", help="Do not wait for the evidence that may still come."
    ),
    by: str = BY,
) -> None:
    """Decide about copies of which nobody knows; without a decision, show what is known."""
    make_ready()
    from delivery import intervening
    from delivery.settling import Decision, settle_all_by_person

    mailing = asking.mailing_numbered(number)
    if resend and count_as_sent:
        raise asking.WrongInput("Say --resend or --count-as-sent, not both.")
    if not resend and not count_as_sent:
        _print_choices(mailing)
        return
    decision = Decision.RESEND if resend else Decision.COUNT_AS_SENT
    readers = settle_all_by_person(
        mailing, decision, by or getpass.getuser(), numbers=chunks or None, at_once=at_once
    )
    whom = f"{readers:,} reader{'' if readers == 1 else 's'}"
    become = "are to be sent again" if resend else "count as sent"
    done = intervening.Done(f"The copies of {whom} {become}.", changed=True)
    _told(mailing, "delivery.settle", done, by)
    if resend:
        say(_how_it_goes_on(mailing))


def _told(mailing: Mailing, action: str, done: Done, by: str) -> None:
    say(done.sentence)
    if done.changed:
        record(mailing, action, done.sentence, by)


def _print_choices(mailing: Mailing) -> None:
    from delivery.describing import MEANING
    from delivery.settling import what_is_known

    known = what_is_known(mailing, _now())
    if not known:
        say(f"Nothing of mailing {mailing.pk} is in doubt or refused.")
        return
    for one in known[:SHOWN]:
        _print_known(one, mailing)
    _print_more(len(known), mailing)
    say("\nDecide about all that is in doubt, or about single chunks with --chunk NUMBER:")
    for decision, meaning in MEANING.items():
        say(f"  --{decision.value.replace(' ', '-'):<13}  {meaning}")


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise asking.WrongInput(f"{question} Nobody is here to answer; say so with --yes.")
    if not typer.confirm(question):
        say("Nothing was changed.")
        raise typer.Exit(1)


def _title(mailing: Mailing) -> str:
    from delivery.standing import line_of

    return f"{mailing.edition.publication} {line_of(mailing)}"


def _state_of(mailing: Mailing) -> tuple[Counts, Standing]:
    from delivery.counting import counts
    from delivery.standing import standing

    reached = counts(mailing)
    return reached, standing(mailing, reached, _now())


def _how_it_goes_on(mailing: Mailing) -> str:
    from delivery.standing import State
    from flows.reports import report_of

    report = report_of(mailing)
    if report.standing.state in (State.PAUSED, State.WAITING):
        return report.advice[0]
    if not report.counts.pending:
        return "Nothing of it is left to send."
    return f"It goes on by itself while `twtw up` runs, or with {report.again}."


def _summary(mailing: Mailing) -> dict[str, Any]:
    from delivery.standing import line_of

    reached, how = _state_of(mailing)
    return {
        "mailing": mailing.pk,
        "publication": mailing.edition.publication.slug,
        "line": line_of(mailing),
        "state": how.state,
        "sentence": how.sentence,
        "waits_until": how.until,
        **asking.counted(reached),
    }


def _description(mailing: Mailing) -> dict[str, Any]:
    from delivery.counting import outcomes
    from delivery.describing import groups_of
    from delivery.settling import what_is_known

    return {
        **_summary(mailing),
        "subject": mailing.edition.subject,
        "transport": mailing.transport,
        "chunk_size": mailing.chunk_size,
        "frozen_at": mailing.frozen_at,
        "finished_at": mailing.finished_at,
        "paused_at": mailing.paused_at,
        "pause_reason": mailing.pause_reason,
        "cancelled_at": mailing.cancelled_at,
        "cancelled_by": mailing.cancelled_by,
        "outcomes": {outcome.value: number for outcome, number in outcomes(mailing).items()},
        "chunks": [
            {"state": one.state, "chunks": one.chunks, "readers": one.readers, "said": one.answers}
            for one in groups_of(mailing)
        ],
        "to_settle": [
            {
                "chunk": one.number,
                "state": one.state,
                "readers": one.readers,
                "proved": one.proved,
                "since": one.since,
                "said": one.why,
                "asked_at": one.asked_at,
                "asked_answer": one.asked_answer,
                "ripe_at": one.ripe_at,
            }
            for one in what_is_known(mailing, _now())
        ],
    }


def _print(mailing: Mailing) -> None:
    from delivery.counting import outcomes
    from delivery.describing import groups_of, sum_of
    from delivery.settling import what_is_known
    from delivery.standing import local

    reached, how = _state_of(mailing)
    say(f"mailing {mailing.pk}: {_title(mailing)}")
    say(f"  {how.sentence}")
    say(f"  subject    {mailing.edition.subject}")
    say(f"  transport  {mailing.transport}, {mailing.chunk_size:,} to a chunk")
    say(f"  frozen     {local(mailing, mailing.frozen_at)}")
    if mailing.finished_at:
        say(f"  finished   {local(mailing, mailing.finished_at)}")
    say("\n  readers")
    for label, readers, total in sum_of(reached):
        if total:
            say(f"  {'-' * 11}")
        say(f"  {readers:>11,}  {label}")
    if not reached.balanced:
        say("  These counts do not add up, which is a fault of this software: please report it.")
    said = outcomes(mailing)
    if said:
        say("\n  what the provider has said of the copies so far")
        for outcome, readers in said.items():
            say(f"  {readers:>11,}  {outcome.value}: {outcome.label}")
    say("\n  chunks")
    for group in groups_of(mailing):
        readers_in_it = f"{group.readers:,} reader{'' if group.readers == 1 else 's'}"
        say(f"  {group.chunks:>11,}  {group.state.label}, {readers_in_it}")
        for answer in group.answers:
            say(f"{'':>15}{answer}")
    known = what_is_known(mailing, _now())
    for one in known[:SHOWN]:
        say("")
        _print_known(one, mailing)
    _print_more(len(known), mailing)


def _print_known(known: Knowledge, mailing: Mailing) -> None:
    from delivery.describing import told
    from delivery.standing import local

    readers = f"{known.readers:,} reader{'' if known.readers == 1 else 's'}"
    since = local(mailing, known.since)
    say(f"  chunk {known.number}: {readers} {known.state.label} since {since}")
    for sentence in told(known, mailing):
        say(f"    {sentence}")


def _print_more(chunks: int, mailing: Mailing) -> None:
    if chunks > SHOWN:
        more = chunks - SHOWN
        say(f"  … and {more:,} more; `twtw mailing show {mailing.pk} --json` has them all.")


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()
