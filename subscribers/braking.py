"""The brake: more sign-ups in an hour than can be believed, and no mail asks to confirm them.

They are taken in all the same; the mails leave when the brake is off (`delivery.service_mails`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from subscribers.limits import count, subject_of
from subscribers.models import Brake, ServiceMail, Tally

_HOUR = timedelta(hours=1)
# The hour is looked at in pieces, so that it is the last one and not that of the clock.
_PIECE = timedelta(minutes=5)
_KIND, _ALL = "sign-ups", "all"


def note_sign_up(now: datetime) -> None:
    """Count a sign-up, and put the brake on if it is one too many in an hour.

    Those from before a person released the brake do not count against the ones after.
    """
    count(_KIND, _ALL, _PIECE, now=now)
    most = settings.SIGN_UPS_AN_HOUR
    if _counted(now - _HOUR) <= most or current() is not None:
        return
    released = Brake.objects.exclude(ended_by="").order_by("-ended_at").first()
    if released is not None and released.ended_at is not None:
        since = max(released.ended_at, now - _HOUR)
        if _counted(since) <= most:
            return
    why = f"More than {most} sign-up{'' if most == 1 else 's'} in an hour."
    # Of two processes that find out at the same time, one begins it.
    Brake.objects.bulk_create([Brake(began_at=now, why=why)], ignore_conflicts=True)


def current() -> Brake | None:
    """The brake that is on, if one is."""
    return Brake.objects.filter(ended_at__isnull=True).first()


def held_back(now: datetime) -> int:
    """How many mails that ask for a confirmation would leave now, if no brake were on."""
    return ServiceMail.objects.filter(
        kind=ServiceMail.Kind.CONFIRM, state=ServiceMail.State.WAITING, due_at__lte=now
    ).count()


def release(by: str) -> bool:
    """End the brake by a person's word; whether one was on.

    Args:
        by: the person's name for the record.
    """
    return _end(timezone.now(), by)


def end_if_quiet(now: datetime) -> bool:
    """End the brake if it is on for an hour, with fewer than half of what is believed in it.

    Returns:
        Whether it was this call that ended it.
    """
    brake = current()
    if brake is None or now - brake.began_at < _HOUR:
        return False
    if 2 * _counted(now - _HOUR) >= settings.SIGN_UPS_AN_HOUR:
        return False
    return _end(now, "")


def _end(now: datetime, by: str) -> bool:
    on = Brake.objects.filter(ended_at__isnull=True)
    return on.update(ended_at=now, ended_by=by[:150]) == 1


def _counted(since: datetime) -> int:
    pieces = Tally.objects.filter(kind=_KIND, subject=subject_of(_KIND, _ALL), begins_at__gt=since)
    counted: int | None = pieces.aggregate(counted=Sum("count"))["counted"]
    return counted or 0
