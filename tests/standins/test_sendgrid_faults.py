"""Every fault does on the wire what its name says, and takes the chunk exactly if it says so."""

import json
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from tests.standins.conftest import BODY, READERS
from tests.standins.sendgrid import FAULTS, KEY, StandIn
from tests.standins.sendgrid.faults import BY_CHANCE

WITHOUT_AN_ANSWER = {
    *("accept_then_drop", "accept_then_close", "accept_then_hang", "drop_before_read"),
    *("drop_midway", "drop_before_accept", "close_before_accept"),
}
STATUSES = {
    "accept_late": 202,
    "accept_without_id": 202,
    "accept_then_close_idle": 202,
    "slow": 202,
    "trickle": 202,
    "half_an_answer": 202,
    "half_a_body": 202,
    "another_page": 200,
    "redirect": 302,
    "refused_unnamed": 400,
    "refused_in_html": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "no_such_page": 404,
    "no_such_method": 405,
    "too_large": 413,
    "too_many": 429,
    "too_many_unexplained": 429,
    "error_before": 500,
    "error_after": 500,
    "bad_gateway_after": 502,
    "unavailable": 503,
    "unavailable_after": 503,
}


def request(body=BODY):
    raw = json.dumps(body).encode()
    head = [
        "POST /v3/mail/send HTTP/1.1",
        f"Authorization: Bearer {KEY}",
        "Content-Type: application/json",
        f"Content-Length: {len(raw)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + raw


def connect(standin):
    place = urlsplit(standin.url)
    return socket.create_connection((place.hostname, place.port), timeout=30)


def said_until_the_end(connection):
    """All that comes until the connection ends, or nothing if it is reset."""
    said = b""
    try:
        while got := connection.recv(65536):
            said += got
    except ConnectionResetError:
        return said, "reset"
    return said, "closed"


def said_to(standin):
    with connect(standin) as connection:
        try:
            connection.sendall(request())
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            return b"", "reset"
        return said_until_the_end(connection)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_answers_as_it_says_and_takes_the_chunk_or_does_not(standin, name):
    standin.misbehave(name)
    standin.release()
    standin.trickle_every = 0
    if name == "accept_then_hang":
        # It answers only when the stand-in ends, and then by a reset.
        threading.Thread(target=_end_when_taken, args=[standin]).start()
    said, end = said_to(standin)
    assert bool(standin.copies()) == FAULTS[name].taken
    if name in WITHOUT_AN_ANSWER:
        assert said == b""
        assert end == ("closed" if "close" in name else "reset")
    elif name == "garbage":
        assert not said.startswith(b"HTTP/")
    else:
        assert said.startswith(b"HTTP/1.1 %d " % STATUSES[name])
        whole = not name.startswith("half")
        head, _, rest = said.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
        assert whole == (length.isdigit() and int(length) == len(rest))


def _end_when_taken(standin):
    standin.wait_until(StandIn.copies)
    standin.closing.set()


def test_a_fault_is_of_one_request_and_the_next_is_answered_well(standin, send):
    standin.misbehave("error_before", "too_many")
    assert [send().status for _ in range(3)] == [500, 429, 202]


def test_429_names_the_reset_in_epoch_seconds(standin, send):
    standin.reset_after = 90
    standin.misbehave("too_many")
    before = int(time.time())
    headers = send().headers
    assert before + 90 <= int(headers["X-RateLimit-Reset"]) <= int(time.time()) + 90
    assert headers["Retry-After"] == "90"
    standin.misbehave("too_many_unexplained")
    assert "X-RateLimit-Reset" not in send().headers


def test_a_connection_is_kept_and_one_that_is_quietly_closed_takes_nothing_more(standin):
    with connect(standin) as connection:
        for _ in range(2):
            connection.sendall(request())
            assert connection.recv(65536).startswith(b"HTTP/1.1 202")
        standin.misbehave("accept_then_close_idle")
        connection.sendall(request())
        assert said_until_the_end(connection)[0].startswith(b"HTTP/1.1 202")
    assert standin.copies() == dict.fromkeys(READERS, 3)


def test_who_went_away_does_not_keep_a_late_chunk_from_being_taken(standin):
    standin.misbehave("accept_late")
    with connect(standin) as connection:
        connection.sendall(request())
    assert not standin.accepted
    standin.release()
    standin.wait_until(StandIn.copies)
    assert standin.copies() == dict.fromkeys(READERS, 1)


def test_the_end_does_not_wait_for_pauses_and_then_takes_nothing():
    with StandIn() as standin:
        standin.misbehave("accept_late")
        connection = connect(standin)
        connection.sendall(request())
        standin.wait_until(lambda standin: standin.requests)
    assert said_until_the_end(connection)[0] == b""
    connection.close()
    assert not standin.accepted


def test_chance_gives_each_chunk_the_same_whatever_the_order(standin, send):
    bodies = [
        BODY | {"personalizations": [{"to": [{"email": f"reader{number}@example.org"}]}]}
        for number in range(40)
    ]

    def statuses(order, seed):
        standin.misbehave_at_random(seed, 0.5, ["error_before", "too_many", "error_after"])
        return {number: send(bodies[number]).status for number in order}

    first = statuses(range(40), seed=7)
    assert set(first.values()) == {202, 429, 500}
    assert statuses(reversed(range(40)), seed=7) == first
    assert statuses(range(40), seed=8) != first
    standin.behave()
    assert {send(body).status for body in bodies} == {202}


def test_what_chance_draws_from_keeps_nobody_waiting():
    assert {"accept_then_drop", "error_after", "garbage"} <= set(BY_CHANCE)
    assert not {"slow", "trickle", "accept_late", "accept_then_hang"} & set(BY_CHANCE)


def test_other_parts_misbehave_on_their_own_command(standin, call, send):
    standin.misbehave("too_many", of="logs")
    standin.misbehave("unavailable", of="suppressions")
    assert send().status == 202
    assert call("POST", "/v3/logs", {}).status == 429
    assert call("POST", "/v3/logs", {}).status == 200
    assert call("GET", "/v3/suppression/bounces").status == 503
