"""A mailing by the command line: looked at, held, resumed, cancelled, and every mistake."""

import json
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from delivery import holding
from delivery.claiming import claim_next_chunk, depart
from delivery.freezing import start_issue_mailing
from delivery.ledger import record_answer
from delivery.models import Chunk, Mailing, Pace
from delivery.pace import pace_of
from delivery.states import ChunkState
from delivery.transports import Barred, Refused, Taken, Unanswered
from delivery.transports.outbox import Outbox
from issues.approval import approve_issue
from issues.assembling import assemble

pytestmark = pytest.mark.django_db
# Delivery's threads have connections of their own, so what they are to see must be committed.
delivers = pytest.mark.django_db(transaction=True)

LINE = "#317 Vol 7, No 26, 29 June 2025"
READERS = ("ada@example.org", "bo@example.org", "cy@example.org", "di@example.org")


@pytest.fixture
def outbox(settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    return settings.OUTBOX / "new"


@pytest.fixture
def mailing(twtw, write_note, subscribe, outbox):
    """Four readers in four chunks, a fifth who has not confirmed; nothing has left."""
    write_note()
    for address in READERS:
        subscribe(twtw, address)
    subscribe(twtw, "ed@example.org", state="pending")
    issue = assemble(twtw, date(2025, 6, 29)).issue
    approve_issue(issue, "An Editor")
    pace = pace_of(twtw)
    pace.per_minute = 1
    pace.save()
    begun = start_issue_mailing(issue, Outbox(outbox.parent))
    pace.per_minute = None
    pace.save()
    return begun


def answer(mailing, *answers):
    for one in answers:
        claimed = claim_next_chunk(mailing, "a worker", timedelta(minutes=1))
        assert depart(claimed)
        record_answer(claimed, one)


def words(text):
    return re.sub(r"\s+", " ", text)


def test_the_list_has_every_mailing_with_its_state_and_its_counts(twtw_command, mailing):
    assert (
        twtw_command("mailing", "list", "-p", "gp-alerts").out == "Nothing has been mailed yet.\n"
    )
    answer(mailing, Taken())
    holding.pause(mailing, "Somebody wants to look.")
    done = twtw_command("mailing", "list")
    assert done.status == 0
    assert f"{mailing.pk}  The World This Week {LINE}" in done.out
    assert "paused: 5 candidates, 1 excluded (1 not confirmed), 1 accepted, 3 pending" in done.out
    assert json.loads(twtw_command("mailing", "list", "--json").out)[0]["state"] == "paused"


def test_what_is_shown_adds_up(twtw_command, mailing):
    answer(mailing, Taken(), Unanswered("No answer came."), Refused("No."), Taken())
    shown = twtw_command("mailing", "show").out
    numbers = [int(number) for number in re.findall(r"^ +(\d+)  (?!\d)", shown, re.MULTILINE)]
    parts, excluded = numbers[:5], numbers[6:7]
    assert (sum(parts), sum(parts) + sum(excluded)) == (numbers[5], numbers[7]) == (4, 5)


def test_what_is_shown_names_every_chunk_that_needs_a_person(twtw_command, mailing):
    answer(mailing, Taken(), Unanswered("No answer came."), Refused("The sender is unknown."))
    Chunk.objects.filter(number=2).update(asked_at=timezone.now(), asked_answer="They know nothing")
    shown = words(twtw_command("mailing", "show", mailing.pk).out)
    assert "chunk 2: 1 reader in doubt since " in shown
    assert "No answer came." in shown
    assert "The provider's logs were asked on " in shown
    assert "They know nothing." in shown
    assert "chunk 3: 1 reader rejected since " in shown
    assert "The sender is unknown." in shown
    assert "(Asia/Kolkata)" in shown
    described = json.loads(twtw_command("mailing", "show", "--json").out)
    assert [one["chunk"] for one in described["to_settle"]] == [2, 3]
    assert described["balanced"] is True


def test_no_address_is_ever_printed(twtw_command, mailing):
    answer(mailing, Taken(), Unanswered("No answer came."), Refused("No."))
    for command in (["list"], ["show"], ["show", "--json"], ["pause", mailing.pk]):
        assert "@" not in twtw_command("mailing", *command).out


@delivers
def test_a_paused_mailing_says_who_wanted_it_and_how_it_goes_on(twtw_command, mailing, outbox):
    paused = twtw_command("mailing", "pause", mailing.pk, "--by", "Ann", "--reason", "A typo")
    assert (paused.status, "is paused" in paused.out) == (0, True)
    again = twtw_command("mailing", "pause", mailing.pk, "--by", "Bob")
    assert again.status == 0
    assert "Nothing was changed. It is paused since " in again.out
    assert "Ann paused it: A typo" in again.out
    published = twtw_command("issue", "publish")
    assert published.status == 1
    assert "4 pending" in published.out
    assert "Ann paused it: A typo" in published.err
    assert f"`twtw mailing resume {mailing.pk}`" in published.err
    assert not outbox.exists()
    resumed = twtw_command("mailing", "resume", mailing.pk)
    assert "It goes on by itself while `twtw up` runs, or with `twtw issue publish`." in resumed.out
    assert "is still to be sent" not in resumed.err
    assert twtw_command("issue", "publish").status == 0
    assert len(list(outbox.iterdir())) == 4


@delivers
def test_who_publishes_the_next_issue_is_told_of_a_mailing_that_is_paused(
    twtw_command, mailing, twtw, write_note
):
    holding.pause(mailing, "Ann paused it: A typo")
    write_note("Next", "Week", day=date(2025, 7, 6))
    approve_issue(assemble(twtw, date(2025, 7, 6)).issue, "An Editor")
    published = twtw_command("issue", "publish")
    assert published.status == 0
    assert "#318 Vol 7, No 27, 6 July 2025: 5 candidates" in published.out
    assert f"twtw: mailing {mailing.pk}, {LINE}: It is paused since " in published.err


@delivers
def test_what_a_transport_bars_is_told_by_its_own_sentence(twtw_command, mailing):
    answer(mailing, Barred("The key has no right to send."))
    published = twtw_command("issue", "publish")
    assert published.status == 1
    assert "The key has no right to send." in published.err
    assert "`twtw mailing resume " in published.err


@delivers
def test_a_resumed_mailing_that_has_to_wait_says_until_when(twtw_command, mailing, twtw):
    holding.pause(mailing, "A reason.")
    Pace.objects.update(
        next_at=timezone.now() + timedelta(hours=2), next_reason="the provider wants it"
    )
    resumed = twtw_command("mailing", "resume", mailing.pk)
    assert "It waits until " in resumed.out
    assert "the provider wants it" in resumed.out
    listed = twtw_command("mailing", "list").out
    assert "waits until " in listed
    published = twtw_command("issue", "publish")
    assert published.status == 1
    assert "It waits until " in published.err


@delivers
def test_a_mailing_is_cancelled_only_by_somebody_who_says_so(twtw_command, mailing, outbox):
    answer(mailing, Taken())
    asked = twtw_command("mailing", "cancel", mailing.pk)
    assert asked.status == 2
    assert "for 3 readers, for ever? Nobody is here to answer; say so with --yes." in asked.err
    assert Mailing.objects.get().cancelled_at is None
    done = twtw_command("mailing", "cancel", mailing.pk, "--yes", "--by", "Ann")
    assert done.status == 0
    assert "3 readers will not get it" in done.out
    assert Mailing.objects.get().finished_at is not None
    again = twtw_command("mailing", "cancel", mailing.pk, "--yes", "--by", "Bob")
    assert "by Ann, and stays so" in again.out
    published = twtw_command("issue", "publish")
    assert published.status == 1
    assert "1 accepted, 3 withdrawn" in published.out
    assert "by Ann, and stays so" in published.err
    assert not outbox.exists()


def test_what_a_worker_has_in_its_hands_may_still_leave_a_cancelled_mailing(twtw_command, mailing):
    claimed = claim_next_chunk(mailing, "a worker", timedelta(minutes=1))
    assert depart(claimed)
    done = twtw_command("mailing", "cancel", mailing.pk, "--yes")
    assert "3 readers will not get it. 1 reader may still: a worker has" in done.out
    assert record_answer(claimed, Taken()) == ChunkState.ACCEPTED


def test_settling_without_a_decision_shows_what_is_known_and_what_the_decisions_mean(
    twtw_command, mailing
):
    nothing = twtw_command("mailing", "settle", mailing.pk)
    assert nothing.out == f"Nothing of mailing {mailing.pk} is in doubt or refused.\n"
    answer(mailing, Unanswered("No answer came."))
    shown = twtw_command("mailing", "settle", mailing.pk)
    assert shown.status == 0
    assert "chunk 1: 1 reader in doubt since " in shown.out
    assert "--resend         They are handed over again." in shown.out
    assert "--count-as-sent  Nothing is sent." in shown.out
    assert Chunk.objects.get(number=1).state == ChunkState.IN_DOUBT


def test_a_person_settles_what_is_in_doubt(twtw_command, mailing):
    answer(mailing, Unanswered("No answer came."), Unanswered("No answer came."))
    type(mailing).objects.update(transport="sendgrid")
    early = twtw_command("mailing", "settle", mailing.pk, "--resend")
    assert early.status == 2
    assert "may still come" in early.err
    sent = twtw_command(
        *("mailing", "settle", mailing.pk, "--chunk", 1, "--count-as-sent"),
        *("--at-once", "--by", "Ann"),
    )
    assert sent.out == "The copies of 1 reader count as sent.\n"
    again = twtw_command("mailing", "settle", mailing.pk, "--resend", "--at-once")
    assert "The copies of 1 reader are to be sent again.\nIt goes on by itself" in again.out
    states = dict(mailing.chunks.values_list("number", "state"))
    assert (states[1], states[2]) == ("accepted", "pending")
    assert "Ann decided to count them as sent" in Chunk.objects.get(number=1).answer


def test_two_decisions_are_none(twtw_command, mailing):
    done = twtw_command("mailing", "settle", mailing.pk, "--resend", "--count-as-sent")
    assert (done.status, done.err) == (2, "twtw: Say --resend or --count-as-sent, not both.\n")


@pytest.mark.parametrize("command", ["show", "pause", "resume", "cancel", "settle"])
def test_a_mailing_that_is_not_there_is_one_sentence_and_status_2(twtw_command, twtw, command):
    done = twtw_command("mailing", command, 99)
    assert done.status == 2
    assert done.err == "twtw: There is no mailing 99; `twtw mailing list` shows them.\n"


def test_where_nothing_has_been_mailed_there_is_no_latest(twtw_command, twtw):
    done = twtw_command("mailing", "show")
    assert done.status == 2
    assert done.err.startswith("twtw: Nothing has been mailed yet")


def test_what_is_over_is_neither_paused_nor_cancelled_nor_resumed(twtw_command, mailing):
    answer(mailing, *[Taken()] * 4)
    for command in (["pause", mailing.pk], ["cancel", mailing.pk, "--yes"]):
        done = twtw_command("mailing", *command)
        assert done.status == 2
        assert "has nothing left to send" in done.err
    holding.cancel(mailing, "Ann")
    done = twtw_command("mailing", "resume", mailing.pk)
    assert done.status == 2
    assert "is cancelled, and stays so" in done.err
