"""What the checks look at: one issue or alert with its rendering, as plain values.

`issues.preflight.gathering` fills these in from the database; a check reads nothing else, so
the same facts give the same findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rendering.content import NoteContent, Picture, PublicationContent, Region, Rendering


@dataclass(frozen=True, slots=True)
class Identity:
    """Which issue it is: its serials, ascending, its volume, and the day printed on it."""

    line: str
    serials: tuple[int, ...]
    volume: int
    date: date


@dataclass(frozen=True, slots=True)
class Numbering:
    """An issue among its neighbours; `weekday` as Python counts, Monday is 0.

    `before` and `after` are the issues with the nearest serials of the same publication.
    """

    identity: Identity
    numbers: tuple[int, ...]
    first_serial_of_volume: int
    volume_begins_on: date
    weekday: int
    before: Identity | None = None
    after: Identity | None = None


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """A note with what its rendering does not show.

    `headings` are those of its section schema, empty for a free form; `fix` and `photo_fix` are
    paths of the desk.
    """

    content: NoteContent
    is_approved: bool = True
    headings: tuple[str, ...] = ()
    fix: str = ""
    photo_fix: str = ""

    @property
    def headline(self) -> str:
        """As people name it: `Russia and Mali: A growing presence`."""
        return f"{self.content.subject}: {self.content.claim}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail is from, and where answers go (empty: to the sender)."""

    name: str
    address: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """A publication's house style: `per_cent` and `dates` are values of `issues.models.PerCent`
    and `DateStyle`; `dictionary` is Hunspell's, like `en_GB`, or empty."""

    per_cent: str = "any"
    dates: str = "any"
    dictionary: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the site behind a link said when it was asked last; `sentence` says why it is not
    reachable."""

    reachable: bool
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class SpamScore:
    """SpamAssassin's points for this very rendering, and the rules that gave them."""

    score: float
    rules: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class IssueRendering:
    """An issue (or an alert: then `numbering` is None and there is one note) as it would leave.

    `really_sent` tells a real transport from the outbox. `names` are the registry's: each person
    with all spellings, the canonical one first. `places` are countries and regions. `answers` has
    what was asked of the links so far, by address; `misspelt` the words that no dictionary and no
    registry knows; `weights` the bytes of pictures, by address; `spam` is None where nothing was
    asked of SpamAssassin. `doubt_about_readers` says why nobody knows whom its segment means, if
    so; `readers_fix` is where they are chosen. `view_url` is the mail's own page.
    """

    publication: PublicationContent
    subject: str
    preview_text: str
    rendering: Rendering
    notes: tuple[NoteFacts, ...]
    sender: Sender
    introduction: str = ""
    regions: tuple[Region, ...] = ()
    cover: Picture | None = None
    numbering: Numbering | None = None
    house: House = field(default_factory=House)
    names: tuple[tuple[str, ...], ...] = ()
    places: frozenset[str] = frozenset()
    answers: Mapping[str, Answered] = field(default_factory=dict)
    misspelt: frozenset[str] = frozenset()
    weights: Mapping[str, int] = field(default_factory=dict)
    spam: SpamScore | None = None
    doubt_about_readers: str = ""
    readers_fix: str = ""
    really_sent: bool = False
    site_url: str = "http://127.0.0.1:8000"
    view_url: str = ""
    fix: str = ""
    publication_fix: str = ""
