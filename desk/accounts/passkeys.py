"""Forms to which a browser sends what a passkey answered.

Anybody can post there, also who is not signed in. Allauth refuses a wrong answer, and breaks at
what is none: other JSON, lists a thousand deep, a key of another kind, a false signature.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from django import forms
from django.forms.fields import InvalidJSONInput

# What python-fido2 and json raise at words that nobody's browser sends.
NO_ANSWER = (
    ArithmeticError,
    AttributeError,
    InvalidSignature,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class AnswerField(forms.JSONField):
    """An object of JSON."""

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
        except (RecursionError, ValueError):
            found = value
        if found is not None and not isinstance(found, dict):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Nothing: an answer that was refused is of no use, and need not even be a text."""
        return InvalidJSONInput()


class _Answering(forms.Form):
    credential = AnswerField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NO_ANSWER:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeyForm(_Answering, AuthenticateWebAuthnForm):
    """The second factor after the password."""


class PasskeyAloneForm(_Answering, LoginWebAuthnForm):
    """Signing in without a password."""


class PasskeyAgainForm(_Answering, ReauthenticateWebAuthnForm):
    """To show that it is still the same person."""


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey; one signs in with it alone unless that is not wanted."""

    credential = AnswerField(widget=forms.HiddenInput)
    passwordless = forms.BooleanField(
        label="Sign in with it alone, without a password",
        required=False,
        initial=True,
        help_text="The device then asks for a fingerprint, a face or a PIN. "
        "Take the tick away for an old security key that can't.",
    )

    def clean(self) -> Any:
        try:
            return super().clean()
        except NO_ANSWER:
            raise get_adapter().validation_error("incorrect_code") from None
