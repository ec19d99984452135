"""Sites are asked within bounds, never inside of an inner network, and judged as people would."""

import socket
import ssl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issues.outside.reachability import (
    MOST_BYTES,
    MOST_LINKS,
    MOST_REDIRECTS,
    addresses_of,
    look_up,
)
from issues.preflight.facts import Answered
from issues.preflight.hosts import is_public_address
from tests.standins.certificates import self_signed
from tests.standins.web import Web, endless, hang, only_get, raw, redirect, status

GOOD = Answered(reachable=True)
INNER = (
    *("127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0", "224.0.0.1", "::1"),
    *("::ffff:127.0.0.1", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::"),
)


def anywhere(_address):
    return True


@pytest.fixture
def web():
    with Web() as site:
        yield site


def ask(site, address, **changes):
    """What is answered for one address, as if the machine's own network were a public one."""
    means = {"may_be_asked": anywhere, "ports": {site.port}} | changes
    return look_up([address], **means).get(address)


@pytest.mark.parametrize("code", [200, 204, 206, 304, 401, 402, 403, 405, 406, 429, 451, 999])
def test_a_site_that_is_there_is_reachable_also_where_it_serves_no_robots(web, code):
    assert ask(web, web.serve("/", status(code))) == GOOD


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (404, "The page is not there (it answered 404)."),
        (410, "The page is not there (it answered 410)."),
        (500, "The site did not serve it just now (it answered 500)."),
        (503, "The site did not serve it just now (it answered 503)."),
    ],
)
def test_a_page_that_is_not_served_is_not_reachable(web, code, said):
    assert ask(web, web.serve("/", status(code))) == Answered(False, said)


@pytest.mark.parametrize("code", [403, 404, 405, 501])
def test_who_answers_head_badly_is_asked_again_by_get(web, code):
    assert ask(web, web.serve("/page", only_get(code))) == GOOD
    assert web.paths() == ["HEAD /page", "GET /page"]


@pytest.mark.parametrize("code", [200, 429])
def test_who_answers_head_well_or_has_enough_is_asked_once(web, code):
    ask(web, web.serve("/page?a=1&b=2", status(code)))
    assert web.paths() == ["HEAD /page?a=1&b=2"]


def test_a_request_says_who_asks_and_carries_nothing_else(web):
    ask(web, web.serve("/", status(200, "Set-Cookie: a=b")))
    (request,) = web.asked
    assert request.head == (
        f"Host: 127.0.0.1:{web.port}",
        "User-Agent: TheWorldThisWeek-LinkCheck/1.0",
        "Accept: text/html,*/*",
        "Accept-Encoding: identity",
        "Connection: close",
    )


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed_relative_ones_too_and_in_any_letters(web, code):
    web.serve("/old", redirect("neu/%C3%A4?x=ü", code))
    web.serve("/neu/%C3%A4?x=%C3%BC", status(200))
    assert ask(web, web.url("/old")) == GOOD


def test_a_chain_of_redirects_has_an_end(web):
    for step in range(MOST_REDIRECTS):
        web.serve(f"/{step}", redirect(f"/{step + 1}"))
    web.serve(f"/{MOST_REDIRECTS}", status(200))
    assert ask(web, web.url("/0")) == GOOD
    web.serve(f"/{MOST_REDIRECTS}", redirect(f"/{MOST_REDIRECTS + 1}"))
    found = ask(web, web.url("/0"))
    assert found == Answered(False, "It sends readers on more than 5 times.")


def test_who_sends_us_back_until_we_take_a_cookie_is_there(web):
    assert ask(web, web.serve("/wall", redirect("/wall#page"))) == GOOD
    assert web.paths() == ["HEAD /wall"]
    web.serve("/page", redirect("/consent"))
    web.serve("/consent", redirect("/page"))
    assert ask(web, web.url("/page")) == GOOD


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("ftp://files.example/", "It leads to an address that can't be followed."),
        ("http://[", "It leads to an address that can't be followed."),
        ("http://127.0.0.1:99999/", "It leads to an address that can't be followed."),
        ("", "It sends readers on to nowhere."),
    ],
)
def test_a_redirect_to_what_no_browser_can_open_is_named(web, location, said):
    assert ask(web, web.serve("/", redirect(location))) == Answered(False, said)


@pytest.mark.parametrize("inner", INNER)
def test_a_name_of_an_inner_network_is_never_asked(web, inner):
    found = ask(
        web,
        web.url("/", host="news.example"),
        may_be_asked=is_public_address,
        resolve=lambda _host, _port: ["1.1.1.1", inner],
    )
    said = "news.example leads into an inner network, where readers have no way."
    assert found == Answered(False, said)
    assert web.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433"])
def test_no_way_to_write_this_machines_address_is_asked(web, host):
    assert ask(web, web.url("/", host=host), may_be_asked=is_public_address).reachable is False
    assert web.asked == []


