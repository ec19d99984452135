"""The pages around signing in that differ from allauth's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import LoginView, PasswordResetView
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from desk.accounts.inviting import InvitationError, accept, invited


class SignIn(LoginView):
    """By password or passkey. Who is signed in and may not enter is told so."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        # Allauth would send them on to the desk, which would send them back.
        if user.is_authenticated and not user.has_perm("wagtailadmin.access_admin"):
            return render(request, "account/no_rights.html", status=403)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class AnsweredFirst(HttpResponseRedirect):
    """A redirect that is sent before something is done: how long that takes shows to nobody."""

    def __init__(self, address: str, *, then: Callable[[], Any]) -> None:
        super().__init__(address)
        self._then: Callable[[], Any] | None = then

    def close(self) -> None:
        """Called by the server once the answer has left."""
        then, self._then = self._then, None
        if then is not None:
            then()
        super().close()


class ResetPassword(PasswordResetView):
    """Asked for a new password, it answers the same for accounts that there are and are not."""

    def form_valid(self, form: Any) -> HttpResponse:
        address = form.cleaned_data["email"]
        refused = ratelimit.consume_or_429(self.request, action="reset_password", key=address)
        if refused:
            return refused  # type: ignore[no-any-return]
        return AnsweredFirst(self.get_success_url(), then=partial(self._mail, form))

    def _mail(self, form: Any) -> None:
        with context.request_context(self.request):
            form.save(self.request)


class RemovePasskey(RemoveWebAuthnView):
    """Not the last second factor of an account that needs one."""

    def form_valid(self, form: Form) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.object):
            refusal = get_adapter().error_messages["cannot_delete_authenticator"]
            messages.error(self.request, refusal)
            return redirect("mfa_list_webauthn")
        response: HttpResponse = super().form_valid(form)
        return response


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class AcceptInvitation(FormView[SetPasswordForm]):
    """Who was invited chooses a password, and is signed in with it."""

    form_class = SetPasswordForm
    template_name = "account/invitation.html"
    user: AbstractUser

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            self.user = invited(kwargs["token"])
            return super().dispatch(request, *args, **kwargs)
        except InvitationError as refusal:
            page = "account/invitation_ended.html"
            return render(request, page, {"why": str(refusal)}, status=410)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "invited": self.user}

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        user = accept(self.kwargs["token"], form.cleaned_data["password1"])
        login = Login(user=user, redirect_url=reverse("wagtailadmin_home"))
        named = {"username": user.get_username()}
        response: HttpResponse = perform_password_login(self.request, named, login)
        return response
