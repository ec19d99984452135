"""Notes, their authors and pictures.

A note is approved while its latest revision is the approved one. Its row holds the
words that were approved last: drafts live in revisions, and only an approval brings
them into the row. So whatever reads rows (the week's collection, the issue) can only
ever read what was approved.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.text import slugify
from django_countries.fields import CountryField
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.fields import StreamField
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    TaskState,
    WorkflowMixin,
)
from wagtail.search import index

from notes.blocks import BodyBlock
from notes.names import name_key, without_accents
from notes.wording import ABOUT_THE_WHOLE, words

if TYPE_CHECKING:
    import datetime


class Photo(AbstractImage):
    """A picture with what must be printed beside it. Its `description` is the alternative text."""

    credit = models.CharField(max_length=200, blank=True, help_text="Whose picture it is.")
    ai_generated = models.BooleanField(
        "AI-generated image", default=False, help_text="Readers are told so beside the picture."
    )

    admin_form_fields = (
        "title",
        "file",
        "description",
        "credit",
        "ai_generated",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )


class PhotoRendition(AbstractRendition):
    """A picture in one size."""

    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class PersonQuerySet(models.QuerySet["Person"]):
    def named(self, name: str) -> Person | None:
        """The person who goes by this name, in any of its spellings; None if nobody does."""
        key = name_key(name)
        return self.filter(models.Q(key=key) | models.Q(aliases__key=key)).first()


class Person(index.Indexed, ClusterableModel):
    """An author: one canonical name, other spellings of it, and dated biographies."""

    name = models.CharField(max_length=200, help_text="As it is printed above a note.")
    key = models.CharField(max_length=200, unique=True, editable=False)

    objects = PersonQuerySet.as_manager()
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not name_key(self.name):
            raise ValidationError({"name": "A name needs at least one letter."})
        other = Person.objects.named(self.name)
        if other is not None and other.pk != self.pk:
            raise ValidationError({"name": f"{other.name} already goes by this name."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)

    def biography_on(self, day: datetime.date) -> Biography | None:
        """The biography that was valid on a day: an issue of 2023 keeps the one of 2023."""
        dated = sorted(self.biographies.all(), key=lambda biography: biography.valid_from)
        valid = [biography for biography in dated if biography.valid_from <= day]
        return valid[-1] if valid else next(iter(dated), None)


class PersonAlias(Orderable):
    """Another spelling of a person's name."""

    person = ParentalKey(Person, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, unique=True, editable=False)

    class Meta(Orderable.Meta):
        verbose_name_plural = "aliases"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        other = Person.objects.named(self.name)
        if other is not None and other.pk != self.person_id:
            raise ValidationError({"name": f"{other.name} already goes by this name."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)


class Biography(models.Model):
    """What is said about an author from a day on."""

    person = ParentalKey(Person, on_delete=models.CASCADE, related_name="biographies")
    valid_from = models.DateField()
    affiliation = models.CharField(max_length=300, blank=True)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["valid_from"]
        verbose_name_plural = "biographies"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "valid_from"], name="one_biography_a_person_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} from {self.valid_from}"


