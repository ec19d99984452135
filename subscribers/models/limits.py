"""What was counted to keep abuse out; in the database, so that all web processes share it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Tally(models.Model):
    """How often something happened to one address, network, form or key in one span of time."""

    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=64, help_text="Keyed hash of what is counted.")
    begins_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-begins_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "begins_at"], name="one_tally_a_subject_and_span"
            ),
        ]
        indexes = [models.Index(fields=["begins_at"])]

    def __str__(self) -> str:
        return f"{self.count} {self.kind}"


class Brake(models.Model):
    """While one is on, sign-ups are taken in and no mail asks for their confirmation."""

    began_at = models.DateTimeField()
    why = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True, help_text="Empty: by itself.")

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            # A constant: of those that have not ended there is one.
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="one_brake_is_on"
            ),
        ]

    def __str__(self) -> str:
        return self.why
