"""The matching policy of a cohort, and weights that the programme's earlier rounds suggest for it."""

from django.db import models

from cohorts.models import Cohort
from matching.policy.choices import OBJECTIVES
from mentorship.core.background.claimed_work import ClaimedWork, ClaimedWorkQuerySet


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


class PastWeights(ClaimedWork):
    """Weights that a worker fitted on earlier rounds, and how it judged them. Unused until somebody takes them."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="past_weights")
    weights = models.JSONField(default=dict, help_text="factor → fitted weight from 0 to 10")
    today = models.JSONField(default=dict, help_text="factor → the weight beside which it was judged")
    findings = models.JSONField(
        default=dict, help_text="What the judgement says; past_weights/judgement.py has the keys."
    )
    weights_before = models.JSONField(null=True, help_text="factor → weight, when the fitted ones were taken")
    taken_at = models.DateTimeField(null=True, help_text="When a coordinator took them; empty again after an undo.")

    objects = ClaimedWorkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "past weights"

    def __str__(self) -> str:
        return f"Weights of earlier rounds for {self.cohort}"
