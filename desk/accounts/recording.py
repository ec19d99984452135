"""What happens to accounts stands in Wagtail's log of the site: who signed in, what failed, what
changed. No address stands there, and nobody can take an entry out at the desk.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from wagtail.log_actions import LogActionRegistry, log

ACTIONS = {
    "accounts.invite": "Invite to the desk",
    "accounts.withdraw_invitation": "Withdraw an invitation",
    "accounts.accept_invitation": "Accept an invitation",
    "accounts.sign_in": "Sign in",
    "accounts.sign_out": "Sign out",
    "accounts.wrong_password": "Wrong password",
    "accounts.wrong_code": "Wrong second factor",
    "accounts.set_password": "Set a password",
    "accounts.add_second_factor": "Add a second factor",
    "accounts.remove_second_factor": "Remove a second factor",
    "accounts.make_recovery_codes": "Make new recovery codes",
    "accounts.forget_second_factors": "Remove somebody's second factors",
}


def register_log_actions(actions: LogActionRegistry) -> None:
    """What the log of the site says of each."""
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)


def record_wrong_password(user: Any) -> None:
    """Somebody tried a wrong password for an account that there is."""
    log(user, "accounts.wrong_password")


# Which action each signal stands for.
_BY_THEMSELVES = (
    (account_signals.user_logged_in, "accounts.sign_in"),
    (user_logged_out, "accounts.sign_out"),
    (account_signals.password_changed, "accounts.set_password"),
    (account_signals.password_set, "accounts.set_password"),
    (account_signals.password_reset, "accounts.set_password"),
    (mfa_signals.authenticator_added, "accounts.add_second_factor"),
    (mfa_signals.authenticator_removed, "accounts.remove_second_factor"),
    (mfa_signals.authenticator_reset, "accounts.make_recovery_codes"),
)


def connect() -> None:
    """Have it all recorded as it happens."""
    for signal, action in _BY_THEMSELVES:
        signal.connect(_recorder(action), weak=False, dispatch_uid=f"desk.recording.{action}")
    mfa_signals.authentication_failed.connect(_wrong_code, dispatch_uid="desk.recording.wrong_code")


def _recorder(action: str) -> Any:
    def record(user: Any = None, authenticator: Authenticator | None = None, **_: Any) -> None:
        if user is not None and user.pk:
            data = {"kind": authenticator.get_type_display()} if authenticator else None
            log(user, action, user=user, data=data)

    return record


def _wrong_code(user: Any, authenticator: Authenticator, **_: Any) -> None:
    log(user, "accounts.wrong_code", data={"kind": authenticator.get_type_display()})
