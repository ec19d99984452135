"""What others said of links and mails when they were asked last."""

from __future__ import annotations

from django.db import models


class LinkAnswer(models.Model):
    """What the site behind a link said when it was asked last."""

    address = models.CharField(max_length=1000)
    key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the address.")
    reachable = models.BooleanField()
    sentence = models.CharField(max_length=300, blank=True, help_text="Why it is not.")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.address


class SpamVerdict(models.Model):
    """What SpamAssassin thought of a mail."""

    sha256 = models.CharField(
        max_length=64, unique=True, help_text="Of the rendering's own, its sender and its site."
    )
    score = models.FloatField()
    rules = models.JSONField(default=list, help_text="Names and points of the rules that hit.")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.score:.1f}"
