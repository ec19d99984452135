"""Whether each picture says what it shows, whose it is, and if a machine has drawn it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.page import following, page
from rendering.content import Figure, Picture
from rendering.sanitising import web_address

# Characters after a picture in which its small print stands, besides what people wrote there.
_SMALL_PRINT = 700
_AI_LABEL = re.compile(r"AI[\s\u00a0\u2010\u2011-]?generated", re.IGNORECASE)
_GENERATOR = re.compile(
    r"\b(?:AI|A\.I\.|artificial intelligence|Midjourney|DALL[\s·.\u2011-]?E(?:\s?\d)?|ChatGPT|"
    r"GPT-?4o|OpenAI|Gemini(?! Observatory)|Imagen|Stable Diffusion|Firefly(?! Aerospace)|"
    r"Copilot|Grok|Leonardo\.ai|Ideogram|Bing Image Creator)(?!\w)"
)
_NO_DESCRIPTION = re.compile(
    r"(?:an?\s|the\s)?(?:image|photo(?:graph)?|picture|pic|figure|graphic|logo|illustration|"
    r"untitled|alt(?: text)?)(?:\s*of)?\s*\d*\W*",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|heic|tiff?|svg|avif|bmp)"
    r"|(?:IMG|DSC[FN]?|PXL|P|MVI|WhatsApp Image|Screenshot)[\s_-]?\d[\w\s.-]*",
    re.IGNORECASE,
)

_Check = Callable[[IssueRendering], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A picture and where it stands; `source` is what a note says beside the credit."""

    picture: Picture
    place: str
    fix: str
    source: str = ""
    is_figure: bool = False


def _pictures(issue: IssueRendering) -> Iterator[_Placed]:
    if issue.cover:
        yield _Placed(issue.cover, "cover", issue.fix)
    for note in issue.notes:
        if note.content.photo:
            place = f"{note.headline} › photo"
            fix = note.photo_fix or note.fix
            yield _Placed(note.content.photo, place, fix, note.content.photo_source)
        for section in note.content.sections:
            for part in section.parts:
                if isinstance(part, Figure):
                    place = " › ".join(filter(None, (note.headline, section.heading)))
                    yield _Placed(part.picture, place, note.fix, part.caption, is_figure=True)


def _described(issue: IssueRendering) -> Iterator[Finding]:
    for placed in _pictures(issue):
        words = placed.picture.alt.strip()
        if not words:
            yield Finding(
                "no-alternative-text",
                Level.WARNING,
                placed.place,
                "The picture has no alternative text; say in a sentence what it shows, for those "
                "who can't see it.",
                placed.fix,
            )
        elif _FILE_NAME.fullmatch(words) or _NO_DESCRIPTION.fullmatch(words):
            yield Finding(
                "poor-alternative-text",
                Level.HINT,
                placed.place,
                f"The alternative text “{words}” does not say what the picture shows.",
                placed.fix,
            )


def _credited(issue: IssueRendering) -> Iterator[Finding]:
    """A figure's caption may name its source, and what a machine has drawn is nobody's."""
    for placed in _pictures(issue):
        picture = placed.picture
        if not (picture.credit.strip() or placed.source.strip() or picture.ai_generated):
            yield Finding(
                "no-credit",
                Level.WARNING,
                placed.place,
                "The picture has no credit; say whose it is.",
                placed.fix,
            )


def _flagged(issue: IssueRendering) -> Iterator[Finding]:
    root = page(issue.rendering.html)
    shown = {
        element.attributes.get("src", ""): element
        for element in root.walk()
        if element.tag == "img"
    }
    for placed in _pictures(issue):
        picture = placed.picture
        element = shown.get(web_address(picture.url))
        if picture.ai_generated and element is not None:
            reach = _SMALL_PRINT + len(picture.credit) + len(placed.source)
            if not _AI_LABEL.search(following(root, element, reach)):
                yield Finding(
                    "ai-image-not-flagged",
                    Level.BLOCKER,
                    placed.place,
                    "The picture was made by a machine, and the mail does not say so below it; "
                    "the template must print “AI-generated image”.",
                    placed.fix,
                )
        elif not picture.ai_generated:
            named = _GENERATOR.search(f"{picture.credit}\n{placed.source}")
            if named:
                yield Finding(
                    "ai-image-suspected",
                    Level.WARNING,
                    placed.place,
                    f"The credit names “{named[0]}”; if a machine has made the picture, flag it as "
                    "AI-generated.",
                    placed.fix,
                )


CHECKS: tuple[_Check, ...] = (_described, _credited, _flagged)
