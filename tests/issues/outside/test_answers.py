"""What sites answered is kept for a while, and each is asked about once a day."""

from datetime import UTC, datetime, timedelta

import pytest

from issues.models import LinkAnswer
from issues.outside.answers import ask_about, keep_answers, known_answers, linked_addresses
from issues.preflight.facts import Answered
from tests.issues.preflight.sound import saying, sound

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 6, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THERE, GONE = Answered(True), Answered(False, "The page is not there.")
PAGE = "https://example.org/page"


def linking(*addresses):
    links = "".join(f'<p><a href="{address}">Some words</a></p>' for address in addresses)
    return sound(saying(links))


OWN = linked_addresses(sound(saying("")))


def new(issue, now=NOW):
    return [address for address in ask_about(issue, now) if address not in OWN]


def test_what_was_answered_is_known_for_a_week():
    keep_answers({PAGE: GONE, "https://example.org/b": THERE}, NOW)
    assert known_answers([PAGE, "https://example.org/c"], NOW + 6 * DAY) == {PAGE: GONE}
    assert known_answers([PAGE], NOW + 7 * DAY) == {}


def test_a_later_answer_takes_the_place_of_the_one_before():
    keep_answers({PAGE: GONE}, NOW)
    keep_answers({PAGE: THERE}, NOW + DAY)
    assert known_answers([PAGE], NOW + DAY) == {PAGE: THERE}
    assert LinkAnswer.objects.count() == 1


def test_addresses_and_sentences_of_any_length_are_kept():
    long = "https://example.org/" + "a" * 2000
    keep_answers({f"{long}1": THERE, f"{long}2": Answered(False, "x" * 500)}, NOW)
    assert known_answers([f"{long}1"], NOW) == {f"{long}1": THERE}
    assert known_answers([f"{long}2"], NOW) == {f"{long}2": Answered(False, "x" * 300)}
    keep_answers({}, NOW)


def test_a_link_is_asked_about_once_a_day_and_what_was_not_there_once_an_hour():
    issue = linking(PAGE, "https://example.org/gone", PAGE)
    assert new(issue) == [PAGE, "https://example.org/gone"]
    keep_answers({PAGE: THERE, "https://example.org/gone": GONE}, NOW)
    assert new(issue, NOW + HOUR / 2) == []
    assert new(issue, NOW + HOUR) == ["https://example.org/gone"]
    assert new(issue, NOW + DAY) == [PAGE, "https://example.org/gone"]


@pytest.mark.parametrize(
    "address",
    [
        "mailto:editors@newsroom.example",
        "https://weekly.newsroom.example/issues/1/",
        "http://192.168.1.1/",
        "https://user:secret@example.org/",
        "https://example.org/?access_token=secret",
        "no address",
    ],
)
def test_ourselves_inner_networks_and_whom_it_would_let_in_are_never_asked(address):
    assert new(linking(address)) == []
