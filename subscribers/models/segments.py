"""Parts of the readers, described in words that a person reads and the database understands."""

from __future__ import annotations

from django.db import models


class Segment(models.Model):
    """A named rule, e.g. “region Africa, joined this year” (`subscribers.segments`)."""

    name = models.CharField(max_length=100, unique=True)
    sentence = models.CharField(max_length=300)
    created_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
