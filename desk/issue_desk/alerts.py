"""Alerts at the desk: one approved note, looked at as its readers will get it, and mailed.

The audience is frozen when the button is pressed, so that a schedule that does not run at this
moment costs time and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from wagtail.admin import messages

from archive.views import note_page
from delivery.alerting import start_alert_as_seen
from delivery.audience import audience_of, in_normal_form
from delivery.errors import DeliveryError
from delivery.models import Mailing
from delivery.standing import local
from delivery.transports.opening import open_transport
from desk.issue_desk.asking import SENTENCES, say
from desk.issue_desk.previewing import HTML, TEXT, by_day, by_night, in_a_box
from desk.issue_desk.publication import OfOnePublication
from desk.issue_desk.shown import given, how_it_looks, what_is_shown
from desk.mailings import LOOKERS as MAY_LOOK_AT_MAILINGS
from desk.segments.counting import segment_field
from issues.content import alert_content
from issues.preflight.gathering import facts_of_alert
from issues.seen import ChangedSinceSeen, as_it_is
from notes.models import Note
from rendering.mail import render_alert
from rendering.marks import shown_to_nobody

# So many mailings are listed; all of them are among the mailings.
SHOWN = 20


def waiting_notes(publication: Any) -> QuerySet[Note]:
    """The approved notes of a publication that were not mailed on their own."""
    mailed = Mailing.objects.filter(edition__publication=publication, edition__note__isnull=False)
    found: QuerySet[Note] = (
        Note.objects.approved()
        .filter(publication=publication)
        .exclude(pk__in=mailed.values("edition__note"))
        .order_by("-date", "-pk")
    )
    return found


class OfAlerts(OfOnePublication):
    """A page about a publication that comes out note by note."""

    numbered = False
    permission_required = "approve"
    action_title = "Alerts"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        label = f"{self.publication}"
        above = [
            *self.breadcrumbs_items,
            {"url": reverse("issue_desk:index"), "label": "Issue desk"},
        ]
        return [*above, {"url": self.address(), "label": label}]

    def get_page_title(self) -> str:
        return str(self.publication)

    def address(self) -> str:
        return reverse("issue_desk:alerts", args=[self.publication.slug])


class Alerts(OfAlerts):
    """What can be mailed, and what was."""

    template_name = "desk/alerts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mailed = Mailing.objects.filter(edition__publication=self.publication).select_related(
            "edition__publication", "edition__note"
        )
        return {
            **super().get_context_data(**kwargs),
            "notes": waiting_notes(self.publication).prefetch_related("authors__person"),
            "mailed": [(one, local(one, one.frozen_at)) for one in mailed[:SHOWN]],
            "may_look": any(
                self.request.user.has_perm(f"delivery.{action}_mailing")
                for action in MAY_LOOK_AT_MAILINGS
            ),
        }


class OneAlert(OfAlerts):
    """A page about one note of such a publication."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        notes = Note.objects.filter(publication=self.publication)
        self.note = get_object_or_404(notes, pk=kwargs["note"])


