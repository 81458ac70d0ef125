"""The matching policy of a cohort."""

from django.db import models

from cohorts.models import Cohort
from matching.policy.choices import OBJECTIVES


class MatchPolicy(models.Model):
    """How a cohort is matched. Factors and rules are stored by name."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="match_policy")
    weights = models.JSONField(help_text="factor → weight from 0 to 10")
    require_common_language = models.BooleanField(default=True)
    rules = models.JSONField(default=dict, blank=True, help_text="What differs from DEFAULT_RULES.")
    objective = models.CharField(max_length=20, choices=list(OBJECTIVES.items()), default="total")

    class Meta:
        verbose_name_plural = "match policies"

    def __str__(self) -> str:
        return f"Policy of {self.cohort}"
