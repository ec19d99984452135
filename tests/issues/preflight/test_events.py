"""Which days a text names, and which of them it tells as past."""

from datetime import date

import pytest

from issues.preflight.events import days_in

PRINTED = date(2025, 7, 6)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("On 29 June 2025, they met.", date(2025, 6, 29)),
        ("On June 29, 2025, they met.", date(2025, 6, 29)),
        ("On the 29th of June, they met.", date(2025, 6, 29)),
        ("On 29 June they met.", date(2025, 6, 29)),
        ("On Dec. 30, they met.", date(2024, 12, 30)),
        ("It was signed on 2025-07-02.", date(2025, 7, 2)),
    ],
)
def test_a_day_is_read_in_every_common_writing(text, day):
    assert [(named.day, named.is_told_as_past) for named in days_in(text, PRINTED)] == [(day, True)]


@pytest.mark.parametrize(
    "text",
    [
        "They will meet on 8 July.",
        "The talks, which failed twice, are scheduled for 8 July.",
        "Parliament decided that the law takes effect on 8 July.",
        "He has to answer by 8 July, the court ruled.",
        "The truce was agreed until 8 July.",
        "The conference opens on 8 July.",
    ],
)
def test_what_is_still_to_come_is_not_told_as_past(text):
    assert [named.is_told_as_past for named in days_in(text, PRINTED)] == [False]


def test_the_month_of_may_is_not_the_verb():
    assert [named.is_told_as_past for named in days_in("On 3 May, they met.", PRINTED)] == [True]


def test_a_day_without_a_year_after_another_year_may_belong_to_that_one():
    (named,) = days_in("In 1998, a truce was signed. On 28 August, it was broken.", PRINTED)
    assert not named.is_told_as_past


def test_a_day_of_the_past_without_a_year_is_not_taken_for_one_months_ahead():
    (named,) = days_in("On 24 December, he was arrested.", PRINTED)
    assert (named.day, named.is_told_as_past) == (date(2024, 12, 24), True)


@pytest.mark.parametrize(
    "text",
    [
        "Hiroshima was bombed on August 6.",
        "The Bastille was stormed on 14 July.",
        "Turkey’s 15 July coup attempt failed.",
        "Maduro won the July 28 election.",
    ],
)
def test_a_day_without_a_year_far_ahead_may_be_one_of_history(text):
    assert [named.is_told_as_past for named in days_in(text, PRINTED)] == [False]


@pytest.mark.parametrize("text", ["They met on 12 July.", "They met on 14 August 2025."])
def test_a_day_of_the_week_to_come_or_with_its_year_is_told_as_past(text):
    (named,) = days_in(text, PRINTED)
    assert named.is_told_as_past
    assert named.day > PRINTED


@pytest.mark.parametrize("text", ["On 31 June, they met.", "In 640.5 May", "It cost 12 marks."])
def test_what_is_no_day_is_passed_over(text):
    assert not list(days_in(text, PRINTED))
