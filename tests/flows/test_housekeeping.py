"""Every night and every quarter of an hour: what is forgotten, who is let go, who is told."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from delivery.service_mails import send_due
from flows.housekeeping import (
    FORGOTTEN,
    HousekeepingReport,
    TendingReport,
    housekeeping,
    tend_readers,
)
from flows.steps import run_story
from subscribers import braking
from subscribers.models import (
    Brake,
    Reader,
    ReconfirmationAsk,
    ServiceMail,
    Subscription,
    Suppression,
    Tally,
)
from subscribers.reconfirming import Standing, begin, cancel, progress
from subscribers.tending import Tended
from tests.delivery.bounces import mailed
from tests.subscribers.reconfirmation import silent

pytestmark = pytest.mark.django_db

EDITOR = "editor@example.org"
NOW = timezone.now()


class TestEveryNight:
    def test_without_anything_old_nothing_is_done(self, twtw):
        report = run_story(housekeeping)
        assert set(report.forgotten.values()) == {0}
        assert report.sentence == "There was nothing to forget."
        assert report.lines == ("0 readers suppressed that bounced thrice",)
        assert report.trouble == ""

    def test_what_is_old_is_forgotten_and_who_bounced_thrice_suppressed(
        self, twtw, subscribe, write_note
    ):
        ada = subscribe(twtw, "ada@example.org")
        for days in (15, 8, 1):
            mailed(twtw, write_note("A", f"{days}"), {ada: "blocked"}, days_ago=days)
        Tally.objects.create(kind="x", subject="x", begins_at=NOW - timedelta(days=3))
        report = run_story(housekeeping)
        assert report.sentence == (
            "1 row was forgotten. 1 reader was suppressed after bouncing thrice."
        )
        assert report.lines == (
            "1 count against abuse forgotten",
            "1 reader suppressed that bounced thrice",
        )
        assert Suppression.objects.get().reason == "bounced"
        assert run_story(housekeeping).sentence == "There was nothing to forget."

    def test_many_are_told_in_the_plural(self):
        names = [many for _, many, _ in FORGOTTEN]
        report = HousekeepingReport(dict.fromkeys(names, 1200), 2)
        assert "1,200 unconfirmed wishes forgotten" in report.lines
        assert report.lines[-1] == "2 readers suppressed that bounced thrice"
        assert report.sentence.startswith(f"{1200 * len(names):,} rows were forgotten. 2 readers")


class TestTheBrake:
    @pytest.fixture
    def brake(self, settings):
        settings.SIGN_UPS_AN_HOUR = 10
        return Brake.objects.create(began_at=NOW, why="More than 10 sign-ups in an hour.")

    def told(self, outbox):
        return [mail for mail in outbox(EDITOR) if "brake" in mail["Subject"]]

    def test_the_editors_are_told_of_it_once(self, twtw, brake, outbox):
        assert [run_story(tend_readers).sentence for _ in range(3)] == ["The brake is on."] * 3
        (mail,) = self.told(outbox)
        assert mail["Subject"] == "Sign-ups wait: the brake is on"
        assert "More than 10 sign-ups in an hour." in mail.get_body(("plain",)).get_content()

    def test_while_nobody_can_be_told_nobody_counts_as_told(self, twtw, brake, outbox, settings):
        settings.EDITORS = []
        run_story(tend_readers)
        settings.EDITORS = [EDITOR]
        run_story(tend_readers)
        assert len(self.told(outbox)) == 1

    def test_another_one_is_told_of_again(self, twtw, brake, outbox):
        run_story(tend_readers)
        braking.release("Ann")
        Brake.objects.create(began_at=NOW, why="More than 10 sign-ups in an hour.")
        run_story(tend_readers)
        assert len(self.told(outbox)) == 2

    def test_it_ends_when_it_is_quiet(self, twtw, brake, outbox):
        Brake.objects.update(began_at=NOW - timedelta(hours=2))
        assert run_story(tend_readers).sentence == "The brake was ended, because it is quiet."
        assert braking.current() is None
        assert run_story(tend_readers).sentence == "Nothing was to be done."


class TestAReconfirmation:
    @pytest.fixture
    def run(self, twtw, able_to_send, outbox):
        """One of two silent readers."""
        able_to_send(twtw)
        silent(twtw, 2)
        return begin(twtw, 3, "Ann", timezone.now())

    def age(self, run, days):
        """Let everything about a run be so much longer ago."""
        by = timedelta(days=days)
        run.begun_at, run.deadline = run.begun_at - by, run.deadline - by
        run.save()
        type(run).objects.filter(pk=run.pk).update(begun_at=run.begun_at)
        for ask in ReconfirmationAsk.objects.exclude(asked_at=None):
            ReconfirmationAsk.objects.filter(pk=ask.pk).update(asked_at=ask.asked_at - by)
        for mail in ServiceMail.objects.all():
            ended = mail.ended_at and mail.ended_at - by
            ServiceMail.objects.filter(pk=mail.pk).update(due_at=mail.due_at - by, ended_at=ended)

    def test_from_the_question_to_the_end(self, run, outbox, client):
        assert run_story(tend_readers).sentence == "2 readers are asked in the next hour."
        assert send_due(timezone.now() + timedelta(minutes=2)) == 2
        first_asked = ReconfirmationAsk.objects.earliest("pk").asked_at
        assert first_asked is not None
        (mail,) = outbox("reader1@")
        assert "Do you still want The World This Week?" in mail["Subject"]
        text = mail.get_body(("plain",)).get_content().replace("\n", "")
        link = re.search(r"https://[^/]+(/still-wanted/[\w.:-]+/)", text)[1]
        assert client.post(link, {"answer": "stay"}).status_code == 303

        self.age(run, 28.5)
        assert run_story(tend_readers).sentence == "1 reader is reminded."
        send_due(timezone.now())
        assert len(outbox("reader0@")) == 2
        assert len(outbox("reader1@")) == 1
        asked = ReconfirmationAsk.objects.earliest("pk").asked_at
        assert asked == first_asked - timedelta(days=28.5)

        self.age(run, 8)
        report = run_story(tend_readers)
        assert report.tended == Tended(let_go=1, ended=1)
        states = Subscription.objects.order_by("reader__key").values_list("state", flat=True)
        assert list(states) == ["ended", "confirmed"]
        found = progress(run).by_standing
        assert (found[Standing.LET_GO], found[Standing.ANSWERED]) == (1, 1)

    def test_what_waits_when_it_is_cancelled_is_not_mailed(self, run, outbox):
        run_story(tend_readers)
        cancel(run, timezone.now())
        assert send_due(timezone.now() + timedelta(minutes=2)) == 0
        assert outbox("reader") == []
        assert set(ServiceMail.objects.values_list("state", flat=True)) == {"dropped"}
        assert progress(run).by_standing[Standing.NOT_REACHED] == 2

    def test_who_was_suppressed_meanwhile_is_not_mailed(self, run, outbox):
        run_story(tend_readers)
        Suppression.objects.create(key=Reader.objects.earliest("pk").key, reason="bounced")
        assert send_due(timezone.now() + timedelta(minutes=2)) == 1


def test_what_was_done_is_told_in_a_sentence():
    report = TendingReport("The brake is on.", Tended(put_out=3600, reminded=1, let_go=2, ended=1))
    assert report.sentence == (
        "The brake is on. 3,600 readers are asked in the next hour. 1 reader is reminded. "
        "2 readers were let go without an answer. Re-confirmations that ended: 1."
    )
    assert report.trouble == ""
