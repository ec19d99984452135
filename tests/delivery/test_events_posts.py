"""Posts of events: only SendGrid's own are believed, and only what is in the documented form."""

import json
import time

import pytest
from django.test import Client

from delivery.freezing import start_alert_mailing
from delivery.models import ProviderEvent, Recipient
from subscribers.models import Consent, Suppression
from tests.delivery.webhook import MOMENT, PATH, SIGNATURE, TIMESTAMP, Webhook, event

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Four readers in two chunks, none of which has left."""
    readers(4)
    return start_alert_mailing(*alert, pigeon(chunk_size=2))


def nothing_changed():
    return not (
        ProviderEvent.objects.exists()
        or Recipient.objects.exclude(outcome="").exists()
        or Suppression.objects.exists()
        or Consent.objects.exists()
    )


def now():
    return str(int(time.time()))


@pytest.fixture
def recipient(mailing):
    return mailing.recipients.earliest("pk")


@pytest.fixture
def body(recipient):
    """A post that would be taken in if it were signed."""
    return json.dumps([event(recipient, "bounce")]).encode()


# Whose post it is


def test_a_signed_post_is_taken_in(recipient, webhook):
    assert webhook.post([event(recipient)]) == 204
    recipient.refresh_from_db()
    assert recipient.outcome == "delivered"
    kept = ProviderEvent.objects.get()
    assert (kept.kind, kept.at.timestamp(), kept.reason) == ("delivered", MOMENT, "")
    assert abs(kept.received_at.timestamp() - time.time()) < 60


def test_the_signature_is_over_the_very_bytes(recipient, webhook):
    body = json.dumps([event(recipient, word="Malí")], ensure_ascii=False).encode()
    headers = webhook.signed(body, now())
    assert webhook.post(body.replace(b", ", b","), headers=headers) == 403
    assert webhook.post(body + b"\r\n", headers=headers) == 403
    assert nothing_changed()
    assert webhook.post(body, headers=headers) == 204


def test_a_post_that_another_key_signed_is_refused(body, webhook):
    assert webhook.post(body, headers=Webhook().signed(body, now())) == 403
    assert nothing_changed()


def test_a_post_without_a_signature_is_refused(body, webhook, caplog):
    headers = webhook.signed(body, now())
    assert webhook.post(body, headers={TIMESTAMP: headers[TIMESTAMP]}) == 403
    assert "needs SendGrid's Signed Event Webhook" in caplog.text
    for signature in ("", "=", "no base64 at all", "é", "AAAA", "TUlJ"):
        assert webhook.post(body, headers=headers | {SIGNATURE: signature}) == 403, signature
    assert nothing_changed()


def test_a_post_whose_timestamp_is_none_is_refused(body, webhook):
    for timestamp in ("", "now", "1e9", "-1", "12.5", "٣", f" {now()}", "9" * 12, "9" * 5000):
        assert webhook.post(body, headers=webhook.signed(body, timestamp)) == 403, timestamp
    assert webhook.post(body, headers={SIGNATURE: webhook.signed(body, now())[SIGNATURE]}) == 403
    assert nothing_changed()


def test_no_part_of_the_body_can_pass_for_the_timestamp(body, webhook):
    headers = webhook.signed(body, now())
    digits = headers[TIMESTAMP]
    moved = headers | {TIMESTAMP: digits[:-1]}
    assert webhook.post(digits[-1:].encode() + body, headers=moved) == 403
    moved = headers | {TIMESTAMP: f"{digits}["}
    assert webhook.post(body[1:], headers=moved) == 403
    assert nothing_changed()


def test_a_post_may_be_as_late_as_sendgrid_repeats_it_and_no_later(body, webhook):
    hour = 3600
    for late in (26.1 * hour, 900 * hour, -0.1 * hour, -900 * hour):
        assert webhook.post(body, late=int(late)) == 403, late
    assert nothing_changed()
    for late in (25.9 * hour, -0.07 * hour):
        assert webhook.post(body, late=int(late)) == 204, late


def test_without_a_key_there_is_nothing_here(body, webhook, settings, caplog):
    settings.SENDGRID_EVENTS_KEY = ""
    assert webhook.post(body) == 404
    assert nothing_changed()
    assert "TWTW_SENDGRID_EVENTS_KEY is empty" in caplog.text


def test_only_posts_are_taken(webhook):
    for method in ("get", "head", "put", "patch", "delete", "options"):
        assert getattr(Client(), method)(PATH).status_code == 405, method


# What it says


NO_ARRAYS_OF_EVENTS = [
    b"",
    b"\xff",
    '[{"event": "open"}]'.encode("utf-16"),
    b"\xef\xbb\xbf[]",
    b"[",
    b"{}",
    b"null",
    b'["open"]',
    b"[[]]",
    b"[{}]",
    b"[" * 100_000,
    b'[{"event": ' + b"1" * 5000 + b"}]",
    b'[{"event": 1}]',
    b'[{"event": ["open"]}]',
]


def test_a_post_that_is_no_array_of_events_is_refused(webhook):
    for body in NO_ARRAYS_OF_EVENTS:
        assert webhook.post(body) == 400, body[:40]


WRONG = [
    ("email", None),
    ("email", 1),
    ("email", ""),
    ("email", ["a@example.org"]),
    ("email", "a\0@example.org"),
    ("email", "\ud800@example.org"),
    ("email", f"{'a' * 250}@example.org"),
    ("timestamp", None),
    ("timestamp", True),
    ("timestamp", str(MOMENT)),
    ("timestamp", 1.5),
    ("timestamp", -1),
    ("timestamp", 10**30),
    ("reason", {"code": 550}),
    ("sg_event_id", 7),
    ("sg_message_id", []),
]


def test_one_field_that_sendgrid_would_never_write_refuses_the_whole_post(mailing, webhook, caplog):
    fine, wrong = (event(recipient, "bounce") for recipient in mailing.recipients.all()[:2])
    for field, value in WRONG:
        assert webhook.post([fine, wrong | {field: value}]) == 400, (field, value)
    assert nothing_changed()
    assert "“timestamp” that is no time" in caplog.text
    assert "@" not in caplog.text
    assert webhook.post([fine, wrong]) == 204


def test_a_post_larger_than_any_of_sendgrids_is_refused(recipient, webhook):
    one = event(recipient)
    assert webhook.post([one | {"padding": "x" * 2_621_440}]) == 413
    assert nothing_changed()
    # Documented: it posts when it has 768 KB.
    assert webhook.post([one | {"padding": "x" * 768 * 1024}]) == 204


def test_events_of_other_kinds_are_passed_over(recipient, webhook):
    for kind in ("open", "click", "group_resubscribe", "account_status_change", "", "é" * 99):
        assert webhook.post([event(recipient, kind) | {"email": None}]) == 204, kind
    assert nothing_changed()


FOREIGN = [
    ("mailing", None),
    ("mailing", 1),
    ("mailing", ["1.abc"]),
    ("mailing", "{id}"),
    ("mailing", "{id}."),
    ("mailing", "{id}.ffffffffffff"),
    ("mailing", "{id}.{key} "),
    ("mailing", "{id}.{key}\n"),
    ("mailing", "99999999.{key}"),
    ("mailing", "9999999999999999999999.{key}"),
    ("recipient", None),
    ("recipient", 1),
    ("recipient", ""),
    ("recipient", "x"),
    ("recipient", "-1"),
    ("recipient", "٣"),
    ("recipient", "999999999999999999"),
    ("recipient", "9" * 40),
]


def test_what_is_not_of_our_mailings_is_passed_over(recipient, mailing, webhook):
    for name, value in FOREIGN:
        if isinstance(value, str):
            value = value.format(id=mailing.pk, key=mailing.key)
        assert webhook.post([event(recipient, "bounce") | {name: value}]) == 204, (name, value)
    assert nothing_changed()


def test_a_recipient_of_another_mailing_or_of_none_is_passed_over(
    mailing, webhook, alerts, make_alert_note, subscribe, pigeon
):
    subscribe(alerts, "pending@example.org", state="pending")
    other = start_alert_mailing(alerts, make_alert_note(2), pigeon(chunk_size=2))
    excluded = other.recipients.get(chunk_number__isnull=True)
    recipient = other.recipients.filter(chunk_number=1)[0]
    right = event(recipient, "bounce")
    wrong = right | {"mailing": f"{mailing.pk}.{mailing.key}", "sg_event_id": "wrong"}
    assert webhook.post([event(excluded, "bounce"), wrong]) == 204
    assert nothing_changed()
    # A wrong event takes no right one of the same recipient along, in whatever order they are.
    assert webhook.post([right, wrong]) == 204
    assert webhook.post([wrong, right | {"event": "spamreport", "sg_event_id": "right"}]) == 204
    assert set(ProviderEvent.objects.values_list("kind", flat=True)) == {"bounce", "spamreport"}
    assert list(Recipient.objects.exclude(outcome="")) == [recipient]
