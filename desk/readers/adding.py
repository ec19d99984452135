"""Adding a reader by hand: with the reason why they may be mailed, or by asking them first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from wagtail.admin import messages

from desk.readers.changing import sentence_field
from desk.readers.pages import AskingPage
from desk.readers.suppressions import AddressField
from issues.models import Publication
from subscribers.adding import add_reader, ask_reader, names_of
from subscribers.models import Consent, Reader

ASK = "ask"


class AddForm(forms.Form):
    """Who, what they get, and why they may be mailed."""

    address = AddressField()
    name = forms.CharField(
        max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    publications = forms.ModelMultipleChoiceField(
        Publication.objects.order_by("name"), widget=forms.CheckboxSelectMultiple
    )
    basis = forms.ChoiceField(
        label="Why they may be mailed",
        choices=[
            (ASK, "I do not know yet: a mail asks them to confirm, and they get nothing before"),
            *((basis.value, capfirst(basis.label)) for basis in Consent.Basis),
        ],
        widget=forms.RadioSelect,
        initial=ASK,
    )
    source = sentence_field(
        "Where that is written down, or where the wish comes from",
        help_text="E.g. Signed list of the conference on 3 May, in the office.",
    )


class Add(AskingPage):
    """A reader who has not subscribed themselves."""

    permission_required = "add"
    page_title = "Add a reader"
    question = (
        "Whoever has left, was erased or must not be mailed is not added again: they subscribe "
        "themselves. What you write down here is the proof, should anybody ask for one."
    )
    form_class = AddForm
    button = "Add the reader"

    def change(self, told: dict[str, Any]) -> HttpResponse:
        with transaction.atomic():
            reader, sentence = self._ask(told) if told["basis"] == ASK else self._add(told)
        messages.success(self.request, sentence)
        return HttpResponseRedirect(reverse("readers:reader", args=[reader.pk]))

    def _ask(self, told: dict[str, Any]) -> tuple[Reader, str]:
        publications = list(told["publications"])
        asked = ask_reader(
            told["address"], publications, source=told["source"], by=self.by, name=told["name"]
        )
        names = names_of(publications)
        self.record(asked.reader, "subscribers.ask", f"{names}: {told['source']}")
        return asked.reader, f"A mail asks them to confirm {names}. They get nothing before."

    def _add(self, told: dict[str, Any]) -> tuple[Reader, str]:
        basis = Consent.Basis(told["basis"])
        added = add_reader(
            told["address"],
            list(told["publications"]),
            basis=basis,
            source=told["source"],
            by=self.by,
            name=told["name"],
        )
        if not added.to:
            return added.reader, f"They get {names_of(added.already)} already."
        names = names_of(added.to)
        sentence = f"{names} ({basis.label}): {told['source']}"
        self.record(added.reader, "subscribers.add", sentence)
        also = f" {names_of(added.already)} they get already." if added.already else ""
        return added.reader, f"From now on they get {names}.{also}"
