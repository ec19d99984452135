"""Addresses that must not be mailed."""

import pytest

from subscribers.models import Suppression
from subscribers.suppressing import lift, suppress

pytestmark = pytest.mark.django_db


def test_an_address_is_suppressed_once_and_keeps_its_first_reason():
    assert suppress("Ann@Example.org", Suppression.Reason.COMPLAINED)
    assert not suppress("ann@example.org", Suppression.Reason.BOUNCED)
    assert list(Suppression.objects.values_list("key", "reason")) == [
        ("ann@example.org", "complained")
    ]


def test_a_suppression_can_be_lifted():
    suppress("ann@example.org", Suppression.Reason.BY_REQUEST)
    assert lift("ANN@example.org")
    assert not lift("ann@example.org")
    assert not Suppression.objects.exists()
