"""What a mailing says, and to whom: the transport's values from the ledger's rows."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from delivery.errors import DeliveryError
from delivery.ledger import Claimed
from delivery.models import Mailing
from delivery.transports import Addressee, Message
from delivery.transports.eml import mailbox
from issues.models import Publication
from rendering.mail import digest
from rendering.marks import Mark
from subscribers.links import preferences_url, unsubscribe_url

# As many characters as `Mailing.list_id` holds.
LONGEST_LIST_ID = 300


def message_of(mailing: Mailing) -> Message:
    """What is the same in every copy of a mailing, to the last byte and at any time.

    Raises:
        DeliveryError: if the edition's words are not those that were rendered and approved.
    """
    edition = mailing.edition
    if digest(subject=edition.subject, html=edition.html, text=edition.text) != edition.sha256:
        raise DeliveryError(
            f"The words of “{edition}” were changed in the database after they were frozen, so no "
            f"copy of mailing {mailing.pk} leaves; restore row {edition.pk} of issues_edition from "
            "a backup, and publish again."
        )
    return Message(
        mailing_id=mailing.pk,
        subject=edition.subject,
        html=edition.html,
        text=edition.text,
        sender_name=mailing.sender_name,
        sender_address=mailing.sender_address,
        reply_to=mailing.reply_to,
        list_id=mailing.list_id,
        date=mailing.frozen_at,
        category=edition.publication.slug,
    )


def list_id(publication: Publication) -> str:
    """`The World This Week <twtw.news.example.org>`: the list's name for ever (RFC 2919).

    In one line and in ASCII, as it stands in the header. A name that is too long for the
    mailing's row, as a long one in other letters may be, is left out: it is only a description.
    """
    identifier = f"{publication.slug}.{urlsplit(settings.SITE_URL).hostname}"
    described = mailbox(publication.name, identifier).replace("\n", "")
    return described if len(described) <= LONGEST_LIST_ID else f"<{identifier}>"


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
