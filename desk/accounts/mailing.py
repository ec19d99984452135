"""Mails about an account go to its own address, by the newsroom's transport, in the house look."""

from __future__ import annotations

import logging

from django.core.mail import EmailMultiAlternatives

from delivery.errors import DeliveryError
from desk.accounts.words import Mail
from rendering.errors import RenderingError
from rendering.mail import render_notice

logger = logging.getLogger(__name__)

AUDIENCE = "the people of the desk"
BECAUSE = "you have an account, or are invited to one,"


def write_to(address: str, mail: Mail, *, link: str = "", **facts: str) -> bool:
    """Hand a mail over; whether it was taken. What goes wrong is logged, without the address.

    Args:
        link: the absolute address that the mail's link leads to.
        facts: what the mail's sentences leave open.
    """
    paragraphs = [paragraph.format(**facts) for paragraph in mail.paragraphs]
    links = [(mail.link, link)] if link else []
    try:
        rendering = render_notice(
            mail.subject, paragraphs, links, audience=AUDIENCE, because=BECAUSE
        )
        message = EmailMultiAlternatives(rendering.subject, rendering.text, to=[address])
        message.attach_alternative(rendering.html, "text/html")
        taken = bool(message.send())
    except (DeliveryError, RenderingError, OSError) as error:
        logger.warning("A mail about an account, “%s”, could not be sent: %s", mail.subject, error)
        return False
    if not taken:
        logger.warning("A mail about an account, “%s”, was not taken.", mail.subject)
    return taken
