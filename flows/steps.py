"""How a story is told: its steps are Prefect tasks inside of a Prefect run, plain calls elsewhere.

So the command line and the tests run the same story without any server, and an end that
is no bug reads well in both: a named state with one sentence there, an exception with the
same sentence here.
"""

from __future__ import annotations

import inspect
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.utils import timezone
from prefect import Flow, flow, runtime, tags, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.settings import PREFECT_API_URL
from prefect.states import Completed, Failed

from delivery.counting import Counts
from delivery.errors import DeliveryError
from flows.failures import BY_HAND, tell_of_failure
from flows.reports import Report
from issues.errors import IssueError
from notes.content import NoteContentError
from rendering.errors import RenderingError
from subscribers.errors import SubscriberError

P = ParamSpec("P")
R = TypeVar("R")

RETRY_SECONDS = 10
LATEST = timedelta(days=3)
HEALTH_SECONDS = 0.5


class Ending(IssueError):  # noqa: N818 - its subclasses read as the state they report
    """The story ends here, and nothing is wrong; the message says why."""


class Troubled(Exception):  # noqa: N818 - as above
    """Carries the report of a story that ended with something for a person to look at."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.sentence)
        self.report = report


# What a person can act on. Anything else is a bug, or a machine in trouble.
SENTENCES = (
    IssueError,
    NoteContentError,
    RenderingError,
    DeliveryError,
    SubscriberError,
    Troubled,
)

_watcher: ContextVar[Callable[[Counts], None] | None] = ContextVar("watcher", default=None)


def is_recorded() -> bool:
    """Whether this runs inside of a Prefect flow run."""
    return FlowRunContext.get() is not None


def time_of_run() -> datetime:
    """Now; for a run that Prefect begins late, the time at which it should have begun.

    So what a schedule should have done while nobody ran is done for the week it was meant for,
    unless that is so long ago that nobody waits for it any more.
    """
    now = timezone.now()
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow_run.expected_start_time is None:
        return now
    planned = datetime.fromtimestamp(context.flow_run.expected_start_time.timestamp(), tz=UTC)
    return planned if now - LATEST <= planned else now


def watcher() -> Callable[[Counts], None] | None:
    """Who looks on in this process and wants to see a delivery's counts as they change."""
    return _watcher.get()


def step(retries: int = 0) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a step of a story.

    Args:
        retries: how often Prefect repeats it, 10 seconds apart, when the machine is in
            trouble; only for what may be done twice. A sentence for a person is no trouble.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        as_task = task(
            name=function.__name__.replace("_", " "),
            retries=retries,
            retry_delay_seconds=RETRY_SECONDS,
            retry_condition_fn=_is_no_sentence,
            cache_policy=NO_CACHE,
            persist_result=False,
        )(_with_named_ends(function))

        @wraps(function)
        def take(*args: P.args, **kwargs: P.kwargs) -> R:
            if not is_recorded():
                return function(*args, **kwargs)
            state = as_task(*args, **kwargs, return_state=True)
            return cast("R", _outcome(cast("State[Any]", state)))

        return take

    return decorate


def story(run_name: Callable[..., str]) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """Make a function a Prefect flow; its `.fn` is the plain function.

    Args:
        run_name: makes a run's name from the parameters it was given.
    """

    def decorate(function: Callable[P, R]) -> Flow[P, R]:
        name = function.__name__.replace("_", "-")

        def name_of_this_run() -> str:
            try:
                return run_name(**runtime.flow_run.parameters)
            except SENTENCES:
                # Raised here it would end no run in a state; the story itself comes to it.
                return name

        told: Flow[P, R] = flow(
            name=name,
            flow_run_name=name_of_this_run,
            persist_result=False,
            on_failure=[tell_of_failure],
            on_crashed=[tell_of_failure],
        )(_with_named_ends(function))
        return told

    return decorate


def run_story(
    told: Flow[..., R], *, on_progress: Callable[[Counts], None] | None = None, **parameters: Any
) -> R:
    """Run a story in this process: recorded where a Prefect server answers, else just run.

    Args:
        told: the story.
        on_progress: is given a delivery's counts as they change, from any thread.
        parameters: the story's own.

    Raises:
        Ending: if there was nothing to do.
        IssueError, NoteContentError, RenderingError, DeliveryError: with a sentence that
            says what to do.
    """
    token = _watcher.set(on_progress)
    try:
        if not prefect_answers():
            return told.fn(**parameters)
        with tags(BY_HAND):
            state = told(**parameters, return_state=True)
        return cast("R", _outcome(cast("State[Any]", state)))
    finally:
        _watcher.reset(token)


def _with_named_ends(function: Callable[P, R]) -> Callable[P, R]:
    """In a Prefect run, end in a state with the sentence of the end, without a stack trace."""

    @wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        if not is_recorded():
            return function(*args, **kwargs)
        try:
            value = function(*args, **kwargs)
        except Ending as end:
            name, message = type(end).__name__, str(end)
            return cast("R", Completed(name=name, message=message, data=end))
        except SENTENCES as error:
            name, message = type(error).__name__, str(error)
            return cast("R", Failed(name=name, message=message, data=error))
        if not isinstance(value, Report):
            return value
        if value.trouble:
            troubled = Troubled(value)
            return cast("R", Failed(name=value.trouble, message=str(troubled), data=troubled))
        return cast("R", Completed(message=value.sentence, data=value))

    # Prefect validates parameters by this; the names in it mean nothing in this module.
    vars(told)["__signature__"] = inspect.signature(function, eval_str=True)
    return told


def _is_no_sentence(_task: object, _run: object, state: State[Any]) -> bool:
    # A sentence's state bears its own name (see `_with_named_ends`), and repeating does not help.
    return state.name == Failed().name


def _outcome(state: State[Any]) -> Any:
    value = state.result(raise_on_failure=False)
    if isinstance(value, Troubled):
        return value.report
    if isinstance(value, BaseException):
        raise value
    return value


def _says_more_than_its_state(record: logging.LogRecord) -> bool:
    """Prefect raises a failed state's error again when its process ends, and logs its stack."""
    return not (record.exc_info and isinstance(record.exc_info[1], SENTENCES))


for _name in ("prefect.flow_runs", "prefect.engine"):
    logging.getLogger(_name).addFilter(_says_more_than_its_state)


def prefect_answers(seconds: float = HEALTH_SECONDS) -> bool:
    """Whether Prefect's server answers within some seconds."""
    url = PREFECT_API_URL.value()
    if not url:
        return False
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=seconds) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
