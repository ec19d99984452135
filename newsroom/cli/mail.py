"""`twtw mail`: how a mail looks, as pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsroom.cli import asking
from newsroom.cli.asking import WrongInput, say

if TYPE_CHECKING:
    from newsroom.gallery.forms import Form

app = typer.Typer(help="Look at mails as pictures.", no_args_is_help=True)

TO = typer.Option("--to", help="The folder to write into.")


@app.command()
def gallery(
    to: Annotated[Path | None, TO] = None,
    form: Annotated[
        list[str] | None, typer.Option(help="Only this form; may be given again.")
    ] = None,
) -> None:
    """Make a page that shows every mail in every form, light, dark and as text."""
    _make_django_ready()
    from newsroom.configuration import configuration
    from newsroom.gallery.forms import FORMS
    from newsroom.gallery.making import make_gallery

    forms = [_form_named(name) for name in form] if form else FORMS
    folder = to or configuration().state / "gallery"
    with asking.written_to(folder), _camera():
        page = make_gallery(folder, forms, lambda mode: say(f"{len(forms)} forms, {mode} …"))
    say(f"gallery  {page}")


@app.command()
def shots(
    file: Annotated[Path | None, typer.Argument(help="The HTML file of a mail.")] = None,
    form: Annotated[str | None, typer.Option(help="A form of the gallery instead.")] = None,
    to: Annotated[Path | None, TO] = None,
) -> None:
    """Take four pictures of one mail: 700 and 360 pixels wide, light and dark."""
    if (file is None) == (form is None):
        raise WrongInput("Name the HTML file of a mail, or a form with --form; not both.")
    if file is not None and not file.is_file():
        raise WrongInput(f"{file} is no file; `twtw issue preview` says where it writes one.")
    _make_django_ready()
    from newsroom.configuration import configuration
    from newsroom.gallery.making import shoot

    folder = to or configuration().state / "shots"
    mail = file or _form_named(form or "")
    with asking.written_to(folder), _camera():
        for picture in shoot(mail, folder):
            say(str(picture))


def _form_named(name: str) -> Form:
    from newsroom.gallery.forms import FORMS

    for form in FORMS:
        if form.name == name:
            return form
    known = ", ".join(form.name for form in FORMS)
    raise WrongInput(f"There is no form “{name}”; there are: {known}.")


def _make_django_ready() -> None:
    """Rendering reads settings; it needs no database, so none is made."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()


@contextmanager
def _camera() -> Iterator[None]:
    """Tell a machine without Chromium from a bug.

    Raises:
        WrongInput: saying what to install.
    """
    from newsroom.gallery.shots import NoCameraError

    try:
        yield
    except NoCameraError as missing:
        raise WrongInput(f"{missing}, and run this again.") from None
