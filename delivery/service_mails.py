"""Service mails leave here: each is handed over once, or it is said that nobody knows.

`waiting` → `sending` (right before the call) → `sent`, `refused` or `in doubt`, or back to
`waiting` where provably nothing has left; `waiting` → `dropped` where it must not leave any more.
A worker that dies before its call leaves a mail that waits; one that dies later leaves a doubt,
which nobody repeats for it: the reader can ask again.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from delivery.errors import DeliveryError
from delivery.notices import notice_of, notice_sender
from delivery.service_mail_words import address_of, leave_url, open_ask, why_dropped, written
from delivery.transports import (
    AUTO_REPLIED,
    AUTO_SUBMITTED,
    Answer,
    Barred,
    Notice,
    NotLeft,
    Refused,
    Taken,
    Transport,
    Unanswered,
)
from delivery.transports.opening import open_transport
from delivery.transports.wording import fit_to_be_shown
from rendering.errors import RenderingError
from subscribers.models import Brake, ReconfirmationAsk, ServiceMail, SignUp

logger = logging.getLogger(__name__)

Kind, State = ServiceMail.Kind, ServiceMail.State

# For these nobody sits and waits, and there may be many thousands of them.
PATIENT = (Kind.STILL_WANTED,)
# As few as keep nobody waiting who does; claimed together, for one look at the queue costs more
# the longer it is.
AT_ONCE = 10
# Longer than the calls of that many take, as long as the other side answers at all.
LEASE = timedelta(minutes=15)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ANSWER = 300
DIED = "The process that handed it over ended before there was an answer."


def send_due(now: datetime, limit: int = 100) -> int:
    """Hand over the mails that are due; the number of those that were taken.

    Several workers may do this at once, also on several machines.

    Args:
        now: an aware moment.
        limit: after so many it is enough for this time.

    Raises:
        DeliveryError: if the transport lacks what it needs or takes nothing now, or there is no
            publication that could write. What waits is tried again after longer and longer pauses.
        RenderingError: if a template is broken; the mail waits likewise.
    """
    _doubt_what_the_dead_left(now)
    taken = 0
    transport: Transport | None = None
    claimed: list[_Claimed] = []
    try:
        while limit > 0 and (claimed := _claim(now, min(limit, AT_ONCE))):
            limit -= len(claimed)
            transport = transport or open_transport()
            taken += sum(_send(one, transport) for one in claimed)
    finally:
        _give_back(claimed)
        if transport is not None:
            transport.close()
    return taken


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A mail that is one worker's, until its lease runs out or it has been told to leave.

    `pause` is how long it waits to be tried again if nothing can leave now.
    """

    pk: int
    worker: str
    pause: timedelta

    @property
    def row(self) -> QuerySet[ServiceMail]:
        return ServiceMail.objects.filter(pk=self.pk, worker=self.worker)


def _claim(now: datetime, many: int) -> list[_Claimed]:
    due = _due(now)
    # Asked outside of a transaction: SQLite has one lock, and this is asked every other second.
    if not due.exists():
        return []
    worker = secrets.token_hex(12)
    with transaction.atomic():
        due = due.select_for_update(skip_locked=True, no_key=True)
        rows = list(due.exclude(kind__in=PATIENT)[:many])
        rows += due.filter(kind__in=PATIENT)[: many - len(rows)]
        ServiceMail.objects.filter(pk__in=[row.pk for row in rows]).update(
            worker=worker, lease_until=timezone.now() + LEASE
        )
    return [_Claimed(row.pk, worker, _next_pause(row)) for row in rows]


def _due(now: datetime) -> QuerySet[ServiceMail]:
    nobodys = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    due = ServiceMail.objects.filter(nobodys, state=State.WAITING, due_at__lte=now)
    if Brake.objects.filter(ended_at__isnull=True).exists():
        due = due.exclude(kind=Kind.CONFIRM)
    return due.order_by("due_at", "pk")


def _next_pause(mail: ServiceMail) -> timedelta:
    """Twice as long as the last one. A mail that was put back kept in `lease_until` when."""
    if mail.worker or mail.lease_until is None:
        return FIRST_PAUSE
    return min(max(2 * (mail.due_at - mail.lease_until), FIRST_PAUSE), LONGEST_PAUSE)


def _send(claimed: _Claimed, transport: Transport) -> bool:
    """Look once more whether a mail may leave, and hand it over; whether it was taken."""
    mail = _whole(claimed).first()
    if mail is None:
        return False  # its reader was erased, or another worker has it
    if reason := why_dropped(mail):
        _end(claimed, State.DROPPED, reason)
        return False
    try:
        notice = _notice(mail)
    except (DeliveryError, RenderingError) as error:
        _put_back(claimed, str(error))
        raise
    address = _depart(claimed)
    if not address:
        return False
    answer = transport.tell(notice, [address])
    _record(claimed, mail, answer, address)
    return isinstance(answer, Taken)


