"""Files of readers on their way in, so that another process can go on with what one began."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from subscribers.models.readers import Consent


class ImportRun(models.Model):
    """One file for one publication, from its upload to its last row."""

    class State(models.TextChoices):
        READING = "reading", "being read"
        READ = "read", "read; waits for a person's word"
        IMPORTING = "importing", "being imported"
        FINISHED = "finished", "imported"
        FAILED = "failed", "can't be read"
        CANCELLED = "cancelled", "cancelled"

    # Names the folder of its file and its rows, in the state folder.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    publication = models.ForeignKey(
        "issues.Publication", on_delete=models.CASCADE, related_name="+"
    )
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    format = models.CharField(
        max_length=100, blank=True, help_text="How it was read: encoding, delimiter or sheet."
    )
    columns = models.JSONField(
        default=dict, help_text="Which column (from 0) is the address, the name, the state."
    )
    headings = models.JSONField(default=list, help_text="The cells of the first row.")
    sample = models.JSONField(default=list, help_text="The first rows, to choose the columns by.")
    basis = models.CharField(max_length=10, choices=Consent.Basis, blank=True)
    consent = models.CharField(
        max_length=200,
        blank=True,
        help_text="Where the readers agreed; empty: each is asked to confirm.",
    )
    skip_refused = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    counts = models.JSONField(default=dict, help_text="Rows by what becomes of them.")
    done = models.PositiveIntegerField(default=0, help_text="Per mille of the step it is in.")
    error = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150, help_text="Who brought it, for the record.")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"import {self.pk} of {self.file_name}"
