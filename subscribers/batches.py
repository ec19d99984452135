"""Deleting and emptying many rows without locking anybody out: a batch, a short transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

# SQLite has one lock: a thousand rows with all that hangs on them hold it for some hundredths of
# a second.
BATCH = 1000


def delete_in_batches(rows: QuerySet[Any]) -> int:
    """Delete rows with all that hangs on them; how many, without what hung on them."""
    return _in_batches(rows, lambda batch: batch.delete())


def update_in_batches(rows: QuerySet[Any], **values: Any) -> int:
    """Change rows, as `QuerySet.update`; how many."""
    return _in_batches(rows, lambda batch: batch.update(**values))


def _in_batches(rows: QuerySet[Any], do: Callable[[QuerySet[Any]], object]) -> int:
    """In the order of their keys, so that what stays is not looked at again for each batch."""
    done, last = 0, None
    ordered = rows.order_by("pk")
    while True:
        rest = ordered if last is None else ordered.filter(pk__gt=last)
        keys = list(rest.values_list("pk", flat=True)[:BATCH])
        if not keys:
            return done
        with transaction.atomic():
            # Locked, then asked once more: one of them may be wanted by now, and none can be
            # from here on.
            locked = rows.model._default_manager.select_for_update().filter(pk__in=keys)
            list(locked.order_by("pk").values_list("pk", flat=True))
            do(rows.filter(pk__in=keys))
        last = keys[-1]
        done += len(keys)
