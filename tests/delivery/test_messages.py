"""What a mailing says: the approved words, the publication's sender, each reader's own links."""

from datetime import timedelta

import pytest

from delivery.freezing import start_alert_mailing
from delivery.ledger import claim_next_chunk
from delivery.messages import addressees_of, list_id, message_of
from rendering.marks import Mark
from subscribers.links import Purpose, subscription_of

pytestmark = pytest.mark.django_db


def test_a_message_has_the_editions_words_and_the_publications_sender(edition, alerts, pigeon):
    alerts.reply_to = "editors@example.org"
    alerts.save()
    mailing = start_alert_mailing(edition, pigeon())
    message = message_of(mailing)
    assert (message.subject, message.html, message.text) == (
        edition.subject,
        edition.html,
        edition.text,
    )
    assert (message.sender_name, message.sender_address) == ("GP Alerts", "alerts@example.org")
    assert message.reply_to == "editors@example.org"
    assert (message.category, message.date) == ("gp-alerts", mailing.frozen_at)


def test_each_copy_has_the_links_of_its_own_reader(edition, readers, pigeon):
    subscriptions = readers(3)
    mailing = start_alert_mailing(edition, pigeon())
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
