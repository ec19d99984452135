"""What was changed about a reader, and changes of address that wait for their confirmation."""

from __future__ import annotations

from django.db import models

from subscribers.models.readers import Reader


class ReaderChange(models.Model):
    """One thing that was done about a reader, beside the consents, for the reader's story."""

    class Kind(models.TextChoices):
        PREFERENCES = "preferences", "changed what they get"
        PAUSED = "paused", "paused"
        RESUMED = "resumed", "ended the pause"
        ADDRESS = "address", "changed the address"
        NAME = "name", "changed the name"
        LINKS = "links", "ended the former links"
        DOWNLOADED = "downloaded", "downloaded what is held"
        ADDED = "added", "was added"
        SUPPRESSED = "suppressed", "was suppressed"
        ALLOWED = "allowed", "may be mailed again"
        STILL_WANTED = "still wanted", "said that they want to stay"
        NOT_ANSWERED = "not answered", "did not say that they want to stay"

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    sentence = models.CharField(
        max_length=500, blank=True, help_text="What exactly; never with an address in it."
    )
    by = models.CharField(
        max_length=150, blank=True, help_text="Who of the newsroom; empty: the reader."
    )
    network = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.reader}"


class AddressChange(models.Model):
    """A wish to get the mail elsewhere; it comes true when it is confirmed there."""

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="address_changes")
    address = models.EmailField(max_length=254)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    network = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"change of address {self.pk}"
