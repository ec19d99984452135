"""What the pages about readers have in common: whose address is shown, and where one is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from desk.naming import name_of
from desk.readers.brake import brake_for
from subscribers.addresses import masked
from subscribers.errors import SubscriberError
from subscribers.models import Reader

MAY = ModelPermissionPolicy(Reader)
# Who sees addresses in full, finds readers by parts of them, and takes them away in a file.
SEES_ADDRESSES = "subscribers.change_reader"


def shown_to(user: Any, address: str) -> str:
    """An address as somebody at the desk may see it."""
    return address if user.has_perm(SEES_ADDRESSES) else masked(address)


class ReadersPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page below the list of readers."""

    permission_policy = MAY
    permission_required = "view"
    header_icon = "group"
    template_name = "desk/reader_ask.html"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("readers:index"), "label": "Readers"},
            *self.below_the_list(),
            {"url": "", "label": self.get_page_title()},
        ]

    def below_the_list(self) -> list[dict[str, str]]:
        """The pages between the list and this one."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "sees_addresses": self.request.user.has_perm(SEES_ADDRESSES),
            **brake_for(self.request.user),
        }

    def record(self, of: Any, action: str, sentence: str) -> None:
        """Put what was done into the desk's record; never with an address."""
        log(of, action, user=self.request.user, data={"sentence": sentence})

    @property
    def by(self) -> str:
        """Who does it, for the reader's story."""
        return name_of(self.request.user)[:150]


class AskingPage(ReadersPage):
    """A page whose GET asks and changes nothing, and whose POST does it and leads on.

    What can't be done is said above the form, with what was written still in it.
    """

    form_class: type[forms.BaseForm] = forms.Form
    button = ""
    serious = False
    form: forms.BaseForm | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "form": self.form or self.form_class(),
            "button": self.button,
            "serious": self.serious,
            "back": self.address(),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        self.form = self.form_class(request.POST)
        try:
            if self.form.is_valid():
                return self.change(self.form.cleaned_data)
        except SubscriberError as refusal:
            self.form.add_error(None, str(refusal))
        response: HttpResponse = self.render_to_response(self.get_context_data(), status=400)
        return response

    def change(self, told: dict[str, Any]) -> HttpResponseBase:
        """Do it, record it, say so, lead on.

        Args:
            told: what the form says.

        Raises:
            SubscriberError: if it can't be done.
        """
        raise NotImplementedError

    def address(self) -> str:
        """Where one was before."""
        return reverse("readers:index")


class OfOneReader(ReadersPage):
    """A page about one reader, named by their number: no URL and no title has an address in it."""

    action_title = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.found = Reader.objects.filter(pk=kwargs["pk"]).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.found is None:
            raise Http404
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    @property
    def reader(self) -> Reader:
        """Whom the page is about; asked for only where there is one."""
        assert self.found is not None  # noqa: S101 - `get` and `post` see to it
        return self.found

    def get_page_title(self) -> str:
        return self.action_title or f"Reader {self.kwargs['pk']}"

    def below_the_list(self) -> list[dict[str, str]]:
        if not self.action_title:
            return []
        return [{"url": self.address(), "label": f"Reader {self.kwargs['pk']}"}]

    def address(self) -> str:
        """Where the reader's own page is."""
        return reverse("readers:reader", args=[self.kwargs["pk"]])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "reader": self.reader,
            "address": shown_to(self.request.user, self.reader.address),
        }


class AskingOfOneReader(OfOneReader, AskingPage):
    """Something that is done about one reader; if somebody was faster, a sentence says so."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.found is None:
            messages.error(
                request,
                f"Nothing was done: reader {self.kwargs['pk']} is not here any more. Somebody may "
                "have erased them meanwhile.",
            )
            return HttpResponseRedirect(reverse("readers:index"))
        return super().post(request, **kwargs)
