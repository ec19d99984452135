"""A run that fails or dies tells the editors, unless they have been told or were there."""

import inspect
from datetime import UTC, datetime

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.states import Crashed, Failed

from delivery.counting import Counts
from delivery.standing import Standing, State
from flows.alert import send_alert
from flows.failures import BY_HAND, tell_of_failure
from flows.following import follow
from flows.housekeeping import housekeeping, tend_readers
from flows.reports import MailingReport
from flows.telling import AGAIN
from flows.weekly import Stuck, prepare, publish
from issues.errors import IssueError, NotApproved
from notes.content import NoteContentError

pytestmark = pytest.mark.django_db

STORIES = (prepare, publish, send_alert, housekeeping, tend_readers, follow)


def told(outbox, state, *, story=publish, tags=(), planned=None):
    run = FlowRun.model_construct(name="publish #317", tags=list(tags), expected_start_time=planned)
    tell_of_failure(flow=story, flow_run=run, state=state)
    return [
        (mail["Subject"], " ".join(mail.get_body(("plain",)).get_content().split()))
        for mail in outbox("editor@example.org")
    ]


def ended_by(error):
    return Failed(name=type(error).__name__, message=str(error), data=error)


def in_trouble(state, **numbers):
    nobody = dict.fromkeys(("rejected", "withdrawn", "in_doubt", "pending"), 0)
    counts = Counts(candidates=3, excluded={}, frozen=3, accepted=1, **{**nobody, **numbers})
    how = Standing(state, "A sentence.")
    return Failed(name=MailingReport(1, "#317", counts, how, "`twtw issue publish`").trouble)


@pytest.mark.parametrize("story", STORIES)
def test_every_story_tells_of_its_failure_and_of_its_crash_and_what_to_do(story, twtw, outbox):
    assert tell_of_failure in story.on_failure_hooks
    assert tell_of_failure in story.on_crashed_hooks
    [(_, text)] = told(outbox, Crashed(), story=story)
    assert AGAIN[story.name] in text


def test_the_hook_has_the_argument_names_by_which_prefect_calls_it():
    assert list(inspect.signature(tell_of_failure).parameters) == ["flow", "flow_run", "state"]


@pytest.mark.parametrize("error", [IssueError("No serial."), NoteContentError("No picture.")])
def test_a_sentence_for_a_person_is_told_as_it_is(twtw, outbox, error):
    [(subject, text)] = told(outbox, ended_by(error))
    assert subject == "The run “publish #317” failed"
    assert str(error) in text


@pytest.mark.parametrize("kind", [Failed, Crashed])
def test_an_exceptions_own_words_are_not_told_because_an_address_may_be_in_them(twtw, outbox, kind):
    [(_, text)] = told(outbox, kind(message="Key (key)=(reader@example.org) exists."))
    assert "reader@" not in text


@pytest.mark.parametrize(
    "state",
    [
        ended_by(NotApproved("It is not approved.")),
        ended_by(Stuck("Begun with another transport.")),
        in_trouble(State.PENDING, pending=2),
        in_trouble(State.PAUSED, pending=2),
        in_trouble(State.IN_DOUBT, in_doubt=2),
        in_trouble(State.REJECTED, rejected=2),
    ],
    ids=lambda state: state.name,
)
def test_what_the_story_itself_has_told_is_not_told_again(twtw, outbox, state):
    assert told(outbox, state) == []


@pytest.mark.parametrize(
    ("story", "minute", "mails"),
    [
        (follow, 0, 1),
        (follow, 15, 0),
        (tend_readers, 7, 1),
        (tend_readers, 22, 0),
        (publish, 15, 1),
    ],
)
def test_what_fails_every_quarter_of_an_hour_is_told_of_once_a_day(
    twtw, outbox, story, minute, mails
):
    planned = datetime(2025, 7, 6, 6, minute, tzinfo=UTC)
    assert len(told(outbox, Failed(), story=story, planned=planned)) == mails


def test_who_started_it_by_hand_sees_it_without_a_mail(twtw, outbox):
    assert told(outbox, Failed(), tags=[BY_HAND]) == []
