"""What is due now: the issue to prepare or to publish, and the mailings that were interrupted."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from delivery.ledger import is_in_hand
from delivery.models import Mailing
from delivery.standing import is_resting, waits
from flows.steps import Ending
from issues.approval import approval_in_force
from issues.assembling import next_issue_day
from issues.models import Approval, Issue, Publication
from rendering.content import Rendering
from rendering.dates import printed_moment

# Prefect rounds the wait for a run's time to whole seconds, so a run may begin half a second
# early, and earlier where the server's clock is ahead of this one.
EARLY = timedelta(seconds=20)


# Nobody waits for longer to be told how a mailing has ended.
WORTH_TELLING = timedelta(days=3)


class NothingDue(Ending):
    """There is no issue that could be published."""


class NotDue(Ending):
    """The issue's time has not come."""


def day_to_prepare(publication: Publication, now: datetime) -> date:
    """The day of the issue that is being made.

    An open issue keeps its day while it is approved or its time is still to come; one whose
    time went by unapproved moves on to the next issue day.
    """
    issue = publication.issues.open().first()
    if issue is not None and (
        approval_in_force(issue) is not None or publication.due(issue.date) >= now
    ):
        return issue.date
    return next_issue_day(publication, now)


def moment_of(issue: Issue) -> datetime:
    """When an issue is to leave: as it was approved, else its day at the publication's hour."""
    approval = approval_in_force(issue)
    return approval.send_at if approval else issue.publication.due(issue.date)


def issue_due(publication: Publication, now: datetime | None) -> Issue:
    """The open issue, if its time has come.

    Args:
        now: an aware moment; None for a person who sends it at whatever time.

    Raises:
        NothingDue: if there is no open issue.
        NotDue: if its time is still to come.
    """
    issue = publication.issues.open().first()
    if issue is None:
        raise NothingDue(
            f"{publication} has no open issue; the next one is made with `twtw issue prepare`."
        )
    moment = moment_of(issue).astimezone(publication.zone)
    if now is not None and moment > now:
        raise NotDue(f"{issue} is due on {printed_moment(moment)}.")
    return issue


def wait_for(moment: datetime) -> None:
    """Wait for a moment that is at most `EARLY` ahead."""
    time.sleep(max(0.0, min(moment - timezone.now(), EARLY).total_seconds()))


def has_left(publication: Publication, moment: datetime) -> bool:
    """Whether the issue of a moment's day has been published, by hand or by an earlier run."""
    day = moment.astimezone(publication.zone).date()
    return publication.issues.published().filter(date__gte=day).exists()


def is_to_be_asked_about(issue: Issue, rendering: Rendering) -> bool:
    """Whether the editors have still to be asked to approve an issue in these words."""
    return (
        not issue.is_published
        and approval_in_force(issue) is None
        and issue.asked_about != rendering.sha256
    )


def interrupted_mailings(publication: Publication, *, resting: bool) -> list[Mailing]:
    """Mailings of a publication that have not ended, or of whose end nobody was told.

    Those of corrections are not the publishing's: they go on by themselves.

    Args:
        resting: whether those count that are paused, or have to wait for a while.
    """
    own = Q(edition__publication=publication, edition__correction__isnull=True)
    begun = _unfinished().filter(own)
    now = timezone.now()
    going_on = [mailing for mailing in begun if resting or not is_resting(mailing, now)]
    return [*going_on, *_untold(now).filter(own)]


def abandoned_mailings(now: datetime, grace: timedelta) -> list[Mailing]:
    """Mailings of any publication that could go on, and are in nobody's hands.

    Also those that have ended and of which nobody was told, because the run died before that.

    Args:
        now: an aware moment.
        grace: how long they have been so; a run that waits for its publication's pace takes a
            moment to go on, too.
    """
    begun = _unfinished().filter(Q(cancelled_at__isnull=False) | Q(paused_at__isnull=True))
    going_on = [
        mailing
        for mailing in begun.filter(frozen_at__lte=now - grace)
        if not is_in_hand(mailing) and not waits(mailing, now, grace)
    ]
    return [*going_on, *_untold(now).filter(finished_at__lte=now - grace)]


def resting_mailings(now: datetime) -> list[Mailing]:
    """Mailings of any publication that are paused, or have to wait for a while."""
    return [mailing for mailing in _unfinished() if is_resting(mailing, now)]


def _unfinished() -> QuerySet[Mailing]:
    return _mailings().filter(finished_at__isnull=True)


def _untold(now: datetime) -> QuerySet[Mailing]:
    return _mailings().filter(finished_at__gte=now - WORTH_TELLING, told="")


def _mailings() -> QuerySet[Mailing]:
    return Mailing.objects.select_related(
        "edition__publication", "edition__issue", "edition__note"
    ).order_by("pk")


def mailing_before(publication: Publication) -> list[Mailing]:
    """The latest mailing of a publication that has no open issue: what was published is this."""
    if publication.issues.open().exists():
        return []
    started = Mailing.objects.filter(
        edition__publication=publication, edition__correction__isnull=True
    )
    return list(started.select_related("edition__issue", "edition__note").order_by("-pk")[:1])


def approvals_due(before: datetime) -> list[Approval]:
    """Approvals in force whose issue should have been published before a moment, and is not."""
    overdue = Approval.objects.filter(
        voided_at__isnull=True, issue__published_at__isnull=True, send_at__lte=before
    )
    return list(overdue.select_related("issue__publication"))
