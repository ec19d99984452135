"""SendGrid's Email Logs: what they know of the copies of one chunk.

https://www.twilio.com/docs/sendgrid/api-reference/email-logs. They show a message some time
after it was taken and for some days, and not every account has them: what they do not know
may have been taken all the same.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from delivery.states import Outcome
from delivery.transports.sendgrid_calls import Calls, NoAnswer, NotSent, Reply

LOGS = "/v3/logs"
# The most that one query gives; there is no second page.
MOST_MESSAGES = 1000
MOST_QUESTIONS = 50
SECOND = timedelta(seconds=1)

OUTCOMES = {
    "processed": Outcome.PROCESSED,
    "deferred": Outcome.DEFERRED,
    "delivered": Outcome.DELIVERED,
    "blocked": Outcome.BLOCKED,
    "bounced": Outcome.BOUNCED,
    "dropped": Outcome.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Logged:
    """A copy that SendGrid took: to whom, of what, and what became of it."""

    message_id: str
    address: str
    subject: str
    outcome: Outcome


class LogsError(Exception):
    """The logs could not be asked; the message goes on after “could not be asked: ”."""


class TooOften(LogsError):  # noqa: N818 - it is we who asked too often
    """They want to be asked later."""


def copies_in(
    calls: Calls, category: str, since: datetime, until: datetime
) -> Iterator[list[Logged]]:
    """The copies of a category that SendGrid took in a time, answer by answer.

    Where there may be more than one answer holds, the halves of the time are asked for, for as
    many questions as `MOST_QUESTIONS`. Who has found what they looked for asks no more.

    Args:
        category: as `delivery.messages.chunk_category` gives it; other chunks may have it, too.
        since, until: aware moments, both included, to the second.

    Raises:
        LogsError: if they could not be asked, or answered with what can't be understood.
    """
    times = deque([(since.replace(microsecond=0), until.replace(microsecond=0) + SECOND)])
    for _ in range(MOST_QUESTIONS):
        if not times:
            return
        begins, ends = times.popleft()
        copies = _asked(calls, category, begins, ends)
        yield copies
        if len(copies) >= MOST_MESSAGES and ends > begins:
            middle = (begins + (ends - begins) / 2).replace(microsecond=0)
            times += [(begins, middle), (middle + SECOND, ends)]


def mailing_of(calls: Calls, copy: Logged) -> str:
    """What a logged copy says of its mailing: `<id>.<key>`, as it was given with the call.

    Raises:
        LogsError: as `copies_in`.
    """
    reply = _reply_of(calls, "GET", f"{LOGS}/{quote(copy.message_id, safe='')}")
    try:
        details = json.loads(reply.body)
        places = [details, *details.get("events", ())]
        said = [place.get("custom_args", {}).get("mailing") for place in places]
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise LogsError("SendGrid answered with something else than a message.") from None
    return next((str(mailing) for mailing in said if mailing), "")


def _asked(calls: Calls, category: str, since: datetime, until: datetime) -> list[Logged]:
    query = (
        f"categories IN ('{category}') "
        f'AND sg_message_id_created_at >= TIMESTAMP "{_written(since)}" '
        f'AND sg_message_id_created_at <= TIMESTAMP "{_written(until)}"'
    )
    body = json.dumps({"query": query, "limit": MOST_MESSAGES}).encode()
    reply = _reply_of(calls, "POST", LOGS, body)
    try:
        return [
            # Whatever they say has become of it: what they know of was taken.
            Logged(
                str(message["sg_message_id"]),
                str(message["to_email"]),
                str(message["subject"]),
                OUTCOMES.get(message["status"], Outcome.PROCESSED),
            )
            for message in json.loads(reply.body)["messages"]
        ]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise LogsError("SendGrid answered with something else than a list of messages.") from None


def _reply_of(calls: Calls, method: str, path: str, body: bytes | None = None) -> Reply:
    try:
        reply = calls.call(method, path, body)
    except (NotSent, NoAnswer) as error:
        raise LogsError(str(error)) from None
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TooOften(reply.sentence)
    if reply.status != HTTPStatus.OK:
        raise LogsError(_refusal(reply))
    return reply


def _refusal(reply: Reply) -> str:
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return f"{reply.sentence} Check TWTW_SENDGRID_API_KEY."
    if reply.status == HTTPStatus.FORBIDDEN:
        return (
            f"{reply.sentence} The key needs the right to read Email Logs, and the account has "
            "to have them."
        )
    return reply.sentence


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
