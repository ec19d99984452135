"""Event posts: signed as the provider signs, and whatever order and repetition is asked for."""

import http.server
import json
import threading

import pytest
from sendgrid import EventWebhook

from tests.standins.sendgrid.events import KINDS, SIGNATURE, TIMESTAMP
from tests.standins.sendgrid.rules import published, validator


def events_in(posts):
    return [event for body, _ in posts for event in json.loads(body)]


def is_good(standin, body, headers):
    webhook = EventWebhook(standin.verification_key)
    return webhook.verify_signature(body.decode(), headers[SIGNATURE], headers[TIMESTAMP])


def test_the_providers_own_package_finds_the_signature_good_and_no_other(standin, send):
    send()
    ((body, headers),) = standin.event_posts("bounce", reason="550 Postfach gibt’s nicht")
    assert is_good(standin, body, headers)
    assert not is_good(standin, body.strip(), headers)
    assert not is_good(standin, body, headers | {TIMESTAMP: "1"})
    with type(standin)() as another:
        assert not is_good(another, body, headers)


def test_any_bytes_can_be_signed_at_any_time(standin):
    body, headers = standin.signed(b"no events", at=1_700_000_000)
    assert (body, headers[TIMESTAMP]) == (b"no events", "1700000000")
    assert is_good(standin, body, headers)


def test_an_event_tells_of_its_copy_with_the_custom_arguments_beside(standin, send):
    send()
    copy = standin.accepted[1]
    (event,) = standin.events("delivered", to=["reader2@example.org"])
    assert event["event"] == "delivered"
    assert event["email"] == "reader2@example.org"
    assert event["sg_message_id"] == copy["sg_message_id"]
    assert event["category"] == ["weekly", "weekly-12-key-3"]
    assert (event["mailing"], event["recipient"]) == ("12.key", "2")
    assert event["timestamp"] == int(copy["accepted_at"]) + 3


def test_a_bounce_and_a_block_are_one_kind_of_event_and_two_types(standin, send):
    send()
    events = standin.events("bounce", "blocked", to=["reader1@example.org"])
    assert [(event["event"], event["type"]) for event in events] == [
        ("bounce", "bounce"),
        ("bounce", "blocked"),
    ]
    assert standin.suppressed("bounces") == standin.suppressed("blocks") == {"reader1@example.org"}


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ("bounces", "Bounced Address"),
        ("spam_reports", "Spam Reporting Address"),
        ("unsubscribes", "Unsubscribed Address"),
        ("invalid_emails", "Invalid"),
    ],
)
def test_who_is_on_a_list_is_taken_and_then_dropped_for_it(standin, send, listed, reason):
    standin.suppress(listed, "READER1@example.org")
    send()
    courses = [(event["email"], event["event"]) for event in standin.events()]
    assert courses == [
        ("reader1@example.org", "dropped"),
        ("reader2@example.org", "processed"),
        ("reader2@example.org", "delivered"),
    ]
    assert standin.events("dropped", to=["reader1@example.org"])[0]["reason"] == reason


def test_who_leaves_or_complains_is_dropped_the_next_time(standin, send):
    send()
    standin.events("unsubscribe", to=["reader1@example.org"])
    standin.events("spamreport", to=["reader2@example.org"])
    send()
    reasons = [copy["reason"] for copy in standin.accepted[2:]]
    assert reasons == ["Unsubscribed Address", "Spam Reporting Address"]


def test_a_repetition_has_the_same_id_or_another_and_else_nothing_changed(standin, send):
    send()
    once = events_in(standin.event_posts("delivered"))
    assert events_in(standin.event_posts("delivered", repeated=True)) == once + once
    renamed = events_in(standin.event_posts("delivered", renamed=True))[2:]
    for event, again in zip(once, renamed, strict=True):
        assert event["sg_event_id"] != again["sg_event_id"]
        assert event | {"sg_event_id": ""} == again | {"sg_event_id": ""}


def test_the_order_follows_from_a_seed_and_the_posts_are_of_a_size(standin, send):
    send()
    kinds = ["processed", "deferred", "delivered", "open"]
    posts = standin.event_posts(*kinds, shuffled=3, split=3)
    assert [len(json.loads(body)) for body, _ in posts] == [3, 3, 2]
    assert all(is_good(standin, *post) for post in posts)
    assert events_in(standin.event_posts(*kinds, shuffled=3)) == events_in(posts)
    in_order = events_in(standin.event_posts(*kinds))
    assert in_order != events_in(posts)
    assert sorted(in_order, key=str) == sorted(events_in(posts), key=str)


def test_a_late_post_is_of_old_events_and_signed_now_or_when_it_is_said(standin, send):
    send()
    ((body, headers),) = standin.event_posts("processed", late=3600)
    assert int(headers[TIMESTAMP]) - json.loads(body)[0]["timestamp"] >= 3600
    ((body, headers),) = standin.event_posts("processed", signed_at=5)
    assert headers[TIMESTAMP] == "5"


def test_custom_arguments_can_not_displace_the_providers_own_fields(standin, send):
    from tests.standins.conftest import BODY

    person = BODY["personalizations"][0] | {"custom_args": {"event": "x", "email": "y", "own": "z"}}
    send(BODY | {"personalizations": [person]})
    (event,) = standin.events("processed")
    assert (event["event"], event["email"], event["own"]) == (
        "processed",
        "reader1@example.org",
        "z",
    )


def test_every_kind_has_the_fields_that_are_published_for_it(standin, send):
    if published("tsg_logs_v3") is None:
        pytest.skip("the provider's specification is not on this machine")
    send()
    named = {"spamreport": "SpamReportEvent"}
    for name in KINDS:
        (event, _) = standin.events(name)
        title = "".join(part.title() for part in event["event"].split("_"))
        schema = named.get(name, f"{title}Event")
        found = validator("tsg_logs_v3", "components", "schemas", schema)
        own = {key: value for key, value in event.items() if key not in ("mailing", "recipient")}
        assert [error.message for error in found.iter_errors(own)] == []


def test_posts_are_made_to_an_address_on_loopback_and_nowhere_else(standin, send):
    got = []

    class Webhook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(is_good(standin, body, self.headers))
            self.send_response(204 if len(got) == 1 else 403)
            self.end_headers()

        def log_message(self, *_):
            pass

    send()
    with http.server.HTTPServer(("127.0.0.1", 0), Webhook) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/events/"
        statuses = standin.post_events(url, "processed", "delivered", split=2)
        server.shutdown()
        thread.join()
    assert statuses == [204, 403]
    assert got == [True, True]
    with pytest.raises(AssertionError):
        standin.post_events("http://example.org/events/", "processed")
