"""The steps that an issue and an alert share: hand a mailing over, and say how it ended."""

from __future__ import annotations

from django.conf import settings

from delivery.counting import Counts, counts
from delivery.delivering import deliver
from delivery.models import Mailing
from delivery.transports.opening import open_transport
from flows import telling
from flows.artifacts import DeliveryProgress, show_counts
from flows.reports import MailingReport, line_of
from flows.steps import step, watcher


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
def report_to_editors(mailing: Mailing, report: MailingReport) -> None:
    """Tell the editors the counts."""
    telling.report_counts(mailing, report)


@step()
def report_stuck(mailing: Mailing, reason: str) -> None:
    """Tell the editors of a mailing that can't be continued."""
    telling.report_stuck(mailing, reason)


def send(mailing: Mailing) -> MailingReport:
    """Take a mailing to its end. One that had ended before is only reported."""
    if mailing.finished_at is not None:
        return MailingReport(mailing.pk, line_of(mailing), counts(mailing), before=True)
    report = MailingReport(mailing.pk, line_of(mailing), hand_over(mailing))
    report_to_editors(mailing, report)
    return report
