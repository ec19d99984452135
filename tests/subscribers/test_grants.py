"""Links that grant something: each its own row, for one purpose and for so many days."""

from datetime import timedelta

import pytest

from subscribers.errors import BadLink, ExpiredLink
from subscribers.grants import Grant, grant_token, grant_url, row_granted

MADE = 1_751_155_200


@pytest.fixture
def clock(monkeypatch):
    """Sets how long ago the links of a test were made."""

    def after(passed=timedelta(0)):
        monkeypatch.setattr("django.core.signing.time.time", lambda: MADE + passed.total_seconds())

    after()
    return after


@pytest.mark.parametrize(
    ("grant", "days"), [(Grant.CONFIRM, 7), (Grant.NEW_ADDRESS, 2), (Grant.STILL_WANTED, 60)]
)
def test_a_link_is_good_for_its_days_and_says_afterwards_what_it_was_for(clock, grant, days):
    token = grant_token(grant, 12345)
    clock(timedelta(days=days))
    assert row_granted(grant, token) == 12345
    clock(timedelta(days=days, seconds=1))
    with pytest.raises(ExpiredLink) as over:
        row_granted(grant, token)
    assert over.value.row == 12345


@pytest.mark.parametrize("grant", Grant)
def test_a_link_grants_nothing_but_what_it_was_made_for(clock, grant):
    token = grant_token(grant, 7)
    for other in set(Grant) - {grant}:
        with pytest.raises(BadLink, match="damaged"):
            row_granted(other, token)
    for changed in ("", "7", f"8{token[1:]}", token[:-1], f"{token}A", token.swapcase()):
        with pytest.raises(BadLink, match="damaged"):
            row_granted(grant, changed)


def test_a_link_is_absolute_and_names_the_row_alone(settings, clock):
    settings.SITE_URL = "https://weekly.example.org"
    token = grant_token(Grant.CONFIRM, 7)
    assert grant_url(Grant.CONFIRM, 7) == f"https://weekly.example.org/confirm/{token}/"
    assert token.startswith("7.")
