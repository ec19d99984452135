"""`twtw readers`: the list of those who get a publication."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, PUBLICATION, say
from newsroom.cli.recording import record
from newsroom.state import make_ready
from newsroom.whole_files import whole_file

app = typer.Typer(help="Import, export and list readers.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Path = typer.Argument(..., metavar="FILE.csv", help="Columns `address` and `name`."),
    consent: str = typer.Option(
        ..., help="Where their consent comes from, kept as the record: 'sign-up sheet, May 2025'."
    ),
    skip_refused: bool = typer.Option(
        False, "--skip-refused", help="Import the good rows even if others are refused."
    ),
    publication: str = PUBLICATION,
    as_json: bool = AS_JSON,
) -> None:
    """Import readers. If a row is refused nothing is imported, and every such row is named."""
    make_ready()
    from dataclasses import asdict

    from subscribers.importing import import_readers

    target = asking.publication_named(publication)
    with asking.progress("Reading rows") as moved:
        result = import_readers(
            file, target, consent=consent, skip_refused=skip_refused, on_progress=moved
        )
    if result.imported:
        record(
            target, "subscribers.import", f"{_readers(result.new)} new; {result.rows:,} rows read."
        )
    if as_json:
        asking.say_json(asdict(result))
    else:
        say(str(result))
    if result.refused and not skip_refused:
        raise typer.Exit(2)


@app.command()
def export(
    to: Path | None = typer.Argument(
        None, metavar="FILE.csv", help="Where to; standard output without it."
    ),
    publication: str = PUBLICATION,
) -> None:
    """Write the readers of a publication as CSV."""
    make_ready()
    from subscribers.exporting import export_readers

    target = asking.publication_named(publication)
    if to is None:
        count = export_readers(target, sys.stdout)
    else:
        with asking.written_to(to), whole_file(to) as stream:
            count = export_readers(target, stream)
        say(f"{_readers(count)} of {target} written to {to}")
    record(target, "subscribers.export", f"{_readers(count)} written to a file.")


@app.command("list")
def list_(
    state: str = typer.Option("", help="Only those pending, confirmed or ended."),
    publication: str = PUBLICATION,
    as_json: bool = AS_JSON,
) -> None:
    """List the readers of a publication with the state of their subscription."""
    make_ready()
    from subscribers.models import Subscription

    if state and state not in Subscription.State.values:
        raise asking.WrongInput(
            f"There is no state {state!r}; there are: {', '.join(Subscription.State.values)}."
        )
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


def _readers(count: int) -> str:
    return f"{count:,} reader{'' if count == 1 else 's'}"
