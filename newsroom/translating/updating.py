"""A translator's file: made or brought up to date with what there is to say, and compiled.

Either all of it is done or nothing: a file with a mistake in it stays as its translator left it.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation import to_locale

from newsroom.translating.errors import TranslationError
from newsroom.translating.gathering import gathered
from newsroom.translating.proving import complaints, is_translated

DOMAIN = "django"
_LINE = re.compile(r'\s*(?:#.*|(?:msg\w+(?:\[\d+\])?\s+)?"(?:[^"\\]|\\.)*"\s*)?')


@dataclass(frozen=True, slots=True)
class Translation:
    """How far a language has come; `missing` and `doubtful` are texts in English."""

    file: Path
    texts: int
    missing: tuple[str, ...]
    doubtful: tuple[str, ...]

    @property
    def translated(self) -> int:
        return self.texts - len(self.missing) - len(self.doubtful)


def update(language: str, folder: Path, own: Path | None = None) -> Translation:
    """Bring a language's file up to date and compile it.

    A text that was changed a little keeps its translation, marked as one to be looked at again
    (`fuzzy`), and is shown in English until it was.

    Args:
        language: as `TWTW_LANGUAGE` names it, e.g. `de` or `pt-br`.
        folder: where the languages' folders are.
        own: the folder of the newsroom's own templates.

    Raises:
        TranslationError: if there is no such language, or the file can't be read or has a
            mistake in it; then nothing is written.
    """
    locale = _locale(language)
    file = folder / to_locale(language) / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalog = _read(file, locale)
    _refuse_mistakes(file, catalog)
    catalog.update(gathered(own))
    compiled = BytesIO()
    write_mo(compiled, catalog)
    text = BytesIO()
    write_po(text, catalog, include_previous=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    _put(file, text.getvalue())
    _put(file.with_suffix(".mo"), compiled.getvalue())
    messages = [message for message in catalog if message.id]
    return Translation(
        file=file,
        texts=len(messages),
        missing=tuple(_english(one) for one in messages if not is_translated(one)),
        doubtful=tuple(_english(one) for one in messages if is_translated(one) and one.fuzzy),
    )


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        raise TranslationError(
            f"There is no language {language!r}; write its code, like de or pt-br."
        ) from None


def _read(file: Path, locale: Locale) -> Catalog:
    if not file.exists():
        return Catalog(
            locale=locale,
            project="The World This Week",
            version="1",
            header_comment=f"# The texts that readers see, in {locale.english_name}.",
            fuzzy=False,
        )
    try:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            # Babel would take the last letter for the quotation mark that is missing.
            if not _LINE.fullmatch(line):
                raise TranslationError(
                    f"{file}, line {number}, can't be read: write each text between two straight "
                    'quotation marks, and one within it as \\".'
                )
        with file.open("rb") as stream:
            return read_po(stream, locale=locale, domain=DOMAIN, abort_invalid=True)
    except PoFileError as error:
        raise TranslationError(
            f"{file}, line {error.lineno + 1}, can't be read: {str(error).rpartition(' on ')[0]}."
        ) from None
    except UnicodeDecodeError:
        raise TranslationError(f"{file} is no UTF-8 text; save it in that encoding.") from None


def _refuse_mistakes(file: Path, catalog: Catalog) -> None:
    found = [f"{file}, line {line}: {sentence}" for line, sentence in complaints(catalog)]
    if found:
        raise TranslationError("\n".join(found))


def _english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _put(file: Path, content: bytes) -> None:
    """Replace a file by a whole one."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
