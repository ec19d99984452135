"""The subscriptions that a sentence means, for lists and exports."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from subscribers.models import Subscription
from subscribers.segments.grammar import parse


def matching(publication: Any, sentence: str) -> QuerySet[Subscription]:
    """The subscriptions of a publication that a sentence means now, whatever their state.

    Args:
        publication: the `issues.Publication`; days begin by its clock.
        sentence: as typed; an empty one means all.

    Raises:
        SegmentError: if it can't be understood.
    """
    rule = parse(sentence)
    found = Subscription.objects.filter(publication_id=publication.pk)
    if not rule.parts:
        return found
    condition = rule.sql(timezone.now().astimezone(publication.zone))
    # The ORM takes values by their places only.
    values: list[Any] = []

    def place(match: re.Match[str]) -> str:
        values.append(condition.values[match[1]])
        return "%s"

    sql = re.sub(r"%\((\w+)\)s", place, condition.sql)
    chosen = (
        "SELECT subscription.id FROM subscribers_subscription subscription "  # noqa: S608
        f"WHERE subscription.publication_id = %s AND {sql}"
    )
    return found.filter(pk__in=RawSQL(chosen, [publication.pk, *values]))  # noqa: S611
