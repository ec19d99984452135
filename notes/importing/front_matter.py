"""Reads the front matter of a Markdown note: what stands between its first two `---` lines.

Every scalar is taken as it is typed: in YAML's own reading the country `NO` would be
false, and a subject `2025` a number. An unknown key is an error, not a lost word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from notes.importing.countries import country_code, nearest_country
from notes.importing.dates import read_date
from notes.importing.parsed import (
    NoteFormatError,
    ParsedAuthor,
    ParsedSource,
    PictureFile,
    fitting,
)
from notes.names import name_key

KEYS = (
    "subject",
    "claim",
    "author",
    "authors",
    "date",
    "schema",
    "countries",
    "photo",
    "photo_alt",
    "photo_credit",
    "photo_ai",
    "photo_source",
    "sources",
)
AUTHOR_KEYS = ("name", "affiliation", "bio")
SOURCE_KEYS = ("outlet", "title", "url", "published", "accessed")
_YES_AND_NO = {"true": True, "yes": True, "false": False, "no": False, "": False}
_SHAPE = "a note in Markdown opens with front matter between two lines of ---"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The keys with their values and lines; every value is a string, a list or a mapping."""

    source_name: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]
    end: int

    def error(self, sentence: str, key: str | None = None) -> NoteFormatError:
        """An error on the line of a key; without one, on the line that ends the front matter."""
        return NoteFormatError(
            self.source_name, sentence, self.lines.get(key, self.end) if key else self.end
        )

    def text(self, key: str, part: str, *, required: bool = False) -> str:
        """A key's words, without the space around them; `part` is what they are to a person."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self.error(f"`{key}` must be one line of text.", key)
        value = " ".join(value.split())
        if required and not value:
            raise self.error(f"the {part} is missing; write `{key}: …` between the --- lines.", key)
        return fitting(value, part, self.source_name, self.lines.get(key))

    def day(self) -> date:
        """The note's date."""
        text = self.text("date", "date")
        if not text:
            raise self.error("the date is missing; write `date: 2025-06-29` between the --- lines.")
        return self._day(text, "date")

    def _day(self, text: str, key: str) -> date:
        day = read_date(text)
        if day is None:
            raise self.error(f"{text[:40]} is no date; write it like 2025-06-29.", key)
        return day

    def authors(self) -> tuple[tuple[ParsedAuthor, ...], list[str]]:
        """The authors in order, each once, and what a person should look at."""
        if "author" in self.values and "authors" in self.values:
            raise self.error("`author` and `authors` are both there; keep one.", "authors")
        key = "author" if "author" in self.values else "authors"
        value = self.values.get(key, "")
        found: dict[str, ParsedAuthor] = {}
        warnings: list[str] = []
        for item in (value if isinstance(value, list) else [value]) or [""]:
            author = self._author(item, key)
            if name_key(author.name) in found:
                warnings.append(f"{author.name} is named as an author twice")
            found.setdefault(name_key(author.name), author)
        return tuple(found.values()), warnings

    def _author(self, item: object, key: str) -> ParsedAuthor:
        said = {"name": item} if isinstance(item, str) else self._mapping(item, key, AUTHOR_KEYS)
        name = " ".join(str(said.get("name", "")).split())
        if not name_key(name):
            raise self.error(f"no author was found; write `{key}: Name` or a list of names.", key)
        line = self.lines.get(key)
        return ParsedAuthor(
            name=fitting(name, "author's name", self.source_name, line),
            affiliation=fitting(
                said.get("affiliation", "").strip(), "affiliation", self.source_name, line
            ),
            biography=fitting(said.get("bio", "").strip(), "biography", self.source_name, line),
        )

    def countries(self) -> tuple[str, ...]:
        """The countries' codes in order, each once."""
        value = self.values.get("countries", [])
        names = value if isinstance(value, list) else str(value).split(",")
        return tuple(dict.fromkeys(self._country(name) for name in names if name))

    def _country(self, name: object) -> str:
        if not isinstance(name, str):
            raise self.error("`countries` must be a list of names or codes.", "countries")
        code = country_code(name)
        if code is None:
            near = nearest_country(name)
            advice = f"did you mean {near}?" if near else "write its English name or ISO code."
            raise self.error(f"“{name.strip()[:60]}” is no country; {advice}", "countries")
        return code

    def picture(self) -> PictureFile | None:
        """The note's own picture."""
        file = self.text("photo", "picture's file name")
        said = self.text("photo_ai", "picture's mark").lower()
        if said not in _YES_AND_NO:
            raise self.error("`photo_ai` must be true or false.", "photo_ai")
        if not file:
            for key in ("photo_alt", "photo_credit", "photo_ai"):
                if self.values.get(key):
                    raise self.error(f"`{key}` is there, but no `photo`.", key)
            return None
        return PictureFile(
            file=file,
            alt=self.text("photo_alt", "picture's alternative text"),
            credit=self.text("photo_credit", "picture's credit"),
            ai_generated=_YES_AND_NO[said],
            line=self.lines["photo"],
        )

    def sources(self) -> tuple[ParsedSource, ...]:
        """Where the note's statements come from."""
        value = self.values.get("sources", []) or []
        if not isinstance(value, list):
            raise self.error(
                "`sources` must be a list, each with an outlet and a title.", "sources"
            )
        return tuple(self._source(item) for item in value)

    def _source(self, item: object) -> ParsedSource:
        said = self._mapping(item, "sources", SOURCE_KEYS)
        line = self.lines["sources"]
        for key in ("outlet", "title"):
            if not said.get(key):
                raise self.error(f"a source has no `{key}`.", "sources")
        url = said.get("url", "")
        if url and not url.lower().startswith(("https://", "http://")):
            raise self.error(f"{url[:60]} is no web address; begin it with https://.", "sources")
        return ParsedSource(
            outlet=fitting(said["outlet"], "source's outlet", self.source_name, line),
            title=fitting(said["title"], "source's title", self.source_name, line),
            url=fitting(url, "source's address", self.source_name, line),
            published=self._day_of_source(said, "published"),
            accessed=self._day_of_source(said, "accessed"),
        )

    def _day_of_source(self, said: Mapping[str, str], key: str) -> date | None:
        return self._day(said[key], "sources") if said.get(key) else None

    def _mapping(self, item: object, key: str, allowed: Sequence[str]) -> dict[str, str]:
        if not isinstance(item, dict):
            raise self.error(f"every one of `{key}` needs {', '.join(allowed)}.", key)
        for name, value in item.items():
            if name not in allowed:
                raise self.error(f"`{name}` in `{key}` is unknown; {_nearest(name, allowed)}", key)
            if not isinstance(value, str):
                raise self.error(f"`{name}` in `{key}` must be text.", key)
        return item


