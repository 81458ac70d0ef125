"""Runs of a selection, kept with their rules and results."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from cohorts.models.setup import Cohort


class SelectionRun(models.Model):
    """One run of the selection rules, with its input and its results."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="selection_runs")
    seed = models.CharField(max_length=40)
    policy = models.JSONField(help_text="The rules as they stood")
    result = models.JSONField(help_text="One entry an application: outcome, track, order, reasons; and totals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"Selection of {self.cohort}, {self.at:%Y-%m-%d %H:%M}"
