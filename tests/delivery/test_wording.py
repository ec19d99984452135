"""The other side's words: shown in one line, and never with an address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.transports.wording import LONGEST_REASON, fit_to_be_shown

ADDRESSES = st.emails(domains=st.just("example.org"))


@settings(deadline=None)
@given(before=st.text(max_size=60), address=ADDRESSES, after=st.text(max_size=60))
def test_no_known_address_is_ever_shown(before, address, after):
    shown = fit_to_be_shown(f"{before} <{address}>: {after}", address)
    assert address not in shown
    assert len(shown) <= LONGEST_REASON
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<anna.b@example.org>: User unknown", "<[address]>: User unknown"),
        ("ANNA.B@EXAMPLE.ORG unknown", "[address] unknown"),
        ("No mailbox anna.b here", "No mailbox [address] here"),
        ("anna.bell is somebody else", "anna.bell is somebody else"),
        ("someone@else.example, too", "[address], too"),
        ("two\nlines\t\x00and", "two lines and"),
    ],
)
def test_what_is_shown_of_what_was_said(words, shown):
    assert fit_to_be_shown(words, "anna.b@example.org") == shown


def test_a_long_speech_is_cut():
    assert fit_to_be_shown("x" * 1000) == "x" * (LONGEST_REASON - 1) + "…"
