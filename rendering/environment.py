"""The one Jinja2 environment: everything is escaped but plain text, and nothing may be undefined.

Mails and public pages are made by the same rules; a page's environment is built
by Django's Jinja2 backend (`settings.TEMPLATES`), a mail's by `mail_environment`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.loaders import split_template_path

from rendering.authors import described, introduced, joined_for_readers
from rendering.content import Figure, Quote, Takeaways, Text
from rendering.dates import readers_date
from rendering.errors import RenderingError
from rendering.languages import tongued
from rendering.plaintext import (
    NumberedLinks,
    paragraphs,
    table_text,
    text_blocks,
    underlined,
    wrapped,
)
from rendering.readers_language import spoken_in
from rendering.richtext import Paragraph, blocks, inline_html, rich_text, tongue
from rendering.sanitising import web_address
from rendering.tables import grid, is_wide, numeric_columns

STANDARD = "standard"
_SETS = "email/sets"


def mail_environment(template_set: str = STANDARD) -> Environment:
    """The environment of the mails; template names are relative to `templates/`.

    A file is looked for in the newsroom's own folder first, then in ours, and in each of them in
    the folder of the set before the one that all sets share.

    Raises:
        RenderingError: if there is no such set.
    """
    if template_set not in template_sets():
        known = ", ".join(template_sets())
        raise RenderingError(f"There is no template set “{template_set}”; there are: {known}.")
    return _mail_environment(template_set, _folders())


def template_sets() -> list[str]:
    """The names of the sets there are: the standard one, ours, and the newsroom's own."""
    found = {
        entry.name
        for folder in _folders()
        if (sets := folder / _SETS).is_dir()
        for entry in sets.iterdir()
        if entry.is_dir()
    }
    return [STANDARD, *sorted(found - {STANDARD})]


def web_environment(**options: Any) -> Environment:
    """The environment of the public pages.

    Args:
        options: what Django's backend passes: the loader, and whether templates are reloaded.
    """
    environment = _environment(**options)
    environment.globals |= {"url": _url, "static": static}
    environment.filters["path"] = _path
    return environment


def _folders() -> tuple[Path, ...]:
    own: Path | None = settings.TEMPLATES_OF_THE_NEWSROOM
    ours = Path(settings.BASE_DIR) / "templates"
    return (own, ours) if own is not None else (ours,)


@cache
def _mail_environment(template_set: str, folders: tuple[Path, ...]) -> Environment:
    # The newsroom changes its own files while it looks at them.
    reload = settings.DEBUG or len(folders) > 1
    return _environment(loader=_Search(template_set, folders), auto_reload=reload)


class _Search(BaseLoader):
    """Looks for `email/partials/note.mjml` in the set's folders as `partials/note.mjml`, then in
    those that all sets share. A set of ours wins over the newsroom's shared files: it is the more
    special choice."""

    def __init__(self, template_set: str, folders: tuple[Path, ...]) -> None:
        self._of_the_set = [folder / _SETS / template_set for folder in folders]
        self._shared = [folder / "email" for folder in folders]

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 - Jinja2 passes it to every loader
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        file = self._find(template)
        if file is None:
            raise TemplateNotFound(template)
        changed = file.stat().st_mtime_ns

        def is_up_to_date() -> bool:
            # Also no longer if another one has been put before it.
            return self._find(template) == file and file.stat().st_mtime_ns == changed

        try:
            return file.read_text(encoding="utf-8"), str(file), is_up_to_date
        except UnicodeDecodeError:
            sentence = "the file is no UTF-8 text; save it in that encoding."
            raise TemplateSyntaxError(sentence, 1, template, str(file)) from None

    def _find(self, template: str) -> Path | None:
        # Raises TemplateNotFound for a name that leads out of the folders.
        _, *parts = split_template_path(template)
        files = (folder.joinpath(*parts) for folder in (*self._of_the_set, *self._shared))
        return next((file for file in files if file.is_file()), None)


def _environment(**options: Any) -> Environment:
    environment = Environment(  # noqa: S701 - a function decides what is escaped
        **options
        | {
            "autoescape": _is_escaped,
            "undefined": StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "keep_trailing_newline": True,
            "extensions": ["jinja2.ext.i18n"],
        }
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    environment.filters |= {
        "blocks": blocks,
        "described": described,
        "grid": grid,
        "inline": inline_html,
        "joined": joined_for_readers,
        "numeric_columns": numeric_columns,
        "paragraphs": paragraphs,
        "printed_date": readers_date,
        "rich_text": rich_text,
        "table_text": table_text,
        "text_blocks": text_blocks,
        "tongued": tongued,
        "underlined": underlined,
        "web_address": web_address,
        "wrapped": wrapped,
    }
    environment.globals |= {
        "numbered_links": NumberedLinks,
        "spoken_in": spoken_in,
        "tongue": tongue,
    }
    environment.tests |= {
        "figure_part": lambda part: isinstance(part, Figure),
        "introduced": introduced,
        "paragraph": lambda block: isinstance(block, Paragraph),
        "quote_part": lambda part: isinstance(part, Quote),
        "takeaways_part": lambda part: isinstance(part, Takeaways),
        "wide": is_wide,
        "text_part": lambda part: isinstance(part, Text),
    }
    return environment


def _is_escaped(template: str | None) -> bool:
    return template is None or not template.endswith(".txt")


def _path(address: str) -> str:
    """An address without its host: what was kept is shown from where the site is now."""
    return urlsplit(address).path


def _url(name: str, *args: object) -> str:
    """The path of a page by its URL name."""
    return reverse(name, args=args)
