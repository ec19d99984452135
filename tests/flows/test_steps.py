"""How a story is told, where there is no Prefect server to record it."""

from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist

from delivery.counting import Counts
from delivery.errors import DeliveryError
from delivery.standing import Standing, State
from flows.reports import MailingReport
from flows.steps import Ending, is_recorded, run_story, step, story
from flows.weekly import prepare
from issues.errors import IssueError
from issues.numbering import NumberingError
from notes.content import NoteContentError
from rendering.errors import RenderingError


def test_outside_of_a_prefect_run_a_step_is_its_plain_function():
    taken = []

    @step(retries=3)
    def note_it(value):
        taken.append(value)
        return is_recorded()

    assert note_it("once") is False
    assert taken == ["once"]


def test_an_end_that_is_no_fault_is_an_exception_with_its_sentence():
    @story(run_name=lambda: "nothing")
    def nothing():
        raise Ending("There is nothing to do.")

    with pytest.raises(Ending, match="There is nothing to do"):
        run_story(nothing)


def test_a_bug_stays_the_exception_that_it_is():
    @story(run_name=lambda: "broken")
    def broken():
        raise ObjectDoesNotExist

    with pytest.raises(ObjectDoesNotExist):
        run_story(broken)


@pytest.mark.parametrize(
    "error",
    [
        IssueError("The serial is taken."),
        NumberingError("The serial is taken."),
        NoteContentError("The picture can't be read."),
        RenderingError("The mail has no subject line."),
        DeliveryError("There is no key."),
    ],
)
def test_in_a_prefect_run_what_a_person_can_mend_is_a_state_with_its_sentence(in_a_run, error):
    @story(run_name=lambda: "broken")
    def broken():
        raise error

    with in_a_run():
        state = broken.fn()
    assert (state.is_failed(), state.name) == (True, type(error).__name__)
    assert state.message == str(error)


@pytest.mark.django_db
def test_a_run_that_can_not_be_named_after_its_work_has_its_storys_name(in_a_run):
    with in_a_run():
        assert prepare.flow_run_name().startswith("prepare twtw 20")
    with in_a_run(parameters={"publication": "nope"}):
        assert prepare.flow_run_name() == "prepare"


def test_a_day_that_comes_from_prefects_pages_as_text_becomes_a_day():
    assert prepare.validate_parameters({"day": "2025-07-06"})["day"] == date(2025, 7, 6)


def mailed(state, **numbers):
    nobody = dict.fromkeys(("rejected", "withdrawn", "in_doubt", "pending"), 0)
    counts = Counts(candidates=3, excluded={}, frozen=3, accepted=1, **{**nobody, **numbers})
    line = "#317 Vol 7, No 26, 29 June 2025"
    return MailingReport(1, line, counts, Standing(state, "A sentence."), "`twtw issue publish`")


@pytest.mark.parametrize(
    ("report", "state", "trouble"),
    [
        (mailed(State.FINISHED, withdrawn=2), "finished", ""),
        (mailed(State.CANCELLED, withdrawn=2), "cancelled", ""),
        (mailed(State.WAITING, pending=2), "waiting", ""),
        (mailed(State.PAUSED, pending=2), "paused", "Paused"),
        (mailed(State.PENDING, pending=2), "pending", "Pending"),
        (mailed(State.IN_DOUBT, in_doubt=2), "in doubt", "InDoubt"),
        (mailed(State.REJECTED, rejected=2), "rejected", "Rejected"),
    ],
)
def test_a_mailing_that_a_person_has_to_look_at_says_so(report, state, trouble):
    assert (report.state, report.trouble) == (state, trouble)
