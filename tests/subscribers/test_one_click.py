"""One-click unsubscribing (RFC 8058): the requests that mailbox providers send, byte for byte.

Gmail's is printed at https://support.google.com/mail/answer/81126 ("Make it easy to unsubscribe").
Yahoo (https://senders.yahooinc.com/best-practices/) refers to the RFC, whose section 3.2 names both
encodings of the body.
"""

import re
import socket
from urllib.parse import urlsplit

import pytest
from django.test import Client

from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import Consent, Subscription
from tests.standins.site import gunicorn

GMAIL = (
    b"POST %(path)s HTTP/1.1\r\n"
    b"Host: %(host)s\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 26\r\n"
    b"\r\n"
    b"List-Unsubscribe=One-Click"
)
MULTIPART = (
    b"---FormBoundaryjWmhtjORrn\r\n"
    b'Content-Disposition: form-data; name="List-Unsubscribe"\r\n'
    b"\r\n"
    b"One-Click\r\n"
    b"---FormBoundaryjWmhtjORrn--\r\n"
)
YAHOO = (
    b"POST %%(path)s HTTP/1.1\r\n"
    b"Host: %%(host)s\r\n"
    b"User-Agent: a provider's\r\n"
    b"Accept: */*\r\n"
    b"Content-Type: multipart/form-data; boundary=-FormBoundaryjWmhtjORrn\r\n"
    b"Content-Length: %d\r\n"
    b"\r\n"
    b"%s"
) % (len(MULTIPART), MULTIPART)
# As mail programs send it by themselves: no body at all, and one that comes in pieces.
BARE = b"POST %(path)s HTTP/1.1\r\nHost: %(host)s\r\nContent-Length: 0\r\n\r\n"
CHUNKED = (
    b"POST %(path)s HTTP/1.1\r\n"
    b"Host: %(host)s\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
    b"Transfer-Encoding: chunked\r\n"
    b"Accept-Encoding: gzip\r\n"
    b"\r\n"
    b"1a\r\nList-Unsubscribe=One-Click\r\n0\r\n\r\n"
)
REQUESTS = {"Gmail": GMAIL, "Yahoo": YAHOO, "no body": BARE, "in pieces": CHUNKED}


def path_of(url):
    return urlsplit(url).path


def answer_to(request, host, path):
    """All that comes back before the server closes the connection."""
    name, _, port = host.partition(":")
    said = request % {b"path": path.encode(), b"host": host.encode()}
    # The providers keep the connection open for the next; here its end shows the answer's end.
    said = said.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    with socket.create_connection((name, int(port)), timeout=20) as connection:
        connection.sendall(said)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


@pytest.mark.django_db(transaction=True)
def test_the_requests_of_the_providers_end_subscriptions_over_the_real_server(
    subscribe, twtw, settings
):
    subscriptions = {
        name: subscribe(twtw, f"reader{place}@example.org") for place, name in enumerate(REQUESTS)
    }
    with gunicorn() as address:
        host = urlsplit(address).netloc
        for name, request in REQUESTS.items():
            path = path_of(unsubscribe_url(subscriptions[name].pk))
            for _ in range(2):  # they repeat what they are not sure of
                head, _, page = answer_to(request, host, path).partition("\r\n\r\n")
                assert head.startswith("HTTP/1.1 200 OK\r\n"), name
                assert not re.search(r"(?im)^(set-cookie|location|www-authenticate):", head), name
                assert "You have left The World This Week" in page
    assert set(Subscription.objects.values_list("state", flat=True)) == {"ended"}
    assert Consent.objects.count() == len(REQUESTS)


@pytest.mark.django_db(transaction=True)
def test_the_servers_log_is_not_filled_by_scanners_that_only_ask_for_heads(
    capfd, subscribe, twtw, settings
):
    path = path_of(unsubscribe_url(subscribe(twtw, "reader@example.org").pk))
    with gunicorn() as address:
        request = b"HEAD %(path)s HTTP/1.1\r\nHost: %(host)s\r\n\r\n"
        answer = answer_to(request, urlsplit(address).netloc, path)
    assert answer.startswith("HTTP/1.1 200 OK\r\n")
    assert capfd.readouterr().err == ""


# Without the server, whatever else may come ------------------------------------------------------

BODIES = {
    "a form": (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
    "multipart": (MULTIPART, "multipart/form-data; boundary=-FormBoundaryjWmhtjORrn"),
    "nothing": (b"", "application/x-www-form-urlencoded"),
    "no type": (b"List-Unsubscribe=One-Click", ""),
    "text": (b"List-Unsubscribe=One-Click", "text/plain"),
    "JSON": (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
    "a broken multipart": (b"--", "multipart/form-data"),
    "a cut multipart": (MULTIPART[:40], "multipart/form-data; boundary=-FormBoundaryjWmhtjORrn"),
    "a long boundary": (b"--", "multipart/form-data; boundary=" + "x" * 5000),
    "another encoding": (b"\xff\xfe=\x00", "application/x-www-form-urlencoded; charset=utf-16"),
    "an unknown encoding": (b"a=b", "application/x-www-form-urlencoded; charset=klingon"),
    "too many fields": (b"a=1&" * 2000, "application/x-www-form-urlencoded"),
    "too much": (b"a=" + b"1" * 3_000_000, "application/x-www-form-urlencoded"),
}


@pytest.fixture
def mail_program():
    return Client(enforce_csrf_checks=True)


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "content_type"), BODIES.values(), ids=BODIES.keys())
def test_a_post_ends_the_subscription_at_once_whatever_its_body(
    mail_program, subscribe, twtw, body, content_type
):
    subscription = subscribe(twtw, "ann.reader@example.org")
    path = path_of(unsubscribe_url(subscription.pk))
    response = mail_program.generic("POST", path, body, content_type)
    assert response.status_code == 200
    assert "You have left The World This Week" in response.content.decode()
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "ann.reader" not in response.content.decode()
    ended = Subscription.objects.get()
    assert ended.state == "ended"
    assert list(ended.consents.values_list("act", "source", "at")) == [
        ("withdrawn", "unsubscribe link", ended.ended_at)
    ]


@pytest.mark.django_db
def test_every_mail_ever_sent_can_be_left_by_whatever_became_of_its_reader_since(
    mail_program, subscribe, twtw, settings
):
    subscription = subscribe(twtw, "ann.reader@example.org")
    settings.SECRET_KEY = "the key that signed the mails of years ago"
    path = path_of(unsubscribe_url(subscription.pk))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key of today"
    reader = subscription.reader
    reader.address, reader.link_version = "ann@example.com", 7
    reader.save()
    # The version ends links to the preferences alone.
    assert mail_program.post(path).status_code == 200
    assert Subscription.objects.get().state == "ended"
    assert mail_program.get(path_of(preferences_url(subscription.pk))).status_code == 410
