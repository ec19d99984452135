"""Mailing a correction to those who got what it corrects, by a person's word for what they saw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from delivery import ledger
from delivery.audience import Audience, count, those_who_got
from delivery.errors import DeliveryError
from delivery.freezing import freeze
from delivery.models import Mailing
from delivery.standing import line_of
from delivery.transports import Transport
from issues.correcting import make_correction_edition
from issues.models import Correction
from issues.seen import Seen, as_it_is
from rendering.content import Rendering


@transaction.atomic
def start_correction_mailing(
    correction: Correction, transport: Transport, seen: Seen, by: str, user: Any = None
) -> tuple[Mailing, bool]:
    """The one mailing of a correction, if it is the mail that was seen; freezes its audience.

    Args:
        transport: how it will leave; its chunk size is kept with the mailing.
        seen: what the person looked at who wants it mailed (see `correction_as_it_is`).
        by: who that is, as the record shall name them.
        user: their account, if they have one.

    Returns:
        The mailing, and whether it was begun by this; else somebody has mailed it before.

    Raises:
        ChangedSinceSeen: if it would be another mail, from somebody else or to many more.
        DeliveryError: if what it corrects is still going out, or nobody is left to mail.
        IssueError: if something stops the mail itself.
    """
    # Whoever comes second waits here (SQLite: at the beginning of the transaction).
    locked = Correction.objects.select_for_update().get(pk=correction.pk)
    before = Mailing.objects.filter(edition__correction=locked).first()
    if before is not None:
        return before, False
    edition = make_correction_edition(locked)
    frozen = Rendering(edition.subject, edition.html, edition.text, edition.sha256)
    seen.confirm(correction_as_it_is(locked, frozen), f"“{locked}”")
    mailing = freeze(edition, those_who_got(former_mailing(locked)), transport)
    log(
        locked,
        "issues.mail_correction",
        user=user,
        data={"by": by, "sha256": edition.sha256, "mailing": mailing.pk},
    )
    return mailing, True


def former_mailing(correction: Correction) -> Mailing:
    """The mailing that a correction corrects, once nobody's copy of it is pending any more.

    Raises:
        DeliveryError: if it is still going out; who gets it later would get no correction.
    """
    found = Mailing.objects.select_related(
        "edition__publication", "edition__issue__volume", "edition__note"
    )
    former = found.get(edition=correction.edition_id)
    if ledger.is_unfinished(former):
        raise DeliveryError(
            f"Mailing {former.pk}, which it corrects, still has copies to send. Wait until nothing "
            "of it is pending, or cancel it; then the correction can be mailed."
        )
    return former


def audience_of_correction(correction: Correction) -> Audience:
    """Whom the mailing of a correction would concern now; raises like `former_mailing`."""
    return count(those_who_got(former_mailing(correction)))


def correction_as_it_is(correction: Correction, rendering: Rendering) -> Seen:
    """The mail of a correction as it would leave now; raises like `former_mailing`."""
    former = former_mailing(correction)
    readers = count(those_who_got(former)).readers
    now = as_it_is(correction.edition.publication, rendering, readers)
    return replace(now, audience=f"those who got {line_of(former)}")
