"""SendGrid's posts of mails: only with the key, whatever is in them, and never the key in a log."""

import json
import logging

import pytest
from django.db import OperationalError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsroom.log_lines import WithoutKeys
from subscribers.models import InboundMail, ServiceMail, Subscription
from tests.subscribers.inbound.mails import KEY, OURS, PATH, form, mail, parsed, post, raw_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _key(request):
    configured = request.getfixturevalue("settings")
    configured.INBOUND_KEY = KEY
    configured.INBOUND_ADDRESS = OURS


@pytest.fixture
def subscription(subscribe, twtw):
    return subscribe(twtw, "ann@example.org")


@pytest.mark.parametrize("way", [parsed, raw_post])
def test_a_mail_is_acted_on_and_its_repetition_is_not(subscription, way):
    fields = way(mail("Hello", "unsubscribe"))
    assert post(fields).status_code == 200
    subscription.refresh_from_db()
    assert subscription.state == "ended"
    response = post(fields)
    assert (response.status_code, response.content) == (200, b"known\n")
    assert ServiceMail.objects.count() == InboundMail.objects.count() == 1


def test_attachments_are_passed_over(subscription):
    body = form(parsed(mail("unsubscribe")), [("unsubscribe.zip", b"PK\3\4" * 500_000)])
    assert post(body).content == b"left\n"


def test_a_mail_of_thirty_megabytes_is_taken_in(subscription):
    large = mail("unsubscribe", b"x" * 30 * 2**20)
    assert post(raw_post(large)).content == b"left\n"


def test_without_a_slash_at_the_end_it_is_the_same(subscription):
    assert post(parsed(mail("unsubscribe")), path=PATH[:-1]).status_code == 200


def test_without_the_key_there_is_nothing_here_and_nothing_is_read(subscription, settings):
    body = form(parsed(mail("unsubscribe")))
    for path in (
        PATH.replace(KEY, KEY[:-1]),
        PATH.replace(KEY, "é"),
        PATH.replace(KEY, "x" * 5000),
    ):
        request = Client().post(path, body, "multipart/form-data; boundary=xYzZY").wsgi_request
        assert post(body, path=path).status_code == 404
        assert request._stream.read(10) == body[:10], "the body is where it was"
    settings.INBOUND_KEY = ""
    assert post(body).status_code == 404
    assert post(body, path="/webhooks/sendgrid/inbound//").status_code == 404
    assert not InboundMail.objects.exists()


def test_only_posts_are_taken():
    for method in ("get", "head", "put", "patch", "delete", "options"):
        assert getattr(Client(), method)(PATH).status_code == 405, method
        assert getattr(Client(), method)(PATH.replace(KEY, "x")).status_code == 404, method


WRONG = {
    "nothing": (b"", "multipart/form-data; boundary=xYzZY", 400),
    "JSON": (b"{}", "application/json", 400),
    "another form": (b"text=unsubscribe", "application/x-www-form-urlencoded", 400),
    "a broken one": (b"--xYzZY\r\nContent-", "multipart/form-data; boundary=xYzZY", 400),
    "an empty one": (form({}), "multipart/form-data; boundary=xYzZY", 200),
    "a mail of zeros": (form({"email": b"\0" * 9999}), "multipart/form-data; boundary=xYzZY", 200),
}


@pytest.mark.parametrize(("body", "kind", "status"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_mail_changes_nothing(subscription, body, kind, status):
    assert post(body, kind=kind).status_code == status
    subscription.refresh_from_db()
    assert subscription.state == "confirmed"
    assert not ServiceMail.objects.exists()


def test_a_post_that_says_it_is_larger_than_any_is_not_read(subscription):
    response = Client().post(
        PATH, form({}), "multipart/form-data; boundary=xYzZY", CONTENT_LENGTH=str(10**9)
    )
    assert response.status_code == 413


@pytest.mark.parametrize("length", ["x", "-1", "²"])
def test_a_length_that_is_no_number_is_no_error(subscription, length):
    response = Client().post(
        PATH, form({}), "multipart/form-data; boundary=xYzZY", CONTENT_LENGTH=length
    )
    assert response.status_code == 400


def test_while_the_database_is_away_sendgrid_is_asked_to_come_again(monkeypatch, caplog):
    def away(*_, **__):
        raise OperationalError("could not connect as ann@example.org")

    monkeypatch.setattr(InboundMail.objects, "get_or_create", away)
    assert post(parsed(mail("unsubscribe"))).status_code == 503
    assert "OperationalError" in caplog.text
    assert "ann@" not in caplog.text


def test_the_key_is_in_no_line_of_the_log(caplog):
    caplog.handler.addFilter(WithoutKeys())
    with caplog.at_level(logging.DEBUG):
        post(b"", kind="application/json")
        Client().get(PATH)
        Client().post(PATH.replace(KEY, f"{KEY}x"))
        Client().post(f"/webhooks/sendgrid/inbound/{KEY}")
    assert "/webhooks/sendgrid/inbound/…" in caplog.text
    assert KEY not in caplog.text


NAMES = ["email", "headers", "from", "subject", "text", "html", "envelope", "charsets", "to"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    fields=st.dictionaries(
        st.sampled_from(NAMES),
        st.binary(max_size=300)
        | st.sampled_from([b"unsubscribe", b"subscribe", b"From: a@example.org\r\n", b"\xff\0"]),
    )
)
def test_no_post_is_an_error(twtw, fields):
    assert post(form(fields)).status_code == 200


@pytest.mark.parametrize("charset", ["utf-16", "no-such", "punycode", "", 7, None, ["utf-8"]])
def test_charsets_that_lie_do_no_harm(subscription, charset):
    charsets = json.dumps({"text": charset, "subject": charset}).encode()
    fields = parsed(mail("", "x")) | {"charsets": charsets, "subject": "größe".encode("latin-1")}
    assert post(fields).status_code == 200
    assert Subscription.objects.get().state == "confirmed"