def test_a_redirect_into_an_inner_network_is_not_followed(web):
    web.serve("/", redirect(f"http://inner.example:{web.port}/secret"))
    web.serve("/secret", status(200))
    # The site itself counts as public here, the host behind the redirect does not.
    places = {"127.0.0.1": ["127.0.0.1"], "inner.example": ["127.0.0.2"]}
    resolve = lambda host, _port: places[host]  # noqa: E731
    found = ask(web, web.url("/"), may_be_asked="127.0.0.1".__eq__, resolve=resolve)
    assert "inner.example leads into an inner network" in found.sentence
    assert web.paths() == ["HEAD /"]


def test_a_name_that_changes_its_address_is_asked_for_only_once_and_connected_to_as_it_was(web):
    """DNS rebinding: a public address for the check, and an inner one for the connection."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    def resolve(host, _port):
        asked.append(host)
        return answers.pop(0)

    web.serve("/", only_get(405))
    assert ask(web, web.url("/", host="news.example"), resolve=resolve) == GOOD
    assert asked == ["news.example"]
    assert web.asked[1].head[0] == f"Host: news.example:{web.port}"


def test_other_ports_than_those_of_the_web_are_not_asked(web):
    found = ask(web, web.serve("/", status(200)), ports={80, 443})
    assert f"port {web.port}" in found.sentence
    assert web.asked == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"220 mail.example ESMTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"\0\xff" * 100,
    ],
)
def test_what_is_no_web_site_is_not_reachable(web, data):
    found = ask(web, web.serve("/", raw(data)))
    assert found.reachable is False
    assert "did not answer as a web site" in found.sentence or "without an answer" in found.sentence


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200), st.booleans())
def test_whatever_a_site_says_is_one_answer(web, data, as_http):
    answer = b"HTTP/1.1 302 Found\r\nLocation: " + data + b"\r\n\r\n" if as_http else data
    # Wherever it is led from there, no port but this one is asked.
    found = ask(web, web.serve("/", raw(answer)), seconds=2.0, resolve=lambda *_: ["127.0.0.1"])
    assert isinstance(found, Answered)
    assert found.reachable or found.sentence.endswith(".")


def test_a_body_without_an_end_is_left_where_it_is(web):
    address = web.serve("/", endless(b"HTTP/1.1 200 OK\r\n\r\n", b"words " * 1000))
    assert ask(web, address) == GOOD


def test_a_head_without_an_end_is_read_no_further_than_it_may(web):
    address = web.serve("/", endless(b"HTTP/1.1 200 OK\r\n", b"X: words\r\n" * 100))
    assert ask(web, address).reachable is False
    assert MOST_BYTES < 100_000


def test_an_early_word_is_not_the_answer(web):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n"
    assert "404" in ask(web, web.serve("/", raw(early))).sentence


def test_who_holds_the_connection_is_left_when_the_time_is_over(web):
    found = ask(web, web.serve("/", hang), seconds=0.2)
    assert found == Answered(False, "127.0.0.1 did not answer in time.")


def test_a_refused_connection_is_not_reachable(web):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    found = ask(web, f"http://127.0.0.1:{port}/", ports={port})
    assert found == Answered(False, "127.0.0.1 takes no connections.")


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no name"), "There is no site gone.example."),
        (UnicodeError("label too long"), "There is no site gone.example."),
        # Our own way to the servers of names is broken: nothing is said about the site.
        (socket.gaierror(socket.EAI_AGAIN, "try again"), None),
    ],
)
def test_a_name_that_nobody_has_is_told_from_names_that_nobody_can_be_asked_for(
    web, trouble, expected
):
    def resolve(_host, _port):
        raise trouble

    found = ask(web, web.url("/", host="gone.example"), resolve=resolve)
    assert found == (expected and Answered(False, expected))


def test_the_system_is_asked_for_names_and_gives_each_address_once():
    assert "127.0.0.1" in addresses_of("localhost", 80)
    assert addresses_of("127.0.0.1", 80) == ["127.0.0.1"]


def test_https_needs_a_certificate_that_is_trusted_and_of_that_name(tmp_path):
    certificate = self_signed(tmp_path)
    trusted = ssl.create_default_context(cafile=certificate)
    resolve = lambda _host, _port: ["127.0.0.1"]  # noqa: E731
    with Web(certificate) as site:
        site.serve("/", status(200))
        assert ask(site, site.url("/", host="localhost"), tls=trusted, resolve=resolve) == GOOD
        found = ask(site, site.url("/", host="other.example"), tls=trusted, resolve=resolve)
        assert "The certificate of other.example is not good" in found.sentence
        found = ask(site, site.url("/", host="localhost"), resolve=resolve)
        assert "The certificate of localhost is not good" in found.sentence


def test_what_speaks_no_tls_makes_no_secure_connection(web):
    web.serve("/", status(200))
    found = ask(web, web.url("/").replace("http:", "https:"))
    assert found.reachable is False


def test_many_links_are_asked_each_once_and_no_more_than_there_may_be(web):
    addresses = [web.serve(f"/{number}", status(200)) for number in range(MOST_LINKS + 5)]
    found = look_up([*addresses, *addresses], may_be_asked=anywhere, ports={web.port})
    assert list(found) == addresses[:MOST_LINKS]
    assert len(web.asked) == MOST_LINKS
