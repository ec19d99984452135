"""`twtw readers`: the list of those who get a publication."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, PUBLICATION, say
from newsroom.cli.recording import record
from newsroom.state import make_ready
from newsroom.whole_files import whole_file

app = typer.Typer(help="Import, export and list readers.", no_args_is_help=True)

STATE = typer.Option("", help="Only those pending, confirmed or ended.")
Basis = Literal["consent", "contract", "interest"]


def _column(what: str) -> Any:
    return typer.Option(
        None,
        metavar="COLUMN",
        help=f"The column of the {what}: its heading, its number from 1, or - for none.",
        show_default=False,
    )


@app.command("import")
def import_(
    file: Path = typer.Argument(..., metavar="FILE", help="CSV or an Excel workbook (.xlsx)."),
    consent: str | None = typer.Option(
        None, help="Where their consent comes from, kept as the record: 'sign-up sheet, May 2025'."
    ),
    ask: bool = typer.Option(False, "--ask", help="Ask each of them to confirm, by mail."),
    basis: Basis = typer.Option("consent", help="Why the law lets them be mailed."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would change; change nothing."),
    skip_refused: bool = typer.Option(
        False, "--skip-refused", help="Import the good rows even if others are refused."
    ),
    refused: Path | None = typer.Option(
        None, metavar="FILE.csv", help="Where to write the refused rows with their reasons."
    ),
    sheet: str = typer.Option("", help="The workbook's sheet; the first one with rows without it."),
    address_column: str | None = _column("address"),
    name_column: str | None = _column("name"),
    first_name_column: str | None = _column("first name"),
    last_name_column: str | None = _column("last name"),
    state_column: str | None = _column("state"),
    date_column: str | None = _column("day of consent"),
    publication: str = PUBLICATION,
    as_json: bool = AS_JSON,
) -> None:
    """Import readers. If a row is refused nothing is imported, and every such row is named.

    If it is interrupted, the same command goes on where it was.
    """
    if not dry_run and (consent is None) is not ask:
        raise asking.WrongInput(
            "Say where their consent comes from with --consent, or have each of them asked to "
            "confirm with --ask."
        )
    make_ready()
    from newsroom.cli import importing

    target = asking.publication_named(publication)
    wanted = {
        "address": address_column,
        "name": name_column,
        "first_name": first_name_column,
        "last_name": last_name_column,
        "state": state_column,
        "consented": date_column,
    }
    importing.run(
        file,
        target,
        importing.Wishes(
            columns={meaning: said for meaning, said in wanted.items() if said is not None},
            sheet=sheet,
            consent=consent,
            basis=basis,
            dry_run=dry_run,
            skip_refused=skip_refused,
            refused=refused,
        ),
        as_json=as_json,
    )


@app.command()
def export(
    to: Path | None = typer.Argument(
        None, metavar="FILE.csv", help="Where to; standard output without it."
    ),
    only: str = typer.Option("", help="A segment: 'region Africa, joined this year'."),
    state: str = STATE,
    publication: str = PUBLICATION,
) -> None:
    """Write the readers of a publication as CSV."""
    make_ready()
    from subscribers.exporting import export_readers

    _check_state(state)
    target = asking.publication_named(publication)
    if to is None:
        count = export_readers(target, sys.stdout, sentence=only, state=state)
    else:
        with asking.written_to(to), whole_file(to) as stream:
            count = export_readers(target, stream, sentence=only, state=state)
        say(f"{_readers(count)} of {target} written to {to}")
    record(target, "subscribers.export", f"{_readers(count)} written to a file.")


@app.command("list")
def list_(
    state: str = STATE,
    publication: str = PUBLICATION,
    as_json: bool = AS_JSON,
) -> None:
    """List the readers of a publication with the state of their subscription."""
    make_ready()
    from subscribers.models import Subscription

    _check_state(state)
    target = asking.publication_named(publication)
    found = Subscription.objects.filter(publication=target).select_related("reader")
    if state:
        found = found.filter(state=state)
    rows = (
        {"address": one.reader.address, "name": one.reader.name, "state": one.state}
        for one in found.order_by("reader__key").iterator()
    )
    if as_json:
        asking.say_json(list(rows))
        return
    for row in rows:
        say(f"{row['state']:<9}  {row['address']}  {row['name']}".rstrip())
    count = found.count()
    say(f"{_readers(count)} of {target}")


def _check_state(state: str) -> None:
    from subscribers.models import Subscription

    if state and state not in Subscription.State.values:
        raise asking.WrongInput(
            f"There is no state {state!r}; there are: {', '.join(Subscription.State.values)}."
        )


def _readers(count: int) -> str:
    return f"{count:,} reader{'' if count == 1 else 's'}"
