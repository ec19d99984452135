"""Forms on other sites: made, copied as HTML, closed and opened again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from desk.pressing import DoneByAButton
from desk.readers.pages import AskingPage, ReadersPage
from subscribers.adding import names_of
from subscribers.embedding import embed_html
from subscribers.errors import SubscriberError
from subscribers.models import SignUpForm

MAY = ModelPermissionPolicy(SignUpForm)


class Forms(ReadersPage):
    """All of them."""

    permission_policy = MAY
    page_title = "Forms on other sites"
    template_name = "desk/readers_forms.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "forms": SignUpForm.objects.prefetch_related("publications"),
            "may_add": self.user_has_permission("add"),
        }


class NewForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that is made."""

    class Meta:
        model = SignUpForm
        fields = ("name", "slug", "publications")
        widgets = {"publications": forms.CheckboxSelectMultiple}
        labels = {"name": "Where it stands", "slug": "Short name"}
        help_texts = {
            "name": "For people, e.g. the foot of the institute’s pages.",
            "slug": "Stands in its HTML and in the proof of each consent; small letters, digits "
            "and hyphens, e.g. institute-foot.",
        }


class AddForm(AskingPage):
    """A form for another site."""

    permission_policy = MAY
    permission_required = "add"
    page_title = "Make a form"
    form_class = NewForm
    button = "Make the form"

    def below_the_list(self) -> list[dict[str, str]]:
        return [{"url": self.address(), "label": Forms.page_title}]

    def address(self) -> str:
        return reverse("readers:forms")

    def change(self, told: dict[str, Any]) -> HttpResponse:
        try:
            with transaction.atomic():
                made = SignUpForm.objects.create(name=told["name"], slug=told["slug"])
                made.publications.set(told["publications"])
                self.record(made, "subscribers.make_form", f"For {names_of(told['publications'])}.")
        except IntegrityError:
            raise SubscriberError(
                "Somebody has just taken this short name; choose another."
            ) from None
        messages.success(self.request, "The form is made; copy its HTML to where it shall stand.")
        return HttpResponseRedirect(reverse("readers:form", args=[made.pk]))


class OneForm(ReadersPage):
    """A form with the HTML to copy, and as it looks."""

    permission_policy = MAY
    template_name = "desk/readers_form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.shown = get_object_or_404(SignUpForm, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return str(self.shown)

    def below_the_list(self) -> list[dict[str, str]]:
        return [{"url": reverse("readers:forms"), "label": Forms.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "shown": self.shown,
            "html": embed_html(self.shown),
            "may_change": self.user_has_permission("change"),
        }


class Switch(DoneByAButton, PermissionCheckedMixin, View):
    """Closes a form, so that nothing is taken in from it, or opens it again."""

    permission_policy = MAY
    permission_required = "change"
    opens = False

    def address(self) -> str:
        """Where the button is."""
        return reverse("readers:form", args=[self.kwargs["pk"]])

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        form = get_object_or_404(SignUpForm, pk=kwargs["pk"])
        now = None if self.opens else timezone.now()
        other = SignUpForm.objects.filter(pk=form.pk, closed_at__isnull=not self.opens)
        state = "open" if self.opens else "closed"
        if other.update(closed_at=now):
            action = "subscribers.open_form" if self.opens else "subscribers.close_form"
            log(form, action, user=request.user)
            messages.success(request, f"The form is {state}.")
        else:
            messages.warning(request, f"The form is {state} already.")
        return HttpResponseRedirect(self.address())
