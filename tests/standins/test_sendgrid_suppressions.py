"""Suppression lists: pages as they are published, additions that stay, removals that remove."""

import pytest

from tests.standins.sendgrid.suppressions import LISTS

GLOBAL = "/v3/asm/suppressions/global"


@pytest.fixture
def seven(standin):
    """Seven addresses on every list, a second apart."""
    addresses = [f"reader{number}@example.org" for number in range(7)]
    for name in LISTS:
        for number, address in enumerate(addresses):
            standin.suppress(name, address, created=1_700_000_000 + number)
    return addresses


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_any_size_are_the_whole_list_the_newest_first(call, seven, name):
    def page(limit, offset):
        reply = call("GET", f"/v3/suppression/{name}?limit={limit}&offset={offset}")
        return [entry["email"] for entry in reply.content]

    assert page(3, 0) + page(3, 3) + page(3, 6) == seven[::-1]
    assert page(500, 7) == []
    whole = call("GET", f"/v3/suppression/{name}").content
    assert [entry["email"] for entry in whole] == seven[::-1]
    assert whole[-1] == {"created": 1_700_000_000, "email": seven[0], **LISTS[name]}


def test_a_page_can_be_of_a_time_or_of_a_beginning(call, seven):
    def count(query):
        return len(call("GET", f"/v3/suppression/bounces?{query}").content)

    assert count("start_time=1700000002&end_time=1700000004") == 3
    assert count("email=reader1") == 1
    assert count("email=example") == 0
    assert count("email=%25example") == 7
    assert len(call("GET", "/v3/suppression/invalid_emails?email=reader").content) == 0
    assert len(call("GET", "/v3/suppression/invalid_emails?email=READER1@example.org").content) == 1


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=many", "offset=-1"])
def test_a_limit_or_offset_that_is_not_allowed_is_400(call, query):
    reply = call("GET", f"/v3/suppression/blocks?{query}")
    assert (reply.status, reply.fields) == (400, [query.split("=")[0]])


def test_bounces_want_to_know_what_is_accepted(standin):
    import http.client
    from urllib.parse import urlsplit

    from tests.standins.sendgrid import KEY

    connection = http.client.HTTPConnection(urlsplit(standin.url).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {KEY}"}
    connection.request("GET", "/v3/suppression/bounces", headers=headers)
    assert connection.getresponse().status == 406
    connection.close()


@pytest.mark.parametrize("name", [name for name in LISTS if name != "unsubscribes"])
def test_one_can_be_looked_at_and_deleted_or_some_or_all(standin, call, seven, name):
    path = f"/v3/suppression/{name}"
    one = f"{path}/READER1%40example.org"
    assert [entry["email"] for entry in call("GET", one).content] == [seven[1]]
    assert call("DELETE", one).status == 204
    assert call("GET", one).content == []
    assert call("DELETE", one).status == 404
    assert call("DELETE", path, {"emails": seven[:3]}).status == 204
    assert standin.suppressed(name) == set(seven[3:])
    assert call("DELETE", path, {"emails": seven, "delete_all": True}).status == 400
    assert call("DELETE", path, {"delete_all": True}).status == 204
    assert standin.suppressed(name) == set()


def test_global_suppressions_are_added_and_keep_their_first_time(standin, call, seven):
    addresses = [seven[0].upper(), "new@example.org"]
    reply = call("POST", GLOBAL, {"recipient_emails": addresses})
    assert (reply.status, reply.content) == (201, {"recipient_emails": addresses})
    assert standin.suppressed("unsubscribes") == {*seven, "new@example.org"}
    newest, *_, oldest = call("GET", "/v3/suppression/unsubscribes").content
    assert newest["email"] == "new@example.org"
    assert oldest == {"created": 1_700_000_000, "email": seven[0]}


def test_global_suppressions_are_asked_for_and_lifted_one_by_one(call, seven):
    one = f"{GLOBAL}/{seven[0]}"
    assert call("GET", one).content == {"recipient_email": seven[0]}
    assert call("DELETE", one).status == 204
    assert call("GET", one).content == {}


@pytest.mark.parametrize("body", [{}, [], {"recipient_emails": []}, {"recipient_emails": "a"}])
def test_a_body_of_another_form_is_400(call, body):
    assert call("POST", GLOBAL, body).status == 400


def test_an_address_that_is_none_is_400_and_none_is_added(standin, call):
    reply = call("POST", GLOBAL, {"recipient_emails": ["a@example.org", "no address"]})
    assert (reply.status, reply.fields) == (400, ["recipient_emails.1"])
    assert standin.suppressed("unsubscribes") == set()
