"""A correction goes to those who got what it corrects, once, and in the words that were seen."""

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from delivery import holding
from delivery.audience import count, those_who_got
from delivery.correcting import correction_as_it_is, start_correction_mailing
from delivery.counting import counts
from delivery.delivering import deliver
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing
from delivery.messages import message_of
from delivery.models import Mailing, Recipient
from delivery.standing import line_of
from delivery.states import Exclusion
from delivery.transports import Refused, Taken, Unanswered
from issues.correcting import look_over, record_correction
from issues.seen import ChangedSinceSeen, Seen
from subscribers.models import Subscription, Suppression
from tests.delivery.fates import agree
from tests.delivery.test_events import send
from tests.delivery.test_freezing import started_by_eight

pytestmark = pytest.mark.django_db


@pytest.fixture
def former(alert, readers, pigeon):
    """An alert to ten readers: each two are in an accepted, a refused and a doubtful chunk, two
    were withdrawn when it was cancelled, and two unsubscribed before they got it."""
    subscriptions = readers(10)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=2))
    Subscription.objects.filter(pk__in=[one.pk for one in subscriptions[6:8]]).update(
        state="ended", ended_at=timezone.now()
    )
    send(mailing, Taken(), Refused("no"), Unanswered("silence"))
    holding.cancel(mailing, "a test")
    return mailing


@pytest.fixture
def correction(former):
    edition = former.edition
    today = timezone.now().astimezone(edition.publication.zone).date()
    return record_correction(edition, edition.note, "<p>It is 640.</p>", "A slip", today, "Ann")


def seen(correction):
    facts, _found = look_over(correction)
    return correction_as_it_is(correction, facts.rendering)


def start(correction, transport):
    mailing, begun = start_correction_mailing(correction, transport, seen(correction), "Ann")
    assert begun
    return mailing


def addresses(mailing):
    return set(mailing.recipients.values_list("subscription__reader__address", flat=True))


def test_it_goes_to_those_whose_copy_was_accepted_or_is_in_doubt(former, correction, pigeon):
    expected = {f"reader{number:06}@example.org" for number in (0, 1, 4, 5)}
    mailing = start(correction, pigeon(chunk_size=3))
    assert addresses(mailing) == expected
    assert [chunk.size for chunk in mailing.chunks.all()] == [3, 1]
    assert agree(mailing, counts(mailing))


def test_who_has_a_copy_for_certain_gets_it_whatever_became_of_the_chunk(
    former, correction, pigeon
):
    proved = former.recipients.filter(chunk_number=2)[0]
    Recipient.objects.filter(pk=proved.pk).update(outcome="delivered")
    assert proved.subscription.reader.address in addresses(start(correction, pigeon()))


def test_who_may_not_be_mailed_any_more_is_excluded_with_the_reason(former, correction, pigeon):
    accepted, other = former.recipients.filter(chunk_number=1)
    Suppression.objects.create(key=accepted.subscription.reader.key, reason="bounced")
    Subscription.objects.filter(pk=other.subscription_id).update(
        state="ended", ended_at=timezone.now()
    )
    told = count(those_who_got(former))
    frozen = counts(start(correction, pigeon()))
    assert told.excluded == {Exclusion.SUPPRESSED: 1, Exclusion.UNSUBSCRIBED: 1}
    assert (told.candidates, told.excluded, told.readers) == (
        frozen.candidates,
        frozen.excluded,
        frozen.frozen,
    )


def test_a_reader_who_came_later_or_was_erased_is_not_in_it(
    former, correction, alerts, subscribe, pigeon
):
    subscribe(alerts, "late@example.org")
    former.recipients.filter(chunk_number=1)[0].subscription.reader.delete()
    mailing = start(correction, pigeon())
    assert mailing.recipients.count() == 3
    assert "late@example.org" not in addresses(mailing)


@pytest.mark.django_db(transaction=True)
def test_it_is_handed_over_by_the_same_ledger_and_its_counts_balance(
    former, correction, pigeon, webhook
):
    transport = pigeon(chunk_size=3)
    mailing = start(correction, transport)
    reached = deliver(mailing, transport, threads=2)
    assert (reached.accepted, reached.balanced) == (4, True)
    assert len(transport.taken) == len(set(transport.taken)) == 4
    message = message_of(mailing)
    assert message.feedback_id == f"{mailing.pk}:gp-alerts:correction:example.org"
    assert "It is 640." in message.text
    assert line_of(mailing).startswith("Correction to “Malí: Claim 1” in GP Alerts, ")


def test_however_often_it_is_started_there_is_one_mailing(former, correction, pigeon):
    mailing = start(correction, pigeon())
    # In whatever words: what was frozen is what leaves.
    another = Seen("Another", "0" * 64, "", "")
    assert start_correction_mailing(correction, pigeon(), another, "Ben") == (mailing, False)
    assert ModelLogEntry.objects.filter(action="issues.mail_correction").count() == 1


def test_other_words_than_those_that_were_seen_do_not_leave(former, correction, alerts, pigeon):
    looked_at = seen(correction)
    alerts.tagline = "Changed since"
    alerts.colour = "#004400"
    alerts.save()
    correction.refresh_from_db()
    with pytest.raises(ChangedSinceSeen, match="Look at it as it is now"):
        start_correction_mailing(correction, pigeon(), looked_at, "Ann")
    assert Mailing.objects.count() == 1
    assert not ModelLogEntry.objects.filter(action="issues.mail_correction").exists()


def test_it_waits_until_what_it_corrects_has_left(alert, readers, pigeon):
    readers(2)
    going = start_alert_mailing(*alert, pigeon())
    today = timezone.now().astimezone(alert[0].zone).date()
    correction = record_correction(
        going.edition, going.edition.note, "<p>It is 640.</p>", "A slip", today, "Ann"
    )
    with pytest.raises(DeliveryError, match="still has copies to send"):
        start(correction, pigeon())


def test_nothing_is_begun_for_nobody(former, correction, pigeon):
    Subscription.objects.update(state="ended", ended_at=timezone.now())
    with pytest.raises(DeliveryError, match="Nobody who got it can be mailed"):
        start(correction, pigeon())
    assert not Mailing.objects.filter(edition__correction=correction).exists()


@pytest.mark.django_db(transaction=True)
def test_however_many_start_it_at_once_there_is_one_mailing(former, correction, pigeon):
    words = seen(correction)

    def begin():
        return start_correction_mailing(correction, pigeon(), words, "Ann")[0]

    assert len(started_by_eight(begin)) == 1
    assert Mailing.objects.filter(edition__correction=correction).count() == 1
    assert ModelLogEntry.objects.filter(action="issues.mail_correction").count() == 1
