"""Allauth's forms in our words, and the form with which somebody is invited."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import LoginForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import AbstractUser, Group
from django.core.cache import cache

from desk.accounts.inviting import groups_to_invite_into

# How long a code of an authenticator app can count: its half minute, and one before and after.
CODE_SECONDS = 90


class SignInForm(LoginForm):
    """A user name or an address, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "User name or e-mail address"
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""


class _OnceOnly(forms.Form):
    """A code counts once, as long as it would count.

    Allauth remembers one for half a minute, and with a tolerance it counts for longer
    (RFC 6238, section 5.2: the second attempt must not be accepted).
    """

    user: AbstractUser
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        seen = f"desk.accounts:code:{self.user.pk}:{''.join(code.split())}"
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not cache.add(seen, True, timeout=CODE_SECONDS):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OnceOnly, AuthenticateForm):
    """The second factor after the password."""


class CodeAgainForm(_OnceOnly, ReauthenticateForm):
    """The second factor, to show that it is still the same person."""


class InvitationForm(forms.Form):
    """Whom somebody invites, and into which groups: none that may more than the inviter."""

    name = forms.CharField(max_length=150)
    email = forms.EmailField(label="E-mail address", max_length=254)
    groups = forms.ModelMultipleChoiceField(
        Group.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, inviter: AbstractUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = cast(forms.ModelMultipleChoiceField[Group], self.fields["groups"])
        groups.queryset = groups_to_invite_into(inviter)
