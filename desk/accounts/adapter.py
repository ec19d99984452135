"""How `django-allauth` behaves here: nobody signs up, wrong passwords lock, mails are our own."""

from __future__ import annotations

import logging
import time
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from desk.accounts import locking, mailing, recording, sealing, words
from desk.accounts.second_factor import has_second_factor, needs_second_factor

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by password, and what is locked and mailed around it."""

    error_messages = {**DefaultAccountAdapter.error_messages, **words.ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only an address of this site, written without the site."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The network that wrong passwords are counted for; a broken header locks nobody out."""
        return get_client_ip(request) or request.META.get("REMOTE_ADDR") or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return locking.counted_for(**credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        if account := locking.account_meant(**credentials):
            recording.record_wrong_password(account)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for somebody who signed in a minute ago, and has just been asked."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0)
        if time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": words.WAYS[way["id"]]} for way in ways]

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words; a template that has none is not said."""
        text = message or words.MESSAGES.get(message_template or "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the site's own address, whatever the `Host` header says."""
        path: str = super().get_reset_password_from_key_url(key)
        return settings.SITE_URL + urlsplit(path).path

    def send_password_reset_mail(
        self, user: AbstractUser, email: str, context: dict[str, Any]
    ) -> None:
        """Not for who was invited and has no password yet: the invitation ends, and this not."""
        if user.has_usable_password():
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write what `words.MAILS` has for it, whatever becomes of the mail."""
        mailing.write_to(
            email,
            words.MAILS[template_prefix],
            link=context.get("password_reset_url", ""),
            username=str(context.get("username", "")),
            when=f"{timezone.now():%-d %B %Y, %H:%M} (UTC)",
            ip=str(context.get("ip", "")),
        )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps, recovery codes and passkeys; their secrets are sealed."""

    error_messages = {**DefaultMFAAdapter.error_messages, **words.ERRORS}

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return sealing.unseal(encrypted_text)
        except sealing.SealError as error:
            # A secret that nobody knows fits no code; an empty one would fit what anybody can
            # compute.
            logger.error(  # noqa: TRY400 - there is nothing in the trace
                "A second factor is %s. Put the key into TWTW_FORMER_SECRET_KEYS, or let the "
                "person set another one up after `twtw accounts forget-second-factors`.",
                error,
            )
            return str(generate_totp_secret())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether it may go: not the last one of an account that needs one."""
        user = authenticator.user
        return not needs_second_factor(user) or has_second_factor(user, besides=authenticator)

    def build_totp_svg(self, url: str) -> str:
        """The code to scan, such that it can stand in a page."""
        import qrcode  # type: ignore[import-untyped]
        from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

        image = qrcode.make(url, image_factory=SvgPathImage, border=2).get_image()
        image.set("role", "img")
        image.set("aria-label", "QR code of the secret below")
        return ET.tostring(image, encoding="unicode")

    def generate_authenticator_name(self, user: AbstractUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"Passkey {number}"
