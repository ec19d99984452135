"""SendGrid: what we ask of it, and what each of its answers, or none, means for a chunk."""

import json
import logging
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from delivery.errors import DeliveryError
from delivery.transports import (
    Addressee,
    Barred,
    Message,
    Notice,
    NotLeft,
    Refused,
    Taken,
    Unanswered,
)
from delivery.transports.sendgrid import SendGrid, request_body
from tests.delivery.conftest import HTML, TEXT
from tests.standins.sendgrid import KEY, StandIn

MESSAGE = Message(
    mailing_id=12,
    mailing_key="5f1c0ffee123",
    subject="TWTW #317: Malí – what next?",
    html=HTML,
    text=TEXT,
    sender_name="The World This Week",
    sender_address="weekly@example.org",
    reply_to="editors@example.org",
    list_id="The World This Week <twtw.example.org>",
    feedback_id="12:twtw:issue:example.org",
    date=datetime(2025, 6, 29, 8, tzinfo=UTC),
    category="twtw",
)


def addressee(number=1, *, address=None, name="Anna Müller"):
    return Addressee(
        recipient_id=number,
        chunk_number=3,
        address=address or f"reader{number}@example.org",
        name=name,
        unsubscribe_url=f"https://example.org/unsubscribe/{number}/",
        preferences_url=f"https://example.org/preferences/{number}/",
    )