def _whole(claimed: _Claimed) -> QuerySet[ServiceMail]:
    return claimed.row.filter(state=State.WAITING).select_related(
        "reader", "publication", "sign_up", "subscription__publication", "address_change__reader"
    )


def _notice(mail: ServiceMail) -> Notice:
    sender = mail.publication or notice_sender()
    if sender is None:
        raise DeliveryError(
            "No mail can be written to readers, because there is no publication to send it; make "
            "one at the desk."
        )
    return replace(
        notice_of(sender, written(mail, sender)),
        reply_to=sender.reply_to,
        auto_submitted=AUTO_REPLIED if mail.kind == Kind.LEFT else AUTO_SUBMITTED,
        leave_url=leave_url(mail),
    )


@transaction.atomic
def _depart(claimed: _Claimed) -> str:
    """Note that the call begins; the address that it is for, or nothing if it may not begin."""
    mail = _whole(claimed).select_for_update(no_key=True, of=("self",)).first()
    if mail is None:
        return ""
    if reason := why_dropped(mail):
        _end(claimed, State.DROPPED, reason)
        return ""
    claimed.row.update(state=State.SENDING, lease_until=timezone.now() + LEASE)
    return address_of(mail)


def _record(claimed: _Claimed, mail: ServiceMail, answer: Answer, address: str) -> None:
    """Keep what came of the call.

    Raises:
        DeliveryError: if nothing leaves now, whichever mail it is.
    """
    match answer:
        case Taken(provider_id):
            with transaction.atomic():
                # The mail first, as in erasing: else the two might wait for each other in a circle.
                _end(claimed, State.SENT, provider_id)
                _note_that_it_left(mail)
        case Refused(reason):
            reason = fit_to_be_shown(reason, address)
            logger.warning("%s was refused: %s", _name(mail), reason)
            _end(claimed, State.REFUSED, reason)
        case Unanswered(reason):
            reason = fit_to_be_shown(reason, address)
            logger.warning("%s is in doubt: %s", _name(mail), reason)
            _end(claimed, State.IN_DOUBT, reason)
        case NotLeft() | Barred():
            reason = fit_to_be_shown(answer.reason, address)
            wait = timedelta(seconds=answer.wait if isinstance(answer, NotLeft) else 0)
            _put_back(claimed, reason, wait)
            raise DeliveryError(reason)


def _note_that_it_left(mail: ServiceMail) -> None:
    now = timezone.now()
    if mail.kind == Kind.CONFIRM:
        SignUp.objects.filter(mails=mail).update(mailed_at=now)
    elif mail.kind == Kind.STILL_WANTED and (ask := open_ask(mail)) is not None:
        # The reminder is the same mail again, and the time to answer began with the first one.
        ReconfirmationAsk.objects.filter(pk=ask.pk, asked_at__isnull=True).update(asked_at=now)


def _end(claimed: _Claimed, state: ServiceMail.State, answer: str) -> None:
    # Of one that was called a doubt while its call went on, more is known now.
    open_or_in_doubt = Q(ended_at__isnull=True) | Q(state=State.IN_DOUBT)
    claimed.row.filter(open_or_in_doubt).update(**_ended(state, answer))


def _ended(state: ServiceMail.State, answer: str) -> dict[str, object]:
    return {
        "state": state,
        "answer": answer[:LONGEST_ANSWER],
        "ended_at": timezone.now(),
        # Kept for this mail alone, and it has left, or will not.
        "address": "",
    }


def _put_back(claimed: _Claimed, reason: str, wait: timedelta = timedelta(0)) -> None:
    now = timezone.now()
    claimed.row.filter(ended_at__isnull=True).update(
        state=State.WAITING,
        worker="",
        lease_until=now,
        due_at=now + max(claimed.pause, wait),
        answer=reason[:LONGEST_ANSWER],
    )


def _give_back(claimed: list[_Claimed]) -> None:
    """Let others have what was claimed and not looked at."""
    for worker in {one.worker for one in claimed}:
        ServiceMail.objects.filter(worker=worker, state=State.WAITING).update(
            worker="", lease_until=None
        )


def _doubt_what_the_dead_left(now: datetime) -> None:
    left = ServiceMail.objects.filter(state=State.SENDING, lease_until__lt=now)
    if left.exists():
        left.update(**_ended(State.IN_DOUBT, DIED))


def _name(mail: ServiceMail) -> str:
    return f"Service mail {mail.pk} ({mail.kind})"
