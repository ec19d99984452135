"""`twtw demo`, `twtw up` and `twtw test`."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the commands that stand at the top level."""
    app.command()(demo)
    app.command()(up)
    app.command(
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(test)


def demo() -> None:
    """Make a whole week from nothing: six notes, one numbered issue, 25 mailboxes."""
    from newsroom.demo.week import run

    run()


def up(
    site_only: bool = typer.Option(False, "--site-only", help="Serve the site without Prefect."),
) -> None:
    """Serve the site, the desk, Prefect and the weekly schedule on this machine."""
    from newsroom.configuration import configuration
    from newsroom.serving import up as serve_everything

    raise typer.Exit(serve_everything(configuration(), site_only=site_only))


def test(context: typer.Context) -> None:
    """Check format, lint, types and import directions, then run the tests."""
    from newsroom.checking import check

    raise typer.Exit(check(context.args))
