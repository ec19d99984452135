"""Finding what a person named on the command line, and saying clearly what there is instead."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from delivery.counting import Counts
    from delivery.models import Mailing
    from flows.reports import MailingReport
    from issues.models import Issue, Publication
    from issues.preflight import Finding
    from notes.models import Note

PUBLICATION = typer.Option("twtw", "--publication", "-p", help="The publication's short address.")
AS_JSON = typer.Option(False, "--json", help="Print JSON for a script.")


# The first and the last years of the calendar have no room for time zones.
YEARS = range(1900, 3000)


class WrongInput(Exception):  # noqa: N818 - it is the reader of the message who was wrong
    """What was named does not exist or can't be understood."""


def say(text: str) -> None:
    """Print one line for a person."""
    typer.echo(text)


def say_json(value: Any) -> None:
    """Print a value for a script; days and moments as ISO 8601 writes them."""
    from django.core.serializers.json import DjangoJSONEncoder

    from issues.preflight import Finding

    class Encoder(DjangoJSONEncoder):
        def default(self, o: Any) -> Any:
            return asdict(o) if isinstance(o, Finding) else super().default(o)

    json.dump(value, sys.stdout, indent=2, ensure_ascii=False, cls=Encoder)
    sys.stdout.write("\n")


# Where a finding says by itself what it is about.
_PLACES_OF_THE_WHOLE = {"issue", "mail", "publication", "TWTW_SITE_URL"}


def say_findings(findings: Iterable[Finding]) -> None:
    """Print what preflight found, each with the place it was found in."""
    for finding in findings:
        say(f"  {finding.level}: {finding.sentence}")
        if finding.place not in _PLACES_OF_THE_WHOLE:
            say(f"           in {finding.place}")


def fail(sentence: str) -> NoReturn:
    """Say what went wrong and end with exit status 1: the input was fine, the work was not."""
    typer.echo(f"twtw: {sentence}", err=True)
    raise typer.Exit(1)


