"""Email Logs: the published query grammar, nothing else, and messages that appear in their time."""

import math
from datetime import UTC, datetime

import pytest

from tests.standins.conftest import BODY

HERE = "categories IN ('weekly-12-key-3')"


@pytest.fixture
def search(call):
    return lambda query, **others: call("POST", "/v3/logs", {"query": query, **others})


def found(reply):
    assert reply.status == 200, reply
    return [message["to_email"] for message in reply.content["messages"]]


def moment(seconds):
    return f'TIMESTAMP "{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"'


def test_a_chunk_is_found_by_its_category_with_what_a_summary_has(standin, send, search):
    send()
    send(BODY | {"categories": ["weekly"]})
    reply = search(HERE, limit=1000)
    assert sorted(found(reply)) == ["reader1@example.org", "reader2@example.org"]
    copy = standin.accepted[0]
    created = datetime.fromtimestamp(int(copy["accepted_at"]), UTC)
    assert reply.content["messages"][1] == {
        "from_email": "weekly@example.org",
        "sg_message_id": copy["sg_message_id"],
        "subject": "Number 317: Malí",
        "to_email": "reader1@example.org",
        "reason": "",
        "status": "processed",
        "sg_message_id_created_at": f"{created:%Y-%m-%dT%H:%M:%SZ}",
    }


def test_conditions_are_all_to_be_met(standin, send, search):
    send()
    at = standin.accepted[0]["accepted_at"]
    one = standin.accepted[1]["sg_message_id"]
    window = (
        f"sg_message_id_created_at >= {moment(at)} AND sg_message_id_created_at < {moment(at + 1)}"
    )
    for query, count in [
        (window, 2),
        (f"{window} AND {HERE}", 2),
        (f"sg_message_id_created_at > {moment(at)}", 0),
        (f"sg_message_id_created_at <= {moment(at)} AND status IN ('delivered', 'processed')", 2),
        (f"{HERE} AND status IN ('delivered')", 0),
        ('to_email = "reader1@example.org"', 1),
        (f"to_email = 'reader1@example.org' AND sg_message_id = '{one}'", 0),
        (f"sg_message_id='{one}'", 1),
        ("categories IN ('another', 'weekly')", 2),
        ("subject = 'Number 317: Malí'", 2),
        ("reason = 'Bounced Address'", 0),
        ("", 2),
    ]:
        assert len(found(search(query))) == count, query


@pytest.mark.parametrize(
    "query",
    [
        "categories = 'weekly'",
        "to_email IN ('a@example.org')",
        "to_email = reader1",
        "to_email != 'a'",
        "to_email = 'a' OR subject = 'b'",
        "to_email = 'a' and subject = 'b'",
        "to_email = 'a' AND",
        "(to_email = 'a')",
        "status IN ('sent')",
        "status IN ()",
        "status IN ('processed'",
        "sg_message_id_created_at > '2025-01-01T00:00:00Z'",
        "sg_message_id_created_at = TIMESTAMP '2025-01-01T00:00:00Z'",
        "sg_message_id_created_at > TIMESTAMP '2025-01-01'",
        "sg_message_id_created_at > TIMESTAMP 'yesterday'",
        "custom_args = 'a'",
        "to_email = 'it's'",
        7,
    ],
)
def test_what_the_grammar_does_not_have_is_400(search, query):
    reply = search(query)
    assert (reply.status, reply.fields) == (400, ["query"])


@pytest.mark.parametrize("limit", [0, 1001, "5", True])
def test_the_limit_is_1_to_1000(search, limit):
    reply = search(HERE, limit=limit)
    assert (reply.status, reply.fields) == (400, ["limit"])


def test_the_newest_come_first_and_ten_where_no_limit_is_said(send, call, search):
    for _ in range(6):
        send()
    assert len(found(call("POST", "/v3/logs", {}))) == 10
    assert found(search(HERE, limit=1)) == ["reader2@example.org"]


def test_a_message_appears_when_it_is_indexed(standin, send, search):
    standin.appear_after = math.inf
    send()
    assert found(search(HERE)) == []
    standin.appear_after = 0
    assert len(found(search(HERE))) == 2


def test_the_status_is_what_the_events_said_last(standin, send, search):
    send()
    standin.events("processed", "bounce", to=["reader1@example.org"])
    assert found(search("status IN ('bounced')")) == ["reader1@example.org"]
    assert found(search("status IN ('processed')")) == ["reader2@example.org"]


def test_the_details_have_the_custom_arguments_and_the_events(standin, send, call):
    send()
    standin.events("processed", "delivered")
    one = standin.accepted[0]["sg_message_id"]
    details = call("GET", f"/v3/logs/{one}").content
    assert details["custom_args"] == {"mailing": "12.key", "recipient": "1"}
    assert [event["event"] for event in details["events"]] == ["processed", "delivered"]
    assert call("GET", "/v3/logs/another").status == 404


def test_without_the_right_it_is_403_and_mail_goes_on(standin, send, search):
    standin.rights.remove("logs")
    assert search(HERE).status == 403
    assert send().status == 202
