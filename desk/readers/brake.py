"""The brake at the desk: that it is on, why, how many wait, and the button that releases it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from desk.naming import name_of
from desk.pressing import DoneByAButton
from subscribers import braking
from subscribers.models import Brake


def brake_for(user: Any) -> dict[str, Any]:
    """The brake that is on, for all who see how the list does; else nothing."""
    brake = braking.current() if user.has_perm("subscribers.view_reconfirmation") else None
    if brake is None:
        return {"brake": None}
    return {
        "brake": brake,
        "waiting": braking.held_back(timezone.now()),
        "may_release": user.has_perm("subscribers.change_brake"),
    }


class Release(DoneByAButton, PermissionCheckedMixin, View):
    """Lets the mails go that wait."""

    permission_policy = ModelPermissionPolicy(Brake)
    permission_required = "change"

    def address(self) -> str:
        """Where the button is."""
        return reverse("readers:index")

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        brake, held = braking.current(), braking.held_back(timezone.now())
        if brake is None or not braking.release(name_of(request.user)):
            messages.warning(request, "The brake is off already.")
        else:
            mails = "1 mail" if held == 1 else f"{held:,} mails"
            sentence = f"{mails} that ask for a confirmation waited, and leave now."
            log(brake, "subscribers.release_brake", user=request.user, data={"sentence": sentence})
            messages.success(request, f"The brake is off. {sentence}")
        return HttpResponseRedirect(self.address())


class BrakePanel(Component):
    """On the home page, before everything else."""

    name = "brake"
    template_name = "desk/readers_brake.html"
    order = 5

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        # A component is not given the page's context, and its form needs the token.
        return {**self.found, "csrf_token": parent_context["csrf_token"]}


@hooks.register("construct_homepage_panels")
def show_the_brake(request: HttpRequest, panels: list[Component]) -> None:
    """For those who may change readers, while it is on."""
    found = brake_for(request.user)
    if found["brake"] is not None:
        panels.insert(0, BrakePanel(found))
