"""Whether the mail arrives as it was made: whole, light, well built, readable, and not as spam.

What the two parts say is compared in `agreement`; colours are judged in `contrast`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from issues.content import PREVIEW_LENGTH, SUBJECT_LENGTH
from issues.preflight import agreement
from issues.preflight.contrast import faint
from issues.preflight.css import dropped
from issues.preflight.facts import IssueRendering
from issues.preflight.findings import Finding, Level
from issues.preflight.page import Element, first, page
from notes.renditions import HEAVIEST
from rendering.authors import joined
from rendering.marks import Mark

# Gmail shows no more of a mail than this and hides the rest behind a link.
CLIPPED_AT_BYTES = 102_000
HEAVIEST_MAIL = 1_500_000
# What a phone shows of a subject, held upright; fewer than so many letters of it say nothing.
SHOWN_ON_A_PHONE = 40
FEWEST_LETTERS = 12
# SpamAssassin's own limit is 5.0; many mailboxes are stricter.
SUSPICIOUS, SPAM = 3.0, 5.0

_NOTE = re.compile(rb"""\bid=["']note-(\d+)["']""")
_HEADING = re.compile(r"h[1-6]")

_Check = Callable[[IssueRendering], Iterator[Finding]]


def _whole(issue: IssueRendering) -> Iterator[Finding]:
    """The bytes are counted before the marks are filled in, which makes a few hundred more."""
    html = issue.rendering.html.encode()
    if len(html) <= CLIPPED_AT_BYTES:
        return
    lost = [f"“{headline}”" for headline in _lost(issue, html)]
    cut = [f"part of {lost[0]}", *(f"all of {headline}" for headline in lost[1:])] if lost else []
    if html.rfind(Mark.UNSUBSCRIBE_URL.encode()) > CLIPPED_AT_BYTES:
        cut.append("the link to unsubscribe")
    named = joined(cut)
    yield Finding(
        "clipped",
        Level.WARNING,
        "mail",
        f"The mail has {len(html) // 1000} kB, and Gmail hides what comes after "
        f"{CLIPPED_AT_BYTES // 1000} kB{f': {named}' if named else ''}. Shorten it, or move a note "
        "to the next issue.",
        issue.fix,
    )


def _lost(issue: IssueRendering, html: bytes) -> Iterator[str]:
    """The headlines of the notes that are cut or not shown at all, the cut one first."""
    starts = {int(found[1]): found.start() for found in _NOTE.finditer(html)}
    before = [number for number, start in starts.items() if start < CLIPPED_AT_BYTES]
    for number in sorted(starts):
        if number >= max(before, default=0) and 1 <= number <= len(issue.notes):
            yield issue.notes[number - 1].headline


def _light(issue: IssueRendering) -> Iterator[Finding]:
    total = len(issue.rendering.html.encode())
    for element in page(issue.rendering.html).walk():
        if element.tag != "img":
            continue
        weight = max((issue.weights.get(address, 0) for address in _addresses(element)), default=0)
        total += weight
        if weight > HEAVIEST:
            shown = element.attributes.get("alt") or element.attributes.get("src", "")
            yield Finding(
                "heavy-picture",
                Level.WARNING,
                "mail",
                f"The picture “{shown}” has {weight // 1000} kB; more than "
                f"{HEAVIEST // 1000} kB are slow on a phone. Upload a smaller one.",
                issue.fix,
            )
    if total > HEAVIEST_MAIL:
        yield Finding(
            "heavy-mail",
            Level.WARNING,
            "mail",
            f"With its pictures the mail has {total / 1_000_000:.1f} MB; at most "
            f"{HEAVIEST_MAIL / 1_000_000:.1f} MB open quickly. Take a picture out.",
            issue.fix,
        )


def _addresses(picture: Element) -> Iterator[str]:
    yield picture.attributes.get("src", "")
    for candidate in picture.attributes.get("srcset", "").split(","):
        yield candidate.strip().split(" ")[0]


def _headings(issue: IssueRendering) -> Iterator[Finding]:
    headings = [
        element
        for element in page(issue.rendering.html).walk()
        if _HEADING.fullmatch(element.tag) and not element.is_hidden
    ]
    tops = sum(heading.tag == "h1" for heading in headings)
    if tops != 1:
        yield _of_template(
            "headings", issue, f"The mail has {tops} headings of the first level, and needs one."
        )
    levels = [int(heading.tag[1]) for heading in headings]
    for heading, level, above in zip(headings[1:], levels[1:], levels, strict=False):
        if level > above + 1:
            words = " ".join(heading.text().split())
            yield _of_template(
                "heading-skipped",
                issue,
                f"The heading “{words}” is of level {level} after one of level {above}; a screen "
                "reader's user looks for what is between.",
            )
            return


def _tables(issue: IssueRendering) -> Iterator[Finding]:
    for table in page(issue.rendering.html).walk():
        if table.tag != "table" or table.attributes.get("role") in {"presentation", "none"}:
            continue
        is_of_data = table.attributes.get("role") == "table" or any(
            element.tag == "th" for element in table.walk()
        )
        if not is_of_data:
            yield _of_template(
                "layout-table",
                issue,
                "A table that only arranges the mail is read aloud as data: “"
                f"{_opening(table.text())}”. It needs role=presentation.",
            )
            return


def _frame(issue: IssueRendering) -> Iterator[Finding]:
    root = page(issue.rendering.html)
    html, title = first(root, "html"), first(root, "title")
    attributes = html.attributes if html else {}
    if not attributes.get("lang", "").strip():
        yield _of_template(
            "no-language",
            issue,
            "The mail does not say which language it is in; its html element needs lang.",
        )
    if attributes.get("dir") not in {"ltr", "rtl", "auto"}:
        yield _of_template(
            "no-direction",
            issue,
            "The mail does not say in which direction it is read; its html element needs dir.",
        )
    if title is None or not "".join(map(str, title.children)).strip():
        yield _of_template(
            "no-title", issue, "The mail has no title, which a screen reader reads first."
        )


def _sizes(issue: IssueRendering) -> Iterator[Finding]:
    for picture in page(issue.rendering.html).walk():
        sizes = (picture.attributes.get("width", ""), picture.attributes.get("height", ""))
        if picture.tag == "img" and not all(size.strip("px%").isdecimal() for size in sizes):
            shown = picture.attributes.get("alt") or picture.attributes.get("src", "")
            yield _of_template(
                "picture-without-size",
                issue,
                f"The picture “{shown}” has no width or height, so the words jump when it comes.",
            )


def _contrast(issue: IssueRendering) -> Iterator[Finding]:
    for found in faint(page(issue.rendering.html)):
        at = "" if found.scheme == "light" else " on a dark screen"
        yield Finding(
            "contrast",
            Level.WARNING,
            f"mail › {found.scheme}",
            f"“{_opening(found.words)}” is hard to read{at}: {found.colour} on "
            f"{found.background} has a contrast of {_floored(found.ratio)}, and needs "
            f"{found.needed}.",
            issue.publication_fix,
        )


def _floored(ratio: float) -> str:
    """Never rounded up to what it falls short of."""
    return f"{int(ratio * 100) / 100:.2f}"


def _css(issue: IssueRendering) -> Iterator[Finding]:
    told = set()
    for element in page(issue.rendering.html).walk():
        for declaration, why in dropped(element.style):
            if declaration not in told:
                told.add(declaration)
                yield Finding(
                    "unsupported-css",
                    Level.HINT,
                    "mail",
                    f"The template's “{declaration}” on <{element.tag}> does not reach all "
                    f"readers: {why}.",
                    issue.publication_fix,
                )


def _subject(issue: IssueRendering) -> Iterator[Finding]:
    subject = issue.subject
    if len(subject) > SUBJECT_LENGTH:
        yield Finding(
            "long-subject",
            Level.HINT,
            "subject line",
            f"The subject line has {len(subject)} characters, and mailboxes show about "
            f"{SUBJECT_LENGTH}; shorten it.",
            issue.fix,
        )
    opening = _subject_opening(issue)
    words = subject[len(opening) : SHOWN_ON_A_PHONE].strip()
    if opening and len(subject) > SHOWN_ON_A_PHONE and len(words) < FEWEST_LETTERS:
        yield Finding(
            "subject-cut",
            Level.HINT,
            "subject line",
            f"A phone shows only “{subject[:SHOWN_ON_A_PHONE].strip()} …”; begin with what the "
            "issue is about.",
            issue.fix,
        )


def _subject_opening(issue: IssueRendering) -> str:
    """`TWTW #318:`, with which the subject begins; empty if it begins with other words."""
    before, colon, _ = issue.subject.partition(":")
    named = (issue.publication.name, issue.publication.short_name)
    begins = colon and any(name and before.startswith(name) for name in named)
    return before + colon if begins else ""


def _preview(issue: IssueRendering) -> Iterator[Finding]:
    preview = " ".join(issue.preview_text.split())
    if not preview:
        yield Finding(
            "no-preview-text",
            Level.HINT,
            "preview text",
            "There is no preview text, so mailboxes show the mail's first words beside the "
            "subject; write one.",
            issue.fix,
        )
    elif len(preview) > PREVIEW_LENGTH:
        yield Finding(
            "long-preview-text",
            Level.HINT,
            "preview text",
            f"The preview text has {len(preview)} characters, and no mailbox shows more than "
            f"{PREVIEW_LENGTH}; shorten it.",
            issue.fix,
        )
    said = _bare(issue.subject[len(_subject_opening(issue)) :])
    if said and _bare(preview).startswith(said):
        yield Finding(
            "preview-repeats-subject",
            Level.HINT,
            "preview text",
            "The preview text repeats the subject line beside it; say what else there is.",
            issue.fix,
        )


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _spam(issue: IssueRendering) -> Iterator[Finding]:
    if issue.spam is None or issue.spam.score < SUSPICIOUS:
        return
    costly = sorted(issue.spam.rules, key=lambda rule: -rule[1])
    named = ", ".join(f"{name} ({points:.1f})" for name, points in costly if points > 0)
    yield Finding(
        "spam-score",
        Level.BLOCKER if issue.spam.score >= SPAM else Level.WARNING,
        "mail",
        f"SpamAssassin gives the mail {issue.spam.score:.1f} points, and from {SPAM} it is taken "
        f"for spam{f': {named}' if named else ''}.",
        issue.fix,
    )


def _of_template(code: str, issue: IssueRendering, sentence: str) -> Finding:
    return Finding(code, Level.WARNING, "mail", sentence, issue.publication_fix)


def _opening(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 50 else f"{words[:50].rsplit(' ', 1)[0]} …"


CHECKS: tuple[_Check, ...] = (
    *agreement.CHECKS,
    _whole,
    _light,
    _headings,
    _tables,
    _frame,
    _sizes,
    _contrast,
    _css,
    _subject,
    _preview,
    _spam,
)
