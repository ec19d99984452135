"""The brake: on when too many sign up, off when it is quiet, or when a person says so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from subscribers.braking import current, end_if_quiet, held_back, note_sign_up, release
from subscribers.models import Brake, ServiceMail
from subscribers.service_mails import put_out

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOON = datetime(2025, 6, 29, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ten_an_hour(settings):
    settings.SIGN_UPS_AN_HOUR = 10


def sign_ups(number, at):
    for _ in range(number):
        note_sign_up(at)


def test_as_many_as_are_believed_put_no_brake_on():
    sign_ups(10, NOON)
    assert current() is None
    sign_ups(10, NOON + HOUR)
    assert current() is None


def test_one_too_many_puts_it_on_and_it_says_why():
    sign_ups(11, NOON)
    brake = current()
    assert (brake.began_at, brake.ended_at) == (NOON, None)
    assert str(brake) == "More than 10 sign-ups in an hour."
    sign_ups(30, NOON + MINUTE)
    assert Brake.objects.get() == brake


def test_one_that_is_believed_is_counted_as_one(settings):
    settings.SIGN_UPS_AN_HOUR = 1
    sign_ups(2, NOON)
    assert str(current()) == "More than 1 sign-up in an hour."


def test_the_hour_is_the_last_one_whatever_the_clock_says():
    sign_ups(6, NOON - 20 * MINUTE)
    sign_ups(5, NOON + 20 * MINUTE)
    assert current() is not None


@pytest.mark.parametrize(("after", "ends"), [(4, True), (5, False), (9, False)])
def test_it_ends_by_itself_after_an_hour_with_fewer_than_half(after, ends):
    sign_ups(11, NOON)
    assert not end_if_quiet(NOON + 59 * MINUTE)
    sign_ups(after, NOON + 2 * HOUR - MINUTE)
    assert end_if_quiet(NOON + 2 * HOUR) == ends
    assert (current() is None) == ends
    if ends:
        assert Brake.objects.get().ended_by == ""
        assert Brake.objects.get().ended_at == NOON + 2 * HOUR
        assert not end_if_quiet(NOON + 2 * HOUR)


def test_it_stays_on_for_an_hour_at_least_however_quiet_it_is():
    sign_ups(10, NOON - 50 * MINUTE)
    sign_ups(1, NOON)
    assert not end_if_quiet(NOON + HOUR - MINUTE)
    assert end_if_quiet(NOON + HOUR)


def test_those_from_before_it_ended_by_itself_count_on():
    sign_ups(11, NOON)
    sign_ups(4, NOON + HOUR + 50 * MINUTE)
    assert end_if_quiet(NOON + 2 * HOUR)
    sign_ups(6, NOON + 2 * HOUR + 10 * MINUTE)
    assert current() is None
    sign_ups(1, NOON + 2 * HOUR + 10 * MINUTE)
    assert current() is not None


def test_a_person_releases_it_and_those_before_do_not_count_again():
    now = timezone.now()
    sign_ups(11, now)
    assert release("Ann Editor")
    assert not release("Ann Editor")
    assert Brake.objects.get().ended_by == "Ann Editor"
    later = timezone.now() + 6 * MINUTE
    sign_ups(10, later)
    assert current() is None
    sign_ups(1, later)
    assert current() is not None


def test_a_name_longer_than_the_record_has_room_for_is_cut():
    sign_ups(11, NOON)
    assert release("x" * 200)
    assert Brake.objects.get().ended_by == "x" * 150


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_time_one_puts_it_on():
    def note(_):
        try:
            sign_ups(5, NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, range(8)))
    assert Brake.objects.count() == 1


def test_what_it_holds_back_are_mails_that_ask_to_confirm_and_are_due(subscribe, twtw):
    reader = subscribe(twtw, "ann@example.org", state="pending").reader
    for kind, due_at in [
        (ServiceMail.Kind.CONFIRM, NOON),
        (ServiceMail.Kind.CONFIRM, NOON + HOUR),
        (ServiceMail.Kind.WELCOME, NOON),
    ]:
        put_out(kind, reader, due_at=due_at)
    sent = put_out(ServiceMail.Kind.CONFIRM, reader, due_at=NOON)
    ServiceMail.objects.filter(pk=sent.pk).update(state="sent")
    assert (held_back(NOON - MINUTE), held_back(NOON), held_back(NOON + HOUR)) == (0, 1, 2)
