"""Re-confirmations at the desk: whom one would ask, beginning it, how it goes, stopping it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import Form, ModelChoiceField, TypedChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from desk.naming import name_of
from issues.confirmation import (
    NotConfirmed,
    check_confirmation,
    confirmation_for,
    grew_much,
)
from issues.models import Publication
from rendering.dates import printed_date, printed_moment
from subscribers.errors import SubscriberError
from subscribers.models import Reconfirmation
from subscribers.reconfirming import YEARS, begin, cancel, open_runs, plan, progress

MAY = ModelPermissionPolicy(Reconfirmation)
LONGEST_NUMBER = 9


class ChoiceForm(Form):
    """Who is to be asked."""

    publication = ModelChoiceField(
        Publication.objects.order_by("-numbered", "name"),
        to_field_name="slug",
        empty_label=None,
        error_messages={"invalid_choice": "Choose one of the publications."},
    )
    years = TypedChoiceField(
        label="Not heard from for",
        choices=[(years, f"{years} year{'' if years == 1 else 's'}") for years in YEARS],
        initial=3,
        coerce=int,
        error_messages={"invalid_choice": "Choose one of the numbers of years."},
        help_text="Since then they have changed nothing, answered nothing and agreed to nothing.",
    )


class Page(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What these pages have in common."""

    permission_policy = MAY
    permission_required = "view"
    header_icon = "help"
    page_title = "Ask the silent"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        above = [*self.breadcrumbs_items]
        if self.request.path != reverse("reconfirming:index"):
            above.append({"url": reverse("reconfirming:index"), "label": "Ask the silent"})
        return [*above, {"url": "", "label": self.get_page_title()}]


class Runs(Page):
    """All runs, and the form that shows whom another one would ask."""

    template_name = "desk/reconfirming.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = Reconfirmation.objects.select_related("publication")
        return {
            **super().get_context_data(**kwargs),
            "runs": [(run, state_of(run), _day(run, run.begun_at)) for run in runs],
            "form": ChoiceForm() if self.user_has_permission("add") else None,
        }


class Begin(Page):
    """Whom a run would ask, and until when; a POST begins it."""

    permission_required = "add"
    template_name = "desk/reconfirming_begin.html"
    page_title = "Whom to ask"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._ask(ChoiceForm(request.GET))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ChoiceForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=400)
        publication, years = form.cleaned_data["publication"], form.cleaned_data["years"]
        now = timezone.now()
        seen, readers = request.POST.get("readers", ""), plan(publication, years, now).readers
        if not (seen.isdecimal() and len(seen) <= LONGEST_NUMBER) or grew_much(int(seen), readers):
            messages.error(
                request, "Nothing was done: it would be other readers now. Look at the number anew."
            )
            return self._ask(form, status=409)
        try:
            check_confirmation(int(seen), request.POST.get("confirmed", ""))
            run = begin(publication, years, name_of(request.user), now)
        except (NotConfirmed, SubscriberError) as refusal:
            messages.error(request, str(refusal))
            return self._ask(form, status=409)
        asked = run.asks.count()
        who = "1 reader is" if asked == 1 else f"{asked:,} readers are"
        sentence = f"{who} asked whether they still want {publication}."
        log(run, "subscribers.reconfirm", user=request.user, data={"sentence": sentence})
        messages.success(request, f"{sentence} The first mails leave within a quarter of an hour.")
        return HttpResponseRedirect(reverse("reconfirming:run", args=[run.pk]))

    def _ask(self, form: ChoiceForm, status: int = 200) -> HttpResponse:
        context = {**self.get_context_data(), "form": form}
        if form.is_valid():
            publication, years = form.cleaned_data["publication"], form.cleaned_data["years"]
            planned = plan(publication, years, timezone.now())
            going_on = open_runs().filter(publication=publication).first()
            context |= {
                "publication": publication,
                "years": years,
                "plan": planned,
                "readers": planned.readers,
                "deadline": printed_moment(planned.deadline.astimezone(publication.zone)),
                "going_on": going_on,
                "confirmation": confirmation_for(planned.readers).name.lower(),
            }
        return self.render_to_response(context, status=status)


class OnePage(Page):
    """What the pages of one run have in common."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        runs = Reconfirmation.objects.select_related("publication")
        self.run = get_object_or_404(runs, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return f"{self.run.publication}, {_day(self.run, self.run.begun_at)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        zone = self.run.publication.zone
        return {
            **super().get_context_data(**kwargs),
            "run": self.run,
            "state": state_of(self.run),
            "silent_since": _day(self.run, self.run.silent_since),
            "begun": printed_moment(self.run.begun_at.astimezone(zone)),
            "progress": progress(self.run),
            "is_open": is_open(self.run),
            "may_cancel": is_open(self.run) and self.user_has_permission("change"),
        }


class Run(OnePage):
    """How a run goes."""

    template_name = "desk/reconfirming_run.html"


class Cancel(OnePage):
    """Asks whether a run is to be stopped; a POST stops it."""

    permission_required = "change"
    template_name = "desk/reconfirming_cancel.html"
    page_title = "Stop asking"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if cancel(self.run, timezone.now()):
            sentence = f"Nobody further is asked about {self.run.publication}, or let go."
            log(
                self.run,
                "subscribers.cancel_reconfirmation",
                user=request.user,
                data={"sentence": sentence},
            )
            messages.success(request, sentence)
        else:
            messages.warning(request, "It had ended already.")
        return HttpResponseRedirect(reverse("reconfirming:run", args=[self.run.pk]))


def is_open(run: Reconfirmation) -> bool:
    """Whether it goes on."""
    return run.ended_at is None and run.cancelled_at is None


def state_of(run: Reconfirmation) -> str:
    """Where a run is, in a few words."""
    if run.cancelled_at is not None:
        return f"stopped on {_day(run, run.cancelled_at)}"
    if run.ended_at is not None:
        return f"ended on {_day(run, run.ended_at)}"
    return f"goes on until {_day(run, run.deadline)}"


def _day(run: Reconfirmation, moment: datetime) -> str:
    return printed_date(moment.astimezone(run.publication.zone).date())


class ReconfirmingViewSet(ViewSet):
    """Runs are begun and stopped; none is changed or deleted."""

    name = "reconfirming"
    url_prefix = "readers/reconfirming"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Runs.as_view(), name="index"),
            path("begin/", Begin.as_view(), name="begin"),
            path("<int:pk>/", Run.as_view(), name="run"),
            path("<int:pk>/cancel/", Cancel.as_view(), name="cancel"),
        ]


@hooks.register("register_admin_viewset")
def show_reconfirming() -> ReconfirmingViewSet:
    """Called once, when Wagtail collects what there is at the desk."""
    return ReconfirmingViewSet()
