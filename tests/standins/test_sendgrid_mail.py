"""Mail Send: what the stand-in takes, what it keeps of it, and what it refuses by which field."""

import copy
import time

import pytest

from tests.standins.conftest import BODY, READERS, ask
from tests.standins.sendgrid import StandIn
from tests.standins.sendgrid.record import as_the_reader_sees_it
from tests.standins.sendgrid.rules import complaints


def changed(change):
    body = copy.deepcopy(BODY)
    change(body)
    return body


def person(number, **fields):
    return lambda body: body["personalizations"][number].update(fields)


def many(count):
    return [{"to": [{"email": f"reader{number}@example.org"}]} for number in range(count)]


def test_what_is_taken_is_kept_once_a_recipient_with_all_that_is_known_of_it(standin, send):
    before = time.time()
    reply = send()
    assert (reply.status, reply.content) == (202, b"")
    assert standin.copies() == dict.fromkeys(READERS, 1)
    one, other = standin.accepted
    assert one["to"] == "reader1@example.org"
    assert one["custom_args"] == {"mailing": "12.key", "recipient": "1"}
    assert one["categories"] == ["weekly", "weekly-12-key-3"]
    assert one["subject"] == BODY["subject"]
    assert before <= one["accepted_at"] <= time.time()
    assert one["message_id"] == other["message_id"] == reply.headers["X-Message-Id"]
    assert one["sg_message_id"] != other["sg_message_id"]
    assert one["sg_message_id"].startswith(f"{one['message_id']}.recvd-")


def test_a_second_copy_is_counted_as_one(standin, send):
    assert send().headers["X-Message-Id"] != send().headers["X-Message-Id"]
    assert standin.copies() == dict.fromkeys(READERS, 2)


def test_substitutions_reach_the_subject_and_the_texts_and_no_header(standin, send):
    send()
    seen = as_the_reader_sees_it(standin.accepted[1])
    assert seen["content"]["text/plain"] == "Leave: https://example.org/2/\n"
    assert seen["headers"] == {"List-Unsubscribe": "<https://example.org/2/>"}


def test_in_the_sandbox_the_answer_is_200_and_nothing_is_kept(standin, send):
    assert send(BODY | {"mail_settings": {"sandbox_mode": {"enable": True}}}).status == 200
    assert not standin.accepted
    assert send(BODY | {"mail_settings": {"sandbox_mode": {"enable": False}}}).status == 202


WRONG = [
    (lambda body: body.pop("from"), "from"),
    (lambda body: body.pop("subject"), "subject"),
    (lambda body: body["content"].reverse(), "content"),
    (lambda body: body.pop("content"), "content"),
    (lambda body: body["content"][0].update(value=""), "content.0.value"),
    (lambda body: body.update(personalizations=[]), "personalizations"),
    (lambda body: body.update(personalizations=many(1001)), "personalizations"),
    (lambda body: body.update(categories=["a", "a"]), "categories"),
    (lambda body: body.update(categories=[f"c{n}" for n in range(11)]), "categories"),
    (lambda body: body.update(categories=["ok", "c" * 256]), "categories.1"),
    (lambda body: body.update(categories=["Malí"]), "categories.0"),
    (lambda body: body.update(headers={"Reply-To": "a@example.org"}), "headers.Reply-To"),
    (person(1, to=[{"email": "no address"}]), "personalizations.1.to.0.email"),
    (person(1, to=[{"email": "READER1@example.org"}]), "personalizations.1.to"),
    (person(1, to=[]), "personalizations.1.to"),
    (person(0, to=[{"email": "a@example.org", "name": "A; B"}]), "personalizations.0.to.0.name"),
    (person(1, substitutions={"[%a%]": "é" * 5000}), "personalizations.1.substitutions"),
    (person(1, custom_args={"a": "b" * 10_000}), "personalizations.1.custom_args"),
    (person(1, custom_args={"a": 1}), "personalizations.1.custom_args"),
    (person(1, headers={"x-sg-id": "1"}), "personalizations.1.headers.x-sg-id"),
    (person(1, headers={"X-A": "a\r\nBcc: b"}), "personalizations.1.headers.X-A"),
    (person(1, headers={"X-A": "<[%way_out%]>"}), "personalizations.1.headers.X-A"),
]


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize(("change", "field"), WRONG, ids=[field for _, field in WRONG])
def test_a_rule_that_is_broken_is_told_by_its_field(change, field, published):
    assert complaints(BODY, published=published) == []
    assert field in [error["field"] for error in complaints(changed(change), published=published)]


@pytest.mark.parametrize("body", [[], 1, {"personalizations": 1}, {"personalizations": [[]]}])
def test_a_body_of_another_form_is_refused_and_breaks_nothing(standin, send, body):
    assert send(body).status == 400
    assert send(b"{no json").status == 400
    assert send().status == 202


def test_a_thousand_personalizations_are_taken(standin, send):
    assert send(BODY | {"personalizations": many(1000)}).status == 202
    assert standin.copies().total() == 1000


def test_an_address_that_is_to_be_refused_is_named_by_its_field(standin, send):
    standin.refuse("reader2@example.org")
    reply = send()
    assert (reply.status, reply.fields) == (400, ["personalizations.1.to.0.email"])
    standin.behave()
    assert send().status == 202


def test_or_no_field_is_named_and_the_caller_has_to_find_it(standin, send):
    standin.refuse("reader2@example.org", named=False)
    reply = send()
    assert (reply.status, reply.fields) == (400, [None])
    assert "reader2" not in str(reply.content)
    assert send(changed(lambda body: body["personalizations"].pop())).status == 202


def test_a_body_that_is_too_large_is_413(standin, send):
    standin.most_bytes = 500
    assert send().status == 413


def test_a_wrong_key_is_401_a_missing_right_403_and_neither_is_taken(standin, send):
    assert send(Authorization="Bearer SG.another").status == 401
    standin.rights.remove("mail")
    assert send().status == 403
    assert not standin.accepted


def test_another_type_page_or_method_is_told_apart(standin, call, send):
    assert send(**{"Content-Type": "text/plain"}).status == 415
    assert call("POST", "/v3/mail/sent", BODY).status == 404
    assert call("GET", "/v3/mail/send").status == 405


def test_after_the_end_nothing_is_taken_any_more():
    with StandIn() as standin:
        url = standin.url
    with pytest.raises(ConnectionRefusedError):
        ask(url, "POST", "/v3/mail/send", BODY)
