"""What is offered, and in which words."""

import calendar
from datetime import time

import pytest

from subscribers.offers import about, consent_sentence, latest_issue_path, promise_of, words_shown

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("weekday", range(7))
def test_a_weekly_without_a_promise_says_when_it_comes(twtw, weekday):
    twtw.weekday, twtw.hour, twtw.time_zone = weekday, time(17, 5), "America/New_York"
    day = calendar.day_name[weekday]
    assert promise_of(twtw) == f"One mail a week, on {day}s at 17:05 New York time."


def test_a_promise_in_the_newsrooms_own_words_wins(twtw, alerts):
    alerts.promise = "Three a month."
    alerts.sender_name, alerts.sender_address = "The Desk", "desk@example.org"
    assert about(alerts) == "Three a month. It comes from The Desk <desk@example.org>."
    assert words_shown([twtw, alerts]).split("\n\n") == [
        f"The World This Week: {about(twtw)}",
        f"GP Alerts: {about(alerts)}",
        consent_sentence(),
    ]


def test_before_anything_is_published_the_first_page_is_the_latest_there_is(twtw, alerts):
    assert latest_issue_path(twtw) == latest_issue_path(alerts) == "/"
