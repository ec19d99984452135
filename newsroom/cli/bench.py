"""`twtw bench`: what things cost on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Literal

import typer

from newsroom.cli.asking import AS_JSON, WrongInput, say

app = typer.Typer(help="Measure what things cost on this machine.", no_args_is_help=True)


@app.command()
def delivery(
    recipients: Annotated[int, typer.Option(min=1, help="How many readers.")] = 100_000,
    latency_ms: Annotated[
        float, typer.Option(min=0, max=20_000, help="How long the provider takes for an answer.")
    ] = 0.0,
    database: Annotated[
        Literal["sqlite", "postgresql"], typer.Option(help="Which database.")
    ] = "sqlite",
    threads: Annotated[int, typer.Option(min=1, max=32, help="Calls at the same time.")] = 4,
    as_json: bool = AS_JSON,
) -> None:
    """Publish to readers who do not exist, by a provider that is a stand-in on this machine."""
    from benchmarks.delivery import NoDatabaseError, as_table, bench

    try:
        figures = bench(recipients, latency_ms, database, threads)
    except NoDatabaseError as missing:
        raise WrongInput(f"{missing}; use --database sqlite, or install it.") from None
    if as_json:
        say(json.dumps(asdict(figures), indent=2))
    else:
        say(as_table(figures))


@app.command()
def readers(
    rows: Annotated[int, typer.Option(min=1, help="How many rows the file has.")] = 100_000,
    gigabytes: Annotated[
        float, typer.Option(min=0, max=4, help="Make the file at least so large.")
    ] = 0.0,
    kind: Annotated[Literal["csv", "xlsx"], typer.Option(help="Which kind of file.")] = "csv",
    ask: Annotated[bool, typer.Option("--ask", help="Have each of them asked.")] = False,
    database: Annotated[
        Literal["sqlite", "postgresql"], typer.Option(help="Which database.")
    ] = "sqlite",
    as_json: bool = AS_JSON,
) -> None:
    """Import readers who do not exist, while somebody else writes into the same database."""
    from benchmarks.delivery import NoDatabaseError
    from benchmarks.readers import as_table, bench

    try:
        figures = bench(rows, gigabytes=gigabytes, kind=kind, ask=ask, database=database)
    except NoDatabaseError as missing:
        raise WrongInput(f"{missing}; use --database sqlite, or install it.") from None
    if as_json:
        say(json.dumps(asdict(figures), indent=2))
    else:
        say(as_table(figures))
