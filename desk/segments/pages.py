"""The saved segments: listed, added, changed and deleted; what was chosen by one stays chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.permission_policies import ModelPermissionPolicy

from delivery.audience import in_normal_form, why_not_understood
from delivery.errors import DeliveryError
from desk.readers.pages import AskingPage, ReadersPage
from desk.segments.counting import chosen, segment_field
from issues.models import Publication
from subscribers.errors import SubscriberError
from subscribers.models import Segment

MAY = ModelPermissionPolicy(Segment)


class Segments(ReadersPage):
    """All of them, each with its sentence."""

    permission_policy = MAY
    page_title = "Segments"
    template_name = "desk/segments.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "segments": [(one, why_not_understood(one.sentence)) for one in Segment.objects.all()],
            "may_add": self.user_has_permission("add"),
            "may_change": self.user_has_permission("change"),
        }


class SegmentForm(forms.Form):
    """A name, and the sentence that it stands for."""

    name = forms.CharField(
        max_length=100,
        help_text="Can be typed instead of the sentence, wherever readers are chosen.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    segment = forms.CharField()

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not why_not_understood(name):
            raise ValidationError("This is a sentence itself; choose a name that is none.")
        return name

    def clean_segment(self) -> str:
        try:
            return in_normal_form(self.cleaned_data["segment"])
        except DeliveryError as refusal:
            raise ValidationError(str(refusal)) from None


class OneSegment(AskingPage):
    """A segment that is written; pressing *Count* saves nothing."""

    permission_policy = MAY
    form_class: type[forms.BaseForm] = SegmentForm
    template_name = "desk/segment.html"
    segment: Segment | None = None

    def below_the_list(self) -> list[dict[str, str]]:
        return [{"url": self.address(), "label": Segments.page_title}]

    def address(self) -> str:
        return reverse("segments:index")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "count" in request.POST:
            self.form = SegmentForm(initial=request.POST.dict())
            counting: HttpResponse = self.render_to_response(self.get_context_data())
            return counting
        return super().post(request, **kwargs)  # type: ignore[return-value]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        own = SegmentForm(
            initial={"name": self.segment.name, "segment": self.segment.sentence}
            if self.segment
            else {}
        )
        form = self.form or own
        publications = list(Publication.objects.order_by("name"))
        posted = self.request.method == "POST"
        return {
            **context,
            "form": form,
            "shown": self.segment,
            "may_delete": self.segment is not None and self.user_has_permission("delete"),
            **segment_field(
                form["segment"].value() or "",
                chosen(self.request.POST) if posted else publications,
                to_choose_from=publications,
            ),
        }

    def keep(self, segment: Segment, action: str, told: dict[str, Any]) -> HttpResponse:
        """Save it, and say so."""
        segment.name, segment.sentence = told["name"], told["segment"]
        if Segment.objects.filter(name__iexact=segment.name).exclude(pk=segment.pk).exists():
            raise SubscriberError("There is a segment with this name already; choose another.")
        try:
            with transaction.atomic():
                segment.save()
                self.record(segment, action, f"{segment.name}: {segment.sentence}")
        except IntegrityError:
            raise SubscriberError("Somebody has just taken this name; choose another.") from None
        messages.success(self.request, f"“{segment}” is saved.")
        return HttpResponseRedirect(self.address())


class AddSegment(OneSegment):
    """A new one."""

    permission_required = "add"
    page_title = "Add a segment"
    button = "Save the segment"

    def change(self, told: dict[str, Any]) -> HttpResponse:
        return self.keep(Segment(created_by=self.by), "subscribers.add_segment", told)


class KnownSegment(OneSegment):
    """A page about one that is there."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.segment = Segment.objects.filter(pk=kwargs["pk"]).first()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.segment is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]


class ChangeSegment(KnownSegment):
    """Another name or sentence; what was chosen by it before stays as it was chosen."""

    permission_required = "change"
    page_title = "Change a segment"
    button = "Save the segment"

    def change(self, told: dict[str, Any]) -> HttpResponse:
        assert self.segment is not None  # noqa: S101 - `dispatch` sees to it
        return self.keep(self.segment, "subscribers.change_segment", told)


class DeleteSegment(KnownSegment):
    """Gone; what was chosen by it stays as it was chosen."""

    permission_required = "delete"
    page_title = "Delete a segment"
    template_name = "desk/reader_ask.html"
    form_class = forms.Form
    button = "Yes, delete it"
    serious = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = AskingPage.get_context_data(self, **kwargs)
        question = (
            f"“{self.segment}” can't be chosen any more. Issues and mailings for which it was "
            "chosen have its sentence, and stay as they are."
        )
        return {**asked, "question": question}

    def change(self, told: dict[str, Any]) -> HttpResponse:
        assert self.segment is not None  # noqa: S101 - `dispatch` sees to it
        with transaction.atomic():
            told_of = f"{self.segment.name}: {self.segment.sentence}"
            self.record(self.segment, "subscribers.delete_segment", told_of)
            if not self.segment.delete()[0]:
                raise SubscriberError("Nothing was done: somebody has just deleted this segment.")
        messages.success(self.request, f"“{self.segment}” is deleted.")
        return HttpResponseRedirect(self.address())
