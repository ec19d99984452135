"""Taking in some rows of a file at once: few statements, however many rows they are.

The caller holds the transaction. What is done is what `subscribers.signing_up` does for one
reader, or what a confirmation does; whoever has left or is suppressed is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection

from subscribers.erased import suppressed_among
from subscribers.importing.candidates import Candidate
from subscribers.importing.outcomes import Outcome, known_here, outcome_of
from subscribers.models import Reader, ServiceMail, SignUp, Subscription

# The name of the form for sign-ups that come from a file.
FORM = "import"

# Plain SQL, the same words in SQLite and PostgreSQL: by the ORM a batch held SQLite's only writer
# for 300 ms, by these for 40. A column that is renamed or added without a default makes them
# fail, in the tests already.
_READERS = """
    INSERT INTO subscribers_reader (address, key, name, created_at, link_version)
    VALUES (%s, %s, %s, %s, 0)
"""
_NAMES = "UPDATE subscribers_reader SET name = %s WHERE key = %s AND name = ''"
_SUBSCRIPTIONS = """
    INSERT INTO subscribers_subscription
        (reader_id, publication_id, state, created_at, confirmed_at, with_weekly)
    SELECT id, %s, %s, %s, %s, %s FROM subscribers_reader WHERE key = %s
"""
_CONSENTS = """
    INSERT INTO subscribers_consent
        (subscription_id, act, source, at, basis, asked_at, form, network, "by", reason, words)
    SELECT subscription.id, 'given', %s, %s, %s, %s, '', '', %s, '', ''
    FROM subscribers_subscription subscription
    JOIN subscribers_reader reader ON reader.id = subscription.reader_id
    WHERE reader.key = %s AND subscription.publication_id = %s
"""
_SIGN_UPS = """
    INSERT INTO subscribers_signup (public_id, reader_id, form, source, network, asked_at)
    SELECT %s, id, %s, %s, '', %s FROM subscribers_reader WHERE key = %s
"""
_WHAT_THEY_ARE_FOR = """
    INSERT INTO subscribers_signup_subscriptions (signup_id, subscription_id)
    SELECT wish.id, subscription.id
    FROM subscribers_signup wish
    JOIN subscribers_subscription subscription ON subscription.reader_id = wish.reader_id
    WHERE wish.public_id = %s AND subscription.publication_id = %s
"""
_MAILS = """
    INSERT INTO subscribers_servicemail
        (kind, reader_id, address, publication_id, sign_up_id, state, created_at, due_at,
         worker, answer)
    SELECT 'confirm', reader_id, '', %s, id, 'waiting', %s, %s, '', ''
    FROM subscribers_signup WHERE public_id = %s
"""

State = Subscription.State


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a file is taken in.

    `source` is where the readers agreed, for their consents, or the file, for their sign-ups;
    with `ask` each is asked to confirm.
    """

    publication: int
    source: str
    basis: str
    by: str
    ask: bool


def take_in(batch: Sequence[Candidate], terms: Terms, now: datetime) -> Counter[str]:
    """Take in some rows, within the caller's transaction; what became of them, counted.

    Raises:
        IntegrityError: if somebody signed one of them up meanwhile; the same again goes well.
    """
    by_key = {one.key: one for one in batch}
    # In the order of all who take these locks: readers, subscriptions. It is asked last who is
    # suppressed: who was erased meanwhile is on that list by now.
    known = dict(
        Reader.objects.select_for_update(no_key=True)
        .filter(key__in=by_key)
        .order_by("key")
        .values_list("key", "name")
    )
    locked = Subscription.objects.select_for_update(no_key=True, of=("self",))
    here = {one.key: one for one in known_here(terms.publication, by_key, locked)}
    suppressed = suppressed_among(by_key)
    outcomes = {
        key: outcome_of(one, here[key].state if key in here else None, suppressed.get(key))
        for key, one in by_key.items()
    }

    def those(*wanted: Outcome) -> list[Candidate]:
        return [by_key[key] for key in sorted(outcomes) if outcomes[key] in wanted]

    moment = _as_stored(now)
    # A name fills an empty one, and replaces none.
    _execute(
        _NAMES,
        (
            (one.name, one.key)
            for one in those(Outcome.NEW, Outcome.PENDING, Outcome.CONFIRMED)
            if one.name and known.get(one.key) == ""
        ),
    )
    new = those(Outcome.NEW)
    _execute(
        _READERS,
        ((one.address, one.key, one.name, moment) for one in new if one.key not in known),
    )
    if terms.ask:
        _ask(new, terms, now)
    else:
        pending = those(Outcome.PENDING)
        Subscription.objects.filter(pk__in=[here[one.key].pk for one in pending]).update(
            state=State.CONFIRMED, confirmed_at=now
        )
        _confirm(new, pending, terms, now)
    return Counter(map(str, outcomes.values()))


def _confirm(
    new: Sequence[Candidate], pending: Sequence[Candidate], terms: Terms, now: datetime
) -> None:
    """Subscribe those who are new, and keep where they and those who had only asked agreed."""
    moment = _as_stored(now)
    _subscribe(new, terms, State.CONFIRMED, moment, moment)
    _execute(
        _CONSENTS,
        (
            (
                terms.source,
                moment,
                terms.basis,
                _as_stored(datetime.fromisoformat(one.consented)) if one.consented else None,
                terms.by,
                one.key,
                terms.publication,
            )
            for one in (*new, *pending)
        ),
    )


def _ask(new: Sequence[Candidate], terms: Terms, now: datetime) -> None:
    """A sign-up for each, and a mail that asks for its confirmation, in turn."""
    moment = _as_stored(now)
    _subscribe(new, terms, State.PENDING, moment, None)
    public_id = SignUp._meta.get_field("public_id")
    ids = [public_id.get_db_prep_value(uuid4(), connection) for _ in new]
    _execute(
        _SIGN_UPS,
        (
            (public, FORM, terms.source, moment, one.key)
            for public, one in zip(ids, new, strict=True)
        ),
    )
    _execute(_WHAT_THEY_ARE_FOR, ((public, terms.publication) for public in ids))
    pace = timedelta(minutes=1) / settings.CONFIRMATIONS_A_MINUTE
    first = _next_turn(now, pace)
    _execute(
        _MAILS,
        (
            (terms.publication, moment, _as_stored(first + place * pace), public)
            for place, public in enumerate(ids)
        ),
    )


def _subscribe(
    new: Sequence[Candidate], terms: Terms, state: State, moment: Any, confirmed: Any
) -> None:
    _execute(
        _SUBSCRIPTIONS,
        ((terms.publication, state.value, moment, confirmed, False, one.key) for one in new),
    )


def _next_turn(now: datetime, pace: timedelta) -> datetime:
    """After the last one from a file that still waits; now, if none does."""
    waiting = ServiceMail.objects.filter(
        state=ServiceMail.State.WAITING, kind=ServiceMail.Kind.CONFIRM, sign_up__form=FORM
    )
    last = waiting.order_by("-due_at").values_list("due_at", flat=True).first()
    return max(now, last + pace) if last else now


def _execute(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Once for each row."""
    if values := list(rows):
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def _as_stored(moment: datetime) -> Any:
    """As the database's own driver takes it."""
    return connection.ops.adapt_datetimefield_value(moment)
