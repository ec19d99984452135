"""What a mailing says, and to whom: the transport's values from the ledger's rows."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from delivery.ledger import Claimed
from delivery.models import Mailing
from delivery.transports import Addressee, Message
from delivery.transports.eml import mailbox
from issues.models import Publication
from rendering.marks import Mark
from subscribers.links import preferences_url, unsubscribe_url


def message_of(mailing: Mailing) -> Message:
    """What is the same in every copy of a mailing, to the last byte and at any time."""
    edition = mailing.edition
    publication = edition.publication
    return Message(
        mailing_id=mailing.pk,
        subject=edition.subject,
        html=edition.html,
        text=edition.text,
        sender_name=publication.sender_name,
        sender_address=publication.sender_address,
        reply_to=publication.reply_to,
        list_id=list_id(publication),
        date=mailing.frozen_at,
        category=publication.slug,
    )


def list_id(publication: Publication) -> str:
    """`The World This Week <twtw.news.example.org>`: the list's name for ever (RFC 2919).

    In one line and in ASCII, as it stands in the header.
    """
    identifier = f"{publication.slug}.{urlsplit(settings.SITE_URL).hostname}"
    return mailbox(publication.name, identifier).replace("\n", "")


def addressees_of(claimed: Claimed) -> list[Addressee]:
    """The copies of a claimed chunk, each with its reader's own links."""
    return [
        Addressee(
            recipient_id=recipient.id,
            chunk_number=claimed.number,
            address=recipient.address,
            name=recipient.name,
            values={
                Mark.UNSUBSCRIBE_URL: unsubscribe_url(recipient.subscription_id),
                Mark.PREFERENCES_URL: preferences_url(recipient.subscription_id),
            },
        )
        for recipient in claimed.recipients
    ]
