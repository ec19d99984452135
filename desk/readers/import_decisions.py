"""What a person decides about an import at the desk: its columns, its terms, its end.

A GET asks, a POST does it, and Wagtail's log keeps it with the person's name.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from wagtail.admin import messages
from wagtail.log_actions import log

from desk.pressing import DoneByAButton
from desk.readers.importing import OneImport, start
from issues.confirmation import NotConfirmed, check_confirmation, confirmation_for
from subscribers.errors import ReaderImportError
from subscribers.how_many import so_many_readers
from subscribers.importing import deciding
from subscribers.importing.columns import HEADINGS, NONE
from subscribers.importing.deciding import Word
from subscribers.models import Consent, ImportRun

State = ImportRun.State


class ChooseColumns(DoneByAButton, OneImport):
    """Other columns, or another sheet: the file is read again."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        sheet = request.POST.get("sheet", "")
        if sheet not in {"", *self.run.columns.get("sheets", [])}:
            return self.refuse("Nothing was done: there is no such sheet in the file.")
        places = {str(place) for place in range(1, len(self.run.headings) + 1)}
        wanted = {}
        # Another sheet has other columns, which nobody has seen yet.
        if sheet == self.run.columns.get("sheet", ""):
            for meaning in HEADINGS:
                said = request.POST.get(meaning, NONE)
                if said not in {*places, NONE} or (meaning == "address" and said == NONE):
                    return self.refuse("Nothing was done: choose the column of the addresses.")
                wanted[meaning] = said
        try:
            deciding.choose_columns(self.run, wanted, sheet)
        except ReaderImportError as refusal:
            return self.refuse(str(refusal))
        self.run.refresh_from_db()
        start(request, self.run)
        return HttpResponseRedirect(self.address())


class WordForm(forms.Form):
    """Where those in the file agreed."""

    consent = forms.CharField(
        label="Where they agreed",
        max_length=deciding.LONGEST_CONSENT,
        help_text="It is kept as the proof of each one’s consent, e.g. “paper forms of the spring "
        "conference, May 2025”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    basis = forms.ChoiceField(
        label="Why they may be mailed",
        choices=Consent.Basis.choices,
        initial=Consent.Basis.CONSENT,
        widget=forms.RadioSelect,
    )


class TakeIn(OneImport):
    """The question before a file is taken in, and the answer."""

    template_name = "desk/reader_import_take.html"
    ask = False
    form: forms.Form | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.run.state != State.READ:
            return self.refuse("Nothing was done: this import does not wait for your word now.")
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        readers = deciding.readers_of(self.run, ask=self.ask)
        return {
            **super().get_context_data(**kwargs),
            "form": None if self.ask else self.form or WordForm(),
            "ask": self.ask,
            "seen": deciding.seen(self.run),
            "readers": readers,
            "confirmation": confirmation_for(readers).name.lower(),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if request.POST.get("seen") != deciding.seen(self.run):
            return self.refuse(
                "Nothing was done: this import has moved on since you looked at it. Look at how "
                "it is now."
            )
        self.form = None if self.ask else WordForm(request.POST)
        try:
            readers = deciding.readers_of(self.run, ask=self.ask)
            check_confirmation(readers, request.POST.get("confirmed", ""))
            if self.form is None or self.form.is_valid():
                deciding.give_word(self.run, self._word())
                return self._begun(readers)
        except (ReaderImportError, NotConfirmed) as refusal:
            messages.error(request, str(refusal))
        response: HttpResponse = self.render_to_response(self.get_context_data(), status=400)
        return response

    def _word(self) -> Word:
        skip = self.request.POST.get("skip_refused") == "yes"
        if self.form is None:
            return Word(skip_refused=skip)
        told = self.form.cleaned_data
        return Word(told["consent"], Consent.Basis(told["basis"]), skip_refused=skip)

    def _begun(self, readers: int) -> HttpResponse:
        self.run.refresh_from_db()
        how = "asked to confirm" if self.ask else f"subscribed; they agreed: {self.run.consent}"
        sentence = f"{self.run.file_name}: {so_many_readers(readers)} to be {how}."
        data = {"sentence": sentence}
        log(self.run.publication, "subscribers.import", user=self.request.user, data=data)
        start(self.request, self.run)
        return HttpResponseRedirect(self.address())


class Cancel(OneImport):
    """The end of an import; what is taken in stays."""

    template_name = "desk/reader_import_cancel.html"
    action_title = "Cancel"

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            deciding.cancel(self.run)
        except ReaderImportError as refusal:
            return self.refuse(str(refusal))
        sentence = f"{self.run.file_name}: cancelled; what was taken in by then stays."
        data = {"sentence": sentence}
        log(self.run.publication, "subscribers.cancel_import", user=request.user, data=data)
        messages.success(request, "The import is cancelled, and its file deleted.")
        return HttpResponseRedirect(self.address())
