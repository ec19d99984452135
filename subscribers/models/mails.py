"""Mails to single readers that wait to leave: each is put out once, or said to be in doubt."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from subscribers.models.changes import AddressChange
from subscribers.models.forms import SignUp
from subscribers.models.readers import Reader, Subscription


class ServiceMail(models.Model):
    """One mail to one reader about their own subscriptions; no copy of a mailing."""

    class Kind(models.TextChoices):
        """Each is a folder of `templates/email`."""

        CONFIRM = "confirm", "asks to confirm a sign-up"
        SUBSCRIBED_ALREADY = "subscribed_already", "answers a sign-up for what one gets already"
        WELCOME = "welcome", "welcomes"
        NEW_ADDRESS = "new_address", "asks to confirm a new address, at it"
        ADDRESS_CHANGED = "address_changed", "tells the former address"
        PREFERENCES_LINK = "preferences_link", "brings a link to the preferences"
        ERASED = "erased", "says that all was erased"
        LEFT = "left", "says that what was left by mail is left"
        STILL_WANTED = "still_wanted", "asks whether they want to stay"

    class State(models.TextChoices):
        WAITING = "waiting", "waits"
        SENDING = "sending", "being handed over"
        SENT = "sent", "accepted"
        REFUSED = "refused", "refused"
        IN_DOUBT = "in doubt", "in doubt"
        DROPPED = "dropped", "not to be mailed"

    kind = models.CharField(max_length=20, choices=Kind)
    reader = models.ForeignKey(
        Reader, on_delete=models.CASCADE, null=True, blank=True, related_name="service_mails"
    )
    address = models.EmailField(
        max_length=254,
        blank=True,
        help_text="Where it goes if not to the reader's own; emptied when it has left.",
    )
    publication = models.ForeignKey(
        "issues.Publication",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose sender writes; empty: the newsroom's first.",
    )
    sign_up = models.ForeignKey(
        SignUp, on_delete=models.CASCADE, null=True, blank=True, related_name="mails"
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    address_change = models.ForeignKey(
        AddressChange, on_delete=models.CASCADE, null=True, blank=True, related_name="mails"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(
        max_length=300, blank=True, help_text="What the transport said, or why it was dropped."
    )

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reader__isnull=False) | ~Q(address="") | Q(ended_at__isnull=False),
                name="a_waiting_service_mail_knows_where_it_goes",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | (~Q(worker="") & Q(lease_until__isnull=False)),
                name="a_service_mail_being_sent_has_a_worker",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"
