"""Numbered issues, their serials and the notes in them.

The serial never resets and is unique in its publication; an issue's number in
its volume is derived (serial − first serial of the volume + 1), never stored.
"""

from __future__ import annotations

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from wagtail.fields import StreamField

from issues import numbering
from issues.blocks import RegionsBlock
from issues.models.publications import Publication, Volume
from notes.models import Note, Photo


class IssueQuerySet(models.QuerySet["Issue"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def open(self) -> Self:
        return self.filter(published_at__isnull=True)


class Issue(models.Model):
    """A numbered edition: approved notes in order."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="issues")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="issues")
    date = models.DateField()
    subject_line = models.CharField(
        max_length=200, blank=True, help_text="Empty: proposed from the first note."
    )
    preview_text = models.CharField(
        max_length=200, blank=True, help_text="Empty: proposed from the other notes."
    )
    introduction = models.TextField(blank=True)
    cover = models.ForeignKey(
        Photo, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    regions = StreamField(
        RegionsBlock(required=False),
        blank=True,
        verbose_name="also, from around the world",
        help_text="Briefs, region by region.",
    )
    segment = models.CharField(
        max_length=300,
        blank=True,
        help_text="Only for a part of the readers, e.g. “region Africa, joined this year”; empty: "
        "for all.",
    )
    alerts_until = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="The alerts mailed until then, and after the issue before, are named in it.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    asked_about = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="SHA-256 of the rendering for which the editors were last asked to approve.",
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["publication", "-date"]
        permissions = [("approve_issue", "Can approve an issue, and have it sent")]
        constraints = [
            models.UniqueConstraint(fields=["publication", "date"], name="one_issue_a_day"),
            models.UniqueConstraint(
                fields=["publication"],
                condition=models.Q(published_at__isnull=True),
                name="one_unpublished_issue_a_publication",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.line}"

    @cached_property
    def serials(self) -> tuple[int, ...]:
        """The serials this issue takes, ascending; more than one for a combined issue."""
        return tuple(sorted(row.serial for row in self.taken_serials.all()))

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its numbers in the volume."""
        return numbering.numbers(self.serials, self.volume.first_serial)

    @property
    def line(self) -> str:
        """`#317 Vol 7, No 26, 29 June 2025`."""
        return numbering.issue_line(self.serials, self.volume.number, self.numbers, self.date)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class IssueSerial(models.Model):
    """One serial, taken by one issue, for ever."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="taken_serials")
    serial = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["serial"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "serial"], name="a_serial_is_taken_once")
        ]

    def __str__(self) -> str:
        return f"#{self.serial}"


class IssueEntry(models.Model):
    """A note's place in an issue."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="entries")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "note"], name="a_note_stands_once_in_an_issue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.note}"


class Omission(models.Model):
    """A note of the week that an editor left out of its issue; it can be put back."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="omissions")
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="omissions")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "note"], name="a_note_is_left_out_of_an_issue_once"
            ),
        ]

    def __str__(self) -> str:
        return f"without {self.note}"
