"""Mails that readers wrote to the newsroom's own address, each acted on once."""

from __future__ import annotations

from django.db import models


class InboundMail(models.Model):
    """That a mail came, and what was done; neither who wrote it nor its words."""

    digest = models.CharField(
        max_length=64, unique=True, help_text="Keyed hash of its Message-ID, or of all of it."
    )
    came_by = models.CharField(max_length=10, help_text="The webhook or the mailbox.")
    verdict = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"
