"""Matching runs, their proposals, and all of their scores."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from cohorts.models import Cohort, Enrollment
from matching.querysets import MatchRunQuerySet
from mentorship.core.background.claimed_work import ClaimedWork

REASONS = "What speaks for the pair, the strongest first: phrases that follow “They” or “You”."


class MatchRun(ClaimedWork):
    """One run of the engine: what it was asked, and what it found."""

    class Status(models.TextChoices):
        QUEUED = "queued", "waiting"
        WORKING = "working", "working"
        READY = "ready", "ready"
        FAILED = "failed", "failed"
        CONFIRMED = "confirmed", "confirmed"

    ANSWERED = (Status.READY, Status.CONFIRMED)

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="match_runs")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=60, blank=True, help_text="What coordinators call it, beside its number.")
    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    weights = models.JSONField(default=dict)
    total_points = models.BigIntegerField(default=0, help_text="Sum of the scores, in millionths.")
    matched = models.PositiveIntegerField(default=0)
    unmatched = models.JSONField(default=list, help_text="[{mentee: enrollment id, reasons: [text]}]")
    certified = models.BooleanField(default=False, help_text="Proven to be the best answer.")
    findings = models.JSONField(
        default=dict,
        blank=True,
        help_text="objective, rules; comparison of objectives; what_ifs with the setting of each; shortages of "
        "mentors; missing_model, unread: why, and of whom, words alone were compared",
    )
    progress = models.CharField(max_length=80, blank=True, db_default="", help_text="What a worker is at.")
    comparing_since = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="When somebody asked what the other aims would give."
    )
    hand_changes = models.PositiveIntegerField(default=0, help_text="How often a coordinator chose another mentor.")

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["cohort", "number"], name="match_run_number_unique")]

    def __str__(self) -> str:
        return f"Run {self.number}: {self.name}" if self.name else f"Run {self.number}"


class MatchProposal(models.Model):
    """A pair that a run proposes, or a runner-up: one that was proposed before a change by hand.

    Runs of earlier versions also stored the best others of each mentee as runners-up, with what stood `against` them.
    It is not yet a Match.
    """

    class Kind(models.TextChoices):
        CHOSEN = "chosen", "proposed"
        RUNNER_UP = "runner_up", "runner-up"

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="proposals")
    mentee = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    mentor = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.CHOSEN)
    locked = models.BooleanField(default=False)
    score = models.FloatField(validators=[MinValueValidator(0), MaxValueValidator(1)])
    factors = models.JSONField(
        help_text="[{key, label, value, part, phrase, known}]: value 0 to 1, part = its share of score"
    )
    why = models.TextField(help_text="What speaks for the pair and what against it, in one sentence for coordinators.")
    reasons = models.JSONField(default=list, blank=True, help_text=REASONS)
    against = models.TextField(blank=True, help_text="What stood against a runner-up when the run was made.")

    class Meta:
        ordering = ["mentee_id", "kind", "-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "mentee", "mentor"], name="match_proposal_once"),
            models.CheckConstraint(condition=~Q(mentee=F("mentor")), name="match_proposal_two_enrollments"),
        ]

    def __str__(self) -> str:
        return f"{self.mentee} with {self.mentor}"

    @property
    def parts(self) -> list[tuple[str, float]]:
        """Each factor with its part, for the bar of the score."""
        return [(factor["label"], factor["part"]) for factor in self.factors]


class MatchTable(models.Model):
    """Every score of a run, so that pages can tell what any change costs; engine/score_table.py has the format."""

    run = models.OneToOneField("matching.MatchRun", on_delete=models.CASCADE, primary_key=True, related_name="table")
    mentees = models.JSONField(help_text="Enrollment ids, a row each.")
    mentors = models.JSONField(help_text="Enrollment ids, a column each.")
    rule_names = models.JSONField(help_text="What the numbers of the rules mean, in this order from 1.")
    factor_names = models.JSONField(help_text="Which factors the stored values are, in this order.")
    scores = models.BinaryField(help_text="Points, what rules a pair out, and what insisting on a pair costs.")
    factors = models.BinaryField(help_text="The value of every factor for every pair.")

    def __str__(self) -> str:
        return f"Scores of {self.run}"
