"""Slips in an address: likely ones are asked about, right ones never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.addresses import valid_address
from subscribers.typos import COMMON_DOMAINS, meant, one_slip_apart


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.co", None),
        ("gamil.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmil.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("gmail,com", "gmail.com"),
        ("gmailcom", "gmail.com"),
        ("gmail", "gmail.com"),
        ("GMAIL.CON", "gmail.com"),
        ("gmail.com.", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmial.con", "hotmail.com"),
        ("hotmal.co.uk", "hotmail.co.uk"),
        ("yaho.com", "yahoo.com"),
        ("yahoocouk", "yahoo.co.uk"),
        ("outlok.com", "outlook.com"),
        ("rediffmial.com", "rediffmail.com"),
        ("institute.example.con", "institute.example.com"),
        ("institute,example.org", "institute.example.org"),
        ("institute.example.ogr", "institute.example.org"),
    ],
)
def test_a_likely_slip_is_recognised(typed, right):
    assert meant(f" Ann.Reader+news@{typed} ") == (right and f"Ann.Reader+news@{right}")


@pytest.mark.parametrize(
    "typed",
    [
        "Ann Reader <ann@example.org>",
        "<ann@example.org>",
        '"Reader, Ann" <Ann@Example.org>, ',
        "mailto:ann@example.org",
        "<MAILTO:ann@example.org>",
        "ann@example.org\u200b",
        "\ufeffann@example.org",
        "ann\uff20example.org",
    ],
)
def test_what_was_copied_along_with_an_address_is_taken_off(typed):
    assert meant(typed).lower() == "ann@example.org"


def test_what_was_copied_along_may_have_a_slip_in_it_too():
    assert meant("Ann <ann@gmial.com>") == "ann@gmail.com"


@pytest.mark.parametrize("text", ["Ann <ann@example.org> Ben <ben@example.org>", "<@>", "mailto:"])
def test_of_what_is_not_one_address_nothing_is_taken_off(text):
    assert meant(text) is None


@pytest.mark.parametrize(
    "domain",
    ["example.org", "mali.example.com", "cloud.com", "gmx.fr", "mail.example.co", "bücher.de"],
)
def test_what_is_nobodys_slip_is_left_alone(domain):
    assert meant(f"ann@{domain}") is None


@pytest.mark.parametrize("domain", sorted(COMMON_DOMAINS))
def test_a_common_domain_is_never_questioned(domain):
    assert meant(f"ann@{domain}") is None
    assert meant(f"ann@{domain.upper()}") is None


@pytest.mark.parametrize(
    "text", ["", "ann", "@", "@gmail.con", "ann@", "ann@@gmial.com", "a b@gmial.com"]
)
def test_nothing_is_proposed_that_is_no_address(text):
    assert meant(text) is None


SLIPPED = st.builds(
    lambda domain, place, letter: f"{domain[:place]}{letter}{domain[place + 1 :]}",
    st.sampled_from(sorted(COMMON_DOMAINS)),
    st.integers(0, 20),
    st.sampled_from(["", *"acdegilmno.,-é\0"]),
)


@given(st.one_of(st.text(), SLIPPED.map("Ann@{}".format), st.text().map("ann@{}".format)))
def test_what_is_proposed_is_an_address_of_the_same_person_and_is_not_questioned_again(text):
    proposed = meant(text)
    if proposed is not None:
        assert valid_address(proposed) == proposed
        assert (
            proposed.rpartition("@")[0]
            == valid_address(f"{text.strip().rpartition('@')[0]}@gmail.com").rpartition("@")[0]
        )
        assert meant(proposed) is None


@given(st.text("abc", max_size=6), st.integers(0, 6), st.sampled_from("abc"))
def test_one_slip_is_a_letter_less_more_other_or_two_that_changed_places(word, place, letter):
    more = word[:place] + letter + word[place:]
    assert one_slip_apart(word, more)
    assert one_slip_apart(more, word)
    swapped = word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
    assert one_slip_apart(word, swapped) == (word != swapped)
    assert not one_slip_apart(word, word)
    assert not one_slip_apart(word, f"{word}xy")
    assert not one_slip_apart(f"xx{word}", f"{word}yy")
