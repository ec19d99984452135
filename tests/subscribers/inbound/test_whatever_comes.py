"""Whatever comes in: at most one mail goes out, to whom it is from, and never one to a machine."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.inbound.acting import CameBy, act_on
from subscribers.inbound.reading import read_fields, read_mail
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import InboundMail, Reader, ServiceMail, Subscription
from tests.subscribers.inbound.mails import OURS, mail, parsed, raw_post
from tests.subscribers.inbound.test_recognising import AUTOMATIC

pytestmark = pytest.mark.django_db

WORDS = st.lists(
    st.sampled_from(
        [
            *("unsubscribe", "subscribe", "leave", "join", "not", "TOKEN", "unsubscribe TOKEN"),
            *("GP Alerts", "twtw", "\n", "\n\n", "> ", "On 1 Jan 2025, a@example.org wrote:\n"),
            *("-- \n", "LINK", "Re: ", "<p>", "=?utf-8?q?unsubscribe?=", "\0", "\r", "é"),
        ]
    )
    | st.text(max_size=8),
    max_size=8,
).map(" ".join)
SENDERS = st.sampled_from(
    [
        *("ann@example.org", "Ann <ANN@example.org>", "bob@example.org", "Bob <bob@example.net>"),
        *("ann@example.org, bob@example.org", "a: ann@example.org;", "", "ann@example.org\0"),
    ]
)
HEADERS = st.dictionaries(
    st.sampled_from(["X_Mailer", "Reply_To", "Sender", "Message_ID", "Cc", "To", "Bcc", "Date"]),
    st.sampled_from(["bob@example.org", "<1@example.org>", "", "a, b\r\n c", "\0\xff"]),
    max_size=3,
)
KINDS = st.sampled_from(
    ["text/plain; charset=utf-8", "text/html", "multipart/mixed; boundary=b", "x", "text/plain"]
)
WAYS = {
    CameBy.MAILBOX: read_mail,
    CameBy.WEBHOOK: lambda raw: read_fields(raw_post(raw)),
}


@pytest.fixture
def world(subscribe, twtw, alerts, settings):
    """Two readers; gives a token and a link of one of them."""
    settings.INBOUND_ADDRESS = OURS
    subscribe(twtw, "ann@example.org")
    subscribe(alerts, "bob@example.org")
    own = subscribe(alerts, "ann@example.org")
    return {
        "TOKEN": unsubscribe_url(own.pk).rstrip("/").rpartition("/")[2],
        "LINK": f"{unsubscribe_url(own.pk)} {preferences_url(own.pk)}",
    }


def furnished(text, world):
    for mark, value in world.items():
        text = text.replace(mark, value)
    return text


def one_line(text):
    return text.replace("\n", " ").replace("\r", " ")


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    subject=WORDS,
    body=WORDS,
    sender=SENDERS,
    headers=HEADERS,
    kind=KINDS,
    automatic=st.none() | st.sampled_from(AUTOMATIC),
    way=st.sampled_from(CameBy),
)
def test_no_mail_is_answered_twice_or_to_somebody_else_or_to_a_machine(
    world, subject, body, sender, headers, kind, automatic, way
):
    told = {
        "subject": one_line(furnished(subject, world)),
        "body": furnished(body, world),
        "sender": sender,
        "kind": kind,
        **headers,
    }
    raw = mail(**(told | (automatic or {})))
    with transaction.atomic():
        confirmed = Subscription.objects.filter(state="confirmed").count()
        for repeated in (way, *CameBy):
            act_on(WAYS[repeated](raw), repeated)
        letter = WAYS[way](raw)
        put_out = list(ServiceMail.objects.values_list("reader__key", "address", "kind"))
        assert len(put_out) <= 1
        assert InboundMail.objects.count() == 1
        if automatic:
            assert put_out == []
        assert all(key == letter.sender.lower() for key, _, _ in put_out)
        assert all(not address for _, address, _ in put_out)
        assert Subscription.objects.filter(state="confirmed").count() <= confirmed
        assert (
            not Reader.objects.exclude(key__in=["ann@example.org", "bob@example.org"])
            .exclude(key=letter.sender.lower())
            .exists()
        )
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(subject=WORDS, body=WORDS, quoted=st.booleans())
def test_our_own_mail_sent_back_ends_nothing(world, subject, body, quoted):
    """An answer that quotes our foot and says none of the words does nothing, marked or not."""
    if any(word in f"{subject}{body}".lower() for word in ("subscribe", "leave", "join", "token")):
        subject = body = "Thank you"
    foot = f"This mail goes to Ann\n\nPreferences and Unsubscribe:\n{world['LINK']}\n"
    if quoted:
        foot = "".join(f"> {line}\n" for line in foot.splitlines())
    raw = mail(one_line(subject), f"{furnished(body, world)}\n\nThe World\n\n{foot}")
    with transaction.atomic():
        act_on(read_fields(parsed(raw)), CameBy.WEBHOOK)
        assert not Subscription.objects.exclude(state="confirmed").exists()
        assert not ServiceMail.objects.exists()
        transaction.set_rollback(True)
