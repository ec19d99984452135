"""What a person looked at, and how much is asked of them before it leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.confirmation import (
    Confirmation,
    NotConfirmed,
    check_confirmation,
    confirmation_for,
    grew_much,
)
from issues.seen import ChangedSinceSeen, NotSeen, Seen, audience_rule

SEEN = Seen("Subject", "a" * 64, "The Weekly <weekly@example.org>", "everybody", 50)


def test_the_same_is_confirmed_and_a_few_readers_more_or_less_are_the_same():
    SEEN.confirm(SEEN, "It")
    for readers in (None, 10, 60):
        SEEN.confirm(Seen(SEEN.subject, SEEN.sha256, SEEN.sender, SEEN.audience, readers), "It")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Seen("Other", "b", SEEN.sender, "everybody", 50), "its subject line is “Other”"),
        (Seen("Subject", "b", SEEN.sender, "everybody", 50), "its words, their order"),
        (Seen("Subject", SEEN.sha256, "Somebody", "everybody", 50), "it is from Somebody"),
        (Seen("Subject", SEEN.sha256, SEEN.sender, "others", 50), "it goes to others"),
        (Seen("Subject", SEEN.sha256, SEEN.sender, "everybody", 120), "120 readers get it, and"),
    ],
)
def test_every_difference_is_named(now, said):
    with pytest.raises(ChangedSinceSeen, match=f"It was changed since you opened it: {said}"):
        SEEN.confirm(now, "It")


@pytest.mark.django_db
def test_the_rule_names_the_publication_and_whom_the_segment_means(alerts):
    assert audience_rule(alerts) == "confirmed readers of GP Alerts"
    assert audience_rule(alerts, "region Africa, joined this year") == (
        "confirmed readers of GP Alerts: region Africa, joined this year"
    )


def test_a_seal_is_good_for_its_page_alone():
    sealed = SEEN.sealed("issue-1")
    assert Seen.unsealed(sealed, "issue-1") == SEEN
    for text, purpose in ((sealed, "issue-2"), (sealed[:-1], "issue-1"), ("", "issue-1")):
        with pytest.raises(NotSeen, match="open the page again"):
            Seen.unsealed(text, purpose)


@given(readers=st.integers(0, 10**7), typed=st.text(max_size=12))
def test_only_the_number_itself_confirms_many(readers, typed):
    wanted = confirmation_for(readers)
    right = {
        Confirmation.BUTTON: typed,
        Confirmation.TICK: "yes",
        Confirmation.NUMBER: f"{readers:,}",
    }
    check_confirmation(readers, right[wanted])
    if wanted is Confirmation.NUMBER and not any(sign.isdigit() for sign in typed):
        with pytest.raises(NotConfirmed):
            check_confirmation(readers, typed)


@pytest.mark.parametrize(("readers", "wanted"), [(99, 0), (100, 1), (999, 1), (1000, 2)])
def test_the_more_readers_the_more_is_asked(readers, wanted):
    assert confirmation_for(readers) == wanted


@given(seen=st.integers(0, 10**7), fewer=st.integers(0, 10**7))
def test_an_audience_that_shrank_did_not_grow(seen, fewer):
    assert not grew_much(seen, max(0, seen - fewer))
