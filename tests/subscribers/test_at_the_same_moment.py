"""Two things at the same moment: both come to their end, and what was asked for last holds."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from delivery.audience import subscribers_of, subscriptions_in
from subscribers.address_changing import ask_for
from subscribers.address_changing import confirm as confirm_address
from subscribers.api import wishes
from subscribers.api.bodies import Wish
from subscribers.api.keys import Scope, make_key
from subscribers.confirming import Standing, confirm, standing_of
from subscribers.erasing import erase
from subscribers.forgetting import forget_unconfirmed
from subscribers.links import preferences_url
from subscribers.models import Reader, SignUp, Subscription, Suppression
from subscribers.preferences import end_former_links
from subscribers.signing_up import sign_up
from subscribers.suppressing import suppress

pytestmark = pytest.mark.django_db(transaction=True)

ANN = "ann@example.org"
FORM = {"form": "the page", "source": "subscribe page"}
# What waits for a row that somebody else holds. In SQLite a whole transaction waits to begin.
WAITS = ("FOR UPDATE", "FOR NO KEY UPDATE", "UPDATE ", "DELETE ")


@pytest.fixture
def meanwhile():
    """Begins something in another thread; goes on as soon as it has to wait for this one."""
    threads, failures = [], []

    def begin(deed):
        waits = threading.Event()

        def note(execute, sql, *rest):
            if any(word in sql for word in WAITS):
                waits.set()
            return execute(sql, *rest)

        def run():
            if connection.vendor == "sqlite":
                waits.set()
            try:
                with connection.execute_wrapper(note):
                    deed()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test says so
                failures.append(error)
            finally:
                waits.set()
                connection.close()

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        waits.wait()

    def end():
        for thread in threads:
            thread.join()
        assert failures == []

    begin.end = end
    yield begin
    end()


def would_get(publication):
    return set(subscriptions_in(subscribers_of(publication)))


@pytest.mark.parametrize("goes", ["is erased", "gets another address"])
def test_an_address_signs_up_while_its_reader_goes(subscribe, twtw, alerts, meanwhile, goes):
    reader = subscribe(twtw, ANN).reader
    change = ask_for(reader, "ann@example.com")
    with transaction.atomic():
        Reader.objects.select_for_update().get(pk=reader.pk)
        meanwhile(lambda: sign_up(ANN, [alerts], **FORM))
        if goes == "is erased":
            erase(reader)
        else:
            confirm_address(change.pk)
    meanwhile.end()
    new = Reader.objects.get(key=ANN)
    assert new.pk != reader.pk
    assert list(new.subscriptions.values_list("publication__slug", "state")) == [
        ("gp-alerts", "pending")
    ]


def test_who_signs_up_in_the_moment_of_being_forgotten_is_kept(twtw, meanwhile):
    long_ago = timezone.now() - 2 * settings.KEEP_UNCONFIRMED
    Reader.objects.create(address=ANN, key=ANN)
    Reader.objects.update(created_at=long_ago)
    with transaction.atomic():
        sign_up(ANN, [twtw], **FORM)
        meanwhile(lambda: forget_unconfirmed(timezone.now()))
    meanwhile.end()
    assert Reader.objects.get().subscriptions.get().state == "pending"
    assert SignUp.objects.get().withdrawn_at is None


def returning(publication):
    """Somebody who was erased, has signed up anew, and has the mail that asks."""
    sign_up(ANN, [publication], **FORM)
    erase(Reader.objects.get())
    return sign_up(ANN, [publication], **FORM)


def complain():
    suppress(ANN, Suppression.Reason.COMPLAINED, "an event")


def test_a_complaint_while_an_erased_reader_returns_bars_the_address(twtw, meanwhile):
    made = returning(twtw)
    with transaction.atomic():
        confirm(made.pk)
        meanwhile(complain)
    meanwhile.end()
    assert would_get(twtw) == set()
    assert Suppression.objects.get().key == ANN


def test_an_erased_reader_returns_while_a_complaint_is_noted_and_is_not_mailed(twtw, meanwhile):
    made = returning(twtw)
    with transaction.atomic():
        complain()
        meanwhile(lambda: confirm(made.pk))
    meanwhile.end()
    assert would_get(twtw) == set()
    assert standing_of(SignUp.objects.get(pk=made.pk)) == Standing.SUPPRESSED


def test_what_is_ended_by_the_api_while_it_is_confirmed_is_ended(twtw, meanwhile):
    key, _ = make_key("A site", list(Scope), [twtw])
    begun = wishes.begin(key, Wish(address=ANN, publications=["twtw"]))
    with transaction.atomic():
        confirm(SignUp.objects.get().pk)
        meanwhile(lambda: wishes.end(key, begun.id))
    meanwhile.end()
    assert Subscription.objects.get().state == "ended"
    assert wishes.told(SignUp.objects.get(), SignUp.objects.get().asked_at).state == "ended"


def test_however_many_confirm_and_end_at_the_same_time_nobody_stays(twtw, alerts):
    keys = [make_key(name, list(Scope), [twtw, alerts])[0] for name in ("A site", "Another")]
    begun = [
        (key, wishes.begin(key, Wish(address=ANN, publications=["twtw", "gp-alerts"])).id)
        for key in keys
    ]

    def confirm_one(_key, public_id):
        confirm(SignUp.objects.get(public_id=public_id).pk)

    def do(call):
        deed, which = call
        try:
            deed(*which)
        finally:
            connection.close()

    calls = [
        (deed, which) for _ in range(4) for which in begun for deed in (confirm_one, wishes.end)
    ]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(do, calls))
    assert would_get(twtw) | would_get(alerts) == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "pause", "weeks": "2"},
        {"do": "alerts", "region": "africa"},
        {"do": "rename", "name": "Ann"},
        {"do": "change-address", "address": "ann@example.com", "as_typed": "ann@example.com"},
        {"do": "end-links"},
    ],
    ids=lambda fields: fields["do"],
)
def test_who_is_erased_from_another_window_meets_no_error(subscribe, twtw, meanwhile, fields):
    subscription = subscribe(twtw, ANN)
    path = "/" + preferences_url(subscription.pk).split("/", 3)[3]
    answers = []
    with transaction.atomic():
        erase(subscription.reader)
        meanwhile(lambda: answers.append(Client().post(path, fields)))
    meanwhile.end()
    assert [answer.status_code for answer in answers] == [200]
    assert "belongs to nobody" in answers[0].content.decode()


def test_links_are_ended_while_a_change_of_address_is_confirmed(subscribe, twtw, meanwhile):
    reader = subscribe(twtw, ANN).reader
    change = ask_for(reader, "thief@example.com")
    with transaction.atomic():
        end_former_links(reader)
        meanwhile(lambda: confirm_address(change.pk))
    meanwhile.end()
    assert Reader.objects.get().address == ANN
