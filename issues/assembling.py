"""Putting the week's issue together.

Assembling is idempotent: the same week gives the same issue, with the same
serials, however often and by however many it is asked for. A week in which
nothing was published takes no number: the open issue moves on to the next day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.log_actions import log

from issues import numbering
from issues.errors import IssueError
from issues.models import Issue, IssueEntry, IssueSerial, Publication, Volume
from issues.voiding import approval_in_force, void_approval, void_approval_of
from notes.models import Note
from rendering.dates import printed_date


@dataclass(frozen=True)
class Assembly:
    """What assembling found and did. `waiting` and `left_behind` are in no issue."""

    issue: Issue
    created: bool = False
    moved_from: date | None = None
    renumbered: bool = False
    added: list[Note] = field(default_factory=list)
    removed: list[Note] = field(default_factory=list)
    waiting: list[Note] = field(default_factory=list)
    left_behind: list[Note] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the issue is another one than before."""
        return bool(
            self.created or self.moved_from or self.renumbered or self.added or self.removed
        )


def next_issue_day(publication: Publication, now: datetime) -> date:
    """The day of the issue that is sent next: the first due moment that is not past.

    Args:
        now: an aware moment.
    """
    today = now.astimezone(publication.zone).date()
    day = today + timedelta(days=(publication.weekday - today.weekday()) % 7)
    return day if publication.due(day) >= now else day + timedelta(days=7)


def day_of_new_note(publication: Publication, now: datetime) -> date:
    """The date of a note that says none: the next issue's; of an alert, today.

    Args:
        now: an aware moment.
    """
    if publication.numbered:
        return next_issue_day(publication, now)
    return now.astimezone(publication.zone).date()


def weeks_notes(publication: Publication, day: date) -> QuerySet[Note]:
    """The approved notes of the issue of a day, in the order in which they were approved.

    They are in no published issue, and dated (or moved to a day) after the previous
    issue and not after this one.
    """
    notes = approved_and_free(publication).filter(counted_day__lte=day)
    previous = _previous(publication, day)
    if previous is not None:
        notes = notes.filter(counted_day__gt=previous.date)
    return notes


@transaction.atomic
def move_to_week(note: Note, day: date | None) -> None:
    """Count a note for the issue of another day; None brings it back to its own date.

    Raises:
        IssueError: if it has been published.
    """
    entry = note.entries.filter(issue__published_at__isnull=False).first()
    if entry is not None:
        raise IssueError(f"“{note}” was published in {entry.issue} and can't be moved.")
    for open_entry in note.entries.filter(issue__published_at__isnull=True):
        void_approval_of(open_entry.issue, f"“{note}” was moved to another week.")
    Note.objects.filter(pk=note.pk).update(moved_to=day)
    note.moved_to = day
    log(note, "issues.move", data={"to": day.isoformat() if day else ""})


@transaction.atomic
def assemble(
    publication: Publication,
    day: date,
    *,
    serial: int | None = None,
    combine: int | None = None,
    reopen: bool = False,
) -> Assembly:
    """The one unpublished issue of a publication, made or refreshed for a day.

    Entries keep their order; notes that are new come last, notes that are no longer
    approved or were moved are taken out, what an editor left out stays out. An approved issue is
    left as it was approved.

    Args:
        day: the date it is to carry.
        serial: its first serial; None for the next one, or the one it has.
        combine: how many serials it takes; None for one, or as many as it has.
        reopen: void its approval and refresh it all the same.

    Raises:
        IssueError: if the day, the serial or the publication does not allow it.
    """
    if not publication.numbered:
        raise IssueError(f"{publication} has no numbered issues; send a note with `twtw alert`.")
    # Two that assemble at once wait for each other here (SQLite: in every transaction).
    # Not its key: whoever approves holds the issue and writes an edition, which names that.
    Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    # And for whoever publishes or approves it, so that it can't become public in between.
    issue = publication.issues.open().select_for_update().first()
    published = publication.issues.published().filter(date=day).first()
    if published is not None:
        if reopen or not _has_serials(published, serial, combine):
            raise IssueError(f"{published} is published and can't be changed; name another date.")
        return Assembly(published)
    waiting = list(weeks_notes(publication, day))
    if issue is not None and (approval := approval_in_force(issue)) is not None:
        if not reopen and issue.date == day and _has_serials(issue, serial, combine):
            there = {entry.note_id for entry in issue.entries.all()}
            there.update(issue.omissions.values_list("note", flat=True))
            return Assembly(issue, waiting=[note for note in waiting if note.pk not in there])
        if not reopen:
            raise IssueError(
                f"{issue} is approved and waits to be sent; publish it first, or take the "
                "approval back with `twtw issue prepare --reopen`."
            )
        void_approval(approval, "The issue was reopened.")
    return _refresh(publication, issue, day, serial, combine)


def check_assembling(publication: Publication, day: date, *, reopen: bool = False) -> None:
    """See whether `assemble` would do it; nothing is changed.

    Raises:
        IssueError: as it would.
    """
    with transaction.atomic():
        assemble(publication, day, reopen=reopen)
        transaction.set_rollback(True)