@pytest.fixture(autouse=True)
def _straight_there(monkeypatch):
    """A proxy that the machine may have is no part of these tests."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def standin():
    with StandIn() as server:
        yield server


@pytest.fixture
def transport(standin):
    return SendGrid(api_key=KEY, url=standin.url, timeout=20)


def test_a_chunk_is_taken_on_202_and_the_answer_keeps_the_providers_id(standin, transport):
    answer = transport.hand_over(MESSAGE, [addressee(1), addressee(2)])
    assert isinstance(answer, Taken)
    assert {copy["message_id"] for copy in standin.accepted} == {answer.provider_id}
    assert standin.copies() == {"reader1@example.org": 1, "reader2@example.org": 1}


def test_a_whole_chunk_of_a_thousand_is_one_call(standin, transport):
    answer = transport.hand_over(MESSAGE, [addressee(n) for n in range(transport.chunk_size)])
    assert isinstance(answer, Taken)
    assert len(standin.accepted) == 1000
    assert standin.requests == ["POST /v3/mail/send"]


def test_each_copy_carries_its_own_way_out_and_its_place_in_the_ledger(standin, transport):
    transport.hand_over(MESSAGE, [addressee(7)])
    (copy,) = standin.accepted
    assert copy["personalization"] == {
        "to": [{"email": "reader7@example.org", "name": "Anna Müller"}],
        "headers": {
            "List-Unsubscribe": "<https://example.org/unsubscribe/7/>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": "The World This Week <twtw.example.org>",
            "Feedback-ID": "12:twtw:issue:example.org",
        },
        "substitutions": {
            "[%unsubscribe_url%]": "https://example.org/unsubscribe/7/",
            "[%preferences_url%]": "https://example.org/preferences/7/",
            "[%reader_name%]": "Anna Müller",
            "[%reader_name_in_html%]": "Anna Müller",
        },
        "custom_args": {"mailing": "12.5f1c0ffee123", "chunk": "3", "recipient": "7"},
    }


def test_the_common_part_has_both_texts_and_no_tracking_of_any_kind(standin, transport):
    transport.hand_over(MESSAGE, [addressee()])
    body = standin.accepted[0]["body"]
    assert body["from"] == {"email": "weekly@example.org", "name": "The World This Week"}
    assert body["reply_to"] == {"email": "editors@example.org"}
    assert body["subject"] == MESSAGE.subject
    assert body["content"] == [
        {"type": "text/plain", "value": TEXT},
        {"type": "text/html", "value": HTML},
    ]
    assert "headers" not in body, "each copy has all of them"
    assert body["categories"] == ["twtw", "twtw-part-3"]
    tracking = body["tracking_settings"]
    assert {"click_tracking", "open_tracking", "subscription_tracking"} <= set(tracking)
    assert not any(switch for setting in tracking.values() for switch in setting.values())
    assert "asm" not in body


def test_names_can_not_begin_a_line_or_become_two_names():
    two = [addressee(name="Anna\r\nBcc: x"), addressee(name='B, "C"; D')]
    body = json.loads(request_body(MESSAGE, two))
    names = [person["to"][0]["name"] for person in body["personalizations"]]
    assert names == ["Anna Bcc: x", "\"B, 'C'; D\""]


MEANINGS = [
    ("accept_then_drop", Unanswered, 1),
    ("error_after", Unanswered, 1),
    ("error_before", Unanswered, 0),
    ("garbage", Unanswered, 1),
    ("too_many", NotLeft, 0),
    ("forbidden", Barred, 0),
]


@pytest.mark.parametrize(("fault", "meaning", "copies"), MEANINGS)
def test_a_fault_is_told_as_what_is_known_of_it(standin, transport, fault, meaning, copies):
    standin.misbehave(fault)
    answer = transport.hand_over(MESSAGE, [addressee()])
    assert isinstance(answer, meaning), answer
    assert standin.copies().total() == copies
    assert "@" not in answer.reason


def test_a_connection_lost_at_any_moment_is_never_told_as_a_no_that_it_is_not(standin, transport):
    standin.misbehave("drop_before_read")
    answer = transport.hand_over(MESSAGE, [addressee(n) for n in range(1000)])
    # Whether the last byte was written before the reset arrived is a matter of luck.
    assert isinstance(answer, NotLeft | Unanswered)
    assert not standin.accepted


def test_the_time_out_is_in_force_and_leaves_a_doubt(standin):
    standin.misbehave("accept_then_hang")
    transport = SendGrid(api_key=KEY, url=standin.url, timeout=0.2)
    answer = transport.hand_over(MESSAGE, [addressee()])
    assert answer == Unanswered("The call left, and no answer came (TimeoutError).")
    assert standin.copies().total() == 1


def test_a_redirect_is_not_followed_to_a_page_that_would_look_like_success(standin, transport):
    standin.misbehave("redirect")
    answer = transport.hand_over(MESSAGE, [addressee()])
    assert answer == Unanswered("SendGrid answered 302.")
    assert standin.requests == ["POST /v3/mail/send"]


def test_a_server_that_is_not_there_was_never_reached():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    transport = SendGrid(api_key=KEY, url=f"http://127.0.0.1:{port}", timeout=5)
    answer = transport.hand_over(MESSAGE, [addressee()])
    assert isinstance(answer, NotLeft)
    assert "refused" in answer.reason


def test_a_name_that_nobody_knows_was_never_reached():
    transport = SendGrid(api_key=KEY, url="http://sendgrid.invalid", timeout=5)
    assert isinstance(transport.hand_over(MESSAGE, [addressee()]), NotLeft)


def test_a_refusal_names_the_field_and_hides_the_address(standin, transport):
    answer = transport.hand_over(MESSAGE, [addressee(), addressee(2, address="not an@address.org")])
    assert isinstance(answer, Refused)
    assert answer.reason.startswith(
        "SendGrid answered 400: personalizations.1.to.0.email: Does not contain a valid address"
    )
    assert "address.org" not in answer.reason
    assert not standin.accepted


def test_a_wrong_key_leaves_the_chunk_for_the_right_one(standin):
    transport = SendGrid(api_key="SG.another", url=standin.url, timeout=5)
    answer = transport.hand_over(MESSAGE, [addressee()])
    assert isinstance(answer, Barred)
    assert answer.reason.startswith("SendGrid answered 401: ")
    assert "TWTW_SENDGRID_API_KEY" in answer.reason


@pytest.mark.parametrize("status", [404, 405])
def test_an_address_at_which_there_is_no_api_leaves_the_chunk_for_the_right_one(standin, status):
    standin.misbehave({404: "no_such_page", 405: "no_such_method"}[status])
    transport = SendGrid(api_key=KEY, url=standin.url, timeout=5)
    answer = transport.hand_over(MESSAGE, [addressee()])
    assert isinstance(answer, Barred)
    assert answer.reason.startswith(f"SendGrid answered {status}")
    assert "TWTW_SENDGRID_URL" in answer.reason


def test_a_429_is_waited_for_until_the_reset_that_it_names(standin, transport):
    standin.reset_after = 90
    standin.misbehave("too_many")
    before = time.time()
    answer = transport.hand_over(MESSAGE, [addressee()])
    assert isinstance(answer, NotLeft)
    assert answer.reason == "SendGrid answered 429: too many requests."
    # The header has whole seconds.
    assert 89 - (time.time() - before) <= answer.wait <= 90
    assert not standin.accepted


@pytest.mark.parametrize("fault", ["too_many", "too_many_unexplained"])
def test_a_429_whose_reset_is_now_or_unknown_is_waited_for_all_the_same(standin, transport, fault):
    standin.misbehave(fault)
    assert transport.hand_over(MESSAGE, [addressee()]).wait == 1.0


@pytest.mark.parametrize("fault", ["too_large", "refused_unnamed", "refused_in_html"])
def test_a_refusal_that_names_nothing_may_be_about_a_few(standin, transport, fault):
    standin.misbehave(fault)
    answer = transport.hand_over(MESSAGE, [addressee(1), addressee(2)])
    assert isinstance(answer, Refused)
    assert (answer.divisible, answer.blamed) == (True, frozenset())


def test_a_refusal_of_what_all_copies_share_is_about_all_of_them(standin, transport):
    wrong = replace(MESSAGE, sender_address="no address")
    answer = transport.hand_over(wrong, [addressee(1), addressee(2)])
    assert isinstance(answer, Refused)
    assert "from.email" in answer.reason
    assert (answer.divisible, answer.blamed) == (False, frozenset())
    assert not standin.accepted


def test_a_refusal_blames_the_rows_of_the_copies_that_it_names(standin, transport):
    standin.refuse("reader12@example.org", "reader14@example.org")
    answer = transport.hand_over(MESSAGE, [addressee(number) for number in (11, 12, 13, 14)])
    assert isinstance(answer, Refused)
    assert (answer.divisible, answer.blamed) == (False, frozenset({12, 14}))


def test_values_that_are_too_long_are_blamed_before_anything_is_called(standin, transport):
    long = addressee(2)._replace(preferences_url="https://example.org/" + "x" * 10_000)
    answer = transport.hand_over(MESSAGE, [addressee(1), long])
    assert isinstance(answer, Refused)
    assert (answer.divisible, answer.blamed) == (False, frozenset({2}))
    assert standin.requests == []


def test_a_call_of_more_than_30_mb_is_divided_before_it_is_made(standin, transport):
    large = replace(MESSAGE, html="x" * (30 * 1024 * 1024))
    answer = transport.hand_over(large, [addressee(1), addressee(2)])
    assert isinstance(answer, Refused)
    assert answer.divisible
    assert standin.requests == []


def test_in_the_sandbox_everything_is_checked_and_nothing_mailed(standin):
    sandbox = SendGrid(api_key=KEY, url=standin.url, timeout=20, sandbox=True)
    assert isinstance(sandbox.hand_over(MESSAGE, [addressee()]), Taken)
    assert standin.requests == ["POST /v3/mail/send"]
    assert not standin.accepted
    body = json.loads(request_body(MESSAGE, [addressee()], sandbox=True))
    assert body.pop("mail_settings") == {"sandbox_mode": {"enable": True}}
    assert body == json.loads(request_body(MESSAGE, [addressee()]))
    refused = sandbox.hand_over(MESSAGE, [addressee(address="no address")])
    assert isinstance(refused, Refused)


def test_outside_of_the_sandbox_a_200_is_no_yes(standin, transport):
    standin.misbehave("another_page")
    assert isinstance(transport.hand_over(MESSAGE, [addressee()]), Unanswered)


def test_one_tls_context_is_made_for_all_chunks(standin, monkeypatch):
    made = []
    original = ssl.create_default_context
    monkeypatch.setattr(
        ssl, "create_default_context", lambda *a, **k: made.append(1) or original(*a, **k)
    )
    transport = SendGrid(api_key=KEY, url=standin.url, timeout=20)
    for number in range(3):
        transport.hand_over(MESSAGE, [addressee(number)])
    assert len(standin.accepted) == 3
    assert len(made) == 1


def test_a_domain_in_other_letters_goes_out_in_its_ascii_form(standin, transport):
    answer = transport.hand_over(MESSAGE, [addressee(address="anna@bücher.example")])
    assert isinstance(answer, Taken)
    assert standin.copies() == {"anna@xn--bcher-kva.example": 1}


@pytest.mark.parametrize("key", ["", "SG.with a space", "SG.line\n", "SG.ключ"])
def test_a_key_that_can_not_be_one_is_said_before_anything_is_sent(key):
    with pytest.raises(DeliveryError, match="TWTW_SENDGRID_API_KEY"):
        SendGrid(api_key=key, url="http://127.0.0.1:1", timeout=5)


def test_neither_the_key_nor_an_address_is_logged_at_any_level(transport, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="python_http_client")
    caplog.set_level(logging.DEBUG, logger="python_http_client.client")
    transport.hand_over(MESSAGE, [addressee()])
    assert KEY not in caplog.text
    assert "@" not in caplog.text


def test_a_notice_is_one_call_and_no_editor_sees_another(standin, transport):
    notice = Notice(
        "The Weekly", "weekly@example.org", "Prepared", "<p>Look</p>", "Look\n", MESSAGE.date
    )
    answer = transport.tell(notice, ["a@example.org", "b@example.org"])
    assert isinstance(answer, Taken)
    assert standin.requests == ["POST /v3/mail/send"]
    assert [len(copy["personalization"]["to"]) for copy in standin.accepted] == [1, 1]
    body = standin.accepted[0]["body"]
    assert body["headers"] == {"Auto-Submitted": "auto-generated"}
    assert "List-Unsubscribe" not in json.dumps(body)


def test_a_copy_can_be_left_by_mail_where_readers_may_write(standin, transport):
    transport.hand_over(replace(MESSAGE, leave_address="leave@example.org"), [addressee(7)])
    (copy,) = standin.accepted
    assert copy["personalization"]["headers"]["List-Unsubscribe"] == (
        "<https://example.org/unsubscribe/7/>, <mailto:leave@example.org?subject=unsubscribe%207>"
    )


def test_letters_before_the_at_are_blamed_before_anything_is_called(standin, transport):
    others = [addressee(1), addressee(3, address="anna@bücher.example")]
    answer = transport.hand_over(MESSAGE, [*others, addressee(2, address="jörg@example.org")])
    assert isinstance(answer, Refused)
    assert (answer.divisible, answer.blamed) == (False, frozenset({2}))
    assert "jörg" not in answer.reason
    assert standin.requests == []
    assert isinstance(transport.hand_over(MESSAGE, others), Taken)


def test_a_notice_to_letters_before_the_at_is_refused_and_keeps_nobody_else_from_being_told(
    standin, transport
):
    notice = Notice(
        "The Weekly", "weekly@example.org", "Prepared", "<p>Look</p>", "Look\n", MESSAGE.date
    )
    assert isinstance(transport.tell(notice, ["jörg@example.org"]), Refused)
    assert standin.requests == []
    answer = transport.tell(notice, ["jörg@example.org", "a@example.org"])
    assert isinstance(answer, Refused)
    assert standin.copies() == {"a@example.org": 1}
