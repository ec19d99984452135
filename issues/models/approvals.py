"""A person's word that an issue may be sent, and the links by which it can be given."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from issues.models.editions import Edition
from issues.models.issues import Issue


class Approval(models.Model):
    """A person's word that one edition of an issue may be sent.

    It holds for exactly those bytes, that sender and that audience: an edit that changes one of
    them voids it.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="approvals")
    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="approval")
    sha256 = models.CharField(max_length=64)
    audience = models.CharField(max_length=500, help_text="The rule that chooses the readers.")
    sender = models.CharField(
        max_length=700, help_text="Whom it is from and where answers go; not in the bytes."
    )
    send_at = models.DateTimeField()
    readers = models.PositiveIntegerField(
        null=True, help_text="How many would have got it when it was approved, as far as is known."
    )
    approved_by = models.CharField(max_length=150)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The account; none for an approval by link or at the command line.",
    )
    approver_address = models.EmailField(
        blank=True, help_text="Who approved by link is told there what becomes of it."
    )
    approved_at = models.DateTimeField(auto_now_add=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    findings = models.JSONField(
        default=list, help_text="What preflight had found, and the approver let pass."
    )

    class Meta:
        ordering = ["-approved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue"],
                condition=models.Q(voided_at__isnull=True),
                name="one_approval_in_force_an_issue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue} approved by {self.approved_by}"


class ApprovalLink(models.Model):
    """A link by which one person without an account can approve one issue, once.

    The link itself is signed and is not kept; its row makes it single-use, and can take it back.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="approval_links")
    name = models.CharField(
        max_length=150, help_text="Who approves, as the record shall name them."
    )
    address = models.EmailField(help_text="Where the link goes.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        # Never the address: this text ends in logs and error pages.
        return f"approval link {self.pk} for {self.issue}"
