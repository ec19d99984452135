"""Django's e-mail backend: what the desk writes to its people leaves by the newsroom's transport.

Wagtail and Django mail passwords' reset links and the steps of a workflow through it
(`EMAIL_BACKEND`), so there is no second way out to set up and to watch.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from html import escape

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from delivery.notices import notice_sender
from delivery.transports import Notice, Taken
from delivery.transports.opening import open_transport
from issues.models import Publication


class EmailBackend(BaseEmailBackend):
    """Hands messages to the transport as notices; in no ledger, from the publications' sender."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Hand messages over; the number of those that were taken."""
        sender = notice_sender()
        if sender is None or not email_messages:
            return 0
        with closing(open_transport()) as transport:
            answers = [
                transport.tell(_notice(message, sender), message.recipients())
                for message in email_messages
            ]
        return sum(isinstance(answer, Taken) for answer in answers)


def _notice(message: EmailMessage, sender: Publication) -> Notice:
    text = str(message.body)
    return Notice(
        sender_name=sender.sender_name,
        sender_address=sender.sender_address,
        subject=" ".join(str(message.subject).split()),
        html=_html_of(message) or f"<pre>{escape(text)}</pre>",
        text=text,
        date=timezone.now(),
    )


def _html_of(message: EmailMessage) -> str:
    if not isinstance(message, EmailMultiAlternatives):
        return ""
    found = (str(part[0]) for part in message.alternatives if part[1] == "text/html")
    return next(found, "")
