"""The steps that an issue and an alert share: hand a mailing over, and say how it ended."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone

from delivery import suppression_lists
from delivery.counting import Counts
from delivery.delivering import deliver
from delivery.errors import DeliveryError
from delivery.models import Mailing
from delivery.standing import is_resting, line_of
from delivery.transports.opening import open_calls, open_transport
from flows import telling
from flows.artifacts import DeliveryProgress, show_counts
from flows.reports import MailingReport, report_of
from flows.steps import step, watcher

logger = logging.getLogger(__name__)

# Seconds that SendGrid may have the mailing wait; a person who pushes waits longer.
PATIENCE_BEFORE_SENDING = 30.0


# Safe to repeat: the ledger hands every chunk over once.
@step(retries=3)
def hand_over(mailing: Mailing) -> Counts:
    """Give the transport every copy that is pending."""
    line, slug = line_of(mailing), mailing.edition.publication.slug
    reached = deliver(
        mailing,
        open_transport(mailing.transport),
        threads=settings.DELIVERY_THREADS,
        on_progress=DeliveryProgress(f"delivery-{slug}", line, watcher()),
    )
    show_counts(f"mailing-{slug}", line, reached)
    return reached


@step()
def push_suppressions(mailing: Mailing) -> None:
    """Tell SendGrid whom not to mail, before it mails a list that came from elsewhere.

    It may fail: the ledger itself has nobody mailed who is suppressed here.
    """
    try:
        suppression_lists.push(open_calls(), patience=PATIENCE_BEFORE_SENDING)
    except DeliveryError as error:
        logger.warning(
            "%s leaves without SendGrid knowing all suppressions: %s "
            "`twtw suppressions push` does it later.",
            mailing,
            error,
        )


@step()
def report_to_editors(mailing: Mailing, report: MailingReport) -> None:
    """Tell the editors the counts, and what has to be done; once for each end it comes to.

    Several runs that have worked at it together end with the same.
    """
    standing = f"{report.state}: {report.counts.sentence()} {report.standing.sentence}"[:200]
    untold = Mailing.objects.filter(pk=mailing.pk).exclude(told=standing)
    if untold.update(told=standing):
        said = telling.report_counts(mailing, report)
        if settings.EDITORS and not said:
            # Another run may be able to.
            Mailing.objects.filter(pk=mailing.pk, told=standing).update(told="")


@step()
def report_stuck(mailing: Mailing, reason: str) -> None:
    """Tell the editors of a mailing that can't be continued."""
    telling.report_stuck(mailing, reason)


def send(mailing: Mailing, *, is_new: bool = False) -> MailingReport:
    """Take a mailing to its end, or as far as it may go now.

    One that had ended before, is paused, or has to wait for longer than a run waits, is only
    reported to whoever asked: the editors have been told, unless it is new.

    Args:
        is_new: whether this run has begun it.
    """
    if mailing.finished_at is not None:
        if not mailing.told:
            # The run that has ended it died before it could.
            report_to_editors(mailing, report_of(mailing))
        return report_of(mailing, before=True)
    if is_resting(mailing, timezone.now()):
        report = report_of(mailing)
        if is_new:
            report_to_editors(mailing, report)
        return report
    if suppression_lists.are_to_be_pushed_before(mailing):
        push_suppressions(mailing)
    hand_over(mailing)
    report = report_of(mailing)
    report_to_editors(mailing, report)
    return report
