"""Mailing a note as an alert by a person's word, which is for the mail that they have seen."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from delivery.models import Mailing
from delivery.transports import Transport
from issues.models import Publication
from issues.seen import Seen, as_it_is
from notes.models import Note
from rendering.content import Rendering


@transaction.atomic
def start_alert_as_seen(
    publication: Publication,
    note: Note,
    transport: Transport,
    seen: Seen,
    user: Any = None,
    segment: str = "",
) -> tuple[Mailing, bool]:
    """The one mailing of a note as an alert, if it is the mail that was seen.

    Whatever differs undoes the freeze with it, so nothing leaves that nobody has looked at.

    Args:
        publication: the one whose readers get it.
        transport: how it will leave.
        seen: what the person looked at who wants it mailed.
        user: their account.
        segment: the sentence that chooses a part of the readers, as it was seen; empty for all.

    Returns:
        The mailing, and whether it was begun by this; else somebody has mailed it before.

    Raises:
        ChangedSinceSeen: if it would be another mail, from somebody else or to many more.
        IssueError: if the note is not approved, or preflight finds something that stops it.
        DeliveryError: if there is no reader.
    """
    # Two that send at once wait for each other here (SQLite: in every transaction).
    Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    before = Mailing.objects.filter(edition__publication=publication, edition__note=note).first()
    if before is not None:
        return before, False
    mailing = start_alert_mailing(publication, note, transport, segment)
    edition = mailing.edition
    frozen = Rendering(edition.subject, edition.html, edition.text, edition.sha256)
    now = as_it_is(publication, frozen, counts(mailing).frozen, mailing.segment)
    seen.confirm(now, f"“{note}”")
    log(note, "issues.alert", user=user, data={"mailing": mailing.pk, "sha256": edition.sha256})
    return mailing, True
