"""What the provider reported of copies on their way is forgotten; what went wrong stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery.forgetting import forget_old_reports
from delivery.freezing import start_alert_mailing
from delivery.models import ProviderEvent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("days", [2, 30])
def test_only_reports_of_what_arrived_are_forgotten_after_the_time_that_is_set(
    alert, readers, pigeon, settings, days
):
    settings.KEEP_EVENTS = timedelta(days=days)
    readers(1)
    recipient = start_alert_mailing(*alert, pigeon()).recipients.get()
    now = timezone.now()
    kinds = ("processed", "deferred", "delivered", "blocked", "bounce", "spamreport")
    for kind in kinds:
        for age in (days - 1, days + 1):
            ProviderEvent.objects.create(
                provider_id=f"{kind}{age}",
                fingerprint=f"{kind}{age}",
                recipient=recipient,
                kind=kind,
                at=now,
                received_at=now - timedelta(days=age),
            )
    assert forget_old_reports(now) == 3
    assert forget_old_reports(now) == 0
    old = ProviderEvent.objects.filter(received_at__lt=now - settings.KEEP_EVENTS)
    assert set(old.values_list("kind", flat=True)) == {"blocked", "bounce", "spamreport"}
