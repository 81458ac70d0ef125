"""From scores to pairs: the policy, the runs with their proposals, what coordinators fixed by hand, and matches."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cohorts.models import Cohort, Enrollment
from matching.policy.choices import OBJECTIVES
from matching.querysets import MatchQuerySet, MatchRunQuerySet
from mentorship.core.outbox.models import OutboxMessage


class MatchPolicy(models.Model):
    """How a cohort scores its pairs: one weight for each factor, 0 to switch it off."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="match_policy")
    weights = models.JSONField(help_text="factor → weight from 0 to 10")
    require_common_language = models.BooleanField(default=True)
    rules = models.JSONField(default=dict, blank=True, help_text="What differs from factors.DEFAULT_RULES.")
    objective = models.CharField(max_length=20, choices=list(OBJECTIVES.items()), default="total")

    class Meta:
        verbose_name_plural = "match policies"

    def __str__(self) -> str:
        return f"Policy of {self.cohort}"


class MatchRun(models.Model):
    """One answer of the engine, kept as it was given."""

    class Status(models.TextChoices):
        QUEUED = "queued", "waiting"
        WORKING = "working", "working"
        READY = "ready", "ready"
        FAILED = "failed", "failed"
        CONFIRMED = "confirmed", "confirmed"

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
        help_text="objective, rules; comparison of objectives; what_ifs: changes that match more; shortages of mentors",
    )
    hand_changes = models.PositiveIntegerField(default=0, help_text="How often a coordinator chose another mentor.")
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, help_text="When a worker took it; also names that worker's claim.")
    finished_at = models.DateTimeField(null=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["cohort", "number"], name="match_run_number_unique")]

    def __str__(self) -> str:
        return f"Run {self.number}: {self.name}" if self.name else f"Run {self.number}"


class MatchProposal(models.Model):
    """A pair that a run found, and the runners-up beside it. It is not yet a Match."""

    class Kind(models.TextChoices):
        CHOSEN = "chosen", "proposed"
        RUNNER_UP = "runner_up", "runner-up"

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="proposals")
    mentee = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    mentor = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.CHOSEN)
    locked = models.BooleanField(default=False)
    score = models.FloatField(validators=[MinValueValidator(0), MaxValueValidator(1)])
    factors = models.JSONField(help_text="[{key, label, value, part, phrase}]: value 0 to 1, part = its share of score")
    why = models.TextField(help_text="One sentence; for a runner-up also what stood against it.")

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
        """What the bar of the score shows: each factor with its part."""
        return [(factor["label"], factor["part"]) for factor in self.factors]


class MatchPin(models.Model):
    """What a coordinator fixed for every later run: this pair for sure, or never."""

    class Kind(models.TextChoices):
        LOCK = "lock", "locked"
        FORBID = "forbid", "forbidden"

    mentee = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="pins_as_mentee")
    mentor = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="pins_as_mentor")
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.CharField(max_length=300, blank=True, help_text="Why, where somebody said so; such as a decline.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mentee", "mentor"], name="match_pin_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mentee} with {self.mentor}"


class Match(models.Model):
    """A mentor with a mentee (team)."""

    class Status(models.TextChoices):
        INTRODUCED = "introduced", "introduced"
        ACTIVE = "active", "active"
        GRADUATED = "graduated", "graduated"
        ENDED = "ended", "ended"
        REMATCHED = "rematched", "rematched"

    # A match that ended by mistake may go on, as long as the mentor's place is still free.
    TRANSITIONS: ClassVar[dict[str, tuple[str, ...]]] = {
        "introduced": ("active", "graduated", "ended", "rematched"),
        "active": ("graduated", "ended", "rematched"),
        "graduated": ("active",),
        "ended": ("active", "rematched"),
        "rematched": (),
    }
    LIVE = (Status.INTRODUCED, Status.ACTIVE)
    TAKES_A_PLACE = (Status.INTRODUCED, Status.ACTIVE, Status.GRADUATED)

    mentee = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="matches_as_mentee")
    mentor = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="matches_as_mentor")
    status = models.CharField(max_length=20, choices=Status, default=Status.INTRODUCED)
    run = models.ForeignKey(MatchRun, null=True, on_delete=models.SET_NULL, related_name="matches")
    score = models.FloatField(null=True)
    why = models.TextField(blank=True)
    imported = models.BooleanField(default=False, help_text="History from elsewhere: no mail, nothing falls due.")
    intro = models.ForeignKey(OutboxMessage, null=True, on_delete=models.PROTECT, related_name="matches")
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_reason = models.CharField(max_length=300, blank=True)
    status_before_end = models.CharField(
        max_length=20,
        choices=Status,
        blank=True,
        editable=False,
        help_text="Its status before it ended or was rematched; undoing the new match restores it.",
    )

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["mentee_id", "id"]
        verbose_name_plural = "matches"
        constraints = [
            models.UniqueConstraint(
                fields=["mentee", "mentor"],
                condition=Q(status__in=["introduced", "active", "graduated"]),
                name="match_pair_once",
            ),
            models.CheckConstraint(condition=~Q(mentee=F("mentor")), name="match_two_enrollments"),
            # A match always leads to exactly one intro; only history has none.
            models.CheckConstraint(
                condition=Q(imported=True, intro__isnull=True) | Q(imported=False, intro__isnull=False),
                name="match_has_intro_or_is_history",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentee} with {self.mentor.user}"

    def get_absolute_url(self) -> str:
        return reverse("matching:match", args=[self.mentee.cohort.slug, self.pk])

    @property
    def next_statuses(self) -> list[tuple[str, str]]:
        return [(s, self.Status(s).label) for s in self.TRANSITIONS[self.status]]


class UndoneMessage(models.Model):
    """A message that was cancelled when its match was undone: it must not be queued again by hand."""

    message = models.OneToOneField(OutboxMessage, on_delete=models.CASCADE, primary_key=True, related_name="+")
    undone_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Undone: {self.message}"
