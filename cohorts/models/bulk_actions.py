"""Actions for many people of a cohort, which a worker does for some of them at a time."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cohorts.models.setup import Cohort
from mentorship.core.querysets import WorkspaceQuerySet

# No piece takes this long: the wake-up was lost, or the worker died.
STALLED_AFTER = timedelta(minutes=1)


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
        """Set its last status, and forget for whom it was and what was given: it is over."""
        self.status, self.items, self.given = status, [], {}

    def word(self, name: str) -> Any:
        """A value that the coordinator gave; "" if there is none of this name."""
        return self.given.get(name, "")
