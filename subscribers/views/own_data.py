"""What is held about a reader: shown, given out as a file, and erased."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from subscribers.addresses import masked
from subscribers.changes import note_change
from subscribers.erasing import erase
from subscribers.holdings import held_about
from subscribers.models import ReaderChange, Subscription
from subscribers.networks import network_of
from subscribers.views.fresh_links import by_preferences_link, path_of
from subscribers.views.signed import fields_of


@by_preferences_link
def held(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """All that is held, to be read; a POST gives the same as a file, and is noted."""
    reader = subscription.reader
    if request.method == "POST":
        note_change(reader, ReaderChange.Kind.DOWNLOADED, network=network_of(request))
        reader.refresh_from_db()
        return JsonResponse(
            held_about(reader),
            json_dumps_params={"indent": 2, "ensure_ascii": False},
            headers={"Content-Disposition": 'attachment; filename="what-we-hold-about-you.json"'},
        )
    context = {
        "held": held_about(reader),
        "day": datetime.fromisoformat,
        "back": path_of("preferences", subscription),
    }
    return render(request, "web/preferences_held.html", context)


@by_preferences_link
def erase_all(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Says what goes and what stays; a POST of its own button erases the reader at once."""
    reader = subscription.reader
    if request.method == "POST" and fields_of(request).get("do") == "erase":
        erase(reader)
        return render(request, "web/erase_done.html")
    context = {"address": masked(reader.address), "back": path_of("preferences", subscription)}
    return render(
        request, "web/erase.html", context, status=200 if request.method != "POST" else 400
    )
