"""Readers, their subscriptions, what they agreed to, and what must not be mailed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from subscribers.addresses import address_key
from subscribers.models.world import WorldRegion


class Reader(models.Model):
    """A person with an address."""

    address = models.EmailField(max_length=254, help_text="As the person wrote it.")
    key = models.CharField(max_length=254, unique=True, editable=False)
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    paused_until = models.DateTimeField(
        null=True, blank=True, help_text="Nothing is mailed to them before this moment."
    )
    heard_from_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the person last did anything: confirmed, changed what they get, answered.",
    )
    link_version = models.PositiveIntegerField(
        default=0, help_text="Links to the preferences that were made for a former one are ended."
    )

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        # Never the address: this text ends in logs and error pages.
        return f"reader {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = address_key(self.address)
        super().save(*args, **kwargs)


class RegionOfInterest(models.Model):
    """A part of the world whose alerts a reader wants; who has chosen none gets all of them."""

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="regions")
    region = models.CharField(max_length=20, choices=WorldRegion)

    class Meta:
        ordering = ["region"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "region"], name="a_region_is_chosen_once_by_a_reader"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_region_display())


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
    with_weekly = models.BooleanField(
        default=False,
        help_text="Of alerts: not mailed at once; the reader finds them in the weekly.",
    )

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


class Wording(models.Model):
    """Words that somebody agreed to, kept once however many did."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the text.")
    text = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]


class Consent(models.Model):
    """One thing a reader agreed to or took back, kept as it happened."""

    class Act(models.TextChoices):
        GIVEN = "given", "given"
        WITHDRAWN = "withdrawn", "withdrawn"

    class Basis(models.TextChoices):
        """Why the law lets a person be mailed (GDPR, article 6 (1))."""

        CONSENT = "consent", "the person agreed"
        CONTRACT = "contract", "a contract with the person asks for it"
        INTEREST = "interest", "a legitimate interest, weighed against theirs"

    class Reason(models.TextChoices):
        """What a reader may say when leaving."""

        TOO_MUCH = "too much", "too much mail"
        NOT_FOR_ME = "not for me", "not what I expected"
        NEVER_ASKED = "never asked", "I never asked for it"
        ELSEWHERE = "elsewhere", "I read it elsewhere"
        OTHER = "other", "something else"

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="consents"
    )
    act = models.CharField(max_length=10, choices=Act)
    source = models.CharField(
        max_length=300, help_text="Where it comes from: a form, a file, a one-click link."
    )
    at = models.DateTimeField()
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.CONSENT)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the form was filled in that this confirms."
    )
    form = models.CharField(max_length=40, blank=True, help_text="The form, by its own name.")
    wording = models.ForeignKey(
        Wording,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="consents",
        help_text="What the person was shown.",
    )
    network = models.CharField(
        max_length=64, blank=True, help_text="Keyed hash of the network it came from."
    )
    by = models.CharField(
        max_length=150, blank=True, help_text="Who of the newsroom wrote it down, if anybody."
    )
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    words = models.CharField(max_length=500, blank=True, help_text="The reader's own, on leaving.")

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.act} for {self.subscription}"


class Suppression(models.Model):
    """An address that must not be mailed, whoever asks.

    Of a person who was erased only a keyed hash is left (`subscribers.erased`), which stands in
    `key` in place of the address.
    """

    class Reason(models.TextChoices):
        BOUNCED = "bounced", "the address does not exist any more"
        COMPLAINED = "complained", "reported a mail as spam"
        BLOCKED = "blocked", "the provider refuses the address"
        BY_REQUEST = "by request", "asked never to be mailed"
        ERASED = "erased", "erased"

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
