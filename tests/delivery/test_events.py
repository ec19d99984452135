"""What SendGrid's events say comes true, once: outcomes, proofs, suppressions, farewells."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delivery import holding, ledger
from delivery.claiming import claim_next_chunk, depart
from delivery.counting import counts
from delivery.freezing import start_alert_mailing
from delivery.ledger import PROVED
from delivery.models import Mailing, ProviderEvent
from delivery.settling import settle_what_is_proved
from delivery.states import ChunkState
from delivery.transports import Refused, Taken, Unanswered
from subscribers.leaving import end_subscription
from subscribers.models import Consent, Reader, Subscription, Suppression
from subscribers.suppressing import suppress
from tests.delivery.fates import agree
from tests.delivery.test_ledger import Busy
from tests.delivery.webhook import event

pytestmark = pytest.mark.django_db

LEASE = timedelta(minutes=1)


@pytest.fixture
def mailing(alert, readers, pigeon):
    """Six readers in three chunks, none of which has left."""
    readers(6)
    return start_alert_mailing(*alert, pigeon(chunk_size=2))


def send(mailing, *answers):
    """Have the next chunks answered so; with None one stays in its worker's hands. The last one."""
    for answer in answers:
        claimed = claim_next_chunk(mailing, f"worker {answer}", LEASE)
        assert depart(claimed)
        if answer is not None:
            ledger.record_answer(claimed, answer)
    return claimed


def recipients(mailing):
    return list(mailing.recipients.filter(chunk_number__isnull=False).order_by("pk"))


def outcomes(mailing):
    return list(mailing.recipients.order_by("pk").values_list("outcome", flat=True))


# What follows from it

MEANINGS = {
    "processed": ({}, "processed", None, "confirmed"),
    "deferred": ({"response": "451 later"}, "deferred", None, "confirmed"),
    "delivered": ({"response": "250 OK"}, "delivered", None, "confirmed"),
    "blocked": ({"reason": "421 4.7.0 too much"}, "blocked", None, "confirmed"),
    "bounce": ({"reason": "550 5.1.1 unknown"}, "bounced", "bounced", "confirmed"),
    "spamreport": ({}, "complained", "complained", "confirmed"),
    "unsubscribe": ({}, "unsubscribed", "by request", "ended"),
    "group_unsubscribe": ({"asm_group_id": 1}, "unsubscribed", None, "ended"),
}
DROPPED = {
    "Bounced Address": "bounced",
    "Invalid": "bounced",
    "Spam Reporting Address": "complained",
    "Unsubscribed Address": "by request",
    "Invalid SMTPAPI header": None,
    "Spam Content": None,
    "Recipient List over Package Quota": None,
    "": None,
}


EXPECTED = [(kind, *meaning) for kind, meaning in MEANINGS.items()] + [
    ("dropped", {"reason": why}, "dropped", reason, "confirmed") for why, reason in DROPPED.items()
]


def test_what_the_events_mean(alert, readers, pigeon, webhook):
    readers(len(EXPECTED))
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=5))
    people = recipients(mailing)
    post = [
        event(recipient, kind, **fields)
        for recipient, (kind, fields, *_) in zip(people, EXPECTED, strict=True)
    ]
    assert webhook.post(post) == 204
    suppressed = {row.key: (row.reason, row.source) for row in Suppression.objects.all()}
    for recipient, (kind, _, outcome, reason, state) in zip(people, EXPECTED, strict=True):
        source = f"event: {kind}"
        recipient.refresh_from_db()
        subscription = recipient.subscription
        assert recipient.outcome == outcome, kind
        assert suppressed.get(subscription.reader.key) == ((reason, source) if reason else None)
        assert subscription.state == state
        withdrawn = list(subscription.consents.values_list("act", "source"))
        assert withdrawn == ([("withdrawn", source)] if state == "ended" else [])


def test_a_bounce_of_a_type_we_do_not_know_suppresses_nobody(mailing, webhook):
    first, second = recipients(mailing)[:2]
    untyped = event(second, "bounce")
    del untyped["type"]
    assert webhook.post([event(first, "bounce", type="expired"), untyped]) == 204
    assert outcomes(mailing)[:2] == ["blocked", "blocked"]
    assert not Suppression.objects.exists()


