"""Forgetting what the frame itself keeps: sessions, the cache, the record of who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from wagtail.models import ModelLogEntry

from subscribers.batches import delete_in_batches


def forget_sessions(now: datetime) -> int:
    """Delete sessions that are over; how many."""
    return delete_in_batches(Session.objects.filter(expire_date__lt=now))


def forget_cached(now: datetime) -> int:
    """Delete what the cache does not give out any more; how many entries.

    Django does so only when the table is full, and by then it holds what was counted of everybody
    who ever mistyped a password.
    """
    entry: Any = settings.CACHES["default"]
    table = connection.ops.quote_name(entry["LOCATION"])
    with connection.cursor() as cursor:
        # It keeps whole seconds.
        until = connection.ops.adapt_datetimefield_value(now.replace(microsecond=0))
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [until])  # noqa: S608 - our own name
        return int(cursor.rowcount)


def forget_record(now: datetime) -> int:
    """Delete the entries of the record after their time, if the operator has set one; how many."""
    if not settings.KEEP_RECORD:
        return 0
    return delete_in_batches(ModelLogEntry.objects.filter(timestamp__lt=now - settings.KEEP_RECORD))
