"""Criteria of a rubric, and reviews of applications."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cohorts.models.enrollment import Enrollment
from cohorts.models.setup import Cohort


class Criterion(models.Model):
    """A criterion of the cohort's rubric."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField(max_length=120)
    help = models.TextField(blank=True, help_text="What the lowest and the highest score mean.")
    lowest = models.PositiveSmallIntegerField(default=1)
    highest = models.PositiveSmallIntegerField(default=3, validators=[MaxValueValidator(10)])
    weight = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(10)])
    position = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=Q(highest__gt=F("lowest")), name="criterion_has_a_scale")]

    def __str__(self) -> str:
        return self.name


class Review(models.Model):
    """One reviewer's review of an application, or their conflict of interest."""

    class Recommendation(models.TextChoices):
        YES = "yes", "Yes"
        UNSURE = "unsure", "Unsure"
        NO = "no", "No"

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    scores = models.JSONField(default=dict, help_text="criterion id → score")
    recommendation = models.CharField(max_length=10, choices=Recommendation, blank=True)
    preference = models.PositiveSmallIntegerField(
        "I would mentor this", null=True, blank=True, choices=[(1, "first choice"), (2, "second"), (3, "third")]
    )
    summary = models.TextField(blank=True)
    conflict = models.BooleanField(default=False, help_text="A conflict of interest: the application is hidden.")
    conflict_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "reviewer"], name="review_once")]

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.enrollment}"
