"""What readers have chosen, and what the newsroom has: who is left out of a mailing, and why."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.audience import audience_of, in_normal_form
from delivery.claiming import claim_next_chunk
from delivery.correcting import audience_of_correction
from delivery.counting import counts
from delivery.errors import DeliveryError
from delivery.freezing import start_alert_mailing, start_issue_mailing
from delivery.messages import addressees_of
from delivery.models import Mailing
from delivery.states import Exclusion
from issues.approval import approve_issue
from issues.assembling import assemble
from issues.models import Correction
from subscribers.links import Purpose, subscription_and_version
from subscribers.models import Reader, Segment, Subscription, Suppression
from tests.delivery.fates import agree

pytestmark = pytest.mark.django_db

LEASE = timedelta(minutes=1)


def pause(subscription, **time):
    until = timezone.now() + timedelta(**time)
    Reader.objects.filter(pk=subscription.reader_id).update(paused_until=until)


@pytest.fixture
def reader(alerts, subscribe):
    """Makes a reader of the alerts with what they have chosen."""

    def make(name, *regions, with_weekly=False, paused=False, publication=alerts):
        subscription = subscribe(publication, f"{name}@example.org")
        Subscription.objects.filter(pk=subscription.pk).update(with_weekly=with_weekly)
        for region in regions:
            subscription.reader.regions.create(region=region)
        if paused:
            pause(subscription, days=1)
        return subscription

    return make


def left_out(mailing):
    rows = mailing.recipients.values_list("subscription__reader__key", "exclusion")
    return {key.partition("@")[0]: exclusion for key, exclusion in rows}


def test_each_is_left_out_for_the_first_reason_that_holds(
    alert, alerts, twtw, reader, subscribe, pigeon
):
    subscribe(alerts, "unsubscribed@example.org", state="ended")
    subscribe(alerts, "unconfirmed@example.org", state="pending")
    reader("suppressed", "oceania", paused=True)
    Suppression.objects.create(key="suppressed@example.org", reason="bounced")
    pause(reader("paused-before"), days=-1)
    for name, weekly in (("paused", True), ("weekly", True), ("no-weekly", False)):
        reader(name, "oceania", with_weekly=True, paused=name == "paused")
        if weekly:
            subscribe(twtw, f"{name}@example.org")
    reader("elsewhere", "oceania", "east-asia")
    reader("here-too", "oceania", "africa")
    reader("in")
    # The note is on Mali and Russia.
    mailing = start_alert_mailing(*alert, pigeon(), "never bounced, region none")
    assert left_out(mailing) == {
        "unsubscribed": "unsubscribed",
        "unconfirmed": "unconfirmed",
        "suppressed": "suppressed",
        "paused-before": "",
        "paused": "paused",
        "weekly": "with weekly",
        "no-weekly": "regions",
        "elsewhere": "regions",
        "here-too": "segment",
        "in": "",
    }
    assert mailing.segment == "never bounced, region none"
    assert agree(mailing, counts(mailing))


def test_a_note_without_countries_is_for_all_regions(alert, alerts, reader):
    _, note = alert
    reader("elsewhere", "oceania")
    assert audience_of(alerts, note).excluded == {Exclusion.OTHER_REGIONS: 1}
    note.countries = []
    assert audience_of(alerts, note).readers == 1


def test_a_numbered_publication_asks_neither_for_regions_nor_for_the_weekly(twtw, reader):
    reader("anna", "oceania", with_weekly=True, publication=twtw)
    assert audience_of(twtw).readers == 1


def test_the_weekly_counts_only_where_it_is_got(alerts, twtw, reader, subscribe):
    reader("anna", with_weekly=True)
    weekly = subscribe(twtw, "anna@example.org")
    assert audience_of(alerts).excluded == {Exclusion.WITH_WEEKLY: 1}
    Subscription.objects.filter(pk=weekly.pk).update(state="ended", ended_at=timezone.now())
    assert audience_of(alerts).readers == 1


CHOICES = st.tuples(
    st.sampled_from(["confirmed", "pending", "ended"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sets(st.sampled_from(["africa", "europe", "oceania"])),
)


@given(
    mixture=st.lists(CHOICES, max_size=10),
    segment=st.sampled_from(
        ["", "region Africa", "not region none", "gets twtw, joined this year"]
    ),
)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_for_any_choices_of_readers_the_freeze_does_what_was_counted(
    mixture, segment, alert, alerts, twtw, reader, subscribe, pigeon
):
    with transaction.atomic():
        subscribe(twtw, "reader0@example.org")
        # In every segment.
        reader("always", "africa")
        subscribe(twtw, "always@example.org")
        for number, (state, weekly, paused, suppressed, regions) in enumerate(mixture):
            name = f"reader{number}"
            made = reader(name, *regions, with_weekly=weekly, paused=paused)
            Subscription.objects.filter(pk=made.pk).update(state=state)
            if suppressed:
                Suppression.objects.create(key=f"{name}@example.org", reason="bounced")

        told = audience_of(*alert, in_normal_form(segment))
        frozen = counts(start_alert_mailing(*alert, pigeon(), segment))

        assert (told.candidates, told.excluded) == (frozen.candidates, frozen.excluded)
        assert told.readers == frozen.frozen
        assert told.without_segment == audience_of(*alert).readers
        transaction.set_rollback(True)


def test_an_issue_goes_to_the_segment_that_was_approved(twtw, write_note, reader, pigeon):
    reader("anna", "africa", publication=twtw)
    reader("ben", publication=twtw)
    issue = assemble(twtw, write_note().date).issue
    issue.segment = "region Africa"
    issue.save()
    approval = approve_issue(issue, "An Editor")
    assert approval.audience == "confirmed readers of The World This Week: region Africa"
    mailing = start_issue_mailing(issue, pigeon())
    assert left_out(mailing) == {"anna": "", "ben": "segment"}
    assert mailing.segment == "region Africa"


def test_a_saved_segment_that_changes_later_changes_no_mailing(alert, reader, pigeon):
    reader("anna", "africa")
    reader("ben", "europe")
    saved = Segment.objects.create(name="African readers", sentence="region Africa")
    mailing = start_alert_mailing(*alert, pigeon(), "African readers")
    saved.sentence = "region Europe"
    saved.save()
    assert mailing.segment == "region Africa"
    assert start_alert_mailing(*alert, pigeon(), "region africa") == mailing
    assert start_alert_mailing(*alert, pigeon()) == mailing


def test_a_note_that_was_mailed_to_some_is_not_mailed_to_others(alert, reader, pigeon):
    reader("anna", "africa")
    start_alert_mailing(*alert, pigeon(), "region Africa")
    with pytest.raises(DeliveryError, match="was mailed before, to confirmed readers of GP Alerts"):
        start_alert_mailing(*alert, pigeon(), "region Europe")


@pytest.mark.parametrize(
    ("segment", "why"),
    [
        ("regoin Africa", "perhaps “region Africa” is meant"),
        ("region Oceania", "nobody is in “region Oceania”"),
    ],
)
def test_what_nobody_is_meant_by_mails_nobody(alert, reader, pigeon, segment, why):
    reader("anna")
    with pytest.raises(DeliveryError, match=why):
        start_alert_mailing(*alert, pigeon(), segment)
    assert not Mailing.objects.exists()


def test_an_audience_tells_its_share(alerts, reader):
    reader("anna", "africa")
    reader("ben")
    pause(reader("carl"), days=1)
    assert audience_of(alerts, segment="region Africa").share == "1 of 2 readers"
    assert audience_of(alerts, segment="region Africa").sentence == (
        "1 reader gets it; 2 do not: 1 paused, 1 not in the segment."
    )


def test_who_pauses_between_the_freeze_and_the_call_is_withdrawn(alert, reader, pigeon):
    subscriptions = [reader(name) for name in ("anna", "ben", "carl")]
    mailing = start_alert_mailing(*alert, pigeon())
    pause(subscriptions[0], weeks=2)
    pause(subscriptions[1], seconds=-1)
    claimed = claim_next_chunk(mailing, "a worker", LEASE)
    assert [address for _, _, address, *_ in claimed.recipients] == [
        "ben@example.org",
        "carl@example.org",
    ]
    withdrawn = mailing.recipients.exclude(withdrawal="")
    assert list(withdrawn.values_list("subscription__reader__key", "withdrawal")) == [
        ("anna@example.org", "paused")
    ]
    assert agree(mailing, counts(mailing))


def test_who_left_or_is_suppressed_besides_is_withdrawn_for_that(alert, reader, pigeon):
    left, barred, _ = [reader(name) for name in ("anna", "ben", "carl")]
    mailing = start_alert_mailing(*alert, pigeon())
    for subscription in (left, barred):
        pause(subscription, weeks=2)
    Subscription.objects.filter(pk=left.pk).update(state="ended", ended_at=timezone.now())
    Suppression.objects.create(key="ben@example.org", reason="bounced")
    claim_next_chunk(mailing, "a worker", LEASE)
    assert set(mailing.recipients.values_list("withdrawal", flat=True)) == {
        "unsubscribed",
        "suppressed",
        "",
    }


def test_the_links_to_the_preferences_are_of_the_readers_version(alert, reader, pigeon):
    subscription = reader("anna")
    mailing = start_alert_mailing(*alert, pigeon())
    Reader.objects.filter(pk=subscription.reader_id).update(link_version=3)
    [addressee] = addressees_of(claim_next_chunk(mailing, "a worker", LEASE))
    token = addressee.preferences_url.rstrip("/").rpartition("/")[2]
    assert subscription_and_version(token, Purpose.PREFERENCES) == (subscription.pk, 3)
    token = addressee.unsubscribe_url.rstrip("/").rpartition("/")[2]
    assert subscription_and_version(token, Purpose.UNSUBSCRIBE) == (subscription.pk, 0)


def test_a_correction_is_owed_to_all_who_got_it_but_for_those_who_pause(alert, reader, pigeon):
    _, note = alert
    subscriptions = [reader(name, "africa") for name in ("anna", "ben")]
    mailing = start_alert_mailing(*alert, pigeon(), "region Africa")
    claim_next_chunk(mailing, "a worker", LEASE)
    mailing.chunks.update(state="accepted", left_at=timezone.now())
    pause(subscriptions[0], days=1)
    # Chosen since.
    subscriptions[1].reader.regions.update(region="oceania")
    Subscription.objects.update(with_weekly=True)
    correction = Correction.objects.create(
        edition=mailing.edition, note=note, text="<p>No.</p>", reason="A slip", day=note.date
    )
    owed = audience_of_correction(correction)
    assert (owed.readers, owed.excluded) == (1, {Exclusion.PAUSED: 1})
