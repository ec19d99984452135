"""The commands of `twtw`, gathered."""

from __future__ import annotations

import typer

from newsroom.cli import (
    accounts,
    alert,
    bench,
    correction,
    doctor,
    housekeeping,
    issue,
    mail,
    mailbox,
    mailing,
    notes,
    readers,
    running,
    suppressions,
    translate,
)

app = typer.Typer(
    name="twtw",
    help="The World This Week: from approved notes to every reader's mailbox, once.",
    epilog="A week: notes import, notes approve, issue prepare, issue preview, issue approve, "
    "issue publish. A first look: demo.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
running.register(app)
app.add_typer(notes.app, name="notes")
app.add_typer(issue.app, name="issue")
app.command("alert")(alert.alert)
app.add_typer(mailing.app, name="mailing")
app.add_typer(correction.app, name="correction")
app.add_typer(accounts.app, name="accounts")
app.add_typer(readers.app, name="readers")
app.add_typer(suppressions.app, name="suppressions")
app.add_typer(mailbox.app, name="mailbox")
app.add_typer(mail.app, name="mail")
app.command("housekeeping")(housekeeping.housekeeping)
app.command("translate")(translate.translate)
app.add_typer(bench.app, name="bench")
app.add_typer(doctor.app, name="doctor")
