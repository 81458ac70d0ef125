"""Mailings, their recipients, opt-outs, the weekly mail, and actions for many people that a worker does."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cohorts.models.setup import Cohort
from cohorts.querysets import MailingQuerySet
from mentorship.core.accounts.models import Workspace
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.querysets import WorkspaceQuerySet

# No piece takes this long: the wake-up was lost, or the worker died.
STALLED_AFTER = timedelta(minutes=1)


class Mailing(models.Model):
    """One text to everybody whom a filtered list contains at the moment of sending.

    Scheduling approves its audience: the filters as they read then, and how many people it may reach. If the filters no
    longer apply, read differently or reach more people, the mailing stops and a coordinator decides again.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        SCHEDULED = "scheduled", "scheduled"
        STOPPED = "stopped", "stopped"
        SENT = "sent", "sent"
        CANCELLED = "cancelled", "cancelled"

    # Statuses in which a mailing may still be changed, scheduled or cancelled.
    CHANGEABLE: ClassVar[tuple[str, ...]] = (Status.DRAFT, Status.SCHEDULED, Status.STOPPED)

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="mailings")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    audience = models.CharField(
        max_length=500, blank=True, help_text="The filters of the people list, as in its address."
    )
    subject = models.CharField(max_length=200)
    body = models.TextField()
    necessary = models.BooleanField(
        default=False, help_text="Part of taking part, such as a change of dates. Reaches those who opted out, too."
    )
    is_weekly = models.BooleanField(default=False, editable=False, help_text="It is a weekly mail of the cohort.")
    key = models.CharField(max_length=60, unique=True, null=True, blank=True, editable=False)
    send_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    approved_audience = models.TextField(
        blank=True, editable=False, help_text="The audience in words, as it was when the mailing was scheduled."
    )
    most = models.PositiveIntegerField(
        null=True, blank=True, help_text="With more recipients than this it stops. Empty: any number."
    )
    stopped_because = models.CharField(max_length=500, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["send_at"], name="mailing_due", condition=models.Q(status="scheduled"))]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("cohorts:mailing-detail", args=[self.cohort.slug, self.pk])


class MailingRecipient(models.Model):
    """One person of a sent mailing: their message, or the reason why there is none."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="recipients")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(OutboxMessage, null=True, on_delete=models.PROTECT, related_name="+")
    skipped = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "user"], name="mailing_recipient_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.mailing}"


class OptOut(models.Model):
    """A person who wants only necessary mails from a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="opt_outs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="opt_outs")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="opt_out_once")]

    def __str__(self) -> str:
        return f"{self.user} of {self.workspace}"


class WeeklyMail(models.Model):
    """A cohort's weekly mail: its dates below the coordinators' text."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="weekly_mail")
    on = models.BooleanField("send it every week", default=False)
    weekday = models.PositiveSmallIntegerField(
        default=0,
        choices=list(enumerate(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])),
    )
    time = models.TimeField(default="08:00", help_text="In the cohort's time zone.")
    planned_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When day, time or switch changed last. No earlier moment counts.",
    )
    words = models.TextField("words for the next one", blank=True, help_text="Above the dates; then empty again.")

    def __str__(self) -> str:
        return f"weekly mail of {self.cohort}"


class BulkActionQuerySet(WorkspaceQuerySet["BulkAction"]):
    workspace_path = "cohort__programme__workspace"
    shown_with = ("cohort__programme",)

    def under_way(self) -> "BulkActionQuerySet":
        """Actions that a worker is doing, or will do."""
        return self.filter(status="going")

    def stalled(self, now: datetime) -> "BulkActionQuerySet":
        """Actions that no worker continues."""
        return self.under_way().filter(moved_at__lt=now - STALLED_AFTER).order_by("pk")


class BulkAction(models.Model):
    """An action of a coordinator for many people, and how far it is."""

    class Status(models.TextChoices):
        GOING = "going", "under way"
        DONE = "done", "done"
        STOPPED = "stopped", "stopped"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="bulk_actions")
    kind = models.CharField(max_length=40, help_text="The name of its kind, see `cohorts/bulk_actions/services.py`.")
    about = models.CharField(max_length=40, blank=True, help_text="The id of what it is about, such as a training.")
    status = models.CharField(max_length=20, choices=Status, default=Status.GOING)
    items = models.JSONField(default=list, help_text="For whom it is done, in order, as its kind wants them.")
    given = models.JSONField(default=dict, help_text="What the coordinator chose and wrote.")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text="How many of the items, from the first.")
    number = models.PositiveIntegerField(default=0, help_text="For how many of these it had an effect.")
    said = models.TextField(blank=True, help_text="What it did, once it is done.")
    error = models.TextField(blank=True, help_text="Why it stopped.")
    back = models.CharField(max_length=300, help_text="The page that it was asked for on.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(help_text="When it last went on.")

    objects = BulkActionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "kind", "about"], condition=Q(status="going"), name="bulk_action_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.cohort}"

    def get_absolute_url(self) -> str:
        return reverse("cohorts:bulk-action-detail", args=[self.cohort.slug, self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.status == self.Status.GOING

    @property
    def percent(self) -> int:
        return 100 * self.done // max(self.total, 1)

    def end(self, status: str) -> None:
        """Set the final status, and erase for whom the action was and what was entered."""
        self.status, self.items, self.given = status, [], {}

    def word(self, name: str) -> Any:
        """A value that the coordinator gave; "" if there is none of this name."""
        return self.given.get(name, "")
