"""Return paths: a bounce names its recipient, and nobody else can."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.transports.return_path import LONGEST_LOCAL_PART, recipient_of, return_path_of

IDS = st.integers(min_value=1, max_value=2**63 - 1)
MAILBOXES = st.builds(
    "{}@{}.example".format,
    st.from_regex(rf"\A[a-z][a-z0-9._+-]{{0,{LONGEST_LOCAL_PART - 1}}}\Z"),
    st.from_regex(r"\A[a-z0-9]{1,20}\Z"),
)


@settings(deadline=None)
@given(recipient_id=IDS, mailbox=MAILBOXES)
def test_it_is_read_back_in_whatever_case_it_returns(recipient_id, mailbox):
    made = return_path_of(recipient_id, mailbox)
    assert len(made.partition("@")[0]) <= 64
    assert recipient_of(made) == recipient_of(made.upper()) == recipient_id


@settings(deadline=None)
@given(recipient_id=IDS, other=IDS)
def test_one_recipients_signature_is_not_anothers(recipient_id, other):
    made = return_path_of(recipient_id, "bounces@example.org")
    forged = made.replace(f"+{recipient_id}.", f"+{other}.")
    assert recipient_of(forged) == (other if other == recipient_id else None)


@settings(deadline=None)
@given(st.text() | st.from_regex(r"\Ab\+[0-9]{1,25}\.[a-z2-7]{12}@c\Z"))
def test_what_was_not_made_here_names_nobody(text):
    assert recipient_of(text) is None


def test_a_bounce_that_comes_after_a_change_of_the_key_is_still_known(settings):
    made = return_path_of(345, "bounces@example.org")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 8
    assert recipient_of(made) == 345
    settings.SECRET_KEY_FALLBACKS = []
    assert recipient_of(made) is None


@pytest.mark.parametrize("change", ["0345", "-345", "", "٣٤٥"])
def test_a_number_is_written_in_one_way(change):
    made = return_path_of(345, "bounces@example.org")
    assert recipient_of(made.replace("345", change)) is None
