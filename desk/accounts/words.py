"""What people read about their accounts: on the pages of sign-in, and in the mails."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

_WRONG = "That name and that password do not belong together. Check both, and try again."
_MINUTES = settings.LOCKED_MINUTES
LOCKED = f"There were too many wrong attempts. Come back in {_MINUTES} minutes, or use a passkey."
WRONG_CODE = "That code is not the right one. Wait for the next one, or check the app's clock."

# By the codes that allauth has for them.
ERRORS = {
    "email_password_mismatch": _WRONG,
    "username_password_mismatch": _WRONG,
    "too_many_login_attempts": LOCKED,
    "rate_limited": f"There were too many wrong codes. Come back in {_MINUTES} minutes.",
    "incorrect_password": "That is not your password. Try again.",
    "enter_current_password": "That is not your password of now. Try again.",
    "incorrect_code": WRONG_CODE,
    "cannot_delete_authenticator": "Your account needs a second factor, and this is its last one. "
    "Set up another one first.",
    "cannot_generate_recovery_codes": "Recovery codes come with a second factor. Set one up first.",
}

# By the names that allauth has for the ways to show that one is still the same person.
WAYS = {
    "reauthenticate": "Enter your password",
    "mfa_reauthenticate": "Enter a code of your app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}

# By the templates that allauth would make them of; what is not here is not said.
MESSAGES = {
    "account/messages/logged_out.txt": "You are signed out.",
    "account/messages/password_changed.txt": "Your password is changed.",
    "account/messages/password_set.txt": "Your password is set.",
    "mfa/messages/totp_activated.txt": "The authenticator app is set up.",
    "mfa/messages/totp_deactivated.txt": "The authenticator app is removed.",
    "mfa/messages/webauthn_added.txt": "The passkey is added.",
    "mfa/messages/webauthn_removed.txt": "The passkey is removed.",
    "mfa/messages/recovery_codes_generated.txt": "Your recovery codes are made. Keep them where "
    "only you find them.",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail about an account; `link` says what its link does, where it has one."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str = ""


def _notice(subject: str) -> Mail:
    return Mail(
        subject,
        (
            "It was done on {when}, from the network address {ip}.",
            "If it was not you, sign in, change your password, and tell whoever administers the "
            "desk.",
        ),
    )


# By the templates that allauth would make them of.
MAILS = {
    "account/email/password_reset_key": Mail(
        "Choose a new password",
        (
            "Somebody, most likely you, asked for a new password for your account {username}.",
            "The link works for a day, and once. Without it your password stays as it is.",
        ),
        "Choose a new password",
    ),
    "account/email/password_changed": _notice("Your password was changed"),
    "account/email/password_reset": _notice("Your password was changed"),
    "account/email/password_set": _notice("Your password was set"),
    "mfa/email/totp_activated": _notice("An authenticator app was set up for your account"),
    "mfa/email/totp_deactivated": _notice("Your account's authenticator app was removed"),
    "mfa/email/webauthn_added": _notice("A passkey was added to your account"),
    "mfa/email/webauthn_removed": _notice("A passkey of your account was removed"),
    "mfa/email/recovery_codes_generated": _notice("New recovery codes were made for your account"),
}
INVITATION = Mail(
    "You are invited to the desk",
    (
        "{inviter} invites you to the desk of {site}. Your user name there is {username}.",
        "Follow the link and choose a password. It works for {days} days, and once.",
        "If you do not know what this is about, there is nothing you have to do.",
    ),
    "Choose a password",
)
