"""Matches, and what undoing them kept."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cohorts.models import Enrollment
from matching.models.runs import REASONS, MatchRun
from matching.querysets import MatchQuerySet
from mentorship.core.outbox.models import OutboxMessage


class Match(models.Model):
    """A mentor with a mentee (team)."""

    class Status(models.TextChoices):
        # Begins when the match is made; whether the introduction was sent is stored with its message.
        INTRODUCED = "introduced", "matched"
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
    UNDER_WAY = (Status.INTRODUCED, Status.ACTIVE)
    OCCUPYING_PLACE = (Status.INTRODUCED, Status.ACTIVE, Status.GRADUATED)
    OVER = (Status.ENDED, Status.REMATCHED)

    mentee = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="matches_as_mentee")
    mentor = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="matches_as_mentor")
    status = models.CharField(max_length=20, choices=Status, default=Status.INTRODUCED)
    run = models.ForeignKey(MatchRun, null=True, on_delete=models.SET_NULL, related_name="matches")
    score = models.FloatField(null=True)
    why = models.TextField(blank=True, help_text="The sentence that coordinators read.")
    reasons = models.JSONField(default=list, blank=True, help_text=REASONS)
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
        return reverse("matching:match-detail", args=[self.mentee.cohort.slug, self.pk])

    @property
    def next_statuses(self) -> list[tuple[str, str]]:
        return [(s, self.Status(s).label) for s in self.TRANSITIONS[self.status]]


class UndoneMessage(models.Model):
    """A message that was cancelled when its match was undone: it must not be queued again by hand."""

    message = models.OneToOneField(OutboxMessage, on_delete=models.CASCADE, primary_key=True, related_name="+")
    undone_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Undone: {self.message}"
