"""Every text that readers see, gathered from the templates and from the rooms' Python.

What only the newsroom's own people see is left out: the desk, the command line, the notices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import write_po
from jinja2 import TemplateSyntaxError
from jinja2.ext import babel_extract

from newsroom.configuration import ROOT
from newsroom.translating.errors import TranslationError

TEMPLATE_FILE = ROOT / "locale" / "django.pot"
ROOMS = ("archive", "delivery", "issues", "notes", "rendering", "subscribers")
NOT_FOR_READERS = re.compile(r"email/notice/|/migrations/")
KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What stands before a text in a comment, for who translates it.
COMMENT = "Translators:"
# As `rendering.environment` reads templates; and what can't be read is said, not left out.
READING = {
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
_HEAD = """\
# The texts that readers see; `twtw translate` gathers them, `twtw translate de` begins German.
msgid ""
msgstr ""
"Project-Id-Version: The World This Week\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def gathered(own: Path | None = None) -> Catalog:
    """The texts in English, each with the files that it stands in.

    Args:
        own: the folder of the newsroom's own templates, whose texts are gathered too.

    Raises:
        TranslationError: if a template can't be read; names its file and line.
    """
    catalog = Catalog(fuzzy=False)
    for file, place in _sources(own):
        for _, text, comments, context in _texts(file):
            catalog.add(text, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def template_text(catalog: Catalog) -> str:
    """The catalogue as `locale/django.pot` has it: the same bytes on every machine and day."""
    written = BytesIO()
    write_po(written, catalog, omit_header=True, sort_by_file=True, include_lineno=False)
    return _HEAD + written.getvalue().decode().rstrip("\n") + "\n"


def _sources(own: Path | None) -> Iterator[tuple[Path, str]]:
    """The files, each with the name by which a translator knows it."""
    patterns = [
        *((ROOT, f"{room}/**/*.py") for room in ROOMS),
        *((ROOT, f"templates/{part}/**/*.*") for part in ("web", "email")),
        *((own, "email/**/*.*") for own in ([own] if own is not None else [])),
    ]
    for folder, pattern in patterns:
        for file in sorted(folder.glob(pattern)):
            place = file.relative_to(folder).as_posix()
            if file.is_file() and not NOT_FOR_READERS.search(place):
                yield file, place


def _texts(file: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    is_python = file.suffix == ".py"
    method: Any = "python" if is_python else babel_extract
    try:
        with file.open("rb") as stream:
            yield from extract(
                method,
                stream,
                keywords=KEYWORDS,
                comment_tags=[COMMENT],
                options={} if is_python else READING,
                strip_comment_tags=True,
            )
    except TemplateSyntaxError as error:
        raise TranslationError(f"{file}, line {error.lineno}: {error.message}") from None
    except UnicodeDecodeError:
        raise TranslationError(f"{file} is no UTF-8 text; save it in that encoding.") from None
