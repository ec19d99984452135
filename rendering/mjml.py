"""From composed MJML to HTML, with errors that say where.

The compiler (mrml) says of a broken document only that it is broken, passes
unknown tags through, and ends the whole process on about 9,000 nested ones. So
a pre-pass reads the document first, and only a sound one reaches the compiler.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mjml import mjml2html

from rendering.content import NoteContent
from rendering.errors import RenderingError
from rendering.sanitising import without_controls

# fmt: off
# Those that our templates use; another one must be added here to be used.
KNOWN = frozenset({
    "mjml", "mj-head", "mj-title", "mj-attributes", "mj-all", "mj-text", "mj-raw",
    "mj-style", "mj-body", "mj-section", "mj-column",
})
VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
})
# fmt: on
_STYLE_SHEETS = frozenset({"style", "mj-style"})
DEEPEST = 40
LONGEST = 2_000_000

# Stand before and after a note and its sections in the composed document, so that an error can
# name them.
MARKER = re.compile(r"<!--(note|section) (\d*)-->")

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
# An attribute's value with something in it that is to be encoded.
_VALUE = re.compile(r'="[^"<>]*[^ !#-;=?-\[\]-~"][^"<>]*"')
_LABEL = re.compile(r'(<body[^>]*><div aria-label=")([^"]*)(")')
_RUST = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_TO_ENCODE = re.compile(r"[^ -~]|\\")


def compile_mjml(source: str, template: str, notes: Sequence[NoteContent] = ()) -> str:
    """HTML of a composed MJML document.

    Args:
        source: the document, in which `MARKER` comments tell notes and their sections apart.
        template: the template's name, for errors.
        notes: the notes in the markers' order, for errors.

    Raises:
        RenderingError: naming the template, the note, the section and the line of the composed
            document.
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
        return _LABEL.sub(_as_written, mjml2html(prepared), count=1)
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
    """The document without its markers, and its attributes in plain ASCII.

    The compiler writes what is not, in an attribute of HTML, as Rust would in its own source: a
    no-break space as `\\u{a0}`, a backslash as two. (Words that look like an attribute are
    encoded, too, and read the same.)
    """
    return _VALUE.sub(lambda value: _TO_ENCODE.sub(_entity, value[0]), MARKER.sub("", source))


def _as_written(label: re.Match[str]) -> str:
    """The mail's label for screen readers is its title, which the compiler writes as Rust would."""
    words = _RUST.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], label[2])
    return f"{label[1]}{words}{label[3]}"


def _entity(character: re.Match[str]) -> str:
    return f"&#{ord(character[0])};"


def _complaint(source: str) -> tuple[int, str] | None:
    """Where the document is unsound, and how; None for a sound one."""
    open_tags: list[tuple[str, int]] = []
    in_style = False
    for found in _TOKEN.finditer(source):
        closes, tag, alone, stray = found.group("close", "tag", "alone", "stray")
        if tag is None and stray is None:
            continue
        name = tag.lower() if tag else "<"
        if in_style and name not in _STYLE_SHEETS:
            continue  # what looks like a tag in a style sheet is none
        if stray:
            return (
                found.start(),
                "a “<” begins no tag here; write it &lt;, and attributes in double quotes.",
            )
        if name[:2] == "mj" and name not in KNOWN:
            return found.start(), f"<{name}> is not an element that the templates may use."
        in_style = not closes and name in _STYLE_SHEETS
        if closes:
            if not open_tags or open_tags[-1][0] != name:
                expected = f"</{open_tags[-1][0]}>" if open_tags else "the end"
                return found.start(), f"</{name}> stands where {expected} is due."
            open_tags.pop()
        elif not alone and name not in VOID:
            open_tags.append((name, found.start()))
            if len(open_tags) > DEEPEST:
                return found.start(), f"elements are nested more than {DEEPEST} deep."
    if open_tags:
        name, offset = open_tags[-1]
        return offset, f"<{name}> is never closed."
    return None if "<mjml" in source else (0, "the document has no <mjml> element.")


def _place(source: str, offset: int, template: str, notes: Sequence[NoteContent]) -> str:
    line = source.count("\n", 0, offset) + 1
    place = f"{template}, line {line} of the composed mail"
    last = dict(MARKER.findall(source, 0, offset))
    if number := last.get("note"):
        note = notes[int(number) - 1]
        place += f", in the note “{note.subject}: {note.claim}”"
        if number := last.get("section"):
            place += f", under “{note.sections[int(number) - 1].heading}”"
    return place
