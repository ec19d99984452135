"""A reader's page: what they get now, their whole story, and what can be done about them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from delivery.copies import copies_of
from delivery.models import Mailing
from delivery.standing import ended, line_of
from delivery.states import Outcome
from desk.readers.pages import OfOneReader
from subscribers.erased import is_suppressed
from subscribers.models import Subscription
from subscribers.stories import Entry, story_of


class ReaderView(OfOneReader):
    """All that is known of a reader. It changes nothing."""

    template_name = "desk/reader.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reader, user = self.reader, self.request.user
        subscriptions = reader.subscriptions.select_related("publication")
        copies, story = copies_of(reader.pk), story_of(reader)
        may_look = user.has_perm("delivery.view_mailing")
        told: list[dict[str, Any]] = [{"entry": entry} for entry in story.entries]
        for copy in copies.copies:
            entry = Entry(copy.at, f"Mailing: {_called(copy.mailing)}", (ended(copy.fate),))
            told.append({"entry": entry, "mailing": copy.mailing.pk if may_look else None})
        for event in copies.events:
            kind = event.kind.replace("_", " ")
            fate = Outcome(event.kind).label if event.kind in Outcome.values else kind
            details = tuple(ended(text) for text in (fate, event.reason) if text)
            told.append({"entry": Entry(event.at, f"The provider reported: {kind}", details)})
        now = timezone.now()
        return {
            **super().get_context_data(**kwargs),
            "subscriptions": subscriptions.order_by("publication__name"),
            "regions": [region.get_region_display() for region in reader.regions.all()],
            "is_paused": reader.paused_until is not None and reader.paused_until > now,
            "suppression": is_suppressed(reader.key),
            "told": sorted(told, key=lambda one: one["entry"].at, reverse=True),
            "left_out": story.left_out + copies.left_out,
            "zone": timezone.get_current_timezone_name(),
            "confirmed": Subscription.State.CONFIRMED,
            "ended": Subscription.State.ENDED,
            **may_do(self.request),
        }


def _called(mailing: Mailing) -> str:
    return f"{mailing.edition.publication} {line_of(mailing)}"


def may_do(request: HttpRequest) -> dict[str, bool]:
    """What somebody at the desk may do about readers."""
    user = request.user
    return {
        "may_add": user.has_perm("subscribers.add_reader"),
        "may_suppress": user.has_perm("subscribers.add_suppression"),
        "may_allow": user.has_perm("subscribers.delete_suppression"),
        "may_end": user.has_perm("subscribers.change_subscription"),
        "may_erase": user.has_perm("subscribers.delete_reader"),
    }
