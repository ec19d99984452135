"""When two addresses are one person's, and when they are not."""

import string

import pytest
from hypothesis import given
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
        ("a@example.org", "a@example.com"),
    ],
)
def test_what_a_provider_may_tell_apart_is_kept_apart(one, other):
    assert address_key(one) != address_key(other)


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
