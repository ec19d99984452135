"""What is rendered, as plain values: the rooms that keep the words fill these in.

Strings are plain text unless they are called `html`; nothing here is trusted,
sanitising and escaping happen when it is rendered.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in one size, and in twice that size for dense screens. Sizes are CSS pixels."""

    url: str
    url_2x: str
    width: int
    height: int
    alt: str
    credit: str
    ai_generated: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs and lists as the editor made them."""

    html: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words, set apart."""

    text: str
    attribution: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in the text."""

    picture: Picture
    caption: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. `header` is empty for a table without one; then the rows are all there is."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    first_column_is_header: bool = False


@dataclass(frozen=True, slots=True)
class Takeaway:
    """One of a note's numbered points: what to remember, and why."""

    lead: str
    html: str


@dataclass(frozen=True, slots=True)
class Takeaways:
    """The points that a note comes down to, in order."""

    points: tuple[Takeaway, ...]


Part = Text | Quote | Figure | Table | Takeaways


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (may be empty) and what stands under it."""

    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """An author with what is said about them on the day of the note."""

    name: str
    affiliation: str
    biography: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from."""

    outlet: str
    title: str
    url: str
    published: datetime.date | None


@dataclass(frozen=True, slots=True)
class NoteContent:
    """A note."""

    subject: str
    claim: str
    authors: tuple[Author, ...]
    date: datetime.date
    sections: tuple[Section, ...]
    photo: Picture | None
    photo_source: str
    sources: tuple[Source, ...]
    countries: tuple[str, ...]
    slug: str
    url: str


@dataclass(frozen=True, slots=True)
class PublicationContent:
    """A publication as its mail shows it. `colour` is like `#8a1c2b`."""

    name: str
    short_name: str
    tagline: str
    colour: str
    postal_address: str
    home_url: str
    template_set: str = "standard"


@dataclass(frozen=True, slots=True)
class Region:
    """What else happened in a part of the world: a few lines of HTML for each thing."""

    name: str
    briefs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertMention:
    """An alert that was mailed since the issue before: its two-part headline, and where it is."""

    publication: str
    subject: str
    claim: str
    date: datetime.date
    url: str


@dataclass(frozen=True, slots=True)
class IssueContent:
    """An issue; `line` is `#317 Vol 7, No 26, 29 June 2025`."""

    publication: PublicationContent
    line: str
    date: datetime.date
    subject_line: str
    preview_text: str
    introduction: str
    notes: tuple[NoteContent, ...]
    url: str
    cover: Picture | None = None
    regions: tuple[Region, ...] = ()
    alerts: tuple[AlertMention, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertContent:
    """One note, mailed on its own."""

    publication: PublicationContent
    subject_line: str
    preview_text: str
    note: NoteContent
    url: str


@dataclass(frozen=True, slots=True)
class CorrectionContent:
    """What was wrong in something mailed before, and what is right.

    `line` says in which issue or alert it stood, `headline` in which note; `correction` is HTML
    as an editor writes it, `url` the page that shows the erratum.
    """

    publication: PublicationContent
    subject_line: str
    preview_text: str
    line: str
    date: datetime.date
    headline: str
    correction: str
    url: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """A mail, complete but for its personal parts (see `rendering.marks`).

    `sha256` is that of subject, HTML and text, each followed by a NUL byte, in UTF-8.
    """

    subject: str
    html: str
    text: str
    sha256: str