class Alert(OneAlert):
    """All that the word is given for; a POST gives it."""

    template_name = "desk/alert.html"
    refusal = ""
    segment = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        asked = request.POST if request.method == "POST" else request.GET
        self.segment = asked.get("segment", "")

    def get_page_title(self) -> str:
        return "Send an alert"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": str(self.note)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        segment = in_normal_form(self.segment)
        audience = audience_of(self.publication, self.note, segment)
        facts = facts_of_alert(self.publication, self.note)
        seen = as_it_is(self.publication, facts.rendering, audience.readers, segment)
        return {
            **super().get_context_data(**kwargs),
            **what_is_shown(facts, seen, self._purpose),
            "audience": audience,
            "note": self.note,
            "segment": segment,
            "choose_readers": "#choose-section",
            **segment_field(segment, [self.publication], note=self.note),
            **how_it_looks(self.request, self._preview),
            "refusal": self.refusal,
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (mailed := self._mailed()) is not None:
            return self._known(mailed)
        try:
            response: HttpResponse = super().get(request, *args, **kwargs)
        except SENTENCES as why:
            messages.error(request, f"It can't be shown, so it can't be sent: {why}")
            return HttpResponseRedirect(self.address())
        return response

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if "choose" in request.POST or "count" in request.POST:
            return self._choose()
        try:
            mailing, begun = start_alert_as_seen(
                self.publication,
                self.note,
                open_transport(),
                given(request.POST, self._purpose),
                request.user,
                self.segment,
            )
        except ChangedSinceSeen as refusal:
            return self._again(refusal, HTTPStatus.CONFLICT)
        except SENTENCES as refusal:
            return self._again(refusal, HTTPStatus.BAD_REQUEST)
        return self._begin(mailing) if begun else self._known(mailing)

    def _choose(self) -> HttpResponse:
        """The page with the count of those whom a sentence means; nothing is done."""
        try:
            chosen = urlencode({"segment": in_normal_form(self.segment)})
        except DeliveryError as refusal:
            self.segment, typed = "", self.segment
            return self._again(refusal, HTTPStatus.BAD_REQUEST, typed)
        return HttpResponseRedirect(f"{self.request.path}?{chosen}#readers-section")

    def _begin(self, mailing: Mailing) -> HttpResponse:
        from flows.starting import start_alert

        started = start_alert(self.publication.slug, self.note.pk, f"alert-{mailing.pk}")
        sentence = (
            f"“{self.note}” leaves now."
            if started.ok
            else f"{started.why} Nothing is lost: who gets “{self.note}” is written down, and it "
            "leaves as soon as the schedule runs again."
        )
        say(self.request, well=started.ok, sentence=sentence)
        return self._to(mailing)

    def _known(self, mailing: Mailing) -> HttpResponse:
        at = local(mailing, mailing.frozen_at)
        messages.warning(self.request, f"“{self.note}” was mailed already, on {at}.")
        return self._to(mailing)

    def _to(self, mailing: Mailing) -> HttpResponse:
        user = self.request.user
        if any(user.has_perm(f"delivery.{action}_mailing") for action in MAY_LOOK_AT_MAILINGS):
            return HttpResponseRedirect(reverse("mailings:mailing", args=[mailing.pk]))
        return HttpResponseRedirect(self.address())

    def _again(self, refusal: Exception, status: HTTPStatus, typed: str = "") -> HttpResponse:
        """The page as it is now, with what stood in the way, and what was typed."""
        self.refusal = str(refusal)
        try:
            context = self.get_context_data(**self.kwargs)
        except SENTENCES as why:
            messages.error(self.request, f"Nothing was sent: {why}")
            return HttpResponseRedirect(self.address())
        if typed:
            context |= segment_field(typed, [self.publication], note=self.note)
        return self.render_to_response(context, status=status)

    def _mailed(self) -> Mailing | None:
        return Mailing.objects.filter(
            edition__publication=self.publication, edition__note=self.note
        ).first()

    def _preview(self, mode: str) -> str:
        return reverse("issue_desk:alert-preview", args=[self.publication.slug, self.note.pk, mode])

    @property
    def _purpose(self) -> str:
        return f"alert-{self.publication.pk}-{self.note.pk}"


def _mail(alert: OneAlert) -> HttpResponse:
    html = _html(alert)
    # As in the preview of an issue.
    in_frame = alert.request.GET.get("by") == "day"
    return HttpResponse(by_day(html) if in_frame else html, content_type=HTML)


def _dark(alert: OneAlert) -> HttpResponse:
    return HttpResponse(by_night(_html(alert)), content_type=HTML)


def _text(alert: OneAlert) -> HttpResponse:
    rendering = render_alert(alert_content(alert.publication, alert.note))
    return HttpResponse(shown_to_nobody(rendering.text), content_type=TEXT)


def _web(alert: OneAlert) -> HttpResponse:
    content = alert_content(alert.publication, alert.note)
    return note_page(alert.request, content.note, content.publication, errata=(), appearances=())


def _html(alert: OneAlert) -> str:
    return shown_to_nobody(render_alert(alert_content(alert.publication, alert.note)).html)


SHOWN_AS: dict[str, Callable[[OneAlert], HttpResponse]] = {
    "mail": _mail,
    "phone": _mail,
    "dark": _dark,
    "text": _text,
    "web": _web,
}


@method_decorator([never_cache, xframe_options_sameorigin], name="dispatch")
class AlertPreview(OneAlert):
    """The alert in one mode, for the frame on its page or alone."""

    def get(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["mode"] not in SHOWN_AS:
            raise Http404
        try:
            response = SHOWN_AS[kwargs["mode"]](self)
        except SENTENCES as why:
            response = HttpResponse(str(why), content_type=TEXT)
        response["Content-Security-Policy"] = in_a_box()
        return response
