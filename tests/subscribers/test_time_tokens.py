"""The proof of when a form was opened."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer

from subscribers.time_tokens import age, time_token

NOON = datetime(2025, 6, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize("passed", [timedelta(0), timedelta(milliseconds=2999), timedelta(days=2)])
def test_it_tells_to_the_millisecond_how_long_ago_that_was(passed):
    assert age(time_token(NOON), NOON + passed) == passed


def test_what_was_signed_for_something_else_proves_nothing():
    opened = f"{NOON.timestamp() * 1000:.0f}"
    for salt in ("subscribers.links.unsubscribe", None):
        assert age(Signer(sep=".", salt=salt).sign(opened), NOON) is None
    assert age(opened, NOON) is None
    assert age("", NOON) is None
