"""Asking those who were silent for years whether they still want what they get."""

from __future__ import annotations

from django.db import models

from subscribers.models.readers import Subscription


class Reconfirmation(models.Model):
    """One run: who had been silent is asked; who has not answered by the deadline is let go."""

    publication = models.ForeignKey(
        "issues.Publication", on_delete=models.CASCADE, related_name="+"
    )
    silent_since = models.DateTimeField(help_text="Who had been heard from later is not asked.")
    deadline = models.DateTimeField()
    begun_at = models.DateTimeField(auto_now_add=True)
    begun_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication"],
                condition=models.Q(ended_at__isnull=True, cancelled_at__isnull=True),
                name="one_reconfirmation_a_publication_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"re-confirmation {self.pk}"


class ReconfirmationAsk(models.Model):
    """One reader in it."""

    run = models.ForeignKey(Reconfirmation, on_delete=models.CASCADE, related_name="asks")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the mail left.")
    answered_at = models.DateTimeField(null=True, blank=True)
    let_go_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "subscription"], name="a_reader_is_asked_once_in_a_run"
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk} of {self.run}"
