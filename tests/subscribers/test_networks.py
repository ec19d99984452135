"""The network of a request, as the proxy in front of the site tells it."""

import pytest

from subscribers.networks import network_of

FIRST, SECOND = "192.0.2.7", "192.0.2.8"


@pytest.fixture
def behind(settings, rf):
    """The network of a request that came through so many proxies, with what they wrote."""

    def network(passed_on, proxies=1):
        settings.TRUSTED_PROXIES = proxies
        return network_of(rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=passed_on))

    return network


def test_what_the_nearest_proxy_wrote_counts_and_nothing_that_stood_before_it(behind):
    assert behind(FIRST) != behind(SECOND)
    assert behind(f"{FIRST}, {SECOND}") == behind(SECOND)
    assert behind(f"{FIRST}, {SECOND}", proxies=2) == behind(FIRST)


def test_nobodys_word_counts_where_there_is_no_proxy(behind):
    assert behind(FIRST, proxies=0) == behind(SECOND, proxies=0) != ""


def test_a_proxy_that_is_left_out_leaves_the_network_unknown(behind):
    assert behind(FIRST, proxies=2) == ""


@pytest.mark.parametrize("port", ["", ":4711", ":1"])
def test_a_port_behind_it_is_no_part_of_it(behind, port):
    assert behind(f"{FIRST}{port}") == behind(FIRST)
    assert behind(f"[2001:db8::7]{port}") == behind("2001:db8::7")


def test_of_an_ipv6_address_the_first_half_counts(behind):
    assert behind("2001:db8:10::1") == behind("2001:db8:10::2")
    assert behind("2001:db8:10::1") != behind("2001:db8:10:1::1")
    assert behind("::ffff:192.0.2.7") == behind(FIRST)


@pytest.mark.parametrize("rubbish", ["", "unknown", "_hidden", "192.0.2", "192.0.2.7:x", "[", "[]"])
def test_what_is_no_address_is_no_network(behind, rubbish):
    assert behind(f"{SECOND}, {rubbish}") == ""
