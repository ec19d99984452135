"""The note's form: what is typed, tidied, and mended where the person pointed at a slip."""

from __future__ import annotations

from django.forms import BaseForm
from wagtail.admin.forms import WagtailAdminModelForm

from notes.known_names import known_names
from notes.mending import Mended, mend
from notes.models import Note
from notes.tidying import tidy


class NoteForm(WagtailAdminModelForm):
    """Changes no word by itself; `mended` says what it changed by a person's wish."""

    # The marks of the findings that are to be mended.
    to_mend: tuple[str, ...] = ()
    mended: Mended | None = None

    def save(self, commit: bool = True) -> Note:
        note: Note = super().save(commit=False)
        tidy(note)
        if self.to_mend:
            self.mended = mend(note, self.to_mend, known_names())
        if commit:
            note.save()
            self._save_m2m()
        return note


def let_be_unfinished(form: WagtailAdminModelForm) -> None:
    """Let a form be looked at however little is filled in; what is wrong stays wrong."""
    form.defer_required_fields()
    every: list[BaseForm] = [form]
    for formset in form.formsets.values():
        every += formset.forms
    for one in every:
        for field in one.fields.values():
            field.required = False


def wrong_in(form: WagtailAdminModelForm) -> list[str]:
    """What keeps a form from being read, a sentence for each field: `Date: Enter a valid date.`"""
    every: list[BaseForm] = [form]
    for formset in form.formsets.values():
        every += formset.forms
    return [
        f"{one.fields[name].label or name}: {' '.join(map(str, errors))}"
        if name in one.fields
        else " ".join(map(str, errors))
        for one in every
        for name, errors in one.errors.items()
    ]
