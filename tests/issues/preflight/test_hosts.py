"""What a host's name or address tells by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.preflight.hosts import (
    belong_together,
    is_inner_host,
    is_public_address,
    registrable_domain,
)


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


@pytest.mark.parametrize(
    "address",
    [
        *("::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "64:ff9b::10.0.0.1", "3fff::1"),
        *("5f00::1", "168.63.129.16", "::ffff:168.63.129.16", "2002:808:808::", "2001:0:1::1"),
        *("2001:db8::1", "fec0::1", "fd00::1", "ff02::1", "::", "::1", "4000::1", "fe80::1%eth0"),
    ],
)
def test_what_no_reader_can_reach_is_not_public(address):
    assert not is_public_address(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "168.63.129.17", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_what_every_reader_can_reach_is_public(address):
    assert is_public_address(address)


@given(st.text())
def test_any_text_is_a_host_or_none_and_never_a_mistake(text):
    assert is_inner_host(text) or "." in text or ":" in text or text.isalnum()
    assert is_public_address(text) in {True, False}


@given(st.ip_addresses())
def test_an_address_is_inner_or_public(address):
    assert is_inner_host(str(address)) is not is_public_address(str(address))
