"""The ledger: every mailing, its chunks, and one row for every reader it concerns.

Always: candidates = excluded + frozen, and
frozen = accepted + rejected + withdrawn + in doubt + pending.

A chunk's state holds for everybody in it, so the two can't contradict each other. A
recipient's own row says only what is different: that the reader was excluded or withdrawn,
or what the provider said of their copy. Where it said anything, it had taken it.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from delivery.states import WENT_WRONG, ChunkState, Exclusion, Outcome, Withdrawal
from issues.models import Edition, Publication
from subscribers.models import Subscription


def _new_key() -> str:
    return secrets.token_hex(6)


class Mailing(models.Model):
    """One send of one edition to one frozen audience; an edition has one mailing or none."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="mailing")
    key = models.CharField(
        max_length=12,
        default=_new_key,
        editable=False,
        help_text="Goes out with every copy, so that nobody takes another database's for ours.",
    )
    transport = models.CharField(max_length=20)
    chunk_size = models.PositiveIntegerField()
    # As they were at the freeze: every copy carries the same headers, however long it takes.
    sender_name = models.CharField(max_length=100)
    sender_address = models.EmailField()
    reply_to = models.EmailField(blank=True)
    list_id = models.CharField(max_length=300)
    segment = models.CharField(
        max_length=300,
        blank=True,
        help_text="The rule by which only a part of the readers got it; empty: all of them.",
    )
    frozen_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="When nothing was pending any more."
    )
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=150, blank=True)
    in_a_row = models.PositiveIntegerField(
        default=0, help_text="Doubts and refusals since a chunk was last accepted."
    )
    doubts_told_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the editors were last told that a person has to settle its doubts.",
    )

    told = models.CharField(
        max_length=200,
        blank=True,
        help_text="What the editors were told last of how it stands: they are told once.",
    )

    class Meta:
        ordering = ["-frozen_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, pause_reason="")
                | Q(paused_at__isnull=False) & ~Q(pause_reason=""),
                name="a_paused_mailing_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"mailing {self.pk}: {self.edition}"


class Chunk(models.Model):
    """Recipients that are handed to the transport in one call.

    `withdrawn` counts those who were taken out, `proved` those of whom the provider has
    reported: neither is handed over (again), whatever the chunk's state.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField(default=0)
    proved = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ChunkState, default=ChunkState.PENDING)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(
        null=True, blank=True, help_text="When its call was begun; before that nothing has left."
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(
        max_length=200, blank=True, help_text="The provider's own name for the accepted call."
    )
    answer = models.CharField(max_length=500, blank=True, help_text="What the transport said.")
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the provider's logs were last asked about it."
    )
    asked_answer = models.CharField(
        max_length=300, blank=True, help_text="What came of asking, for a person."
    )

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
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "in doubt"]) | Q(left_at__isnull=False),
                name="a_chunk_that_never_left_is_neither_accepted_nor_in_doubt",
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0) & Q(size__gte=F("withdrawn") + F("proved")),
                name="nobody_in_a_chunk_is_counted_twice",
            ),
        ]
        indexes = [models.Index(fields=["mailing", "state", "number"])]

    def __str__(self) -> str:
        return f"chunk {self.number} of mailing {self.mailing_id}: {self.state}"

    @property
    def open(self) -> int:
        """How many the chunk's state is about."""
        return self.size - self.withdrawn - self.proved


class Recipient(models.Model):
    """One reader in one mailing. It holds no address: the reader's own is read at the call."""

    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="recipients", db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    chunk_number = models.PositiveIntegerField(null=True)
    exclusion = models.CharField(max_length=12, choices=Exclusion, blank=True)
    withdrawal = models.CharField(max_length=12, choices=Withdrawal, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            # A reader has one subscription a publication, and an address one reader.
            models.UniqueConstraint(
                fields=["subscription", "mailing"], name="one_row_a_reader_and_mailing"
            ),
            models.CheckConstraint(
                condition=Q(chunk_number__isnull=True, withdrawal="", outcome="") & ~Q(exclusion="")
                | Q(chunk_number__isnull=False, exclusion=""),
                name="a_recipient_is_in_a_chunk_or_excluded_for_a_reason",
            ),
            # Nothing is said of most: asking for that first makes the freeze twice as fast.
            models.CheckConstraint(
                condition=(Q(exclusion="") | Q(exclusion__in=Exclusion.values))
                & (Q(withdrawal="") | Q(withdrawal__in=Withdrawal.values))
                & (Q(outcome="") | Q(outcome__in=Outcome.values)),
                name="what_is_said_of_a_recipient_is_known",
            ),
        ]
        # These two and the key are all: a million rows are written before the first call. The
        # others have only those of whom something is known that few have.
        indexes = [
            models.Index(fields=["mailing", "chunk_number"]),
            models.Index(
                fields=["subscription"], condition=Q(outcome="bounced"), name="who_ever_bounced"
            ),
            models.Index(
                fields=["mailing", "outcome"],
                condition=Q(outcome__in=[outcome.value for outcome in WENT_WRONG]),
                name="what_went_wrong",
            ),
        ]

    def __str__(self) -> str:
        # Never the address: this text ends in logs and error pages.
        return f"recipient {self.pk} of mailing {self.mailing_id}"


class ProviderEvent(models.Model):
    """What the provider reported of one copy; the same report is kept once, however often it comes.

    https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
    """

    # The provider's own id may change when it repeats a report, so that alone proves nothing.
    provider_id = models.CharField(max_length=200, unique=True)
    fingerprint = models.CharField(
        max_length=64,
        unique=True,
        help_text="SHA-256 of the message's id, the event, its time and the address.",
    )
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} for recipient {self.recipient_id}"


