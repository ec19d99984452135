"""What a mailing says, and to whom: the transport's values from the ledger's rows."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from delivery.claiming import Claimed
from delivery.errors import DeliveryError
from delivery.models import Mailing
from delivery.transports import Addressee, Message
from delivery.transports.eml import in_ascii_where_possible, mailbox
from issues.models import Edition, Publication
from rendering.content import Rendering
from rendering.mail import digest
from rendering.marks import OPENING, Mark
from subscribers.links import Purpose, form

# What a transport might take for a mark, whoever wrote it.
MARK_LIKE = re.compile(re.escape(OPENING) + r"\w*(?:%\])?")
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
    _refuse_unknown_marks(edition)
    return Message(
        mailing_id=mailing.pk,
        mailing_key=mailing.key,
        subject=edition.subject,
        html=edition.html,
        text=edition.text,
        sender_name=mailing.sender_name,
        sender_address=mailing.sender_address,
        reply_to=mailing.reply_to,
        list_id=mailing.list_id,
        feedback_id=feedback_id(mailing),
        date=mailing.frozen_at,
        category=edition.publication.slug,
        leave_address=settings.INBOUND_ADDRESS,
    )


def rehearsed(publication: Publication, rendering: Rendering, now: datetime) -> Message:
    """What a mailing of these words would say, for a provider that only checks it.

    Raises:
        DeliveryError: if the words can't leave as they are.
    """
    _refuse_unknown_marks(rendering)
    return Message(
        mailing_id=0,
        mailing_key="rehearsal",
        subject=rendering.subject,
        html=rendering.html,
        text=rendering.text,
        sender_name=publication.sender_name,
        sender_address=publication.sender_address,
        reply_to=publication.reply_to,
        list_id=list_id(publication),
        feedback_id=f"0:{publication.slug}:rehearsal:{_sender_id(publication.sender_address)}",
        date=now,
        category=publication.slug,
        leave_address=settings.INBOUND_ADDRESS,
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
    number = claimed.number
    unsubscribe = form(Purpose.UNSUBSCRIBE).url
    preferences = form(Purpose.PREFERENCES).url
    return [
        Addressee(recipient, number, address, name, unsubscribe(own), preferences(own, version))
        for recipient, own, address, name, version in claimed.recipients
    ]


# SendGrid keeps statistics of 1,000 categories a day, of 100 on a free account, and does not mean
# them for single sends. So chunks share this many; the logs are asked for one of them in the
# time of a chunk's call.
CHUNK_CATEGORIES = 40


def chunk_category(slug: str, number: int) -> str:
    """The category by which the provider's logs find a chunk's copies, among few others."""
    return f"{slug}-part-{(number - 1) % CHUNK_CATEGORIES + 1}"


def feedback_id(mailing: Mailing) -> str:
    """`317:twtw:issue:news.example`: by this Gmail groups complaints in Postmaster Tools.

    The last of the four parts names the sender, in 5 to 15 characters, and is the same in all
    of its mail. https://support.google.com/a/answer/6254652
    """
    edition = mailing.edition
    kind = _kind(edition)
    sender = _sender_id(mailing.sender_address)
    return f"{mailing.pk}:{edition.publication.slug}:{kind}:{sender}"


def _kind(edition: Edition) -> str:
    if edition.correction_id is not None:
        return "correction"
    return "alert" if edition.issue is None else "issue"


def _sender_id(address: str) -> str:
    # In ASCII, as it stands in a header: SendGrid does not encode those for us.
    return in_ascii_where_possible(address).rpartition("@")[2][:15].ljust(5, "-")


def _refuse_unknown_marks(words: Edition | Rendering) -> None:
    """What looks like a mark and is none would stand in the copies, or be replaced in the text."""
    for part in (words.subject, words.html, words.text):
        for found in MARK_LIKE.findall(part):
            if part is words.subject or found not in set(Mark):
                raise DeliveryError(
                    f"“{words.subject}” has {found!r} in its words, which only the links to leave "
                    "may look like, so no copy of it leaves; take it out of the note."
                )
