"""Forgetting what others said of links and mails so long ago that nobody asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from issues.models import LinkAnswer, SpamVerdict

KEPT = timedelta(days=90)


def forget_old_answers(now: datetime) -> int:
    """Delete the answers of sites and of SpamAssassin after `KEPT`; how many.

    An answer counts for days, and there are as many as an issue has links: few enough for one
    statement.
    """
    before = now - KEPT
    return sum(
        model.objects.filter(asked_at__lt=before).delete()[0] for model in (LinkAnswer, SpamVerdict)
    )
