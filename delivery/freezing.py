"""Starting a mailing: who gets it is decided once, and written down before anything leaves.

An edition is mailed once, however often and by however many it is started. Its audience
is frozen by two statements, whatever its size; a subscription made later is not in it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Sum
from wagtail.log_actions import log

from delivery.audience import Candidates, in_normal_form, subscribers_of
from delivery.errors import DeliveryError
from delivery.messages import list_id
from delivery.models import Mailing
from delivery.pace import limits_chunks_to, pace_of
from delivery.states import ChunkState
from delivery.transports import Transport
from issues.approval import confirm_approval
from issues.editions import make_alert
from issues.errors import NotApproved, NotYet
from issues.models import Edition, Issue, Publication
from issues.seen import audience_rule
from notes.approval import make_public
from notes.models import Note
from subscribers.how_many import so_many_readers


def start_issue_mailing(issue: Issue, transport: Transport, now: datetime | None = None) -> Mailing:
    """The one mailing of an issue; the first call freezes its audience and publishes the issue.

    Args:
        transport: how it will leave; its chunk size is kept with the mailing.
        now: an aware moment, at which its time must have come; None for a person who sends it at
            whatever time.

    Raises:
        NotApproved: if nobody has approved the issue as it is now.
        NotYet: if it was put off, however short before.
        DeliveryError: if there is no reader.
    """
    outcome = _issue_mailing(issue, transport, now)
    if isinstance(outcome, NotApproved):
        raise outcome
    issue.refresh_from_db(fields=["published_at"])
    return outcome


@transaction.atomic
def _issue_mailing(
    issue: Issue, transport: Transport, now: datetime | None
) -> Mailing | NotApproved:
    # Whoever comes second waits here (SQLite: at the beginning of the transaction) and
    # then finds the mailing of the first.
    locked = Issue.objects.select_for_update().get(pk=issue.pk)
    mailing = Mailing.objects.filter(edition__issue=locked).first()
    if mailing is not None:
        return mailing
    try:
        approval = confirm_approval(locked)
    except NotApproved as refusal:
        # Given back, not raised: an approval that was just voided has to stay so.
        return refusal
    if now is not None and approval.send_at > now:
        raise NotYet(f"{locked} was put off, and is to leave later.")
    candidates = subscribers_of(locked.publication, segment=locked.segment)
    mailing = freeze(approval.edition, candidates, transport, locked.segment)
    locked.published_at = mailing.frozen_at
    locked.save(update_fields=["published_at"])
    make_public(Note.objects.filter(entries__issue=locked), mailing.frozen_at)
    return mailing


@transaction.atomic
def start_alert_mailing(
    publication: Publication, note: Note, transport: Transport, segment: str = ""
) -> Mailing:
    """The one mailing of a note as an alert; the first call renders it and freezes its audience.

    Args:
        publication: the one whose readers get it.
        transport: how it will leave; its chunk size is kept with the mailing.
        segment: the sentence that chooses a part of the readers, or the name of a saved one; empty
            for all, or for those for whom it was begun.

    Raises:
        NotApproved: if it has no mailing yet and the note's latest words are not approved.
        IssueError: if the publication comes out in numbered issues.
        DeliveryError: if the sentence can't be understood, there is no reader, or it was mailed to
            other readers before.
    """
    segment = in_normal_form(segment)
    # Whoever comes second waits in there until the mailing of the first is to be seen.
    edition = make_alert(publication, note)
    mailing = Mailing.objects.filter(edition=edition).first()
    if mailing is None:
        candidates = subscribers_of(publication, note, segment)
        mailing = freeze(edition, candidates, transport, segment)
        make_public(Note.objects.filter(pk=note.pk), mailing.frozen_at)
    elif segment not in ("", mailing.segment):
        raise DeliveryError(
            f"“{note}” was mailed before, to {audience_rule(publication, mailing.segment)}. A note "
            "is mailed once on its own, so nobody else gets it now."
        )
    return mailing


# Plain SQL, because the ORM has no `INSERT … SELECT`; the same words in SQLite and PostgreSQL.
# A column that is renamed or added without a default makes it fail, in the tests already.
FREEZE_RECIPIENTS = """
    INSERT INTO delivery_recipient
        (mailing_id, subscription_id, exclusion, chunk_number, withdrawal, outcome)
    WITH candidate AS ({candidates} {locked})
    SELECT
        %(mailing)s, subscription_id, exclusion,
        CASE WHEN exclusion = '' THEN
            (ROW_NUMBER() OVER (PARTITION BY exclusion = '' ORDER BY subscription_id) - 1)
                / %(chunk_size)s + 1
        END,
        '', ''
    FROM candidate
    ORDER BY subscription_id
"""

FREEZE_CHUNKS = """
    INSERT INTO delivery_chunk
        (mailing_id, number, size, withdrawn, proved, state,
         worker, provider_id, answer, asked_answer)
    SELECT mailing_id, chunk_number, COUNT(*), 0, 0, %(pending)s, '', '', '', ''
    FROM delivery_recipient
    WHERE mailing_id = %(mailing)s AND chunk_number IS NOT NULL
    GROUP BY mailing_id, chunk_number
    ORDER BY chunk_number
"""


def _locked() -> str:
    """Who is erased at this moment is gone before the freeze, or is in it until it is done.

    PostgreSQL takes these locks anyway, when the transaction ends: then two would wait for each
    other in a circle. SQLite has one writer.
    """
    return "FOR KEY SHARE OF subscription" if connection.vendor == "postgresql" else ""


def freeze(
    edition: Edition, candidates: Candidates, transport: Transport, segment: str = ""
) -> Mailing:
    """Write down who gets an edition; in the transaction of what leads to it.

    Args:
        segment: the sentence by which the candidates are chosen, for the record.

    Raises:
        DeliveryError: if that is nobody.
    """
    publication = edition.publication
    mailing = Mailing.objects.create(
        edition=edition,
        transport=transport.name,
        chunk_size=limits_chunks_to(pace_of(publication), transport.chunk_size),
        sender_name=publication.sender_name,
        sender_address=publication.sender_address,
        reply_to=publication.reply_to,
        list_id=list_id(publication),
        segment=segment,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            FREEZE_RECIPIENTS.format(candidates=candidates.sql, locked=_locked()),
            {**candidates.values, "mailing": mailing.pk, "chunk_size": mailing.chunk_size},
        )
        cursor.execute(FREEZE_CHUNKS, {"mailing": mailing.pk, "pending": ChunkState.PENDING.value})
    if not mailing.chunks.exists():
        # Undone with the transaction: frozen for nobody, it could never be sent to anybody.
        if edition.correction_id is not None:
            raise DeliveryError(
                "Nobody who got it can be mailed any more, so nothing was sent; readers find the "
                "correction on the site."
            )
        if segment:
            raise DeliveryError(
                f"Of the readers of {publication} who can be mailed nobody is in “{segment}”, so "
                "nothing was sent and nothing is published; choose its readers anew."
            )
        raise DeliveryError(
            f"{publication} has no confirmed reader who could be mailed, so nothing was sent and "
            "nothing is published; import readers with `twtw readers import`."
        )
    readers = mailing.chunks.aggregate(readers=Sum("size"))["readers"]
    sentence = f"Frozen for {so_many_readers(readers)}, by {transport.name}."
    log(mailing, "delivery.begin", data={"sentence": sentence})
    return mailing
