"""The list of readers: found by address or name and by what they get, the newest first.

The form is posted, so that no address gets into a URL by way of the browser. The answer leads to a
URL whose filters are readable and whose text is sealed (`desk.readers.searches`): with that the
next page, the way back and a second tab work, without JavaScript, and nothing is posted twice.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from wagtail.admin import messages

from desk.readers.pages import SEES_ADDRESSES, ReadersPage, shown_to
from desk.readers.searches import opened, sealed
from issues.models import Publication
from subscribers.erased import is_suppressed, suppressed_among
from subscribers.errors import SegmentError
from subscribers.models import Reader, Subscription, WorldRegion
from subscribers.searching import Criteria, Page, find, is_whole_address, reader_at
from subscribers.segments import understood
from subscribers.suppressing import key_of

SEAL, BEFORE = "search", "before"
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
EITHER = [("", "Either"), ("yes", "Yes"), ("no", "No")]


class SentenceField(forms.CharField):
    """A segment: its sentence, or its name, which stands for the sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label="Segment", max_length=300, required=False, **options)

    def clean(self, value: Any) -> str:
        words: str = super().clean(value)
        try:
            return understood(words) if words else ""
        except SegmentError as refusal:
            raise forms.ValidationError(str(refusal)) from None


class DayField(forms.DateField):
    """A day, if any, on which somebody can have joined; of others some begin in no year at all."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"})
        years = (MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY))
        super().__init__(required=False, widget=widget, validators=years, **options)


class SearchForm(forms.Form):
    """What is looked for; all of it has to fit."""

    text = forms.CharField(
        label="Address or name",
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    publication = forms.ModelChoiceField(
        Publication.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label="Any",
    )
    state = forms.ChoiceField(
        label="Subscription", choices=[("", "Any"), *Subscription.State.choices], required=False
    )
    suppressed = forms.ChoiceField(choices=EITHER, required=False)
    paused = forms.ChoiceField(choices=EITHER, required=False)
    region = forms.ChoiceField(
        label="Region of interest", choices=[("", "Any"), *WorldRegion.choices], required=False
    )
    joined_from = DayField(label="Joined from")
    joined_until = DayField(label="Joined until")
    sentence = SentenceField(
        help_text="Of one publication, e.g. region Africa, joined this year; or a segment’s name."
    )

    def __init__(self, *args: Any, sees_addresses: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sees_addresses = sees_addresses
        if not sees_addresses:
            self.fields["text"].label = "Whole address"

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        # Else what is masked could be found out a letter at a time.
        if text and not self.sees_addresses and not is_whole_address(text):
            raise forms.ValidationError("Type the whole address, e.g. ann@example.org.")
        return text

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("sentence") and told.get("publication") is None:
            self.add_error("publication", "Choose the publication that the segment is of.")
        return told

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the words is asked for."""
        return any(self.data.get(name) for name in self.fields if name != "text")

    def criteria(self) -> Criteria:
        """What was asked for, where the form is valid; days are those of the person's zone."""
        told = self.cleaned_data
        until = told["joined_until"]
        return Criteria(
            text=told["text"],
            publication=told["publication"],
            state=Subscription.State(told["state"]) if told["state"] else None,
            suppressed=_either(told["suppressed"]),
            paused=_either(told["paused"]),
            region=WorldRegion(told["region"]) if told["region"] else None,
            joined_from=_begins(told["joined_from"]),
            joined_before=_begins(until + timedelta(days=1)) if until else None,
            sentence=told["sentence"],
        )


def id_in(text: str) -> int | None:
    """A number that an id can be."""
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,17}", text) else None


def _either(answer: str) -> bool | None:
    return {"yes": True, "no": False}.get(answer)


def _begins(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None


class ReadersView(ReadersPage):
    """All readers, or those who were looked for."""

    template_name = "desk/readers.html"
    page_title = "Readers"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": "Readers"}]

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        text = opened(request.GET.get(SEAL, ""))
        if text is None:
            messages.warning(request, "This search is over; look for them again.")
            return HttpResponseRedirect(request.path)
        asked = request.GET.copy()
        asked["text"] = text
        is_search = any(asked.get(name) for name in SearchForm.base_fields)
        form = self._form(asked if is_search else None)
        page = self._found(form, id_in(request.GET.get(BEFORE, "")))
        context = {"form": form, **self._shown(form, page)}
        status = 200 if page is not None else 400
        return self.render_to_response(self.get_context_data(**context), status=status)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            context = {"form": form, **self._shown(form, None)}
            return self.render_to_response(self.get_context_data(**context), status=400)
        text = form.cleaned_data["text"]
        if is_whole_address(text) and (known := self._known(text)) is not None:
            return known
        return HttpResponseRedirect(self._url(form))

    def _form(self, asked: QueryDict | None) -> SearchForm:
        return SearchForm(asked, sees_addresses=self.request.user.has_perm(SEES_ADDRESSES))

    def _known(self, address: str) -> HttpResponse | None:
        """Where a whole address leads; None if it may be the beginning of a longer one."""
        reader = reader_at(address)
        if reader is not None:
            return HttpResponseRedirect(reverse("readers:reader", args=[reader.pk]))
        suppression = is_suppressed(key_of(address))
        if suppression is None and self.request.user.has_perm(SEES_ADDRESSES):
            return None
        sentence = "No reader has this address."
        if suppression is not None:
            sentence += f" It must not be mailed: {suppression.get_reason_display()}."
        messages.warning(self.request, sentence)
        return HttpResponseRedirect(reverse("readers:index"))

    def _found(self, form: SearchForm, before: int | None) -> Page | None:
        if not form.is_bound:
            return find(Criteria(), before)
        return find(form.criteria(), before) if form.is_valid() else None

    def _shown(self, form: SearchForm, page: Page | None) -> dict[str, Any]:
        if page is None:
            return {"rows": None}
        user = self.request.user
        return {
            "rows": rows(user, page.readers),
            "bounded": page.bounded,
            "older": self._url(form, page.rest) if page.rest is not None else "",
            "newest": self._url(form) if BEFORE in self.request.GET else "",
            "searched": form.is_bound,
            "may_add": user.has_perm("subscribers.add_reader"),
        }

    def _url(self, form: SearchForm, before: int | None = None) -> str:
        """Where this search is found: its filters, its words under a seal, and its page."""
        query = QueryDict(mutable=True)
        if form.is_bound:
            asked = {name: str(form.data.get(name, "")).strip() for name in form.fields}
            # As it was understood: no address is in that.
            asked["sentence"] = form.cleaned_data["sentence"]
            asked[SEAL] = sealed(asked.pop("text"))
            query.update({name: words for name, words in asked.items() if words})
        if before is not None:
            query[BEFORE] = str(before)
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path


def rows(user: Any, readers: list[Reader]) -> list[dict[str, Any]]:
    """Readers as a table shows them, in as many queries for fifty as for one."""
    with_publications = Subscription.objects.select_related("publication")
    prefetch_related_objects(readers, Prefetch("subscriptions", with_publications))
    suppressed, now = suppressed_among(reader.key for reader in readers), timezone.now()
    return [
        {
            "reader": reader,
            "address": shown_to(user, reader.address),
            "subscriptions": reader.subscriptions.all(),
            "suppression": suppressed.get(reader.key),
            "is_paused": reader.paused_until is not None and reader.paused_until > now,
        }
        for reader in readers
    ]