def test_a_reason_is_understood_although_it_is_hidden_like_an_address(
    alerts, alert, subscribe, pigeon, webhook
):
    subscribe(alerts, "bounced@example.org")
    mailing = start_alert_mailing(*alert, pigeon())
    post = [event(recipients(mailing)[0], "dropped", reason="Bounced Address")]
    assert webhook.post(post) == 204
    assert Suppression.objects.get().reason == "bounced"


def test_no_address_is_kept_or_logged(mailing, webhook, caplog):
    caplog.set_level("DEBUG")
    recipient = recipients(mailing)[0]
    address = recipient.subscription.reader.address
    local_part = address.partition("@")[0]
    words = f"550 <{address.upper()}> {local_part}:\r\nno other@example.org {'word ' * 100}"
    assert webhook.post([event(recipient, "bounce", reason=words)]) == 204
    kept = str(list(ProviderEvent.objects.values()))
    assert "550 <[address]> [address]: no [address] word" in kept
    for text in (kept, caplog.text):
        assert local_part not in text.lower()
        assert "@example.org" not in text
    assert len(ProviderEvent.objects.get().reason) <= 300


def test_the_reader_of_an_event_may_be_gone(mailing, webhook):
    recipient = recipients(mailing)[0]
    post = [event(recipient, "unsubscribe"), event(recipient, "group_unsubscribe")]
    Reader.objects.get(pk=recipient.subscription.reader_id).delete()
    assert webhook.post(post) == 204
    assert outcomes(mailing)[0] == "unsubscribed"
    assert Suppression.objects.count() == 1


def test_a_repetition_undoes_nothing_that_a_person_has_done_since(mailing, webhook):
    first, second = recipients(mailing)[:2]
    post = [event(first, "bounce"), event(second, "group_unsubscribe")]
    assert webhook.post(post) == 204
    Suppression.objects.all().delete()
    Subscription.objects.update(state="confirmed", ended_at=None)
    renamed = [one | {"sg_event_id": f"new-{place}"} for place, one in enumerate(post)]
    for repeated in (post, renamed, [one | {"sg_event_id": None} for one in post]):
        assert webhook.post(repeated) == 204
    assert not Suppression.objects.exists()
    assert not Subscription.objects.filter(state="ended").exists()
    assert ProviderEvent.objects.count() == 2


def test_an_event_without_an_id_of_its_own_is_kept_once_all_the_same(mailing, webhook):
    one = event(recipients(mailing)[0])
    for given in (None, "", "with a space", "x" * 201, "\0"):
        assert webhook.post([one | {"sg_event_id": given}]) == 204
    kept = ProviderEvent.objects.get()
    assert kept.provider_id == kept.fingerprint


def test_many_events_take_as_many_statements_as_few(alert, readers, pigeon, webhook):
    readers(60)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=60))
    send(mailing, Taken())
    kinds = ["processed", "bounce", "spamreport", "unsubscribe", "group_unsubscribe"]
    people = recipients(mailing)

    def statements(recipients):
        post = [event(r, kinds[place % 5]) for place, r in enumerate(recipients)]
        with CaptureQueriesContext(connection) as captured:
            assert webhook.post(post) == 204
        return len(captured)

    assert statements(people[:5]) == statements(people[5:]) < 30


# Doubts, and the chunks' other states


def test_a_doubt_is_settled_when_everybody_in_it_is_proved(mailing, webhook):
    send(mailing, Unanswered("silence"), Taken(), Taken())
    first, second = recipients(mailing)[:2]
    assert webhook.post([event(first, "processed")]) == 204
    assert mailing.chunks.get(number=1).state == "in doubt"
    assert (counts(mailing).accepted, counts(mailing).in_doubt) == (5, 1)
    assert webhook.post([event(second, "deferred"), event(first)]) == 204
    chunk = mailing.chunks.get(number=1)
    assert (chunk.state, chunk.answer) == ("accepted", PROVED)
    assert counts(mailing).accepted == 6
    assert Mailing.objects.get().finished_at is not None
    assert agree(mailing, counts(mailing))


def test_who_was_withdrawn_from_a_doubt_does_not_keep_it(mailing, webhook):
    first, second = recipients(mailing)[:2]
    end_subscription(first.subscription_id, "a test")
    send(mailing, Unanswered("silence"))
    assert webhook.post([event(second, "processed")]) == 204
    assert mailing.chunks.get(number=1).state == "accepted"
    assert (counts(mailing).accepted, counts(mailing).withdrawn) == (1, 1)


