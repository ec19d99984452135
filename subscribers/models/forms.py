"""Where wishes to subscribe come from, and the wishes that wait for their confirmation."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from subscribers.models.readers import Reader, Subscription, Wording


class SignUpForm(models.Model):
    """A form on another site, by the name that it sends along."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100, help_text="Where it stands, e.g. the institute's foot.")
    publications = models.ManyToManyField("issues.Publication", related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when nothing is taken in from it."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """What another site shows to subscribe people here. The key itself is not kept."""

    name = models.CharField(max_length=100, unique=True, help_text="Who uses it, and for what.")
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the key.")
    scopes = models.JSONField(default=list)
    publications = models.ManyToManyField("issues.Publication", related_name="+")
    per_minute = models.PositiveIntegerField(
        "calls a minute", default=60, validators=[MinValueValidator(1)]
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SignUp(models.Model):
    """A wish to get some publications, until the owner of the address has confirmed it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="sign_ups")
    subscriptions = models.ManyToManyField(Subscription, related_name="sign_ups")
    form = models.CharField(max_length=40, help_text="The form, by its own name.")
    source = models.CharField(max_length=300, help_text="The same for people.")
    wording = models.ForeignKey(
        Wording, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    network = models.CharField(max_length=64, blank=True)
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.SET_NULL, null=True, blank=True, related_name="sign_ups"
    )
    asked_at = models.DateTimeField()
    mailed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the mail left that asks for the confirmation."
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when its link confirms nothing any more."
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["api_key", "-asked_at"])]

    def __str__(self) -> str:
        return f"sign-up {self.pk}"
