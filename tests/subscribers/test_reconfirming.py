"""Re-confirmations: whom one asks, in what pace, who is reminded, and who is let go."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.changes import note_change
from subscribers.errors import SubscriberError
from subscribers.leaving import end_subscription
from subscribers.models import (
    Consent,
    Reader,
    ReaderChange,
    Reconfirmation,
    ReconfirmationAsk,
    ServiceMail,
    Subscription,
    Suppression,
)
from subscribers.reconfirming import (
    Standing,
    begin,
    cancel,
    plan,
    progress,
    silent_readers,
    years_before,
)
from subscribers.service_mails import put_out
from subscribers.suppressing import suppress
from subscribers.tending import Tended, remind, tend
from tests.subscribers.reconfirmation import BEGUN, MAILS, SILENT, leave, silent

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def _pace(settings):
    settings.CONFIRMATIONS_A_MINUTE = 60


def at(days):
    return BEGUN + days * DAY


def standings(run):
    return {one: number for one, number in progress(run).by_standing.items() if number}


def asked(publication, number=1):
    """A run whose first mails have all left at once."""
    own = silent(publication, number)
    run = begin(publication, 3, "Ann", BEGUN)
    tend(BEGUN)
    leave(at(0.1))
    return run, own


class TestWhoIsSilent:
    def test_who_has_done_and_agreed_to_nothing_since(self, twtw):
        (own,) = silent(twtw)
        assert list(silent_readers(twtw, years_before(BEGUN, 3))) == [own]
        assert list(silent_readers(twtw, years_before(BEGUN, 6))) == []

    @pytest.mark.parametrize("years", [2, 4])
    def test_what_a_reader_did_last_counts(self, twtw, years):
        silent(twtw)
        Reader.objects.update(heard_from_at=years_before(BEGUN, years))
        assert silent_readers(twtw, years_before(BEGUN, 3)).count() == (years == 4)

    @pytest.mark.parametrize("years", [2, 4])
    def test_so_does_what_they_agreed_to_last(self, twtw, years):
        own, other = silent(twtw, 2)
        Consent.objects.create(
            subscription=own, act="given", source="a form", at=years_before(BEGUN, years)
        )
        found = set(silent_readers(twtw, years_before(BEGUN, 3)))
        assert found == ({own, other} if years == 4 else {other})

    def test_nobody_who_gets_nothing(self, twtw, alerts):
        left, waits, suppressed = silent(twtw, 3)
        silent(alerts)
        Subscription.objects.filter(pk=left.pk).update(state="ended", ended_at=BEGUN)
        Subscription.objects.filter(pk=waits.pk).update(state="pending")
        suppress(suppressed.reader.address, Suppression.Reason.BLOCKED)
        assert list(silent_readers(twtw, BEGUN)) == []

    def test_years_before_the_29th_of_february(self):
        leap = datetime(2024, 2, 29, tzinfo=timezone.get_current_timezone())
        assert years_before(leap, 3) == leap.replace(year=2021, day=28)
        assert years_before(leap, 4) == leap.replace(year=2020)


class TestBeginning:
    def test_it_asks_as_many_as_were_counted_and_says_until_when(self, twtw):
        silent(twtw, 3)
        planned = plan(twtw, 3, BEGUN)
        run = begin(twtw, 3, "Ann", BEGUN)
        assert planned.readers == run.asks.count() == 3
        assert run.deadline == planned.deadline
        assert run.deadline.astimezone(twtw.zone).strftime("%H:%M:%S") == "23:59:59"
        assert 35 * DAY <= run.deadline - BEGUN < 36 * DAY + timedelta(minutes=1)
        assert standings(run) == {Standing.TO_ASK: 3}

    def test_nobody_to_ask_is_said(self, twtw):
        with pytest.raises(SubscriberError, match="Nobody has been silent for so long"):
            begin(twtw, 3, "Ann", BEGUN)
        assert Reconfirmation.objects.count() == 0

    def test_the_first_link_has_to_last_until_the_deadline(self, twtw, settings):
        silent(twtw, 40)
        settings.CONFIRMATIONS_A_MINUTE = 40 / (23 * 24 * 60)
        with pytest.raises(SubscriberError, match="TWTW_CONFIRMATIONS_A_MINUTE"):
            begin(twtw, 3, "Ann", BEGUN)
        settings.CONFIRMATIONS_A_MINUTE = 40 / (22 * 24 * 60)
        run = begin(twtw, 3, "Ann", BEGUN)
        assert 57 * DAY <= run.deadline - BEGUN < 60 * DAY

    def test_one_run_of_a_publication_goes_on_at_a_time(self, twtw, alerts):
        silent(twtw)
        silent(alerts)
        run = begin(twtw, 3, "Ann", BEGUN)
        with pytest.raises(SubscriberError, match="goes on already"):
            begin(twtw, 3, "Ann", BEGUN)
        begin(alerts, 3, "Ann", BEGUN)
        assert cancel(run, BEGUN)
        assert begin(twtw, 3, "x" * 200, BEGUN).begun_by == "x" * 150


class TestAsking:
    def test_mails_are_put_out_for_an_hour_in_the_pace_of_the_confirmations(
        self, twtw, settings, monkeypatch
    ):
        settings.CONFIRMATIONS_A_MINUTE = 2
        monkeypatch.setattr("subscribers.tending.BATCH", 50)
        silent(twtw, 150)
        run = begin(twtw, 3, "Ann", BEGUN)
        assert tend(BEGUN) == Tended(put_out=120)
        moments = list(MAILS.order_by("due_at").values_list("due_at", flat=True))
        apart = {later - earlier for earlier, later in pairwise(moments)}
        assert moments[0] == BEGUN
        assert apart == {timedelta(seconds=30)}
        assert tend(BEGUN) == Tended()
        later = BEGUN + timedelta(minutes=15)
        assert leave(later) == 31
        assert tend(later) == Tended(put_out=30)
        assert set(MAILS.values_list("publication", "kind")) == {(twtw.pk, "still_wanted")}
        assert MAILS.values("subscription").distinct().count() == 150
        assert standings(run) == {Standing.TO_ASK: 119, Standing.WAITING: 31}

    def test_other_mails_that_wait_put_none_of_it_off(self, twtw, alerts):
        (own,) = silent(twtw)
        for kind, publication in [("confirm", twtw), ("still_wanted", alerts)]:
            put_out(ServiceMail.Kind(kind), own.reader, publication=publication, due_at=at(1))
        begin(twtw, 3, "Ann", BEGUN)
        assert tend(BEGUN) == Tended(put_out=1)
        assert MAILS.get(publication=twtw).due_at == BEGUN

    def test_no_mail_of_another_kind_or_from_before_it_began_is_its_own(self, twtw):
        (own,) = silent(twtw)
        for kind, day in [("still_wanted", -400), ("preferences_link", 1)]:
            kind = ServiceMail.Kind(kind)
            mail = put_out(kind, own.reader, subscription=own, due_at=at(day))
            ServiceMail.objects.filter(pk=mail.pk).update(state="refused", ended_at=at(day))
        run = begin(twtw, 3, "Ann", BEGUN)
        assert standings(run) == {Standing.TO_ASK: 1}
        assert tend(BEGUN) == Tended(put_out=1)

    def test_who_has_left_or_been_heard_from_before_is_not_asked(self, twtw):
        left, heard, other = silent(twtw, 3)
        run = begin(twtw, 3, "Ann", BEGUN)
        end_subscription(left.pk, "a link")
        note_change(heard.reader, ReaderChange.Kind.PREFERENCES)
        assert tend(BEGUN).put_out == 1
        assert MAILS.get().subscription == other
        assert standings(run) == {Standing.LEFT: 1, Standing.ANSWERED: 1, Standing.TO_ASK: 1}

    def test_a_run_that_was_cancelled_asks_nobody_further(self, twtw):
        silent(twtw)
        run = begin(twtw, 3, "Ann", BEGUN)
        assert cancel(run, BEGUN)
        assert not cancel(run, BEGUN)
        assert tend(BEGUN) == Tended()
        assert MAILS.count() == 0


class TestTheEnd:
    def test_one_reminder_after_four_weeks_and_let_go_after_the_deadline(self, twtw):
        run, (own,) = asked(twtw)
        assert tend(at(27)) == Tended()
        assert tend(at(28.2)) == Tended(reminded=1)
        assert tend(at(28.3)) == Tended()
        leave(at(28.4))
        assert tend(run.deadline) == Tended()
        assert tend(run.deadline + DAY) == Tended(let_go=1, ended=1)
        own.refresh_from_db()
        assert (own.state, own.ended_at) == ("ended", run.deadline + DAY)
        assert run.asks.get().let_go_at == own.ended_at
        withdrawn = Consent.objects.get(act="withdrawn")
        assert withdrawn.source.startswith("did not answer whether they still want it, asked on ")
        change = ReaderChange.objects.get()
        assert (change.kind, change.by) == ("not answered", "the re-confirmation")
        assert change.sentence.startswith("Gets The World This Week no more; asked on ")
        assert "@" not in change.sentence + withdrawn.source
        assert own.reader.heard_from_at is None
        assert standings(run) == {Standing.LET_GO: 1}
        assert tend(run.deadline + 2 * DAY) == Tended()
        assert MAILS.count() == 2

    @pytest.mark.parametrize("what", ["change", "consent", "answer"])
    @pytest.mark.parametrize("day", [3, 30])
    def test_whatever_a_reader_does_meanwhile_is_an_answer(self, twtw, what, day):
        run, (own,) = asked(twtw)
        if day == 30:
            assert tend(at(28.2)) == Tended(reminded=1)
            leave(at(28.3))
        if what == "change":
            Reader.objects.update(heard_from_at=at(day))
        elif what == "consent":
            Consent.objects.create(subscription=own, act="given", source="a form", at=at(day))
        else:
            ReconfirmationAsk.objects.update(answered_at=at(day))
        assert standings(run) == {Standing.ANSWERED: 1}
        assert tend(at(30.2)) == Tended()
        assert tend(run.deadline + DAY) == Tended(ended=1)
        assert ReconfirmationAsk.objects.get().answered_at == at(day)
        own.refresh_from_db()
        assert own.state == "confirmed"

    def test_what_was_heard_and_agreed_to_before_is_none(self, twtw):
        _, (silent_one, heard, agreed) = asked(twtw, 3)
        Reader.objects.update(heard_from_at=SILENT)
        Reader.objects.filter(pk=heard.reader_id).update(heard_from_at=at(3))
        for own, moment in [(silent_one, SILENT), (heard, SILENT), (agreed, at(4))]:
            Consent.objects.create(subscription=own, act="given", source="a form", at=moment)
        assert tend(at(28.2)) == Tended(reminded=1)
        answered = dict(ReconfirmationAsk.objects.values_list("subscription", "answered_at"))
        assert answered == {silent_one.pk: None, heard.pk: at(3), agreed.pk: at(4)}

    @pytest.mark.parametrize("state", ["refused", "in doubt", "dropped"])
    @pytest.mark.parametrize("first", [True, False])
    def test_nobody_is_let_go_whom_a_mail_has_not_reached(self, twtw, state, first):
        (own,) = silent(twtw)
        run = begin(twtw, 3, "Ann", BEGUN)
        tend(BEGUN)
        leave(at(0.1), state if first else "sent")
        tend(at(28.2))
        leave(at(28.3), state)
        assert tend(run.deadline + DAY) == Tended(ended=1)
        own.refresh_from_db()
        assert own.state == "confirmed"
        assert standings(run) == {Standing.NOT_REACHED: 1}

    def test_nor_whom_no_mail_may_go_to_any_more(self, twtw):
        run, (own,) = asked(twtw)
        suppress(own.reader.address, Suppression.Reason.BOUNCED)
        assert tend(at(28.2)) == Tended()
        assert tend(run.deadline + DAY) == Tended(ended=1)
        assert Subscription.objects.get().state == "confirmed"

    def test_a_mail_that_never_left_lets_nobody_go(self, twtw):
        run, own = asked(twtw, 2)
        ReconfirmationAsk.objects.filter(subscription=own[1]).update(asked_at=None)
        MAILS.filter(subscription=own[1]).update(state="waiting", ended_at=None)
        tend(at(28.2))
        leave(at(28.3), mails=MAILS.filter(subscription=own[0]))
        assert tend(run.deadline + DAY) == Tended()
        assert set(Subscription.objects.values_list("state", flat=True)) == {"confirmed"}

    def test_a_mail_that_left_late_puts_the_deadline_off(self, twtw):
        silent(twtw)
        run = begin(twtw, 3, "Ann", BEGUN)
        tend(BEGUN)
        leave(at(10))
        former = run.deadline
        assert tend(former + DAY) == Tended()
        run.refresh_from_db()
        assert former < at(45) <= run.deadline < at(46.1)
        assert tend(at(38.1)) == Tended(reminded=1)
        leave(at(38.2))
        assert tend(run.deadline) == Tended()
        assert tend(run.deadline + DAY).let_go == 1

    def test_the_deadline_is_never_earlier_than_it_was_told(self, twtw):
        run, _ = asked(twtw)
        told = run.deadline + 5 * DAY
        Reconfirmation.objects.update(deadline=told)
        tend(at(28.2))
        leave(at(28.3))
        assert tend(told) == Tended()
        assert tend(told + DAY) == Tended(let_go=1, ended=1)

    def test_it_puts_off_no_other_run(self, twtw, alerts):
        late, other = asked(twtw)[0], asked(alerts)[0]
        late.asks.update(asked_at=at(10))
        tend(at(11))
        for run in (late, other):
            former = run.deadline
            run.refresh_from_db()
            assert (run.deadline > former) == (run == late)

    def test_it_ends_with_no_other_run(self, twtw, alerts):
        over, _ = asked(twtw)
        over.asks.update(answered_at=at(1))
        silent(alerts)
        goes_on = begin(alerts, 3, "Ann", at(30))
        assert tend(over.deadline + DAY) == Tended(put_out=1, ended=1)
        goes_on.refresh_from_db()
        assert (goes_on.begun_at, goes_on.ended_at) == (at(30), None)
        over.refresh_from_db()
        assert (over.begun_at, over.ended_at) == (BEGUN, over.deadline + DAY)
        begin(twtw, 3, "Ann", over.ended_at)

    def test_a_week_lies_between_the_reminder_and_the_end_however_late_it_is(self, twtw):
        run, _ = asked(twtw)
        assert tend(run.deadline + 5 * DAY) == Tended(reminded=1)
        leave(run.deadline + 6 * DAY)
        assert tend(run.deadline + 12 * DAY) == Tended()
        assert tend(run.deadline + 13 * DAY) == Tended(let_go=1, ended=1)

    def test_a_cancelled_run_lets_nobody_go(self, twtw):
        run, _ = asked(twtw)
        tend(at(28.2))
        leave(at(28.3))
        cancel(run, at(29))
        assert tend(run.deadline + DAY) == Tended()
        assert Subscription.objects.get().state == "confirmed"

    def test_one_that_is_cancelled_while_it_is_tended_reminds_nobody(self, twtw, alerts):
        run, _ = asked(twtw)
        asked(alerts)
        cancel(run, at(28))
        assert remind(run, at(28.2)) == 0
        assert MAILS.count() == 2

    def test_many_are_let_go_in_several_batches(self, twtw, monkeypatch):
        monkeypatch.setattr("subscribers.tending.BATCH", 3)
        run, _ = asked(twtw, 10)
        tend(at(28.2))
        leave(at(28.3))
        assert tend(run.deadline + DAY) == Tended(let_go=10, ended=1)


fates = st.sampled_from(
    [
        *("silent", "silent", "answers", "changes something", "leaves", "is erased"),
        *("refused", "in doubt", "dropped", "suppressed", "reminder refused"),
    ]
)
lives = st.tuples(fates, st.integers(1, 34))


@given(st.lists(lives, min_size=1, max_size=7), st.lists(st.integers(1, 12), max_size=9))
@quick
def test_it_always_adds_up_and_only_the_silent_are_let_go(twtw, found, strides):
    with transaction.atomic():
        own = silent(twtw, len(found))
        run = begin(twtw, 3, "Ann", BEGUN)
        tend(BEGUN)
        moment = 0
        for stride in [*strides, 29, 8, 8, 8]:
            for subscription, (fate, day) in zip(own, found, strict=True):
                mails = MAILS.filter(subscription=subscription)
                first = not mails.exclude(state="waiting").exists()
                ended = fate if fate in ServiceMail.State.values and first else "sent"
                ended = "refused" if fate == "reminder refused" and not first else ended
                leave(at(moment + 0.1), ended, mails)
                if moment < day <= moment + stride:
                    do(fate, subscription, at(day))
                assert progress(run).balanced
            moment += stride
            tend(at(moment))
            run.refresh_from_db()
            assert progress(run).balanced
        gone = Consent.objects.filter(act="withdrawn", source__startswith="did not answer")
        let_go = set(gone.values_list("subscription", flat=True))
        transaction.set_rollback(True)
    fates_of = {one.pk: fate for one, (fate, _) in zip(own, found, strict=True)}
    assert let_go == {pk for pk, fate in fates_of.items() if fate == "silent"}


def do(fate, subscription, moment):
    if fate == "answers":
        ReconfirmationAsk.objects.filter(subscription=subscription).update(answered_at=moment)
    elif fate == "changes something":
        Reader.objects.filter(pk=subscription.reader_id).update(heard_from_at=moment)
    elif fate == "leaves":
        end_subscription(subscription.pk, "a link")
    elif fate == "is erased":
        Reader.objects.filter(pk=subscription.reader_id).delete()
    elif fate == "suppressed":
        suppress(subscription.reader.address, Suppression.Reason.BOUNCED)
