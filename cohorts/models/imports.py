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
        FAILED = "failed", "failed"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="imports")
    role = models.CharField(max_length=20, choices=Enrollment.Role)
    status = models.CharField(max_length=20, choices=Status, default=Status.UPLOADED)
    filename = models.CharField(max_length=200)
    source = models.BinaryField(null=True, help_text="The file, until it is applied: it may have to be read again.")
    reading = models.JSONField(default=dict, help_text="How the file was read, and how else it could be.")
    rows = models.JSONField(help_text="The sheet as lists of texts, headers first.")
    lines = models.JSONField(default=list, help_text="For each row its line in the file.")
    mapping = models.JSONField(default=dict, help_text="header → field")
    options = models.JSONField(default=dict, help_text="What was chosen when it was applied.")
    plan = models.JSONField(default=list, help_text="What the preview said of each row, as signatures.")
    total = models.PositiveIntegerField(default=0, help_text="Rows that are not empty.")
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    failure = models.TextField(blank=True, help_text="Why it could not be finished.")
    touched_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename

    @property
    def is_under_way(self) -> bool:
        return self.status == self.Status.WORKING