def _refresh(
    publication: Publication,
    issue: Issue | None,
    day: date,
    serial: int | None,
    combine: int | None,
) -> Assembly:
    _check_day(publication, day)
    before = issue
    serials = _serials(publication, issue, serial, combine)
    volume, is_new = _volume(publication, issue, day, serials)
    moved_from = issue.date if issue is not None and issue.date != day else None
    renumbered = issue is not None and issue.serials != serials
    if issue is None:
        issue = Issue.objects.create(publication=publication, volume=volume, date=day)
    else:
        issue.volume, issue.date = volume, day
        issue.save(update_fields=["volume", "date"])
    # What is mailed as an alert from now on is for the next issue to name.
    issue.alerts_until = timezone.now()
    issue.save(update_fields=["alerts_until"])
    if is_new:
        volume.begun_by = issue
        volume.save(update_fields=["begun_by"])
    publication.volumes.filter(begun_by=issue).exclude(pk=volume.pk).delete()
    if before is None or renumbered:
        issue.taken_serials.all().delete()
        IssueSerial.objects.bulk_create(
            IssueSerial(publication=publication, issue=issue, serial=taken) for taken in serials
        )
    omitted = set(issue.omissions.values_list("note", flat=True))
    notes = [
        note
        for note in weeks_notes(publication, day)
        if note.pk not in omitted and not _printed_elsewhere(note, serials)
    ]
    added, removed = _set_entries(issue, notes)
    chosen = {note.pk for note in notes} | omitted
    left = approved_and_free(publication).filter(counted_day__lte=day)
    return Assembly(
        issue=Issue.objects.get(pk=issue.pk),
        created=before is None,
        moved_from=moved_from,
        renumbered=renumbered,
        added=added,
        removed=removed,
        left_behind=[note for note in left if note.pk not in chosen],
    )


def approved_and_free(publication: Publication) -> QuerySet[Note]:
    """The approved notes that are in no published issue, each with its `counted_day`."""
    published = IssueEntry.objects.filter(issue__published_at__isnull=False).values("note")
    notes: QuerySet[Note] = Note.objects.approved().filter(publication=publication)
    free: QuerySet[Note] = (
        notes.exclude(pk__in=published)
        .annotate(counted_day=Coalesce("moved_to", "date"))
        .order_by("approved_at", "pk")
    )
    return free


def _previous(publication: Publication, day: date) -> Issue | None:
    return publication.issues.published().filter(date__lt=day).order_by("-date").first()


def _check_day(publication: Publication, day: date) -> None:
    last = publication.issues.published().order_by("-date").first()
    if last is not None and last.date > day:
        raise IssueError(
            f"{printed_date(day)} is before {last}, which is published; "
            "a later issue can't carry an earlier date."
        )


def _has_serials(issue: Issue, serial: int | None, combine: int | None) -> bool:
    """Whether an issue has the serials that are asked for already; None asks for nothing."""
    return serial in {None, issue.serials[0]} and combine in {None, len(issue.serials)}


def _serials(
    publication: Publication, issue: Issue | None, serial: int | None, combine: int | None
) -> tuple[int, ...]:
    if issue is not None and serial is None and combine is None:
        return issue.serials
    others = IssueSerial.objects.filter(publication=publication)
    if issue is not None:
        others = others.exclude(issue=issue)
    taken = list(others.values_list("serial", flat=True))
    if serial is not None and taken and serial <= max(taken):
        raise IssueError(
            f"#{serial} can't be given: the last serial of {publication} is #{max(taken)}, "
            f"the next one #{max(taken) + 1}."
        )
    count = combine or (len(issue.serials) if issue is not None else 1)
    if serial is not None:
        return numbering.next_serials([], serial, count)
    own = issue.serials[0] if issue is not None else publication.first_serial
    if not taken and own is None:
        raise IssueError(
            f"{publication} has no issue here yet: say which serial the first one takes, as in "
            "`twtw issue prepare --serial 317`."
        )
    return numbering.next_serials(taken, own, count)


def _volume(
    publication: Publication, issue: Issue | None, day: date, serials: tuple[int, ...]
) -> tuple[Volume, bool]:
    """The volume, and whether it is a new one.

    A volume that the open issue itself has begun is not settled yet: it follows the issue to
    another serial or day, and goes if the issue goes to another year.
    """
    known = {volume.number: volume for volume in publication.volumes.all()}
    runs = [
        numbering.VolumeRun(volume.number, volume.begins_on, volume.first_serial)
        for volume in known.values()
        if issue is None or volume.begun_by_id != issue.pk
    ]
    run = numbering.volume_for(day, serials[0], runs)
    volume = known.get(run.number) or Volume(publication=publication, number=run.number)
    is_new = volume.pk is None
    if run not in runs:
        volume.begins_on, volume.first_serial = run.begins_on, run.first_serial
        volume.save()
    return volume, is_new


def _printed_elsewhere(note: Note, serials: tuple[int, ...]) -> bool:
    printed = numbering.printed_serials(note.printed_under)
    return bool(printed) and not set(printed) & set(serials)


def _set_entries(issue: Issue, notes: list[Note]) -> tuple[list[Note], list[Note]]:
    entries = list(issue.entries.select_related("note"))
    wanted = {note.pk for note in notes}
    kept = [entry for entry in entries if entry.note_id in wanted]
    dropped = [entry for entry in entries if entry.note_id not in wanted]
    there = {entry.note_id for entry in kept}
    added = [note for note in notes if note.pk not in there]
    issue.entries.filter(pk__in=[entry.pk for entry in dropped]).delete()
    for position, entry in enumerate(kept, start=1):
        if entry.position != position:
            entry.position = position
            entry.save(update_fields=["position"])
    IssueEntry.objects.bulk_create(
        IssueEntry(issue=issue, note=note, position=len(kept) + offset)
        for offset, note in enumerate(added, start=1)
    )
    return added, [entry.note for entry in dropped]