class Pace(models.Model):
    """How fast a publication's mailings may leave, and when; all workers keep to it together."""

    publication = models.OneToOneField(Publication, on_delete=models.CASCADE, related_name="pace")
    per_minute = models.PositiveIntegerField(
        "recipients a minute",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="As many at most; empty: as fast as the transport takes them.",
    )
    quiet_from = models.TimeField(
        null=True,
        blank=True,
        help_text="Nothing leaves from this time of the day, in the publication's zone …",
    )
    quiet_until = models.TimeField(null=True, blank=True, help_text="… until this one.")
    ramp_up_from = models.DateField(
        null=True,
        blank=True,
        help_text="The first day of a new sender: providers distrust one that begins with many.",
    )
    ramp_up_first_day = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Recipients on that day; twice as many on each day after it.",
    )
    breaker_after = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1)],
        help_text="Doubts or refusals in a row after which a mailing pauses itself.",
    )
    next_at = models.DateTimeField(
        null=True, editable=False, help_text="Before this moment no further chunk may leave."
    )
    next_reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "pace"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="a_quiet_time_begins_and_ends",
            ),
            models.CheckConstraint(
                condition=Q(ramp_up_from__isnull=True, ramp_up_first_day__isnull=True)
                | Q(ramp_up_from__isnull=False, ramp_up_first_day__isnull=False),
                name="a_ramp_up_has_a_day_and_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"the pace of {self.publication}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, but what workers note here meanwhile stays, if the rate does.

        With another rate nothing has to wait any more for the former one: a chunk that was large
        for a low rate may have made it hours.
        """
        if not self._state.adding and "update_fields" not in kwargs:
            fields = [
                f.name for f in self._meta.concrete_fields if f.editable and not f.primary_key
            ]
            if Pace.objects.filter(pk=self.pk).exclude(per_minute=self.per_minute).exists():
                self.next_at, self.next_reason = None, ""
                fields += ["next_at", "next_reason"]
            kwargs["update_fields"] = fields
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValidationError("A quiet time has a beginning and an end; fill in both.")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValidationError("A quiet time that ends as it begins would be all day or none.")
        if (self.ramp_up_from is None) != (self.ramp_up_first_day is None):
            raise ValidationError("A ramp-up has a first day and a number; fill in both.")

    def local(self, moment: datetime) -> datetime:
        """A moment in the publication's zone."""
        return moment.astimezone(self.publication.zone)
