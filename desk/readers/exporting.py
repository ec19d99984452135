"""Taking readers away in a file: those of one publication, by state and segment."""

from __future__ import annotations

from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.http import FileResponse
from django.utils import timezone

from desk.readers.listing import SentenceField
from desk.readers.pages import AskingPage
from issues.models import Publication
from subscribers.exporting import export_readers
from subscribers.how_many import so_many_readers
from subscribers.models import Subscription

FORMATS = {
    "csv": ("CSV", "text/csv; charset=utf-8"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class ExportForm(forms.Form):
    """Which readers, and as what."""

    publication = forms.ModelChoiceField(
        Publication.objects.order_by("name"), to_field_name="slug", empty_label=None
    )
    state = forms.ChoiceField(
        label="Subscription",
        choices=[("", "Any"), *Subscription.State.choices],
        required=False,
        initial=Subscription.State.CONFIRMED,
    )
    sentence = SentenceField(
        help_text="E.g. region Africa, joined this year; or a segment’s name; empty: all of them."
    )
    format = forms.ChoiceField(
        label="File", choices=[(name, label) for name, (label, _) in FORMATS.items()]
    )


class Export(AskingPage):
    """A file of readers with their addresses; how many were in it is recorded."""

    permission_required = "change"
    page_title = "Export readers"
    question = (
        "The file has their addresses in it. Keep it only as long as you need it: who leaves or is "
        "erased here stays in it. That it was made, by whom and with how many readers, is recorded."
    )
    form_class = ExportForm
    button = "Make the file"

    def change(self, told: dict[str, Any]) -> FileResponse:
        publication, name = told["publication"], told["format"]
        # Not written into the answer as it comes about: an error in the middle would leave a file
        # that looks whole, the record has to know the number, and Excel's format is put together
        # at the end. The file has no name on the disk, so it is gone with the answer.
        file = TemporaryFile("w+b")  # noqa: SIM115 - the answer closes it
        try:
            # With the mark by which Excel knows UTF-8.
            csv = name == "csv"
            stream = TextIOWrapper(file, "utf-8-sig", newline="") if csv else file
            count = export_readers(
                publication, stream, state=told["state"], sentence=told["sentence"], format=name
            )
            if csv:
                stream.detach()
        except BaseException:
            file.close()
            raise
        file.seek(0)
        self.record(publication, "subscribers.export", _told(told, count))
        label = f"{publication.slug}-readers-{timezone.localdate():%Y-%m-%d}.{name}"
        return FileResponse(file, as_attachment=True, filename=label, content_type=FORMATS[name][1])


def _told(told: dict[str, Any], count: int) -> str:
    """For the record."""
    parts = [
        so_many_readers(count),
        Subscription.State(told["state"]).label if told["state"] else "",
        f"segment {told['sentence']}" if told["sentence"] else "",
        f"as {FORMATS[told['format']][0]}",
    ]
    return ", ".join(part for part in parts if part) + "."
