"""When two addresses are one person's, and when they are not."""

import string
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from subscribers.addresses import address_key, masked, valid_address
from subscribers.errors import AddressError

LOCAL_PARTS = st.from_regex(r"\A[A-Za-z0-9]+([.+_-][A-Za-z0-9]+){0,3}\Z").filter(
    lambda text: len(text) <= 64
)


@given(st.text())
def test_a_key_is_its_own_key(text):
    assert address_key(address_key(text)) == address_key(text)


@given(LOCAL_PARTS, LOCAL_PARTS)
def test_two_people_never_share_a_key(one, other):
    same = address_key(f"{one}@example.org") == address_key(f"{other}@example.org")
    assert same == (one.translate(LOWER) == other.translate(LOWER))


LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.b@example.org", "ab@example.org"),
        ("a+news@example.org", "a@example.org"),
        ("strasse@example.org", "straße@example.org"),
        ("ı@example.org", "i@example.org"),
        ("I@example.org", "ı@example.org"),
        ("νίκος@example.org", "νίκοσ@example.org"),
        ("ａ@example.org", "a@example.org"),
        ("ﬁ@example.org", "fi@example.org"),
        ("a@straße.example.org", "a@strasse.example.org"),
        ("a@example.org", "a@example.com"),
    ],
)
def test_what_a_provider_may_tell_apart_is_kept_apart(one, other):
    assert address_key(one) != address_key(other)


# Letters of which some program makes one, with and without what is put on them.
TRICKY = [
    *"aAiIıİsSſßẞσςΣkK\u212aåÅ\u212bω\u2126.+-1１ａＡﬁjJǰ",
    "ss",
    "fi",
    "\u0307",
    "\u030c",
    "Άς",
]
TRICKY_LOCAL_PARTS = st.lists(st.sampled_from(TRICKY), min_size=1, max_size=3).map("".join)
TRICKY_DOMAINS = st.sampled_from(
    [
        *("example.org", "EXAMPLE.org", "ＥＸＡＭＰＬＥ.org", "ı.example.org"),
        *("straße.example.org", "strasse.example.org", "xn--strae-oqa.example.org"),
        *("Άς.example.org", "άσ.example.org"),
    ]
)
TRICKY_ADDRESSES = st.builds("{}@{}".format, TRICKY_LOCAL_PARTS, TRICKY_DOMAINS)


def as_normalised(text):
    """What email-validator makes of it; nothing is lost by that but how a thing is written."""
    try:
        return valid_address(text, ascii_only=False)
    except AddressError:
        assume(False)


def same_but_for_case(one, other):
    """Letter by letter the same, or one letter is the capital of the other."""
    letters = [unicodedata.normalize("NFD", text) for text in (one, other)]
    return len(letters[0]) == len(letters[1]) and all(
        a == b or b in (a.lower(), a.upper()) or a in (b.lower(), b.upper())
        for a, b in zip(*letters, strict=True)
    )


@given(TRICKY_ADDRESSES, TRICKY_ADDRESSES)
def test_what_normalisation_tells_apart_is_never_merged(one, other):
    one, other = as_normalised(one), as_normalised(other)
    if address_key(one) == address_key(other):
        assert same_but_for_case(one, other)


@given(TRICKY_ADDRESSES)
def test_a_valid_address_in_whatever_letters_has_a_key_that_the_database_takes(text):
    written = as_normalised(text)
    assert as_normalised(written) == written
    assert address_key(written) == address_key(address_key(written))


def test_the_key_of_the_longest_address_fits():
    written = valid_address("İ" * 121 + "@example.org", ascii_only=False)
    assert len(written.encode()) == len(address_key(written)) == 254


@given(
    st.one_of(st.text(), st.text().map("a@{}".format), st.text(min_size=1).map("{}@b.org".format))
)
def test_whatever_is_written_is_an_address_or_refused(text):
    try:
        written = valid_address(text, ascii_only=False)
    except AddressError:
        return
    assert valid_address(written, ascii_only=False) == written


def test_what_is_far_too_long_is_refused_unread():
    with pytest.raises(AddressError, match="too long"):
        valid_address("a" * 1_000_000)


def test_where_sendgrid_sends_the_part_before_the_at_is_ascii(settings):
    assert valid_address("Josè@bücher.example.org") == "Josè@bücher.example.org"
    settings.DELIVERY_TRANSPORT = "sendgrid"
    with pytest.raises(AddressError, match="please give another address") as refusal:
        valid_address("Josè@example.org")
    assert "Josè" not in str(refusal.value)
    assert valid_address("jose@bücher.example.org") == "jose@bücher.example.org"
    assert valid_address("Josè@example.org", ascii_only=False) == "Josè@example.org"


def test_case_and_unicode_form_make_no_difference():
    assert address_key("Goïta@Example.org") == address_key("goi\u0308ta@example.org")


@given(LOCAL_PARTS)
def test_a_valid_address_is_left_as_it_is_and_keeps_its_key(local):
    written = valid_address(f"  {local}@Example.ORG ")
    assert written == f"{local}@example.org"
    assert valid_address(written) == written


@pytest.mark.parametrize(
    "text", ["", "nobody", "@example.org", "a@", "a@b", "a b@example.org", "a@example..org"]
)
def test_what_is_no_address_is_refused_without_repeating_it(text):
    with pytest.raises(AddressError) as refusal:
        valid_address(text)
    assert str(refusal.value).endswith(".")
    assert not text or text not in str(refusal.value)


def test_a_masked_address_shows_its_first_letter_and_its_domain():
    assert masked("reader.one@example.org") == "r…@example.org"
