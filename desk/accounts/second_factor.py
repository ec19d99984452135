"""Who must show a second factor before any page of the desk opens to them.

An app's code, a recovery code or a passkey counts, shown in the session that asks. Until then the
account is nobody outside of the pages on which a second factor is set up and shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from wagtail.log_actions import log

# Who may have mail sent, or say who may.
RIGHTS = (
    "issues.approve_issue",
    "delivery.change_mailing",
    "auth.add_user",
    "auth.change_user",
    "auth.change_group",
)
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# The names of the addresses at which one signs in and out, and shows that it is still oneself.
OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_invitation",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
# And those at which one sets a second factor up: for who has none yet.
SETTING_UP = ("account_", "mfa_")
_SHOWN = "second_factor_of"


def needs_second_factor(user: Any) -> bool:
    """Whether an account must have a second factor, by `settings.SECOND_FACTOR`."""
    if not user.is_active or settings.SECOND_FACTOR == "off":
        return False
    if settings.SECOND_FACTOR == "everybody":
        return True
    return any(user.has_perm(right) for right in RIGHTS)


def has_second_factor(user: Any, *, besides: Authenticator | None = None) -> bool:
    """Whether an account has an authenticator app or a passkey, besides a given one."""
    if besides is None:
        return bool(is_mfa_enabled(user, FACTORS))
    others = Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS)
    return bool(others.exclude(pk=besides.pk).exists())


def is_kept_out(request: HttpRequest, user: Any) -> bool:
    """Whether a session's account needs a second factor that this session has not shown."""
    return (
        user.is_authenticated
        and needs_second_factor(user)
        and (request.session.get(_SHOWN) != user.pk or not has_second_factor(user))
    )


class SecondFactorMiddleware:
    """Stands between a session without its second factor and the desk, whatever it asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Let the request pass, or lead to where the second factor is set up or shown."""
        user = request.user
        if not request.path.startswith(reverse("wagtailadmin_home")):
            # Lazily, because who looks at the user makes a page one that no cache may keep.
            request.user = SimpleLazyObject(  # type: ignore[assignment]
                lambda: AnonymousUser() if is_kept_out(request, user) else user
            )
            return None
        kept_out = is_kept_out(request, user)
        # For the pages that say so.
        request.kept_out = kept_out  # type: ignore[attr-defined]
        if not kept_out or _is_open(request, user):
            return None
        return HttpResponseRedirect(_way_in(request, user))


def _is_open(request: HttpRequest, user: Any) -> bool:
    match = request.resolver_match
    if match is None or match.namespaces or not match.url_name:
        return False
    if match.url_name in OPEN:
        return True
    return match.url_name.startswith(SETTING_UP) and not has_second_factor(user)


def _way_in(request: HttpRequest, user: Any) -> str:
    if not has_second_factor(user):
        return reverse("mfa_index")
    app = is_mfa_enabled(user, [Authenticator.Type.TOTP])
    page = reverse("mfa_reauthenticate" if app else "mfa_reauthenticate_webauthn")
    back = request.get_full_path() if request.method == "GET" else reverse("wagtailadmin_home")
    return f"{page}?{urlencode({REDIRECT_FIELD_NAME: back})}"


def connect() -> None:
    """Have each session remember the second factor that was shown or set up in it."""
    for signal in (signals.authenticator_used, signals.authenticator_added):
        signal.connect(_remember, dispatch_uid="desk.second_factor")


def _remember(request: HttpRequest, user: Any, **_: Any) -> None:
    request.session[_SHOWN] = user.pk


@transaction.atomic
def forget_second_factors(account: User, *, by: User | None = None) -> int:
    """Take all second factors of an account away, recovery codes too; how many there were."""
    removed = int(Authenticator.objects.filter(user=account).delete()[0])
    if removed:
        log(account, "accounts.forget_second_factors", user=by)
    return removed
