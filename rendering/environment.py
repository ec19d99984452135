"""The one Jinja2 environment: everything is escaped but plain text, and nothing may be undefined.

Mails and public pages are made by the same rules; a page's environment is built
by Django's Jinja2 backend (`settings.TEMPLATES`), a mail's by `mail_environment`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rendering.authors import described, introduced, joined
from rendering.content import Figure, Quote, Text
from rendering.dates import printed_date
from rendering.plaintext import (
    NumberedLinks,
    paragraphs,
    table_text,
    text_blocks,
    underlined,
    wrapped,
)
from rendering.richtext import Paragraph, blocks, inline_html, rich_text
from rendering.sanitising import web_address
from rendering.tables import grid, is_wide, numeric_columns


def mail_environment() -> Environment:
    """The environment of the mails; template names are relative to `templates/`."""
    return _mail_environment(Path(settings.BASE_DIR) / "templates")


def web_environment(**options: Any) -> Environment:
    """The environment of the public pages.

    Args:
        options: what Django's backend passes: the loader, and whether templates are reloaded.
    """
    environment = _environment(**options)
    environment.globals |= {"url": _url, "static": static}
    environment.filters["path"] = _path
    return environment


@cache
def _mail_environment(templates: Path) -> Environment:
    return _environment(loader=FileSystemLoader(templates), auto_reload=settings.DEBUG)


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
        translation.gettext, translation.ngettext, newstyle=True
    )
    environment.filters |= {
        "blocks": blocks,
        "described": described,
        "grid": grid,
        "inline": inline_html,
        "joined": joined,
        "numeric_columns": numeric_columns,
        "paragraphs": paragraphs,
        "printed_date": printed_date,
        "rich_text": rich_text,
        "table_text": table_text,
        "text_blocks": text_blocks,
        "underlined": underlined,
        "web_address": web_address,
        "wrapped": wrapped,
    }
    environment.globals["numbered_links"] = NumberedLinks
    environment.tests |= {
        "figure_part": lambda part: isinstance(part, Figure),
        "introduced": introduced,
        "paragraph": lambda block: isinstance(block, Paragraph),
        "quote_part": lambda part: isinstance(part, Quote),
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
