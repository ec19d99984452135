"""What a host's name or address tells by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.hosts import belong_together, is_inner_host, is_public_address, registrable_domain


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("example.org", "example.org"),
        ("Mail.News.Example.ORG.", "example.org"),
        ("weekly.institute.ac.in", "institute.ac.in"),
        ("a.b.news.co.uk", "news.co.uk"),
        ("co.uk", "co.uk"),
        ("co.example.org", "example.org"),
        ("localhost", "localhost"),
    ],
)
def test_the_registered_part_of_a_name(host, registered):
    assert registrable_domain(host) == registered


def test_names_of_one_owner_belong_together_and_others_do_not():
    assert belong_together("mail.example.org", "EXAMPLE.org")
    assert not belong_together("example.org", "example.net")


@given(st.text())
def test_any_text_is_a_host_or_none_and_never_a_mistake(text):
    assert is_inner_host(text) or "." in text or ":" in text or text.isalnum()
    assert is_public_address(text) in {True, False}


@given(st.ip_addresses())
def test_an_address_is_inner_or_public(address):
    assert is_inner_host(str(address)) is not is_public_address(str(address))