@contextmanager
def written_to(place: Path) -> Iterator[None]:
    """Tell a place that can't be written to from a machine in trouble.

    Raises:
        WrongInput: if the place is not there, or is not the person's to write to.
    """
    try:
        yield
    except (FileExistsError, FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise WrongInput(
            f"{place} can't be written: {error.strerror}; name another place."
        ) from None
    except PermissionError:
        raise WrongInput(
            f"{place} can't be written: you have no right to; name another place."
        ) from None


def publication_named(slug: str) -> Publication:
    """The publication.

    Raises:
        IssueError: naming those there are.
    """
    from issues.models import Publication

    return Publication.objects.named(slug)


def note_named(name: str) -> Note:
    """The note with this id or this address (slug), or the one whose address begins so.

    Raises:
        WrongInput: if there is none, or more than one.
    """
    from notes.models import Note

    if not name.strip():
        raise WrongInput("A note's name is empty; `twtw notes list` shows their numbers.")
    exact = {"pk": int(name)} if name.isdecimal() else {"slug": name}
    found = list(Note.objects.filter(**exact) or Note.objects.filter(slug__startswith=name)[:2])
    if not found:
        raise WrongInput(f"There is no note {name!r}; `twtw notes list` shows them.")
    if len(found) > 1:
        raise WrongInput(f"More than one note begins with {name!r}; write more of its address.")
    return found[0]


def open_issue(publication: Publication) -> Issue:
    """The issue that is being made.

    Raises:
        WrongInput: if there is none.
    """
    issue = publication.issues.open().first()
    if issue is None:
        raise WrongInput(f"{publication} has no open issue; make it with `twtw issue prepare`.")
    return issue


def issue_named(publication: Publication, serial: int | None) -> Issue:
    """The issue with a serial; without one the open issue, or else the latest.

    Raises:
        WrongInput: if there is none.
    """
    if serial is None:
        found = publication.issues.open().first() or publication.issues.first()
        if found is None:
            raise WrongInput(f"{publication} has no issue yet; make it with `twtw issue prepare`.")
        return found
    found = publication.issues.filter(taken_serials__serial=serial).first()
    if found is None:
        raise WrongInput(f"{publication} has no issue #{serial} here.")
    return found


def mailing_numbered(number: int | None) -> Mailing:
    """The mailing with a number; without one the latest.

    Raises:
        WrongInput: if there is none.
    """
    from delivery.models import Mailing

    found = Mailing.objects.select_related(
        "edition__publication", "edition__issue", "edition__note"
    )
    mailing = found.first() if number is None else found.filter(pk=number).first()
    if mailing is None:
        raise WrongInput(
            "Nothing has been mailed yet; `twtw issue publish` sends the approved issue."
            if number is None
            else f"There is no mailing {number}; `twtw mailing list` shows them."
        )
    return mailing


def day(text: str | None) -> date | None:
    """A day written `2025-06-29` or `29 June 2025`.

    Raises:
        WrongInput: if it is neither.
    """
    if text is None:
        return None
    for form in ("%Y-%m-%d", "%d %B %Y", "%d %b %Y"):
        try:
            found = datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if found.year in YEARS:
            return found
    raise WrongInput(f"{text!r} is no date; write it like 2025-06-29 or '29 June 2025'.")


@contextmanager
def working(title: str) -> Iterator[None]:
    """Something that moves on standard error while a person waits."""
    from rich.console import Console

    with Console(stderr=True).status(f"{title} …"):
        yield


@contextmanager
def progress(title: str) -> Iterator[Callable[[float | Counts], None]]:
    """A progress bar on standard error that shows itself only where a person looks on.

    Yields a function for what is done: a share from 0 to 1, or a mailing's counts.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    console = Console(stderr=True)
    unseen = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=unseen) as bar:
        task = bar.add_task(title, total=1.0)

        def moved(done: float | Counts) -> None:
            if not isinstance(done, float):
                done = 1 - done.pending / max(done.frozen, 1)
            bar.update(task, completed=done)

        yield moved


def counted(counts: Counts) -> dict[str, Any]:
    """A mailing's counts, for a script."""
    return {**asdict(counts), "balanced": counts.balanced}


def mention_held(publication: Publication, *, besides: int) -> None:
    """Print which other mailings of a publication do not go on, and why."""
    from flows.due import interrupted_mailings
    from flows.reports import report_of

    for mailing in interrupted_mailings(publication, resting=True):
        report = report_of(mailing)
        if mailing.pk != besides and report.is_held:
            say_held(report)


def say_held(report: MailingReport) -> None:
    """Print why a mailing does not go on, and what to do."""
    typer.echo(f"twtw: mailing {report.mailing}, {report.line}: {report.advice[0]}", err=True)


# What becomes of copies that were not accepted, and what to do.
NOT_ACCEPTED = {
    "pending": "Run the same command again once that is mended; it sends nobody a second copy.",
    "in doubt": "They may have left, so nothing is sent again by itself; "
    "`twtw mailing settle {mailing}` shows what is known.",
    "rejected": "They are not sent again by themselves; "
    "`twtw mailing settle {mailing}` shows what can be done.",
}


def report_mailing(report: MailingReport, *, as_json: bool) -> None:
    """Print how a mailing stands; exit status 1 if not everybody has it for sure, and why not."""
    from delivery.counting import answers
    from delivery.models import Mailing
    from delivery.states import ChunkState

    if as_json:
        say_json(
            {
                "mailing": report.mailing,
                "line": report.line,
                "state": report.state,
                **counted(report.counts),
            }
        )
    else:
        say(report.sentence)
    counts = report.counts
    left = {"pending": counts.pending, "in doubt": counts.in_doubt, "rejected": counts.rejected}
    if report.is_held:
        say_held(report)
        del left["pending"]
    for state, copies in left.items():
        if copies:
            said = answers(Mailing.objects.get(pk=report.mailing), ChunkState(state))
            sentences = [f"{one.rstrip('.')}." for one in said]
            what_to_do = NOT_ACCEPTED[state].format(mailing=report.mailing)
            advice = " ".join([*sentences, what_to_do])
            typer.echo(f"twtw: {copies:,} {state}: {advice}", err=True)
    if report.is_held or any(left.values()):
        raise typer.Exit(1)
