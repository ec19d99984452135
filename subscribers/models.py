"""Readers, what they asked for and when, and the addresses that must not be mailed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from subscribers.addresses import address_key


class Reader(models.Model):
    """A person with an address."""

    address = models.EmailField(max_length=254, help_text="As the person wrote it.")
    key = models.CharField(max_length=254, unique=True, editable=False)
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        # Never the address: this text ends in logs and error pages.
        return f"reader {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = address_key(self.address)
        super().save(*args, **kwargs)


class Subscription(models.Model):
    """A reader's wish to get one publication."""

    class State(models.TextChoices):
        PENDING = "pending", "waits for confirmation"
        CONFIRMED = "confirmed", "confirmed"
        ENDED = "ended", "unsubscribed"

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="subscriptions")
    # Named, not imported: who reads what is this room's business, how it is numbered is not.
    publication = models.ForeignKey(
        "issues.Publication", on_delete=models.CASCADE, related_name="subscriptions"
    )
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "publication"], name="one_subscription_a_reader_and_publication"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="a_confirmed_subscription_says_when",
            ),
        ]
        indexes = [models.Index(fields=["publication", "state"])]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Consent(models.Model):
    """One thing a reader agreed to or took back, kept as it happened."""

    class Act(models.TextChoices):
        GIVEN = "given", "given"
        WITHDRAWN = "withdrawn", "withdrawn"

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="consents"
    )
    act = models.CharField(max_length=10, choices=Act)
    source = models.CharField(
        max_length=300, help_text="Where it comes from: a form, a file, a one-click link."
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.act} for {self.subscription}"


class Suppression(models.Model):
    """An address that must not be mailed, whoever asks."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", "the address does not exist any more"
        COMPLAINED = "complained", "reported a mail as spam"
        BLOCKED = "blocked", "the provider refuses the address"
        BY_REQUEST = "by request", "asked never to be mailed"

    key = models.CharField(max_length=254, unique=True)
    reason = models.CharField(max_length=12, choices=Reason)
    source = models.CharField(
        max_length=300, blank=True, help_text="Who or what said so: an event, a list, a person."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    pushed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the provider was told of it."
    )

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"suppression {self.pk}: {self.reason}"