class SectionSchema(ClusterableModel):
    """Which sections a kind of note has, in order."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def headings_in_order(self) -> list[str]:
        """The headings; empty for a free form."""
        return [heading.text for heading in self.headings.all()]


class SectionHeading(Orderable):
    """One heading of a schema."""

    schema = ParentalKey(SectionSchema, on_delete=models.CASCADE, related_name="headings")
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.text


class NoteQuerySet(models.QuerySet["Note"]):
    def approved(self) -> Self:
        """Those whose latest revision is the approved one: an edit after approval takes it away."""
        return self.filter(
            approved_revision__isnull=False, approved_revision=models.F("latest_revision")
        )


class Note(
    PreviewableMixin,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    index.Indexed,
    ClusterableModel,
):
    """One analysis, with a headline in two parts: its subject, and what it claims."""

    # Named, not imported: a note says for which publication it is written, but the
    # rules of publications are the next room's business.
    publication = models.ForeignKey(
        "issues.Publication", on_delete=models.PROTECT, related_name="notes"
    )
    subject = models.CharField(max_length=200)
    claim = models.CharField(max_length=300)
    slug = models.SlugField(max_length=120, unique=True, editable=False)
    date = models.DateField(help_text="The day printed under the headline.")
    schema = models.ForeignKey(
        SectionSchema, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    countries = CountryField(multiple=True, blank=True)
    body = StreamField(BodyBlock())
    photo = models.ForeignKey(
        Photo, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    photo_source = models.CharField(
        max_length=200,
        blank=True,
        help_text="The picture's source as the note states it; used where the picture itself has "
        "no credit, or is not here.",
    )

    # Facts about the note as a whole, see `notes.wording`.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The account that writes it; none for what the command line brought in.",
    )
    moved_to = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The issue date an editor moved the note to; empty: the note's own date counts.",
    )
    printed_under = models.CharField(
        max_length=200, blank=True, editable=False, help_text="Issue line found by the importer."
    )
    import_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    import_digest = models.CharField(max_length=64, blank=True, editable=False)
    approved_revision = models.ForeignKey(
        Revision, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="note",
        for_concrete_model=False,
    )
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="note",
        for_concrete_model=False,
    )

    objects = NoteQuerySet.as_manager()
    search_fields = [
        index.SearchField("subject"),
        index.SearchField("claim"),
        index.AutocompleteField("subject"),
        index.AutocompleteField("claim"),
        index.FilterField("date"),
    ]

    class Meta:
        ordering = ["-date", "subject"]
        permissions = [("change_others_note", "Can change notes that others write")]

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.subject, self.claim))) or "A note without a headline"

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """As what a reader may see it; the desk renders it, for it knows the publications."""
        return [("mail", "Mail"), ("phone", "Mail on a phone"), ("text", "Text"), ("web", "Web")]

    @property
    def revisions(self) -> Any:
        return self._revisions

    @property
    def is_approved(self) -> bool:
        """Whether the words in this row are approved and nobody has edited them since."""
        return (
            self.approved_revision_id is not None
            and self.approved_revision_id == self.latest_revision_id
        )

    @property
    def counts_for(self) -> datetime.date:
        """The day by which an issue takes the note: the one it was moved to, or else its own."""
        return self.moved_to or self.date

    def authors_in_order(self) -> list[Person]:
        """The authors as they are printed."""
        return [entry.person for entry in self.authors.all()]

    # Set by the approval, the only one that changes the words in an approved note's row.
    row_may_change = False

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, but a draft of a note that was approved once stays out of its row.

        Wagtail writes drafts of what is not public into the row as well as into a revision.
        """
        if not self.slug or (self.approved_revision_id is None and not kwargs.get("update_fields")):
            # Saved as it is typed, a note would for ever be known by its first three letters.
            self.slug = self._free_slug()
        approved = self.pk is not None and self.approved_revision_id is not None
        if approved and not self.row_may_change and not kwargs.get("update_fields"):
            return
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """As Django's, but what was mailed or stands in an issue stays.

        Raises:
            PermissionDenied: with the sentence that the desk shows.
        """
        if self.entries.exists() or self.alerts.exists():
            raise PermissionDenied("A note that stands in an issue or was mailed stays.")
        return super().delete(*args, **kwargs)

    def _free_slug(self) -> str:
        stem = slugify(without_accents(f"{self.subject} {self.claim}"))[:90].strip("-") or "note"
        others = Note.objects.filter(slug__startswith=stem).exclude(pk=self.pk)
        taken = set(others.values_list("slug", flat=True))
        candidates = (f"{stem}-{count}" for count in range(2, len(taken) + 3))
        return stem if stem not in taken else next(c for c in candidates if c not in taken)

    def with_content_json(self, content: dict[str, Any]) -> Note:
        """A revision's text with this row's facts (see `notes.wording`).

        Without the people and the section schema that were deleted since: only rows protect them.
        """
        note: Note = super().with_content_json(_as_far_as_there(content))
        for field in ABOUT_THE_WHOLE:
            setattr(note, field, getattr(self, field))
        return note

    def get_latest_revision(self) -> Revision | None:
        """As Wagtail's, but asked of the database.

        A workflow that goes on after its author's changes holds the note as it was read before
        they were saved: reviewers would be asked about the former words, and their approval would
        count for nothing.
        """
        row = Note.objects.filter(pk=self.pk).values("latest_revision")
        latest: Revision | None = Revision.objects.filter(pk__in=row).first()
        return latest

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """As Wagtail's, with two differences.

        A revision that is approved, that a reviewer was asked about, or that somebody else wrote
        is never overwritten: Wagtail 7.4 autosaves into the same revision again and again, which
        would change the words under the reviewer's eyes.

        A save that changes no word makes no revision: Wagtail saves the form whose button
        *Approve* is pressed, and then, wanting a new approval for the new revision, begins the
        same step again, for ever.
        """
        overwritten = kwargs.get("overwrite_revision")
        if overwritten is not None and (
            overwritten.pk == self.approved_revision_id
            or overwritten.user_id != getattr(kwargs.get("user"), "pk", None)
            or TaskState.objects.filter(revision=overwritten).exists()
        ):
            kwargs["overwrite_revision"] = None
        latest = self.get_latest_revision()
        if latest is not None and words(latest.content) == words(json.loads(self.to_json())):
            return latest
        return super().save_revision(*args, **kwargs)

    def publish(self, *_: Any, **__: Any) -> None:
        """Not at the desk: a note becomes public when what carries it is mailed.

        Wagtail would put the words of any draft into the row here, approved or not.
        """
        raise PermissionDenied("A note becomes public with its issue; submit it for approval.")

    def unpublish(self, *_: Any, **__: Any) -> None:
        """Not at the desk: what was mailed stays public."""
        raise PermissionDenied("What was mailed stays public; correct the note instead.")


def _as_far_as_there(content: dict[str, Any]) -> dict[str, Any]:
    """What a revision says, without what Wagtail could not read because it was deleted."""
    authors, schema = content.get("authors", []), content.get("schema")
    people = Person.objects.filter(pk__in=[entry["person"] for entry in authors])
    there = set(people.values_list("pk", flat=True))
    known = SectionSchema.objects.filter(pk=schema).exists()
    return {
        **content,
        "authors": [entry for entry in authors if entry["person"] in there],
        "schema": schema if known else None,
    }


class NoteAuthor(Orderable):
    """Who wrote a note, in the order of the byline."""

    note = ParentalKey(Note, on_delete=models.CASCADE, related_name="authors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    affiliation = models.CharField(max_length=300, blank=True)
    biography = models.TextField(
        max_length=2000,
        blank=True,
        help_text="As it is printed with this note; empty: what is said of the person on its day.",
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="an_author_stands_once")
        ]

    def __str__(self) -> str:
        return str(self.person)


class NoteSource(Orderable):
    """Where a statement in a note comes from."""

    note = ParentalKey(Note, on_delete=models.CASCADE, related_name="sources")
    outlet = models.CharField(max_length=200)
    title = models.CharField(max_length=400)
    url = models.URLField("address", max_length=1000, blank=True)
    published = models.DateField(null=True, blank=True)
    accessed = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.outlet}: {self.title}"
