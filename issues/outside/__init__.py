"""What only others can say of a mail before it leaves: the sites behind its links, and
SpamAssassin. It is asked for before a person approves, and kept for preflight."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from issues.outside.answers import ask_about, keep_answers
from issues.outside.reachability import look_up
from issues.outside.spam import ask_about_spam
from issues.preflight.facts import IssueRendering


def ask_outside(issue: IssueRendering, *, spam: bool) -> None:
    """Ask whatever is not known yet. Call it outside of a transaction: sites may take seconds.

    The sites are asked only where the setting `check_links` says so.

    Args:
        spam: whether SpamAssassin is asked. It runs on this machine, by its local rules, wherever
            it is installed, and takes some seconds.
    """
    now = timezone.now()
    if settings.CHECK_LINKS and (addresses := ask_about(issue, now)):
        keep_answers(look_up(addresses), now)
    if spam:
        ask_about_spam(issue, now)
