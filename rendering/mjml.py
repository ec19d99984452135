"""From composed MJML to HTML, with errors that say where.

The compiler (mrml) says of a broken document only that it is broken, passes
unknown tags through, and ends the whole process on about 9,000 nested ones. So
a pre-pass reads the document first, and only a sound one reaches the compiler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mjml import mjml2html

from rendering.errors import RenderingError
from rendering.sanitising import without_controls

# fmt: off
# Those that our templates use; another one must be added here to be used.
KNOWN = frozenset({
    "mjml", "mj-head", "mj-title", "mj-preview", "mj-attributes", "mj-all", "mj-text", "mj-raw",
    "mj-style", "mj-body", "mj-section", "mj-column",
})
VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
})
# fmt: on
DEEPEST = 40
LONGEST = 2_000_000

# Stands before and after a note in the composed document, so that an error can name it.
NOTE_MARKER = re.compile(r"<!--note (\d*)-->")

_TOKEN = re.compile(
    r"""<!--.*?-->                                   # a comment
      | <!doctype[^>]*>
      | <(?P<close>/?)(?P<tag>[a-zA-Z][\w:-]*)
          (?P<attributes>(?:\s+[\w:.-]+(?:\s*=\s*"[^"]*")?)*)
          \s*(?P<alone>/?)>
      | (?P<stray><)                                 # begins nothing of the above
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_VALUE = re.compile(r'"[^"]*"')
_TO_ENCODE = re.compile(r"[^ -~]|\\")


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    closes: bool
    alone: bool
    offset: int


def compile_mjml(source: str, template: str, notes: Sequence[str] = ()) -> str:
    """HTML of a composed MJML document.

    Args:
        source: the document, in which `NOTE_MARKER` comments tell the notes apart.
        template: the template's name, for errors.
        notes: the notes' headlines in the markers' order, for errors.

    Raises:
        RenderingError: naming the template, the note and the line of the composed document.
    """
    source = without_controls(source)
    if len(source) > LONGEST:
        raise RenderingError(
            f"{template}: the mail would have {len(source):,} characters of MJML, and more than "
            f"{LONGEST:,} are not compiled. Take notes out, or shorten their tables."
        )
    if complaint := _complaint(source):
        offset, sentence = complaint
        raise RenderingError(f"{_place(source, offset, template, notes)}: {sentence}")
    prepared = _prepared(source)
    try:
        return mjml2html(prepared)
    except ValueError as error:
        # Some of its messages end in the position, in bytes: `at position 16:23`.
        found = re.search(r" at position (\d+):\d+$", str(error))
        place = template
        if found:
            lines = prepared.encode()[: int(found[1])].count(b"\n")
            offset = len("".join(source.splitlines(keepends=True)[:lines]))
            place = _place(source, offset, template, notes)
        message = str(error).removesuffix(found[0] if found else "")
        raise RenderingError(f"{place}: the MJML compiler says: {message}.") from error


def _prepared(source: str) -> str:
    """The document without the notes' markers, and its attributes in plain ASCII.

    The compiler writes what is not, in an attribute of HTML, as Rust would in its own source: a
    no-break space as `\\u{a0}`, a backslash as two.
    """

    def in_ascii(tag: re.Match[str]) -> str:
        return _VALUE.sub(lambda value: _TO_ENCODE.sub(_entity, value[0]), tag[0])

    return _TOKEN.sub(in_ascii, NOTE_MARKER.sub("", source))


def _entity(character: re.Match[str]) -> str:
    return f"&#{ord(character[0])};"


def _complaint(source: str) -> tuple[int, str] | None:
    """Where the document is unsound, and how; None for a sound one."""
    open_tags: list[_Tag] = []
    for tag in _tags(source):
        if tag.name == "<":
            return (
                tag.offset,
                "a “<” begins no tag here; write it &lt;, and attributes in double quotes.",
            )
        if tag.name.startswith("mj") and tag.name not in KNOWN:
            return tag.offset, f"<{tag.name}> is not an element that the templates may use."
        if tag.closes:
            if not open_tags or open_tags[-1].name != tag.name:
                expected = f"</{open_tags[-1].name}>" if open_tags else "the end"
                return tag.offset, f"</{tag.name}> stands where {expected} is due."
            open_tags.pop()
        elif not tag.alone:
            open_tags.append(tag)
            if len(open_tags) > DEEPEST:
                return tag.offset, f"elements are nested more than {DEEPEST} deep."
    if open_tags:
        return open_tags[-1].offset, f"<{open_tags[-1].name}> is never closed."
    return None if "<mjml" in source else (0, "the document has no <mjml> element.")


def _tags(source: str) -> Iterator[_Tag]:
    in_style = False
    for match in _TOKEN.finditer(source):
        name = (match["tag"] or "").lower()
        if in_style and name not in {"style", "mj-style"}:
            continue  # what looks like a tag in a style sheet is none
        if match["stray"]:
            yield _Tag("<", False, False, match.start())
        elif name:
            in_style = name in {"style", "mj-style"} and not match["close"]
            alone = bool(match["alone"]) or name in VOID
            yield _Tag(name, bool(match["close"]), alone, match.start())


def _place(source: str, offset: int, template: str, notes: Sequence[str]) -> str:
    line = source.count("\n", 0, offset) + 1
    before = NOTE_MARKER.findall(source, 0, offset)
    note = f", in the note “{notes[int(before[-1]) - 1]}”" if before and before[-1] else ""
    return f"{template}, line {line} of the composed mail{note}"
