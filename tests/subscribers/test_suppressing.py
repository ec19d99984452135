"""Addresses that must not be mailed."""

from itertools import permutations

import pytest

from subscribers.models import Reader, Suppression
from subscribers.suppressing import suppress, suppress_all

pytestmark = pytest.mark.django_db


def test_an_address_is_suppressed_once_in_whatever_writing():
    assert suppress("Ann@Example.org", Suppression.Reason.COMPLAINED)
    assert not suppress("ann@example.org", Suppression.Reason.BOUNCED)
    assert list(Suppression.objects.values_list("key", "reason")) == [
        ("ann@example.org", "complained")
    ]


def test_the_two_writings_of_an_international_domain_are_one_address():
    reader = Reader.objects.create(address="x@bücher.example.org")
    suppress("x@xn--bcher-kva.example.org", Suppression.Reason.BOUNCED)
    assert Suppression.objects.get().key == reader.key


def test_so_they_are_with_letters_before_the_at_that_not_every_transport_takes(settings):
    reader = Reader.objects.create(address="José@bücher.example.org")
    settings.DELIVERY_TRANSPORT = "sendgrid"
    suppress("José@xn--bcher-kva.example.org", Suppression.Reason.BOUNCED)
    assert Suppression.objects.get().key == reader.key


def test_what_is_said_of_one_address_is_said_of_no_other():
    suppress("bob@example.org", Suppression.Reason.BOUNCED, "a list")
    said = [
        ("ann@example.org", Suppression.Reason.COMPLAINED, "an event"),
        ("cem@example.org", Suppression.Reason.BLOCKED, "another list"),
    ]
    suppress_all(said)
    assert set(Suppression.objects.values_list("key", "reason", "source")) == {
        *said,
        ("bob@example.org", "bounced", "a list"),
    }


def test_what_could_not_be_given_as_an_address_today_is_suppressed_all_the_same():
    suppress("José@Example.org", Suppression.Reason.BOUNCED)
    assert Suppression.objects.get().key == "josé@example.org"


BY_WEIGHT = ["erased", "blocked", "bounced", "by request", "complained"]


@pytest.mark.parametrize("order", list(permutations(BY_WEIGHT, 2)))
def test_of_two_reasons_the_weightier_stays_whichever_comes_first(order):
    for reason in order:
        suppress("ann@example.org", Suppression.Reason(reason), f"said {reason}")
    suppress_all(("bob@example.org", Suppression.Reason(r), f"said {r}") for r in order)
    kept = max(order, key=BY_WEIGHT.index)
    assert set(Suppression.objects.values_list("key", "reason", "source")) == {
        ("ann@example.org", kept, f"said {kept}"),
        ("bob@example.org", kept, f"said {kept}"),
    }


def test_many_are_suppressed_in_as_many_statements_as_few(django_assert_num_queries):
    for count in (1, 100):
        with django_assert_num_queries(5):  # two of them begin and end the block
            suppress_all(
                (f"{count}-{n}@example.org", Suppression.Reason.BOUNCED, "a list")
                for n in range(count)
            )
    assert Suppression.objects.count() == 101


def test_what_is_longer_than_any_address_is_left_out():
    suppress_all([("İ" * 240 + "@example.org", Suppression.Reason.BOUNCED, "")])
    suppress("a" * 243 + "@example.org", Suppression.Reason.BOUNCED)
    assert not Suppression.objects.exists()
    suppress("a" * 242 + "@example.org", Suppression.Reason.BOUNCED, "x" * 400)
    assert Suppression.objects.get().source == "x" * 300
