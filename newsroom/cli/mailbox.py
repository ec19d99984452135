"""`twtw mailbox`: whether what readers write can be read."""

from __future__ import annotations

import typer

from newsroom.cli import asking
from newsroom.cli.asking import AS_JSON, WrongInput, say
from newsroom.state import make_ready

app = typer.Typer(help="Look at the mailbox that readers write to.", no_args_is_help=True)


@app.callback()
def mailbox() -> None:
    """A group of commands, also while there is one alone."""


@app.command()
def check(as_json: bool = AS_JSON) -> None:
    """Say whether the mailbox (TWTW_IMAP_HOST) can be read, and how many mails wait in it."""
    make_ready()
    from django.conf import settings

    from subscribers.errors import MailboxError
    from subscribers.inbound.mime import LARGEST
    from subscribers.mailboxes import Mailbox

    try:
        opened = Mailbox(largest=LARGEST)
    except MailboxError as error:
        raise WrongInput(str(error)) from None
    try:
        with asking.working("Asking the mailbox's server"), opened:
            unread, mails = len(opened.unread()), opened.mails
    except MailboxError as error:
        asking.fail(str(error))
    if as_json:
        asking.say_json({"folder": settings.IMAP_FOLDER, "mails": mails, "unread": unread})
        return
    say(f"The mailbox can be read: {mails:,} in {settings.IMAP_FOLDER}, {unread:,} of them unread.")
