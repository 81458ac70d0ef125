"""Uploaded sheets on their way into a cohort."""

from django.conf import settings
from django.db import models

from cohorts.models.enrollment import Enrollment
from cohorts.models.setup import Cohort


class ImportBatch(models.Model):
    """An uploaded sheet on its way into a cohort: columns mapped, previewed, then applied once."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "uploaded"
        WORKING = "working", "working"
        APPLIED = "applied", "applied"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="imports")
    role = models.CharField(max_length=20, choices=Enrollment.Role)
    status = models.CharField(max_length=20, choices=Status, default=Status.UPLOADED)
    filename = models.CharField(max_length=200)
    rows = models.JSONField(help_text="The sheet as lists of texts, headers first.")
    mapping = models.JSONField(default=dict, help_text="header → field")
    options = models.JSONField(default=dict, help_text="What was chosen when it was applied.")
    total = models.PositiveIntegerField(default=0, help_text="Rows that are not empty.")
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    touched_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename
