"""`twtw translate`: another language for the readers' pages and mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsroom.cli import asking
from newsroom.cli.asking import say

if TYPE_CHECKING:
    from newsroom.translating.updating import Translation

SHOWN = 10


def translate(
    language: Annotated[
        str | None,
        typer.Argument(help="Its code, like de or pt-br; without one, the list of texts is made."),
    ] = None,
) -> None:
    """Make or update the file in which readers' texts are translated, and compile it."""
    from newsroom.configuration import ROOT, configuration
    from newsroom.translating.gathering import TEMPLATE_FILE, gathered, template_text
    from newsroom.translating.updating import update
    from newsroom.whole_files import whole_file

    if language is None:
        catalog = gathered()
        with asking.written_to(TEMPLATE_FILE.parent):
            TEMPLATE_FILE.parent.mkdir(exist_ok=True)
            with whole_file(TEMPLATE_FILE) as stream:
                stream.write(template_text(catalog))
        say(f"{len(catalog)} texts  {TEMPLATE_FILE}")
        return
    own = configuration().templates
    folder = (own or ROOT) / "locale"
    with asking.written_to(folder):
        done = update(language.lower().replace("_", "-"), folder, own)
    _tell(done)
    say(f"Show it with TWTW_LANGUAGE={language}; start `twtw up` again after each change.")


def _tell(done: Translation) -> None:
    say(
        f"{done.texts} texts, {done.translated} translated, {len(done.doubtful)} to be looked at "
        f"again (fuzzy), {len(done.missing)} missing"
    )
    for what, texts in (("look at", done.doubtful), ("missing", done.missing)):
        for text in texts[:SHOWN]:
            say(f"  {what:<8} {' '.join(text.split())}")
        if len(texts) > SHOWN:
            say(f"  and {len(texts) - SHOWN} more")
    say(f"file     {done.file}")
