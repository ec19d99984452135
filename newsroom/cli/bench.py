"""`twtw bench`: what things cost on this machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from newsroom.cli.asking import AS_JSON, WrongInput, say, say_json

app = typer.Typer(help="Measure what things cost on this machine.", no_args_is_help=True)


@app.callback()
def _bench() -> None:
    """Keeps `delivery` a command of its own, though it is the only one."""


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
        say_json(asdict(figures))
    else:
        say(as_table(figures))