def read_front_matter(text: str, source_name: str) -> tuple[FrontMatter, str]:
    """The front matter, and the rest with the front matter's lines left empty.

    So the lines of the rest have the numbers that they have in the file.

    Raises:
        NoteFormatError: if there is none, or it is no YAML, or it has an unknown key.
    """
    handler = YAMLHandler()
    fences = [found.start() for found in handler.FM_BOUNDARY.finditer(text)]
    if not fences or text[: fences[0]].strip():
        raise NoteFormatError(source_name, f"no front matter was found; {_SHAPE}.", 1)
    if len(fences) < 2:
        raise NoteFormatError(source_name, f"the front matter has no end; {_SHAPE}.", 1)
    end = text.count("\n", 0, fences[1]) + 1
    opening_line = text.count("\n", 0, fences[0]) + 1
    # YAML gets the lines above as empty ones, and so counts as the file does.
    written = "\n" * opening_line + text[fences[0] : fences[1]].split("\n", 1)[1]
    try:
        for sentence, line in _lost_words(written):
            raise NoteFormatError(source_name, sentence, line)
        node = yaml.compose(written, Loader=yaml.BaseLoader)
        values = handler.load(written, Loader=yaml.BaseLoader) or {}
    except (yaml.YAMLError, RecursionError) as error:
        raise _not_yaml(error, source_name, opening_line) from None
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise NoteFormatError(
            source_name, "the front matter must be lines like `subject: …`.", opening_line
        )
    lines: dict[str, int] = {}
    for key, line in _keys(node):
        if key not in KEYS:
            raise NoteFormatError(
                source_name, f"`{key[:60]}` is unknown; {_nearest(key, KEYS)}", line
            )
        if key in lines:
            raise NoteFormatError(
                source_name, f"`{key}` stands here twice, first on line {lines[key]}.", line
            )
        lines[key] = line
    rest = text[fences[1] :].partition("\n")[2]
    return FrontMatter(source_name, values, lines, end), "\n" * end + rest


def _lost_words(written: str) -> Iterator[tuple[str, int]]:
    """Where YAML takes words for its own signs, as in `claim: Who is #1`, and drops them."""
    lines = written.split("\n")
    for token in yaml.scan(written, Loader=yaml.BaseLoader):
        end = token.end_mark
        if isinstance(token, (yaml.TagToken, yaml.AnchorToken)):
            yield "a value begins with ! or &; put it between double quotes.", end.line + 1
        elif not isinstance(token, yaml.ScalarToken) or not token.plain:
            continue
        elif lines[end.line][end.column :].lstrip().startswith("#"):
            yield (
                "what stands behind # would be lost; put the value between double quotes, or a "
                "remark on a line of its own.",
                end.line + 1,
            )


def _keys(node: object) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, _ in node.value:
            yield str(key.value), key.start_mark.line + 1


def _nearest(key: str, known: Sequence[str]) -> str:
    close = get_close_matches(key.lower(), known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join(known)}."


def _not_yaml(error: Exception, source_name: str, opening_line: int) -> NoteFormatError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it nests too deeply"
    return NoteFormatError(
        source_name,
        f"the front matter can't be read ({problem}); put values with a colon, a # or quotation "
        "marks between double quotes.",
        mark.line + 1 if mark else opening_line,
    )
