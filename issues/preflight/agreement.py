"""Whether the two parts of a mail, HTML and text, have the words of its notes, and the same ones.

Compared are letters and digits only, so that neither numbering and rules nor how a line breaks
makes a difference.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.page import page, shown
from issues.preflight.words import Passage, passages
from rendering.content import NoteContent
from rendering.dates import readers_date
from rendering.environment import STANDARD

# Letters that one part may have more than the other without being suspected: a template's
# `View in browser`, `About the authors`.
_FURNITURE = 40
_SHOWN_WORDS = 8
# Kinds that a text part may leave out or word in its own way: alternative texts and sources.
_PROSE = {"headline", "heading", "paragraph", "cell", "quotation"}
_NOT_IN_THE_BODY = {"subject line", "preview text"}
_LINK_NUMBER = re.compile(r"\[\d+\]")
# The text part prints where its links lead.
_ADDRESS = re.compile(r"https?://\S+")

_Check = Callable[[IssueRendering], Iterator[Finding]]


def _text_part(issue: IssueRendering) -> Iterator[Finding]:
    if not issue.rendering.text.strip():
        yield Finding(
            "no-text-part",
            Level.WARNING,
            "text part",
            "The mail has no text part; some readers see nothing, and spam filters count it.",
            issue.fix,
        )


def _agreement(issue: IssueRendering) -> Iterator[Finding]:
    """Words that one part has more are looked for only where it lacks none: a word that differs
    would be named twice."""
    if issue.rendering.text.strip():
        lacking = list(_same_words(issue))
        yield from lacking or _more_words(issue)


def _same_words(issue: IssueRendering) -> Iterator[Finding]:
    """Each passage of the notes is in both parts, or in neither because the design leaves it out;
    one finding for a note, for what lacks one passage mostly lacks several."""
    html, text = _letters_of(issue)
    # Another set than the standard one may leave words out on purpose, as the digest does.
    abridges = issue.publication.template_set != STANDARD
    named = set()
    for passage in _written(issue):
        letters = _letters(passage.text)
        in_html, in_text = letters in html, letters in text
        if in_html and in_text:
            continue
        place = passage.note.headline if passage.note else passage.place
        code = "text-differs" if in_html or in_text else "words-missing"
        if (code, place) in named or (code == "words-missing" and abridges):
            continue
        named.add((code, place))
        if code == "words-missing":
            words = _first_missing(passage.text, html)
            sentence = f"“{words}” is written in the note, and neither part of the mail has it."
        else:
            has, lacking = ("HTML", "text part") if in_html else ("text part", "HTML")
            words = _first_missing(passage.text, text if in_html else html)
            sentence = f"The {lacking} of the mail lacks words that the {has} has: “{words}”."
        yield Finding(
            code, Level.WARNING, place, f"{sentence} The templates must print both.", passage.fix
        )


def _more_words(issue: IssueRendering) -> Iterator[Finding]:
    """Words between the first note and the end of the last that only one part has."""
    html, text = _letters_of(issue)
    known = sorted(set(_pieces(issue)), key=len, reverse=True)
    html_chunks = tuple(shown(page(issue.rendering.html)))
    text_chunks = re.split(r"\n\s*\n", issue.rendering.text)
    for part, chunks, lacking, other in (
        ("HTML", html_chunks, "text part", text),
        ("text part", text_chunks, "HTML", html),
    ):
        for chunk in _among_the_notes(chunks, known):
            letters = _letters(_ADDRESS.sub("", chunk))
            if (
                letters in other
                or _letters(chunk) in other
                or _longest_unknown(letters, known) < _FURNITURE
            ):
                continue
            yield Finding(
                "text-differs",
                Level.WARNING,
                part,
                f"Only the {part} of the mail has the words “{_first_words(chunk)}”; the "
                f"{lacking} lacks them.",
                issue.fix,
            )
            break


def _letters_of(issue: IssueRendering) -> tuple[str, str]:
    return _html_letters(issue.rendering.html), _letters(issue.rendering.text)


@lru_cache(maxsize=4)
def _html_letters(html: str) -> str:
    """Those that are seen, and those of the pictures' alternative texts."""
    root = page(html)
    pictures = (element for element in root.walk() if element.tag == "img")
    alternatives = (element.attributes.get("alt", "") for element in pictures)
    return _letters(" ".join((*shown(root), *alternatives)))


@lru_cache(maxsize=4096)
def _letters(text: str) -> str:
    return _only_letters(text)


def _only_letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _LINK_NUMBER.sub("", text)).casefold()
    return re.sub(r"[\W_]+", "", plain)


def _written(issue: IssueRendering) -> Iterator[Passage]:
    for passage in passages(issue):
        if (
            passage.kind in _PROSE
            and passage.place not in _NOT_IN_THE_BODY
            and _letters(passage.text)
        ):
            yield passage


def _pieces(issue: IssueRendering) -> Iterator[str]:
    """The letters of all that the content says, and of its days and names."""
    for passage in passages(issue):
        yield _letters(passage.text)
    for note in issue.notes:
        yield from map(_letters, _of_note(note.content))
    for region in issue.regions:
        yield _letters(region.name)
    yield _letters(issue.publication.name)


def _of_note(note: NoteContent) -> Iterator[str]:
    yield readers_date(note.date)
    for source in note.sources:
        yield from (source.outlet, source.title)
        if source.published:
            yield readers_date(source.published)


def _among_the_notes(chunks: Sequence[str], known: Sequence[str]) -> Sequence[str]:
    """From the first to the last chunk that is a passage of the notes, or ends in one."""
    long_ones = [letters for letters in known if len(letters) >= _FURNITURE]
    of_notes = [
        place
        for place, chunk in enumerate(chunks)
        if any(letters in _letters(chunk) for letters in long_ones)
    ]
    return chunks[of_notes[0] : of_notes[-1] + 1] if of_notes else ()


def _longest_unknown(letters: str, known: Sequence[str]) -> int:
    """How many letters in a row are not of the content; the labels in a picture's small print
    are many, but each is short."""
    for piece in filter(None, known):
        letters = letters.replace(piece, " ")
    return max(map(len, letters.split(" ")))


def _first_missing(text: str, letters: str) -> str:
    """The first words of a passage that are not in the letters, as far as it can be told."""
    words = text.split()
    # Where some first words are, fewer of them are, too.
    present = bisect_left(
        range(len(words)),
        True,
        key=lambda place: _only_letters(" ".join(words[: place + 1])) not in letters,
    )
    return _first_words(" ".join(words[present:] or words))


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:_SHOWN_WORDS]) + (" …" if len(words) > _SHOWN_WORDS else "")


CHECKS: tuple[_Check, ...] = (_text_part, _agreement)
