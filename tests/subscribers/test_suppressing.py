"""Addresses that must not be mailed."""

import pytest

from subscribers.models import Reader, Suppression
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db


def test_an_address_is_suppressed_once_and_keeps_its_first_reason():
    assert suppress("Ann@Example.org", Suppression.Reason.COMPLAINED)
    assert not suppress("ann@example.org", Suppression.Reason.BOUNCED)
    assert list(Suppression.objects.values_list("key", "reason")) == [
        ("ann@example.org", "complained")
    ]


def test_the_two_writings_of_an_international_domain_are_one_address():
    reader = Reader.objects.create(address="x@bücher.example.org")
    suppress("x@xn--bcher-kva.example.org", Suppression.Reason.BOUNCED)
    assert Suppression.objects.get().key == reader.key


def test_what_could_not_be_given_as_an_address_today_is_suppressed_all_the_same():
    suppress("José@Example.org", Suppression.Reason.BOUNCED)
    assert Suppression.objects.get().key == "josé@example.org"
