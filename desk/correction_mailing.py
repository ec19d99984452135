"""Mailing a correction at the desk: looked at as its readers will get it, and sent by one's word.

The audience is frozen when the button is pressed, so that a schedule that does not run at this
moment costs time and loses nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from wagtail.admin import messages

from delivery.correcting import (
    audience_of_correction,
    correction_as_it_is,
    start_correction_mailing,
)
from delivery.models import Mailing
from delivery.transports.opening import open_transport
from desk.issue_desk.asking import SENTENCES, say
from desk.issue_desk.previewing import HTML, TEXT, in_a_box
from desk.issue_desk.shown import given, what_is_shown
from desk.mailing_changes import go_on
from desk.naming import name_of
from desk.one_correction import OneCorrection, mailing_of
from issues.correcting import look_over
from issues.seen import ChangedSinceSeen
from rendering.marks import shown_to_nobody


class MailCorrection(OneCorrection):
    """All that the word is given for; a POST gives it."""

    permission_required = "approve"
    template_name = "desk/correction_mail.html"
    action_title = "Mail the correction"
    refusal = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts, found = look_over(self.correction)
        seen = correction_as_it_is(self.correction, facts.rendering)
        return {
            **super().get_context_data(**kwargs),
            **what_is_shown(facts, seen, self._purpose, found),
            "publication": self.correction.edition.publication,
            "audience": audience_of_correction(self.correction),
            "preview_url": reverse("corrections:mail-html", args=[self.correction.pk]),
            "refusal": self.refusal,
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (mailing := mailing_of(self.correction)) is not None:
            return self._known(mailing)
        return self._shown_as_it_is()

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            mailing, begun = start_correction_mailing(
                self.correction,
                open_transport(),
                given(request.POST, self._purpose),
                name_of(request.user),
                request.user,
            )
        except ChangedSinceSeen as refusal:
            return self._again(refusal, HTTPStatus.CONFLICT)
        except SENTENCES as refusal:
            return self._again(refusal, HTTPStatus.BAD_REQUEST)
        if not begun:
            return self._known(mailing)
        say(request, well=True, sentence=f"{self.correction} is on its way. {go_on(mailing)}")
        return self._to(mailing)

    def _again(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The page as it is now, with what stood in the way."""
        self.refusal = str(refusal)
        return self._shown_as_it_is(status)

    def _shown_as_it_is(self, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        try:
            context = self.get_context_data(**self.kwargs)
        except SENTENCES as why:
            messages.error(self.request, f"It can't be mailed now. {why}")
            return HttpResponseRedirect(self.address())
        return self.render_to_response(context, status=status)

    def _known(self, mailing: Mailing) -> HttpResponse:
        messages.warning(self.request, "It was mailed already; a correction is mailed once.")
        return self._to(mailing)

    def _to(self, mailing: Mailing) -> HttpResponse:
        if self.request.user.has_perm("delivery.view_mailing"):
            return HttpResponseRedirect(reverse("mailings:mailing", args=[mailing.pk]))
        return HttpResponseRedirect(self.address())

    @property
    def _purpose(self) -> str:
        return f"correction-{self.correction.pk}"


@method_decorator([never_cache, xframe_options_sameorigin], name="dispatch")
class MailHtml(OneCorrection):
    """The mail's HTML as it would leave now, for the frame on its page."""

    permission_required = "approve"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            facts, _found = look_over(self.correction)
        except SENTENCES as why:
            shown = HttpResponse(str(why), content_type=TEXT)
        else:
            shown = HttpResponse(shown_to_nobody(facts.rendering.html), content_type=HTML)
        shown["Content-Security-Policy"] = in_a_box()
        return shown
