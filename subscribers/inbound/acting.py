"""What is done about a mail that came in: once, in one transaction.

Whoever leaves by a link's token is not answered, as with the link itself. Whoever leaves without
one is: the sender of a mail can be forged, so the person is told, with the way back. Nothing is
granted by a mail; who wants to subscribe is asked to confirm it like everybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from subscribers.addresses import valid_address
from subscribers.errors import AddressError
from subscribers.inbound.reading import Letter
from subscribers.inbound.recognising import is_automatic
from subscribers.inbound.wishes import Wish, named_in, wish_of
from subscribers.leaving import end_subscription, leave_by_address
from subscribers.limits import ADDRESS, FORM, Limit, mailbox, take
from subscribers.models import InboundMail, ServiceMail, Subscription
from subscribers.offers import offered
from subscribers.service_mails import put_out
from subscribers.signing_up import sign_up
from subscribers.suppressing import key_of

BY_LINK = "mail, with the link's token"
BY_ADDRESS = "mail from the address"
# The form's name with every sign-up, and the same for people.
FORM_NAME, SOURCE = "mail", "a mail to us"
ANSWERS = Limit("answer to mail", 3, timedelta(days=1))


class CameBy(StrEnum):
    """How a mail came in."""

    WEBHOOK = "webhook"
    MAILBOX = "mailbox"


class Verdict(StrEnum):
    """What became of a mail."""

    LEFT = "left"
    NOT_SUBSCRIBED = "not subscribed"
    ASKED_TO_CONFIRM = "asked to confirm"
    TOO_MANY = "too many"
    UNCLEAR = "unclear"
    AUTOMATIC = "automatic"
    NO_SENDER = "no sender"
    KNOWN = "known"


def act_on(letter: Letter, came_by: CameBy) -> Verdict:
    """Do what the writer of a mail wants; nothing if it was acted on before.

    That it came is kept in the same transaction, so a mail that comes again, by the same way or
    another, is done nothing about; and one during which the database went away is all new.
    """
    with transaction.atomic():
        kept, is_new = InboundMail.objects.get_or_create(
            digest=letter.digest, defaults={"came_by": came_by, "at": timezone.now()}
        )
        if not is_new:
            return Verdict.KNOWN
        kept.verdict = _act(letter)
        kept.save(update_fields=["verdict"])
    return Verdict(kept.verdict)


def own_addresses() -> set[str]:
    """The addresses that this newsroom writes from or is written to."""
    publications = apps.get_model("issues", "Publication")._default_manager.all()
    of_publications = publications.values_list("sender_address", "reply_to")
    of_settings = (settings.INBOUND_ADDRESS, settings.SMTP_RETURN_PATH)
    return {*(address for pair in of_publications for address in pair), *of_settings} - {""}


def _act(letter: Letter) -> Verdict:
    publications = list(apps.get_model("issues", "Publication")._default_manager.all())
    names = [name for one in publications for name in (one.name, one.slug)]
    automatic = is_automatic(letter, own_addresses())
    understood = wish_of(letter, names, automatic=automatic)
    if understood.subscription is not None:
        ended = end_subscription(understood.subscription, BY_LINK)
        return Verdict.LEFT if ended else Verdict.NOT_SUBSCRIBED
    if automatic:
        return Verdict.AUTOMATIC
    try:
        # Also one that can't be mailed now may leave; to subscribe it has to be another.
        address = valid_address(letter.sender, ascii_only=False)
        if understood.wish is Wish.LEAVE:
            return _leave(address, named_in(understood.text, publications))
        if understood.wish is Wish.JOIN:
            return _join(valid_address(address), understood.text)
    except AddressError:
        return Verdict.NO_SENDER
    return Verdict.UNCLEAR


def _leave(address: str, named: Sequence[Any]) -> Verdict:
    """End what the address gets, and tell it."""
    own = Subscription.objects.exclude(state=Subscription.State.ENDED).filter(
        reader__key=key_of(address)
    )
    before = list(own.select_related("reader", "publication").order_by("pk"))
    left = [one for one in before if not named or one.publication in named]
    # In any case: it withdraws a sign-up that waits, too.
    ended = leave_by_address(address, BY_ADDRESS, named or None)
    if not (ended and left):
        return Verdict.NOT_SUBSCRIBED
    if take(ANSWERS, mailbox(key_of(address))) is None:
        # Without a name the mail says that nothing more will come.
        about = left[0] if len(left) < len(before) or len(left) == 1 else None
        put_out(
            ServiceMail.Kind.LEFT,
            before[0].reader,
            publication=about.publication if about else None,
            subscription=about,
        )
    return Verdict.LEFT


def _join(address: str, text: str) -> Verdict:
    """Have the address asked to confirm what was named, or else the weeklies."""
    on_offer = offered()
    wanted = named_in(text, on_offer) or [one for one in on_offer if one.numbered]
    if not wanted:
        return Verdict.UNCLEAR
    if take(ADDRESS, mailbox(key_of(address))) is not None or take(FORM, FORM_NAME) is not None:
        return Verdict.TOO_MANY
    sign_up(address, wanted, form=FORM_NAME, source=SOURCE)
    return Verdict.ASKED_TO_CONFIRM
