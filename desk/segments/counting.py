"""How many a sentence chooses, for whoever is typing it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.generic import View

from delivery.audience import audience_of, in_normal_form
from delivery.errors import DeliveryError
from issues.models import Publication
from notes.models import Note
from subscribers.models import Segment
from subscribers.segments.explaining import explained

# Who chooses readers for something, or looks at what others have saved.
COUNTERS = (
    *(f"subscribers.{act}_segment" for act in ("view", "add", "change")),
    *(f"issues.{act}_issue" for act in ("change", "approve")),
)
_KEY = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was understood, and of each publication: its name and `1,204 of 5,310 readers`.

    `trouble` says why nothing could be understood, in a sentence.
    """

    understood: str = ""
    counts: tuple[tuple[str, str], ...] = ()
    trouble: str = ""


def counted(words: str, publications: Iterable[Publication], note: Note | None = None) -> Counted:
    """Count whom a sentence chooses.

    Args:
        words: as typed, or the name of a saved segment.
        publications: of whose readers.
        note: what is to be mailed on its own, if so: who wants other regions does not get it.
    """
    try:
        segment = in_normal_form(words)
        counts = [(str(one), audience_of(one, note, segment).share) for one in publications]
    except DeliveryError as trouble:
        return Counted(trouble=str(trouble))
    return Counted(segment, tuple(counts))


def segment_field(
    words: str,
    publications: Sequence[Publication],
    *,
    to_choose_from: Sequence[Publication] = (),
    note: Note | None = None,
) -> dict[str, Any]:
    """What `desk/segment_field.html` shows: the field, what can be written, and the count.

    Args:
        words: what stands in the field.
        publications: of whose readers is counted.
        to_choose_from: those of which the person chooses these; none where they are given.
        note: as for `counted`.
    """
    return {
        "typed": words,
        "counted": counted(words, publications, note),
        "counted_of": publications,
        "to_choose_from": to_choose_from,
        "counted_for": note,
        "saved_segments": Segment.objects.all(),
        "explained": explained(),
    }


def chosen(posted: QueryDict) -> list[Publication]:
    """The publications that a form names, by their names."""
    slugs = posted.getlist("publication")
    return [one for one in Publication.objects.order_by("name") if one.slug in slugs]


class Count(View):
    """The part of a page that has the count; a POST, because what is typed stands in no address."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if not any(request.user.has_perm(right) for right in COUNTERS):
            raise PermissionDenied
        key = request.POST.get("note", "")
        notes = Note.objects.filter(pk=int(key)) if _KEY.fullmatch(key) else Note.objects.none()
        found = counted(request.POST.get("segment", ""), chosen(request.POST), notes.first())
        response = render(request, "desk/segment_said.html", {"counted": found})
        response["Cache-Control"] = "no-store"
        return response
