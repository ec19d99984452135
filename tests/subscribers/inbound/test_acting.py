"""What is done about a mail: once, for whom it is meant, and answered only to a person."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from issues.models import Publication
from subscribers.erased import stand_in
from subscribers.inbound.acting import CameBy, Verdict, act_on, own_addresses
from subscribers.inbound.reading import read_fields, read_mail
from subscribers.leaving import end_subscription
from subscribers.limits import FORM, take
from subscribers.links import unsubscribe_url
from subscribers.models import (
    Consent,
    InboundMail,
    Reader,
    ServiceMail,
    SignUp,
    Subscription,
    Suppression,
)
from tests.subscribers.inbound.mails import OURS, mail, parsed, raw_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings):
    settings.INBOUND_ADDRESS = OURS


@pytest.fixture
def ann(subscribe, twtw, alerts):
    """A reader of both publications; gives the two subscriptions."""
    return subscribe(twtw, "ann@example.org"), subscribe(alerts, "ann@example.org")


def act(*told, came_by=CameBy.MAILBOX, **others):
    return act_on(read_mail(mail(*told, **others)), came_by)


def token_of(subscription):
    return unsubscribe_url(subscription.pk).rstrip("/").rpartition("/")[2]


def states(*subscriptions):
    return [Subscription.objects.get(pk=one.pk).state for one in subscriptions]


def put_out():
    return list(ServiceMail.objects.order_by("pk").values_list("kind", "reader__address"))


# Leaving


def test_who_writes_unsubscribe_leaves_everything_and_is_told_once(ann, subscribe, twtw):
    other = subscribe(twtw, "bob@example.org")
    assert act("unsubscribe") is Verdict.LEFT
    assert states(*ann, other) == ["ended", "ended", "confirmed"]
    assert put_out() == [("left", "ann@example.org")]
    assert set(Consent.objects.values_list("act", "source")) == {
        ("withdrawn", "mail from the address")
    }
    told = ServiceMail.objects.get()
    assert (told.publication, told.subscription) == (None, None), "nothing more will come"


def test_only_who_left_is_told_of_it(subscribe, twtw):
    subscribe(twtw, "bob@example.org")
    own = subscribe(twtw, "ann@example.org")
    assert act("unsubscribe") is Verdict.LEFT
    assert put_out() == [("left", "ann@example.org")]
    assert ServiceMail.objects.get().subscription == own


def test_who_leaves_some_of_several_is_not_told_that_nothing_more_will_come(ann, subscribe):
    third = Publication.objects.create(name="The Sister Weekly", slug="sister")
    kept = subscribe(third, "ann@example.org")
    assert act("", "unsubscribe me from GP Alerts and The World This Week") is Verdict.LEFT
    assert states(*ann, kept) == ["ended", "ended", "confirmed"]
    assert ServiceMail.objects.get().subscription == ann[0]


def test_who_names_a_publication_leaves_that_one(ann):
    assert act("", "Please unsubscribe me from GP Alerts") is Verdict.LEFT
    assert states(*ann) == ["confirmed", "ended"]
    told = ServiceMail.objects.get()
    assert (told.publication, told.subscription) == (ann[1].publication, ann[1])
    assert act("unsubscribe") is Verdict.LEFT
    assert ServiceMail.objects.latest("pk").subscription == ann[0]


def test_a_token_ends_its_subscription_whoever_writes_and_nobody_is_told(ann):
    verdict = act(f"unsubscribe {token_of(ann[0])}", sender="proxy@provider.example")
    assert verdict is Verdict.LEFT
    assert states(*ann) == ["ended", "confirmed"]
    assert put_out() == []
    assert Consent.objects.get().source == "mail, with the link's token"


def test_mail_programs_leave_by_themselves_with_a_token_and_by_nothing_else(ann):
    machine = {"Auto_Submitted": "auto-generated", "Return_Path": "<>"}
    assert act("unsubscribe", **machine) is Verdict.AUTOMATIC
    assert states(*ann) == ["confirmed", "confirmed"]
    assert act(f"unsubscribe {token_of(ann[1])}", **machine) is Verdict.LEFT
    assert states(*ann) == ["confirmed", "ended"]
    assert put_out() == []


def test_leaving_again_or_without_having_come_is_told_to_nobody(ann):
    assert act("unsubscribe", sender="stranger@example.net") is Verdict.NOT_SUBSCRIBED
    assert act("unsubscribe") is Verdict.LEFT
    assert act("unsubscribe") is Verdict.NOT_SUBSCRIBED
    assert act(f"unsubscribe {token_of(ann[0])}") is Verdict.NOT_SUBSCRIBED
    assert len(put_out()) == 1
    assert not Reader.objects.filter(address="stranger@example.net").exists()


def test_the_address_counts_however_it_is_written(ann):
    assert act("unsubscribe", sender="Ann READER <Ann@Example.ORG>") is Verdict.LEFT
    assert states(*ann) == ["ended", "ended"]


def test_who_can_not_be_mailed_any_more_may_leave_all_the_same(subscribe, twtw, settings):
    subscription = subscribe(twtw, "jörg@example.org")
    settings.DELIVERY_TRANSPORT = "sendgrid"
    assert act("subscribe", sender="jörg@example.org") is Verdict.NO_SENDER
    assert act("unsubscribe", sender="jörg@example.org") is Verdict.LEFT
    assert states(subscription) == ["ended"]


def test_who_had_left_and_asked_again_takes_that_back(subscribe, twtw):
    subscribe(twtw, "ann@example.org", state="ended")
    assert act("subscribe") is Verdict.ASKED_TO_CONFIRM
    assert act("unsubscribe") is Verdict.NOT_SUBSCRIBED
    assert SignUp.objects.get().withdrawn_at is not None


def test_a_token_of_somebody_who_was_erased_does_nothing(ann):
    token = token_of(ann[0])
    Reader.objects.all().delete()
    assert act(f"unsubscribe {token}") is Verdict.NOT_SUBSCRIBED


def test_who_waits_for_their_confirmation_leaves_too(subscribe, twtw):
    act("subscribe")
    assert act("unsubscribe") is Verdict.LEFT
    assert Subscription.objects.get().state == "ended"
    assert SignUp.objects.get().withdrawn_at is not None


# Subscribing


def test_who_writes_subscribe_is_asked_to_confirm_the_weekly(twtw, alerts):
    assert act("Subscribe", "Please!") is Verdict.ASKED_TO_CONFIRM
    assert put_out() == [("confirm", "ann@example.org")]
    asked = SignUp.objects.get()
    assert (asked.form, asked.source) == ("mail", "a mail to us")
    assert [one.publication for one in asked.subscriptions.all()] == [twtw]
    assert Subscription.objects.get().state == "pending"
    assert Reader.objects.get().name == "", "whoever writes could greet somebody else by our mail"


def test_a_publication_that_is_named_is_the_one(twtw, alerts):
    act("Subscribe gp-alerts")
    assert Subscription.objects.get().publication == alerts


def test_only_what_is_offered_can_be_asked_for(twtw, alerts):
    alerts.offered = False
    alerts.save()
    act("Subscribe GP Alerts")
    assert Subscription.objects.get().publication == twtw
    twtw.offered = False
    twtw.save()
    assert act("Subscribe", sender="bob@example.org") is Verdict.UNCLEAR


def test_a_reader_is_answered_like_anybody_and_nothing_changes(ann):
    assert act("subscribe") is Verdict.ASKED_TO_CONFIRM
    assert put_out() == [("subscribed_already", "ann@example.org")]
    assert states(*ann) == ["confirmed", "confirmed"]


def test_what_is_unclear_starts_nothing_and_ends_nothing(ann):
    for subject, body in (("", ""), ("Hello", "I leave for Paris"), ("", "do not unsubscribe me")):
        assert act(subject, body) is Verdict.UNCLEAR
    assert states(*ann) == ["confirmed", "confirmed"]
    assert put_out() == []
    assert set(InboundMail.objects.values_list("verdict", "came_by")) == {("unclear", "mailbox")}


# To whom nothing is said


@pytest.mark.parametrize(
    "sender", ["", "Ann", "a@example.org, b@example.org", "a@localhost", "a b@example.org", "@"]
)
def test_who_can_not_be_written_to_asks_in_vain(twtw, sender):
    assert act("subscribe", sender=sender) is Verdict.NO_SENDER
    assert act("unsubscribe", sender=sender) is Verdict.NO_SENDER
    assert put_out() == []
    assert not Reader.objects.exists()


def test_our_own_mails_are_acted_on_by_nobody(twtw, settings):
    twtw.reply_to = "editors@example.org"
    twtw.save()
    settings.SMTP_RETURN_PATH = "bounces-here@example.org"
    assert own_addresses() >= {
        *(OURS, twtw.sender_address),
        *("editors@example.org", "bounces-here@example.org"),
    }
    for own in own_addresses():
        assert act("subscribe", sender=own) is Verdict.AUTOMATIC
    assert put_out() == []


def test_nobody_gets_more_than_a_few_answers_a_day(subscribe, twtw):
    subscription = subscribe(twtw, "ann@example.org")
    verdicts = []
    for _ in range(5):
        Subscription.objects.update(state="confirmed")
        verdicts.append(act("unsubscribe"))
        assert states(subscription) == ["ended"], "leaving is not limited"
    assert verdicts == [Verdict.LEFT] * 5
    assert len(put_out()) == 3

    verdicts = [act("subscribe", sender=f"bob+{n}@example.org") for n in range(5)]
    assert verdicts == [Verdict.ASKED_TO_CONFIRM] * 3 + [Verdict.TOO_MANY] * 2
    assert len(put_out()) == 6


def test_by_mail_so_many_sign_up_in_an_hour_as_by_a_form(twtw):
    for _ in range(FORM.most):
        take(FORM, "mail")
    assert act("subscribe") is Verdict.TOO_MANY
    assert put_out() == []


def test_a_suppressed_address_is_taken_in_like_any_other(twtw):
    Suppression.objects.create(key="ann@example.org", reason="by request")
    Suppression.objects.create(key=stand_in("bob@example.org"), reason="erased")
    assert act("subscribe") is act("subscribe", sender="bob@example.org")


# Once


def test_the_same_mail_is_acted_on_once_whichever_way_it_comes(ann):
    raw = mail("subscribe gp-alerts")
    end_subscription(ann[1].pk, "test")
    ways = [read_mail(raw), read_fields(parsed(raw)), read_fields(raw_post(raw)), read_mail(raw)]
    verdicts = [act_on(letter, CameBy.WEBHOOK) for letter in ways]
    assert verdicts == [Verdict.ASKED_TO_CONFIRM, *[Verdict.KNOWN] * 3]
    assert len(put_out()) == 1
    kept = InboundMail.objects.get()
    assert (kept.came_by, kept.verdict) == ("webhook", "asked to confirm")


def test_a_mail_whose_action_failed_is_all_new(ann, monkeypatch):
    letter = read_mail(mail("unsubscribe"))

    def away(*_args, **_others):
        raise ConnectionError

    monkeypatch.setattr("subscribers.inbound.acting.put_out", away)
    with pytest.raises(ConnectionError):
        act_on(letter, CameBy.MAILBOX)
    assert states(*ann) == ["confirmed", "confirmed"]
    assert not InboundMail.objects.exists()
    monkeypatch.undo()
    assert act_on(letter, CameBy.MAILBOX) is Verdict.LEFT


def test_neither_who_wrote_nor_the_words_are_kept(ann, caplog):
    with caplog.at_level(0):
        act("unsubscribe", "with a word that nobody else uses: quokka")
    kept = str(InboundMail.objects.values().get())
    assert "ann" not in kept
    assert "quokka" not in kept
    assert "ann@" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_same_mail_at_the_same_time_is_acted_on_once(subscribe, twtw):
    subscribe(twtw, "ann@example.org")
    letter = read_mail(mail("unsubscribe"))

    def come(_):
        try:
            return act_on(letter, CameBy.WEBHOOK)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        verdicts = Counter(pool.map(come, range(8)))
    assert verdicts == {Verdict.LEFT: 1, Verdict.KNOWN: 7}
    assert len(put_out()) == 1