def test_what_is_proved_while_it_is_being_sent_does_not_stay_in_doubt(mailing, webhook):
    claimed = send(mailing, None)
    assert webhook.post([event(r, "processed") for r in recipients(mailing)[:2]]) == 204
    chunk = mailing.chunks.get(number=1)
    assert (chunk.state, chunk.proved) == ("sending", 2)
    ledger.record_answer(claimed, Unanswered("silence"))
    settle_what_is_proved()
    chunk.refresh_from_db()
    assert (chunk.state, chunk.answer) == ("accepted", PROVED)


@pytest.mark.parametrize("state", ChunkState.values)
def test_a_proof_counts_in_a_chunk_of_any_state(mailing, webhook, state):
    send(mailing, Refused("no"), Unanswered("silence"))
    if state == "accepted":
        send(mailing, Taken())
    elif state == "sending":
        send(mailing, None)
    elif state == "withdrawn":
        holding.cancel(mailing, "a test")
    before = counts(mailing)
    chunk = mailing.chunks.get(state=state)
    first, second = mailing.recipients.filter(chunk_number=chunk.number).order_by("pk")

    assert webhook.post([event(first, "delivered")]) == 204
    chunk.refresh_from_db()
    assert chunk.state == state
    assert counts(mailing).accepted == before.accepted + (state != "accepted")
    assert agree(mailing, counts(mailing))

    assert webhook.post([event(second, "blocked")]) == 204
    chunk.refresh_from_db()
    assert chunk.state == ("accepted" if state == "in doubt" else state)
    assert counts(mailing).accepted == before.accepted + 2 * (state != "accepted")
    assert agree(mailing, counts(mailing))


def test_who_is_proved_is_not_handed_over_again(mailing, webhook):
    first, second = recipients(mailing)[:2]
    assert webhook.post([event(first, "bounce")]) == 204
    claimed = claim_next_chunk(mailing, "worker", LEASE)
    assert [pk for pk, *_ in claimed.recipients] == [second.pk]


def test_who_was_withdrawn_and_has_a_copy_all_the_same_counts_as_having_it(mailing, webhook):
    first = recipients(mailing)[0]
    suppress(first.subscription.reader.address, Suppression.Reason.BOUNCED)
    send(mailing, Taken())
    assert counts(mailing).withdrawn == 1
    assert webhook.post([event(first, "delivered")]) == 204
    assert (counts(mailing).withdrawn, counts(mailing).accepted) == (0, 2)
    assert agree(mailing, counts(mailing))


# When much happens at once


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_sendgrid_is_told_to_come_again(
    mailing, webhook, monkeypatch, caplog
):
    post = [event(recipients(mailing)[0], "bounce")]
    with Busy(monkeypatch) as busy:
        assert webhook.post(post) == 503
        busy.other.rollback()
    assert "waits for its repetition" in caplog.text
    assert "@" not in caplog.text
    assert not ProviderEvent.objects.exists()
    assert webhook.post(post) == 204
    assert outcomes(mailing)[0] == "bounced"


@pytest.mark.django_db(transaction=True)
def test_posts_and_workers_at_the_same_time_get_in_nobodys_way(alert, readers, pigeon, webhook):
    readers(60)
    mailing = start_alert_mailing(*alert, pigeon(chunk_size=6))
    send(mailing, *[Unanswered("silence")] * 3, *[Taken()] * 3)
    kinds = ("processed", "delivered", "bounce", "unsubscribe", "group_unsubscribe")
    events = [event(r, kind) for r in recipients(mailing) for kind in kinds]

    def post(seed):
        try:
            return webhook.post(Random(seed).sample(events, len(events)))
        finally:
            connection.close()

    def work():
        try:
            while claimed := claim_next_chunk(mailing, "worker", LEASE):
                depart(claimed)
                ledger.record_answer(claimed, Taken())
            return 204
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        jobs = [pool.submit(job) for job in (*(partial(post, n) for n in range(4)), work)]
        assert [job.result() for job in jobs] == [204] * 5
    assert set(outcomes(mailing)) == {"unsubscribed"}
    assert ProviderEvent.objects.count() == len(events)
    assert Consent.objects.count() == Suppression.objects.count() == 60
    assert counts(mailing).accepted == 60
    assert agree(mailing, counts(mailing))
