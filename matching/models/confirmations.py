"""Confirmations that a worker makes, some intros at a time."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from matching.models.runs import MatchRun
from matching.querysets import ConfirmationQuerySet


class Confirmation(models.Model):
    """The pairs of a run that a coordinator confirmed, and how many of them are done."""

    class Status(models.TextChoices):
        GOING = "going", "under way"
        DONE = "done", "done"
        STOPPED = "stopped", "stopped"

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="confirmations")
    status = models.CharField(max_length=20, choices=Status, default=Status.GOING)
    intros = models.JSONField(
        help_text="[[enrollment id of the mentee, fingerprint of the intro that was seen]], in their order"
    )
    done = models.PositiveIntegerField(default=0, help_text="How many of these, from the first, have been confirmed.")
    due_at = models.DateTimeField(help_text="When the intros leave.")
    error = models.TextField(blank=True, help_text="Why it stopped.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(help_text="When it last went on.")

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["run"], condition=Q(status="going"), name="confirmation_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"Confirmation of {self.run}"

    @property
    def is_under_way(self) -> bool:
        return self.status == self.Status.GOING

    @property
    def total(self) -> int:
        return len(self.intros)

    @property
    def percent(self) -> int:
        return 100 * self.done // max(self.total, 1)
