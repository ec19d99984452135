"""API keys at the desk: made, shown once, listed, revoked."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.forms import (
    CharField,
    CheckboxSelectMultiple,
    Form,
    IntegerField,
    ModelMultipleChoiceField,
    MultipleChoiceField,
    ValidationError,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.generic import TemplateView, View
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from desk.pressing import DoneByAButton
from issues.models import Publication
from subscribers.api.keys import Scope, make_key, revoke
from subscribers.models import ApiKey

MAY = ModelPermissionPolicy(ApiKey)
MOST_CALLS_A_MINUTE = 6000


class KeyForm(Form):
    """What a new key is for."""

    name = CharField(max_length=100, help_text="Who uses it, and for what.")
    scopes = MultipleChoiceField(
        label="It may",
        choices=[(scope.value, scope.meaning) for scope in Scope],
        widget=CheckboxSelectMultiple,
        initial=[Scope.WRITE.value],
    )
    publications = ModelMultipleChoiceField(
        queryset=Publication.objects.order_by("name"),
        label="For",
        widget=CheckboxSelectMultiple,
    )
    per_minute = IntegerField(
        label="Calls a minute", min_value=1, max_value=MOST_CALLS_A_MINUTE, initial=60
    )

    def clean_name(self) -> str:
        name: str = " ".join(self.cleaned_data["name"].split())
        if ApiKey.objects.filter(name=name).exists():
            raise ValidationError("There is a key of this name; choose another one.")
        return name


class Keys(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """All keys, and the form for a new one; a new key is shown in the answer, and never again."""

    permission_policy = MAY
    permission_required = "view"
    template_name = "desk/api_keys.html"
    page_title = "API keys"
    header_icon = "key"
    form: KeyForm | None = None

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": "API keys"}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keys = ApiKey.objects.select_related("created_by").prefetch_related("publications")
        return {
            **super().get_context_data(**kwargs),
            "form": self.form or KeyForm(),
            "keys": [(key, [Scope(scope).meaning for scope in key.scopes]) for key in keys],
            "may_add": self.user_has_permission("add"),
            "may_revoke": self.user_has_permission("change"),
            "description": reverse("api:openapi"),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = KeyForm(request.POST)
        if not self.user_has_permission("add"):
            messages.error(request, "You may not make keys; ask an administrator.")
            return HttpResponseRedirect(request.path)
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(**kwargs), status=400)
        asked = self.form.cleaned_data
        try:
            key, secret = make_key(
                asked["name"],
                [Scope(scope) for scope in asked["scopes"]],
                asked["publications"],
                per_minute=asked["per_minute"],
                account=request.user,
            )
        except IntegrityError:
            self.form.add_error("name", "Somebody has just taken this name; choose another one.")
            return self.render_to_response(self.get_context_data(**kwargs), status=400)
        sentence = f"It may {', '.join(Scope(scope).meaning for scope in key.scopes)}."
        log(key, "subscribers.make_key", user=request.user, data={"sentence": sentence})
        self.form = None
        # Not redirected: nothing keeps the key until another page could show it.
        response = self.render_to_response(
            {**self.get_context_data(**kwargs), "made": key, "secret": secret}
        )
        response["Cache-Control"] = "no-store"
        return response


class RevokeKey(DoneByAButton, PermissionCheckedMixin, View):
    """A key that opens nothing any more."""

    permission_policy = MAY
    permission_required = "change"

    def address(self) -> str:
        return reverse("api_keys:index")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = get_object_or_404(ApiKey, pk=kwargs["pk"])
        if revoke(key, timezone.now()):
            log(key, "subscribers.revoke_key", user=request.user)
        messages.success(request, f"“{key}” opens nothing any more.")
        return HttpResponseRedirect(self.address())


class KeysViewSet(ViewSet):
    """Keys are made and revoked; none is changed or deleted."""

    name = "api_keys"
    url_prefix = "readers/keys"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Keys.as_view(), name="index"),
            path("<int:pk>/revoke/", RevokeKey.as_view(), name="revoke"),
        ]


@hooks.register("register_admin_viewset")
def show_keys() -> KeysViewSet:
    """Called once, when Wagtail collects what there is at the desk."""
    return KeysViewSet()
