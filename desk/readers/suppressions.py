"""Addresses that must not be mailed, whether or not a reader has them: found, added, allowed again.

An erased one is found by who knows the address and types it; its row shows nothing of it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from wagtail.admin import messages
from wagtail.permission_policies import ModelPermissionPolicy

from desk.readers.changing import SuppressForm, sentence_field
from desk.readers.listing import BEFORE, id_in
from desk.readers.pages import AskingPage, ReadersPage, shown_to
from subscribers.addresses import valid_address
from subscribers.by_hand import allow_again, suppress_by_hand
from subscribers.erased import MARK, is_suppressed
from subscribers.errors import AddressError
from subscribers.models import Reader, Suppression
from subscribers.suppressing import key_of

MAY = ModelPermissionPolicy(Suppression)
PAGE = 50


class AddressField(forms.CharField):
    """A whole address."""

    def __init__(self, **options: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=254, widget=widget, **options)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return valid_address(text)
        except AddressError as error:
            raise forms.ValidationError(str(error)) from None


class WhichForm(forms.Form):
    """The address that is looked for."""

    address = AddressField(label="Whole address")


class Suppressions(ReadersPage):
    """All of them, the newest first, or the one of an address that is typed.

    What is typed is posted, and leads to the suppression by its number.
    """

    permission_policy = MAY
    page_title = "Suppressed addresses"
    template_name = "desk/readers_suppressed.html"
    form: WhichForm | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = Suppression.objects.order_by("-pk")
        if before := id_in(self.request.GET.get(BEFORE, "")):
            found = found.filter(pk__lt=before)
        shown = list(found[: PAGE + 1])
        return {
            **super().get_context_data(**kwargs),
            "form": self.form or WhichForm(),
            "rows": [(row, called(self.request.user, row)) for row in shown[:PAGE]],
            "older": f"?{BEFORE}={shown[PAGE - 1].pk}" if len(shown) > PAGE else "",
            "newest": BEFORE in self.request.GET,
            "may_suppress": self.user_has_permission("add"),
        }

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        self.form = WhichForm(request.POST)
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(), status=400)
        found = is_suppressed(key_of(self.form.cleaned_data["address"]))
        if found is not None:
            return HttpResponseRedirect(reverse("readers:suppressed", args=[found.pk]))
        messages.success(request, "This address is not suppressed: it may be mailed.")
        return HttpResponseRedirect(request.path)


def called(user: Any, row: Suppression) -> str:
    """What a suppression is about, as somebody at the desk may see it."""
    if row.key.startswith(MARK) and "@" not in row.key:
        return "Somebody who was erased"
    return shown_to(user, row.key)


class AllowForm(forms.Form):
    """Why an address may be mailed again, for the reason for which it was not."""

    reason = forms.CharField(max_length=12, widget=forms.HiddenInput)
    sentence = sentence_field(
        "Why it may be mailed again", help_text="E.g. Wrote on 3 May that the address works again."
    )


class Allow(AskingPage):
    """One suppression with its evidence, and the way to take it back."""

    permission_policy = MAY
    page_title = "Suppressed address"
    template_name = "desk/reader_allow.html"
    form_class = AllowForm
    button = "Allow it again"
    serious = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.row = Suppression.objects.filter(pk=kwargs["pk"]).first()

    def below_the_list(self) -> list[dict[str, str]]:
        return [{"url": self.address(), "label": "Suppressed addresses"}]

    def address(self) -> str:
        return reverse("readers:suppressions")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.row is None:
            raise Http404
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        assert row is not None  # noqa: S101 - `get` and `post` see to it
        reader = Reader.objects.filter(key=row.key).first()
        return {
            **super().get_context_data(**kwargs),
            "row": row,
            "called": called(self.request.user, row),
            "reader": reader,
            "may_allow": self.user_has_permission("delete"),
            "complained": row.reason == Suppression.Reason.COMPLAINED,
            "was_erased": row.key.startswith(MARK) and "@" not in row.key,
            "sendgrid": settings.DELIVERY_TRANSPORT == "sendgrid",
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not self.user_has_permission("delete"):
            messages.error(request, "You may not allow addresses again; ask an administrator.")
            return HttpResponseRedirect(self.address())
        if self.row is None:
            messages.error(
                request,
                "Nothing was changed: somebody has allowed it again, or it is suppressed anew.",
            )
            return HttpResponseRedirect(self.address())
        return super().post(request, **kwargs)

    def change(self, told: dict[str, Any]) -> HttpResponse:
        row = self.row
        assert row is not None  # noqa: S101 - `post` sees to it
        with transaction.atomic():
            allowed = allow_again(row.pk, told["reason"], told["sentence"], by=self.by)
            sentence = f"It was suppressed ({allowed.reason.label}). {told['sentence']}"
            self.record(allowed.reader or Suppression(pk=row.pk), "subscribers.allow", sentence)
        messages.success(self.request, "The address may be mailed again.")
        if allowed.reader is None:
            return HttpResponseRedirect(self.address())
        return HttpResponseRedirect(reverse("readers:reader", args=[allowed.reader.pk]))


class SuppressAddressForm(SuppressForm):
    """Which address, and why."""

    field_order = ("address", "reason", "sentence")
    address = AddressField()


class SuppressAddress(AskingPage):
    """An address that belongs to no reader, or one of whom only the address is known."""

    permission_policy = MAY
    permission_required = "add"
    page_title = "Suppress an address"
    form_class = SuppressAddressForm
    button = "Suppress the address"
    serious = True

    def below_the_list(self) -> list[dict[str, str]]:
        return [{"url": self.address(), "label": "Suppressed addresses"}]

    def address(self) -> str:
        return reverse("readers:suppressions")

    def change(self, told: dict[str, Any]) -> HttpResponse:
        reason = Suppression.Reason(told["reason"])
        with transaction.atomic():
            row = suppress_by_hand(told["address"], reason, told["sentence"], by=self.by)
            reader = Reader.objects.filter(key=row.key).first()
            sentence = f"{reason.label.capitalize()}: {told['sentence']}"
            self.record(reader or row, "subscribers.suppress", sentence)
        messages.success(self.request, "The address is suppressed: nothing is mailed to it.")
        return HttpResponseRedirect(reverse("readers:suppressed", args=[row.pk]))
