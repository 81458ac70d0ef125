"""A message is a row before it is a mail."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils import timezone

from mentorship.outbox.querysets import OutboxQuerySet


class OutboxMessage(models.Model):
    """One mail, rendered when it was written, with everything that happened to it."""

    class Status(models.TextChoices):
        QUEUED = "queued", "queued"
        SENDING = "sending", "sending"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    # Codes and links of the account pages: they belong to no workspace, go out first and are soon forgotten.
    SIGN_IN = "sign-in"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(
        max_length=200,
        unique=True,
        help_text="Names what the message is about; once per deed.",
    )
    workspace = models.ForeignKey(
        "accounts.Workspace",
        null=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    kind = models.CharField(max_length=60, help_text="such as intro, decision or check-in")
    why = models.CharField(
        max_length=300,
        help_text="Why this message exists, in a sentence for the coordinator.",
    )
    to = models.JSONField(help_text="addresses")
    cc = models.JSONField(default=list, blank=True)
    reply_to = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=300)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)

    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not sent before this moment.")
    created_at = models.DateTimeField(auto_now_add=True)
    claim_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_to = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="Where only some of the recipients were taken: those.",
    )
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    maybe_duplicate = models.BooleanField(
        default=False,
        help_text="An attempt ended without an answer: its copy may have gone out too.",
    )

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["status", "due_at"], name="outbox_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="sent", sent_at__isnull=False)
                | (~models.Q(status="sent") & models.Q(sent_at__isnull=True)),
                name="outbox_sent_has_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status="sending",
                    claim_token__isnull=False,
                    lease_until__isnull=False,
                )
                | (~models.Q(status="sending") & models.Q(lease_until__isnull=True)),
                name="outbox_sending_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {', '.join(self.to)}"

    def get_absolute_url(self) -> str:
        return reverse("outbox:message", args=[self.pk])

    @property
    def may_be_cancelled(self) -> bool:
        """Whether it has not left yet; `cancel_message` decides for good."""
        return self.status in (self.Status.QUEUED, self.Status.FAILED)

    @property
    def may_be_sent_again(self) -> bool:
        """Whether it is over without having been sent; `resend_message` decides for good."""
        return self.status in (self.Status.FAILED, self.Status.CANCELLED)

    @property
    def message_id(self) -> str:
        """The Message-ID header: the same for every attempt, so that mailboxes can collapse a second copy."""
        return f"<{self.id}@mentorship>"
