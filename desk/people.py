"""The people registry at the desk: authors, their other spellings, what was said of them when.

Two entries that turn out to be one person are merged: a GET shows what will happen, a POST does it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from notes.doubles import likely_doubles
from notes.merging import Merge, MergingError, foreseen, merge
from notes.models import Person

# So many pairs are shown above the list.
SHOWN = 10


class PeopleView(IndexView):
    """The list, and above it who may be there twice."""

    merge_url_name: str = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        doubles = likely_doubles(Person.objects.all()) if self._may_merge() else []
        context["doubles"] = [
            (kept, gone, f"{reverse(self.merge_url_name, args=[gone.pk])}?into={kept.pk}")
            for kept, gone in doubles[:SHOWN]
        ]
        return context

    def get_list_more_buttons(self, instance: Person) -> list[Button]:
        buttons: list[Button] = super().get_list_more_buttons(instance)
        if self._may_merge():
            buttons.append(merge_button(self.merge_url_name, instance))
        return buttons

    def _may_merge(self) -> bool:
        return bool(self.user_has_permission("change"))


class PersonView(EditView):
    """One person."""

    merge_url_name: str = ""

    @property
    def header_more_buttons(self) -> list[Button]:
        return [*super().header_more_buttons, merge_button(self.merge_url_name, self.object)]


def merge_button(url_name: str, person: Person) -> Button:
    """Leads to where somebody is merged into another."""
    return Button(
        "Merge into another…",
        url=reverse(url_name, args=[person.pk]),
        icon_name="collapse-up",
        attrs={"aria-label": f"Merge “{person}” into another person"},
        priority=40,
    )


class InWhomForm(forms.Form):
    """Who is kept."""

    into = forms.ModelChoiceField(
        Person.objects.none(),
        label="The person who is kept",
        empty_label="Choose a person",
        error_messages={
            "required": "Choose the person who is kept.",
            "invalid_choice": "This person is not there any more; choose another one.",
        },
    )

    def __init__(self, gone: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Person.objects.exclude(pk=gone.pk)  # type: ignore[attr-defined]


class MergeView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Asks into whom somebody is merged, shows what that does, and does it."""

    permission_required = "change"
    template_name = "desk/person_merge.html"
    page_title = "Merge"
    header_icon = "user"
    index_url_name = ""
    edit_url_name = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.gone = get_object_or_404(Person, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.gone)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": "People"},
            {"url": reverse(self.edit_url_name, args=[self.gone.pk]), "label": str(self.gone)},
            {"url": "", "label": "Merge"},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = InWhomForm(self.gone, self.request.GET if "into" in self.request.GET else None)
        kept, effect, refusal = None, None, ""
        if form.is_bound and form.is_valid():
            kept = form.cleaned_data["into"]
            try:
                effect = foreseen(kept, self.gone)
            except MergingError as error:
                refusal = str(error)
        return {
            **context,
            "form": form,
            "gone": self.gone,
            "kept": kept,
            "effect": effect,
            "refusal": refusal,
            "back": reverse(self.edit_url_name, args=[self.gone.pk]),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = InWhomForm(self.gone, request.POST)
        try:
            if not form.is_valid():
                raise MergingError(form.errors["into"][0])
            kept = form.cleaned_data["into"]
            done = merge(kept, self.gone, request.user)
        except MergingError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)
        messages.success(request, told(kept, self.gone.name, done))
        return HttpResponseRedirect(reverse(self.edit_url_name, args=[kept.pk]))


def told(kept: Person, gone: str, done: Merge) -> str:
    """What was done, in a sentence or two."""
    notes = f"{done.notes:,} note{'' if done.notes == 1 else 's'}"
    said = f"{gone} is {kept} now, in {notes} and every version of them."
    if done.dropped:
        days = len(done.dropped)
        said += (
            f" {days} biograph{'y' if days == 1 else 'ies'} of {gone} gave way to what {kept} has "
            "for the same day; the log keeps the words."
        )
    return said


class PersonViewSet(SnippetViewSet):
    """Authors, their other spellings, and what was said about them when."""

    model = Person
    icon = "user"
    menu_label = "People"
    copy_view_enabled = False
    index_view_class = PeopleView
    edit_view_class = PersonView
    index_template_name = "desk/people.html"
    panels = [
        FieldPanel("name"),
        InlinePanel("aliases", label="Other spelling", heading="Other spellings"),
        InlinePanel("biographies", label="Biography", heading="Biographies, by date"),
    ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        named = {"merge_url_name": self.get_url_name("merge"), **kwargs}
        common: dict[str, Any] = super().get_common_view_kwargs(**named)
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        merging = self.construct_view(MergeView)
        return [*super().get_urlpatterns(), path("merge/<int:pk>/", merging, name="merge")]
