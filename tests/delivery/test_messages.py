"""What a mailing says: the approved words, the publication's sender, each reader's own links."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.claiming import claim_next_chunk
from delivery.delivering import deliver
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.messages import (
    CHUNK_CATEGORIES,
    addressees_of,
    chunk_category,
    feedback_id,
    list_id,
    message_of,
)
from delivery.models import Mailing
from issues.models import Edition, Issue, Publication
from rendering.mail import digest
from rendering.marks import Mark
from subscribers.links import Purpose, subscription_of

pytestmark = pytest.mark.django_db


def test_a_message_has_the_editions_words_and_the_publications_sender(
    alert, alerts, readers, pigeon
):
    readers(1)
    alerts.reply_to = "editors@example.org"
    alerts.save()
    mailing = start_alert_mailing(*alert, pigeon())
    message = message_of(mailing)
    edition = mailing.edition
    assert (message.subject, message.html, message.text) == (
        edition.subject,
        edition.html,
        edition.text,
    )
    assert (message.sender_name, message.sender_address) == ("GP Alerts", "alerts@example.org")
    assert message.reply_to == "editors@example.org"
    assert (message.category, message.date) == ("gp-alerts", mailing.frozen_at)


def test_a_message_stays_as_it_was_frozen_whatever_the_publication_is_called_now(
    alert, alerts, readers, pigeon
):
    readers(1)
    mailing = start_alert_mailing(*alert, pigeon())
    begun = message_of(mailing)
    alerts.name = alerts.sender_name = "Another Name"
    alerts.sender_address = alerts.reply_to = "another@example.org"
    alerts.save()
    assert message_of(Mailing.objects.get()) == begun
    assert "another" not in str(begun).lower()


@pytest.mark.parametrize("field", ["subject", "html", "text"])
def test_words_that_are_not_those_that_were_frozen_go_to_nobody(alert, readers, pigeon, field):
    readers(3)
    transport = pigeon()
    mailing = start_alert_mailing(*alert, transport)
    words = getattr(mailing.edition, field)
    Edition.objects.update(**{field: words.replace("Claim", "Slander", 1)})
    with pytest.raises(DeliveryError, match="were changed in the database"):
        deliver(Mailing.objects.get(), transport, threads=1)
    assert transport.calls == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("html", "<p>Dear [%first_name%],</p>"),
        ("text", "Leave: [%unsubscribe_url\n"),
        ("text", "Leave: [% unsubscribe_url %]\n"),
        ("html", "<p>[%</p>"),
        ("subject", f"Leave: {Mark.UNSUBSCRIBE_URL}"),
    ],
)
def test_words_that_look_like_a_mark_and_are_none_go_to_nobody(
    alert, readers, pigeon, field, words
):
    readers(3)
    transport = pigeon()
    edition = start_alert_mailing(*alert, transport).edition
    said = {"subject": edition.subject, "html": edition.html, "text": edition.text}
    said[field] = words if field == "subject" else said[field] + words
    Edition.objects.update(**said, sha256=digest(**said))
    with pytest.raises(DeliveryError, match="only the links to leave may look like"):
        deliver(Mailing.objects.get(), transport, threads=1)
    assert transport.calls == []


def test_every_mailing_has_a_key_of_its_own(alerts, make_alert_note, readers, pigeon):
    readers(1)
    mailings = [start_alert_mailing(alerts, make_alert_note(n), pigeon()) for n in (1, 2)]
    keys = {mailing.key for mailing in mailings}
    assert len(keys) == 2
    for mailing in Mailing.objects.all():
        assert len(mailing.key) == 12
        assert message_of(mailing).mailing_key == mailing.key


def test_each_copy_has_the_links_of_its_own_reader(alert, readers, pigeon):
    subscriptions = readers(3)
    mailing = start_alert_mailing(*alert, pigeon())
    copies = addressees_of(claim_next_chunk(mailing, "worker", timedelta(minutes=1)))
    assert [copy.address for copy in copies] == [s.reader.address for s in subscriptions]
    for copy, subscription in zip(copies, subscriptions, strict=True):
        token = copy.unsubscribe_url.strip("/").rpartition("/")[2]
        assert subscription_of(token, Purpose.UNSUBSCRIBE) == subscription.pk
        token = copy.values[Mark.PREFERENCES_URL].strip("/").rpartition("/")[2]
        assert subscription_of(token, Purpose.PREFERENCES) == subscription.pk


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("The World This Week", "The World This Week <twtw.news.example.org>"),
        ('Week, "this" one', r'"Week, \"this\" one" <twtw.news.example.org>'),
        ("Über die Welt", "=?utf-8?q?=C3=9Cber_die_Welt?= <twtw.news.example.org>"),
        ("A\r\nBcc: b", '"A Bcc: b" <twtw.news.example.org>'),
    ],
)
def test_a_list_is_named_after_the_publication_and_the_site(twtw, settings, name, shown):
    settings.SITE_URL = "https://news.example.org:8443"
    twtw.name = name
    assert list_id(twtw) == shown


def test_a_name_too_long_for_its_place_is_left_out_of_the_lists(
    alerts, alert, readers, settings, pigeon
):
    readers(1)
    settings.SITE_URL = "https://news.example.org"
    alerts.name = "世" * 100
    alerts.save()
    assert start_alert_mailing(*alert, pigeon()).list_id == "<gp-alerts.news.example.org>"


SENDERS = st.one_of(
    st.emails(), st.sampled_from(["a@b.c", "anna@bücher.example", "a@weekly.news.example.org"])
)


@given(
    number=st.integers(1, 10**9),
    slug=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
    issue=st.sampled_from([None, Issue()]),
    sender=SENDERS,
)
def test_complaints_are_grouped_by_four_parts_of_which_the_last_is_the_senders(
    number, slug, issue, sender
):
    edition = Edition(publication=Publication(slug=slug), issue=issue)
    one = feedback_id(Mailing(pk=number, edition=edition, sender_address=sender))
    assert one.isascii()
    mailing, publication, kind, last = one.split(":")
    assert (mailing, publication) == (str(number), slug)
    assert kind == ("alert" if issue is None else "issue")
    assert 5 <= len(last) <= 15
    another = Edition(publication=Publication(slug="another"), issue=None)
    other = feedback_id(Mailing(pk=number + 1, edition=another, sender_address=sender))
    assert other.endswith(f":{last}")


def test_a_message_carries_the_form_by_which_complaints_are_grouped(alert, readers, pigeon):
    readers(1)
    mailing = start_alert_mailing(*alert, pigeon())
    assert message_of(mailing).feedback_id == f"{mailing.pk}:gp-alerts:alert:example.org"


def test_a_thousand_chunks_share_forty_categories_evenly():
    categories = [chunk_category("gp-alerts", number) for number in range(1, 1001)]
    assert categories[0] == "gp-alerts-part-1"
    assert len(set(categories)) == CHUNK_CATEGORIES == 40
    assert all(categories.count(one) == 25 for one in set(categories))
    assert all(one.isascii() and len(one) <= 255 for one in categories)
    assert categories == [chunk_category("gp-alerts", number) for number in range(1, 1001)]
    assert not set(categories) & {chunk_category("twtw", number) for number in range(1, 1001)}
