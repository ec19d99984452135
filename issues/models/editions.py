"""What is mailed, kept for ever, and what was wrong in it."""

from __future__ import annotations

from django.db import models
from wagtail.fields import RichTextField

from issues.models.issues import Issue
from issues.models.publications import Publication
from notes.models import Note


class Edition(models.Model):
    """What is mailed, rendered once and never changed: the subject, the HTML, the text.

    Belongs to an issue, to one note for an alert, or to the correction of either.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="editions")
    issue = models.ForeignKey(
        Issue, on_delete=models.PROTECT, null=True, blank=True, related_name="editions"
    )
    note = models.ForeignKey(
        Note, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    correction = models.OneToOneField(
        "Correction", on_delete=models.PROTECT, null=True, blank=True, related_name="mailed_as"
    )
    subject = models.CharField(max_length=200)
    html = models.TextField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    content = models.JSONField(
        help_text="What was rendered, as plain values: the public pages show it for ever."
    )
    rendered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-rendered_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(issue__isnull=False, note__isnull=True, correction__isnull=True)
                | models.Q(issue__isnull=True, note__isnull=False, correction__isnull=True)
                | models.Q(issue__isnull=True, note__isnull=True, correction__isnull=False),
                name="an_edition_is_of_an_issue_a_note_or_a_correction",
            ),
            models.UniqueConstraint(
                fields=["publication", "note"], name="a_note_is_one_alert_of_a_publication"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Correction(models.Model):
    """What was wrong in a note that was mailed, and what is right.

    What was mailed stays as it was; the archive shows the erratum beside it.
    """

    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        related_name="corrections",
        help_text="The issue or the alert in which it stood.",
    )
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="corrections")
    text = RichTextField(
        features=["bold", "italic", "link"],
        help_text="What was wrong, and what is right; readers see this.",
    )
    reason = models.CharField(
        max_length=300, help_text="How it came about, for the newsroom; readers do not see this."
    )
    day = models.DateField(help_text="The day printed with it.")
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["day", "pk"]

    def __str__(self) -> str:
        return f"Correction to “{self.note}”"
