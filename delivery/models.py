"""The ledger: every mailing, its chunks, and one row for every reader it concerns.

Always: candidates = excluded + frozen, and
frozen = accepted + rejected + withdrawn + in doubt + pending.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from delivery.states import ChunkState, Exclusion, RecipientState
from issues.models import Edition
from subscribers.models import Subscription


class Mailing(models.Model):
    """One send of one edition to one frozen audience; an edition has one mailing or none."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="mailing")
    transport = models.CharField(max_length=20)
    chunk_size = models.PositiveIntegerField()
    # As they were at the freeze: every copy carries the same headers, however long it takes.
    sender_name = models.CharField(max_length=100)
    sender_address = models.EmailField()
    reply_to = models.EmailField(blank=True)
    list_id = models.CharField(max_length=300)
    frozen_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="When nothing was pending any more."
    )

    class Meta:
        ordering = ["-frozen_at"]

    def __str__(self) -> str:
        return f"mailing {self.pk}: {self.edition}"


class Chunk(models.Model):
    """Recipients that are handed to the transport in one call."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ChunkState, default=ChunkState.PENDING)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(
        max_length=200, blank=True, help_text="The provider's own name for the accepted call."
    )
    answer = models.CharField(max_length=500, blank=True, help_text="What the transport said.")

    class Meta:
        ordering = ["mailing", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "number"], name="a_chunk_number_is_given_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ChunkState.values), name="a_chunk_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | (~Q(worker="") & Q(lease_until__isnull=False)),
                name="a_chunk_being_sent_has_a_worker",
            ),
        ]
        indexes = [models.Index(fields=["mailing", "state", "number"])]

    def __str__(self) -> str:
        return f"chunk {self.number} of mailing {self.mailing_id}: {self.state}"


class Recipient(models.Model):
    """One reader in one mailing."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="recipients")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    address = models.CharField(max_length=254)
    key = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=RecipientState)
    exclusion = models.CharField(max_length=12, choices=Exclusion, blank=True)
    chunk_number = models.PositiveIntegerField(null=True)
    detail = models.CharField(max_length=300, blank=True, help_text="Why it was withdrawn, say.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "key"], name="one_row_a_reader_and_mailing"),
            models.CheckConstraint(
                condition=Q(state__in=RecipientState.values),
                name="a_recipient_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state="excluded", chunk_number__isnull=True) & ~Q(exclusion="")
                | ~Q(state="excluded") & Q(chunk_number__isnull=False, exclusion=""),
                name="a_recipient_is_in_a_chunk_or_excluded_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["mailing", "chunk_number"])]

    def __str__(self) -> str:
        # Never the address: this text ends in logs and error pages.
        return f"recipient {self.pk} of mailing {self.mailing_id}: {self.state}"
