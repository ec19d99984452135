"""Telling the editors: by the newsroom's own transport, outside of every ledger."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing

from django.conf import settings
from django.utils import timezone

from delivery.transports import Notice, Taken
from delivery.transports.opening import open_transport
from issues.models import Publication
from rendering.content import Rendering
from rendering.mail import render_notice

logger = logging.getLogger(__name__)


def tell_editors(
    subject: str, paragraphs: Sequence[str], links: Sequence[tuple[str, str]] = ()
) -> int:
    """Send a plain service mail to `settings.EDITORS`; the number of those it was handed over for.

    What the provider does is no error here: it is logged, and nobody counts as told.

    Args:
        subject: what it is about, in a few words.
        paragraphs: plain texts.
        links: pairs of what a link says and its absolute address.

    Raises:
        DeliveryError: if the newsroom's transport lacks what it needs.
    """
    if not settings.EDITORS:
        logger.info("Nobody was told “%s”: TWTW_EDITORS is empty.", subject)
        return 0
    sender = notice_sender()
    if sender is None:
        logger.warning("Nobody was told “%s”: there is no publication to send it.", subject)
        return 0
    rendering = render_notice(subject, paragraphs, links)
    notice = notice_of(sender, rendering)
    with closing(open_transport()) as transport:
        answer = transport.tell(notice, settings.EDITORS)
    if isinstance(answer, Taken):
        return len(settings.EDITORS)
    logger.warning("The editors could not be told “%s”: %s", subject, answer.reason)
    return 0


def notice_of(sender: Publication, rendering: Rendering) -> Notice:
    """What a publication's sender writes now, in the words of a rendering."""
    return Notice(
        sender_name=sender.sender_name,
        sender_address=sender.sender_address,
        subject=rendering.subject,
        html=rendering.html,
        text=rendering.text,
        date=timezone.now(),
    )


def notice_sender() -> Publication | None:
    """The publication whose sender writes to the newsroom's own people; None if there is none.

    Providers take mail only from senders they know, and those are the publications'.
    """
    return Publication.objects.order_by("-numbered", "pk").first()
