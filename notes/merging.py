"""Two entries of the people registry that are one person become one: all or nothing.

The bylines of notes follow, in their rows and in every revision, so that going back to an old
revision brings the author back too. No note loses its approval by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from wagtail.log_actions import log
from wagtail.models import ReferenceIndex, Revision

from notes.models import Biography, Note, NoteAuthor, Person, PersonAlias
from notes.names import name_key
from rendering.dates import printed_date

_WORDS = ("affiliation", "biography")


class MergingError(Exception):
    """Two people can't be merged; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What merging does, or did.

    `both` are the notes in which both stand as authors: there one entry is left. `dropped` are
    biographies of days for which the one who is kept has one already.
    """

    notes: int
    both: list[Note]
    revisions: int
    aliases: list[str]
    biographies: list[Biography]
    dropped: list[Biography]


def foreseen(kept: Person, gone: Person) -> Merge:
    """What merging `gone` into `kept` would do now.

    Raises:
        MergingError: if they can't be merged.
    """
    if kept.pk == gone.pk:
        raise MergingError("A person can't be merged with themselves; choose another one.")
    names = [gone.name, *(alias.name for alias in gone.aliases.all())]
    own = {kept.key, *kept.aliases.values_list("key", flat=True)}
    others = PersonAlias.objects.filter(key=gone.key).exclude(person__in=(kept, gone))
    if claimed := others.select_related("person").first():
        raise MergingError(
            f"“{gone.name}” is another spelling of {claimed.person.name}, too. Take it away there "
            "first."
        )
    days = set(kept.biographies.values_list("valid_from", flat=True))
    biographies = list(gone.biographies.all())
    return Merge(
        notes=_bylines(gone).count(),
        both=list(Note.objects.filter(pk__in=_bylines(gone)).filter(pk__in=_bylines(kept))),
        revisions=sum(1 for _ in _revisions_with(gone)),
        aliases=[name for name in dict.fromkeys(names) if name_key(name) not in own],
        biographies=[one for one in biographies if one.valid_from not in days],
        dropped=[one for one in biographies if one.valid_from in days],
    )


@transaction.atomic
def merge(kept: Person, gone: Person, user: Any = None) -> Merge:
    """Let everything that names `gone` name `kept`, and delete `gone`.

    Raises:
        MergingError: if they can't be merged, or one of them is no longer there.
    """
    there = {one.pk: one for one in _locked(kept.pk, gone.pk)}
    if not there.keys() >= {kept.pk, gone.pk}:
        raise MergingError("One of the two was merged or deleted in the meantime; look again.")
    kept, gone = there[kept.pk], there[gone.pk]
    done = foreseen(kept, gone)
    notes = list(Note.objects.filter(pk__in=_bylines(gone)))
    _merge_rows(kept, gone)
    found = [revision.pk for revision in _revisions_with(gone)]
    # Read anew: somebody may be saving what they write into one of these.
    for revision in Revision.objects.select_for_update().filter(pk__in=found).order_by("pk"):
        if not _names(revision, gone):
            continue
        revision.content["authors"] = _one_entry(revision.content["authors"], kept.pk, gone.pk)
        revision.save(update_fields=["content"])
    for note in notes:
        ReferenceIndex.create_or_update_for_object(note)
    Biography.objects.filter(pk__in=[one.pk for one in done.biographies]).update(person=kept)
    data = _told(gone, done)
    gone.aliases.all().delete()
    gone.delete()
    for name in done.aliases:
        PersonAlias.objects.create(person=kept, name=name, sort_order=kept.aliases.count())
    log(kept, "notes.merge", user=user, data=data)
    return done


def _locked(*keys: int) -> Iterator[Person]:
    # In one order, so that two who merge crosswise do not wait for each other.
    yield from Person.objects.select_for_update().filter(pk__in=keys).order_by("pk")


def _bylines(person: Person) -> Any:
    """The notes in whose rows somebody stands as an author."""
    return NoteAuthor.objects.filter(person=person).values("note")


def _revisions_with(person: Person) -> Iterator[Revision]:
    of_notes = Revision.objects.filter(base_content_type=ContentType.objects.get_for_model(Note))
    # The text finds few, and among them those of another person whose number begins alike.
    likely = of_notes.annotate(text=Cast("content", TextField())).filter(
        text__contains=f'"person": {person.pk}'
    )
    for revision in likely.iterator(chunk_size=200):
        if _names(revision, person):
            yield revision


def _names(revision: Revision, person: Person) -> bool:
    return any(entry["person"] == person.pk for entry in revision.content.get("authors", []))


def _merge_rows(kept: Person, gone: Person) -> None:
    names = ("pk", "person", "affiliation", "biography", "sort_order")
    for note in NoteAuthor.objects.filter(person=gone).values_list("note", flat=True):
        before = list(NoteAuthor.objects.filter(note=note).values(*names))
        after = _one_entry(before, kept.pk, gone.pk)
        left = {entry["pk"] for entry in after}
        NoteAuthor.objects.filter(note=note).exclude(pk__in=left).delete()
        for entry in after:
            NoteAuthor.objects.filter(pk=entry["pk"]).update(
                **{name: entry[name] for name in names[1:]}
            )


def _one_entry(entries: list[dict[str, Any]], kept: int, gone: int) -> list[dict[str, Any]]:
    """A byline in which one person stands for both, where the first of them stood.

    If both are in it, what it says of the one who is kept stays, or else what it says of the other.
    """
    ours = [entry for entry in entries if entry["person"] in {kept, gone}]
    telling = sorted(ours, key=lambda entry: entry["person"] != kept)
    told = next((one for one in telling if any(map(one.get, _WORDS))), telling[0])
    merged = {
        **telling[0],
        **{name: told[name] for name in _WORDS if name in told},
        "sort_order": ours[0]["sort_order"],
        "person": kept,
    }
    others = [entry for entry in entries if entry["person"] not in {kept, gone}]
    return sorted([*others, merged], key=lambda entry: entry["sort_order"] or 0)


def _told(gone: Person, done: Merge) -> dict[str, Any]:
    """What the log keeps; what was dropped is there to be read for ever."""
    return {
        "name": gone.name,
        "notes": done.notes,
        "aliases": done.aliases,
        "biographies": [printed_date(one.valid_from) for one in done.biographies],
        "dropped": [
            {"from": printed_date(one.valid_from), "affiliation": one.affiliation, "text": one.text}
            for one in done.dropped
        ],
    }
