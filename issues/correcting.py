"""Corrections: what was wrong in something mailed, recorded once, shown for ever, mailed if wanted.

An erratum is public as soon as it is recorded, so nobody changes or withdraws it: if it is wrong
itself, that is the next correction. What was mailed stays as it was mailed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.rich_text import expand_db_html

from issues.content import PREVIEW_LENGTH, SUBJECT_LENGTH, publication_content, shortened
from issues.editions import rendered_fields
from issues.errors import IssueError
from issues.models import Correction, Edition
from issues.preflight import (
    Finding,
    IssueRendering,
    blockers_among,
    headers,
    links,
    mail,
    told,
)
from issues.preflight.gathering import facts_of_correction
from notes.models import Note
from rendering.content import CorrectionContent, NoteContent
from rendering.dates import printed_date, readers_date
from rendering.errors import RenderingError
from rendering.keeping import alert_from_json, issue_from_json, to_json
from rendering.mail import render_correction
from rendering.richtext import Block, Paragraph, blocks
from rendering.sanitising import clean_text, sanitise

# What there is to be looked over: a correction has no number, no authors and no sections.
CHECKS = (*links.CHECKS, *mail.CHECKS, *headers.CHECKS)
# As many characters as `Correction.reason` and `Correction.recorded_by` hold.
LONGEST_REASON, LONGEST_NAME = 300, 150


@transaction.atomic
def record_correction(
    edition: Edition, note: Note, text: str, reason: str, day: date, by: str, user: Any = None
) -> Correction:
    """Record a correction; from then on the archive shows it.

    Args:
        edition: the mailed issue or alert in which it stood.
        note: the note that was wrong.
        text: what was wrong, and what is right, as HTML of the editor; readers see it.
        reason: how it came about, for the newsroom.
        day: the day printed with it.
        by: who records it, as the record shall name them.
        user: their account, if they have one.

    Raises:
        IssueError: if that can't be recorded.
    """
    _refuse_what_was_not_mailed(edition, note)
    _refuse_day(edition, day)
    reason, by = _one_line(reason), _one_line(by)
    if not reason:
        raise IssueError("A correction needs its reason; say in a sentence how it came about.")
    if len(reason) > LONGEST_REASON:
        raise IssueError(
            f"The reason has {len(reason)} characters; shorten it to {LONGEST_REASON} or fewer."
        )
    correction = Correction.objects.create(
        edition=edition,
        note=note,
        text=text_of_correction(text),
        reason=reason,
        day=day,
        recorded_by=by[:LONGEST_NAME],
    )
    log(
        correction,
        "issues.record_correction",
        user=user,
        data={"by": by, "note": str(note), "reason": reason},
    )
    return correction


def text_of_correction(html: str) -> str:
    """What an editor wrote, as it is kept: sanitised, and complete without the desk.

    Raises:
        IssueError: if it says nothing, or is too long.
    """
    try:
        kept = sanitise(expand_db_html(html))
    except RenderingError as error:
        raise IssueError(str(error)) from None
    if not "".join(_lines(blocks(kept))).strip():
        raise IssueError("A correction needs a text: say what was wrong, and what is right.")
    return kept


def notes_in(edition: Edition) -> list[Note]:
    """The notes that were mailed in an edition, in their order, as the database knows them now."""
    if edition.note is not None:
        return [edition.note]
    if edition.issue is None:
        return []
    slugs = [note.slug for note in issue_from_json(edition.content).notes]
    found = {note.slug: note for note in Note.objects.filter(slug__in=slugs)}
    return [found[slug] for slug in slugs if slug in found]


def editions_with(note: Note) -> list[Edition]:
    """The mailed issues and alerts that carried a note, the first one first."""
    carried = Q(note=note) | Q(issue__entries__note=note)
    mailed = Edition.objects.filter(carried, mailing__isnull=False).select_related("publication")
    found = mailed.order_by("mailing__frozen_at", "pk").distinct()
    return [edition for edition in found if note in notes_in(edition)]


def correction_content(correction: Correction) -> CorrectionContent:
    """A correction, ready to be rendered; it cites the words that were mailed."""
    edition = correction.edition
    if edition.issue is not None:
        issue = issue_from_json(edition.content)
        line, notes = issue.line, issue.notes
        path = reverse("archive:issue", args=[edition.publication.slug, edition.issue.serials[0]])
    else:
        alert = alert_from_json(edition.content)
        day = readers_date(_day_of_mailing(edition))
        line, notes = f"{alert.publication.name}, {day}", (alert.note,)
        path = reverse("archive:alert", args=[correction.note.slug])
    headline = _headline(correction, notes)
    publication = edition.publication
    return CorrectionContent(
        publication=publication_content(publication),
        subject_line=shortened(f"{publication.short_name} correction: {headline}", SUBJECT_LENGTH),
        preview_text=shortened(" ".join(_lines(blocks(correction.text))), PREVIEW_LENGTH),
        line=line,
        date=correction.day,
        headline=headline,
        correction=correction.text,
        url=f"{settings.SITE_URL}{path}#{anchor(correction)}",
    )


def anchor(correction: Correction) -> str:
    """By which the pages name the place of an erratum: `correction-12`."""
    return f"correction-{correction.pk}"


def look_over(correction: Correction) -> tuple[IssueRendering, list[Finding]]:
    """A correction as it would be mailed now, and what preflight finds in it.

    Raises:
        RenderingError: if it can't be rendered.
    """
    content = correction_content(correction)
    facts = facts_of_correction(correction.edition.publication, content, render_correction(content))
    return facts, [finding for check in CHECKS for finding in check(facts)]


def make_correction_edition(correction: Correction) -> Edition:
    """The one edition of a correction, for its mailing.

    While it has no mailing it is rendered anew. Call this in the transaction that freezes its
    audience, with the correction locked.

    Raises:
        IssueError: if something about it, or about its publication, stops it.
        RenderingError: if it can't be rendered.
    """
    kept = Edition.objects.filter(correction=correction).first()
    if kept is not None and hasattr(kept, "mailing"):
        return kept
    facts, found = look_over(correction)
    if blockers := blockers_among(found):
        raise IssueError(f"{correction} can't be mailed yet: {told(blockers)}")
    edition, _ = Edition.objects.update_or_create(
        publication=correction.edition.publication,
        correction=correction,
        defaults={
            "content": to_json(correction_content(correction)),
            **rendered_fields(facts.rendering),
        },
    )
    return edition


def _refuse_what_was_not_mailed(edition: Edition, note: Note) -> None:
    if edition.correction_id is not None:
        raise IssueError(
            "A correction is not corrected itself; record another one for the same note."
        )
    if not hasattr(edition, "mailing"):
        raise IssueError(f"“{edition}” was not mailed; edit the note and approve it again.")
    if note not in notes_in(edition):
        raise IssueError(f"“{note}” was not in “{edition}”; choose a note that was.")


def _refuse_day(edition: Edition, day: date) -> None:
    mailed = _day_of_mailing(edition)
    today = timezone.now().astimezone(edition.publication.zone).date()
    if not mailed <= day <= today:
        raise IssueError(
            f"The day of a correction is not before {printed_date(mailed)}, when it was mailed, "
            f"and not after today, {printed_date(today)}."
        )


def _day_of_mailing(edition: Edition) -> date:
    return edition.mailing.frozen_at.astimezone(edition.publication.zone).date()


def _headline(correction: Correction, notes: Sequence[NoteContent]) -> str:
    mailed = next((note for note in notes if note.slug == correction.note.slug), None)
    return f"{mailed.subject}: {mailed.claim}" if mailed is not None else str(correction.note)


def _lines(found: Sequence[Block]) -> Iterator[str]:
    for block in found:
        if isinstance(block, Paragraph):
            yield "".join(run.text for run in block.runs)
        else:
            for item in block.items:
                yield from _lines(item)


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())
