"""How a cohort confirms its pairs, the pairs whose people are asked, and their answers."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from cohorts.models import Cohort, Enrollment
from matching.models.runs import REASONS
from matching.querysets import AskedPairQuerySet


class ConfirmPolicy(models.Model):
    """How a cohort confirms its pairs. Without a row, a cohort asks nobody and holds intros for ten minutes."""

    class Ask(models.TextChoices):
        NOBODY = "", "nobody: the coordinators decide"
        MENTORS = "mentors", "the mentor"
        MENTEES = "mentees", "the mentee"
        BOTH = "both", "both of them"

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="confirm_policy")
    grace_minutes = models.PositiveSmallIntegerField(
        "minutes before an intro leaves",
        default=10,
        validators=[MaxValueValidator(1440)],
        help_text="As long as it waits, the match can be undone and nobody has noticed. 0: it leaves at once.",
    )
    ask = models.CharField("who is asked first", max_length=20, choices=Ask, blank=True, default=Ask.NOBODY)
    mentor_first = models.BooleanField(
        "the mentor first, and the mentee only after a yes",
        default=False,
        help_text="Where both are asked. Otherwise both get their mail together.",
    )
    answer_days = models.PositiveSmallIntegerField(
        "days to answer",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Until the end of that day by the cohort's clock. Whoever has more than two days is reminded once.",
    )
    silence_declines = models.BooleanField(
        "no answer counts as a no",
        default=False,
        help_text="Otherwise silence is shown, and you ask again or decide.",
    )
    confirms_itself = models.BooleanField(
        "confirm by itself once all have said yes",
        default=False,
        help_text="The intro then leaves after the minutes above. Otherwise a coordinator confirms.",
    )

    class Meta:
        verbose_name_plural = "confirm policies"
        constraints = [
            models.CheckConstraint(condition=Q(answer_days__gte=1), name="confirm_policy_gives_a_day"),
        ]

    def __str__(self) -> str:
        return f"How pairs of {self.cohort} are confirmed"

    @property
    def sides(self) -> list[str]:
        """The sides to ask, the mentor's first."""
        return {"": [], "mentors": ["mentor"], "mentees": ["mentee"]}.get(self.ask, ["mentor", "mentee"])


class AskedPair(models.Model):
    """A proposed pair whose people are asked before it becomes a match."""

    class Status(models.TextChoices):
        OPEN = "open", "asked"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"
        SILENT = "silent", "no answer"
        TAKEN_BACK = "taken_back", "taken back"
        MATCHED = "matched", "matched"

    UNSETTLED = (Status.OPEN, Status.ACCEPTED, Status.SILENT)

    mentee = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="asked_as_mentee")
    mentor = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="asked_as_mentor")
    run = models.ForeignKey("matching.MatchRun", null=True, on_delete=models.SET_NULL, related_name="asked_pairs")
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN)
    score = models.FloatField(null=True)
    why = models.TextField(blank=True, help_text="The sentence that coordinators read.")
    reasons = models.JSONField(default=list, blank=True, help_text=REASONS)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, help_text="When the last answer came, or it ended without one.")

    objects = AskedPairQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentee", "mentor"],
                condition=Q(status__in=["open", "accepted", "silent"]),
                name="asked_pair_once",
            ),
            models.CheckConstraint(condition=~Q(mentee=F("mentor")), name="asked_pair_two_enrollments"),
        ]

    def __str__(self) -> str:
        return f"{self.mentee} with {self.mentor.user}"


class AskedSide(models.Model):
    """One side of an asked pair: the mentor, or the mentee with their team, who give one answer together."""

    class Side(models.TextChoices):
        MENTOR = "mentor", "mentor"
        MENTEE = "mentee", "mentee"

    class Status(models.TextChoices):
        WAITING = "waiting", "is asked later"
        ASKED = "asked", "asked"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"
        SILENT = "silent", "no answer"

    class Reason(models.TextChoices):
        TIME = "time", "No time at the moment"
        TOPIC = "topic", "The topics don't fit"
        KNOWN = "known", "We know each other, or work together"
        HOURS = "hours", "Our days or languages don't fit"
        OTHER = "other", "Something else"

    pair = models.ForeignKey(AskedPair, on_delete=models.CASCADE, related_name="sides")
    side = models.CharField(max_length=20, choices=Side)
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING)
    times = models.PositiveSmallIntegerField(default=0, help_text="How often they were asked.")
    answer_by = models.DateTimeField(null=True, help_text="Until when an answer is asked for.")
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason_kind = models.CharField(max_length=20, choices=Reason, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pair_id", "-side"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "side"], name="asked_side_once"),
            models.CheckConstraint(
                condition=~Q(status="asked") | Q(answer_by__isnull=False), name="asked_side_has_deadline"
            ),
        ]
        indexes = [models.Index(fields=["status", "answer_by"], name="asked_side_due")]

    def __str__(self) -> str:
        return f"{self.get_side_display()} of {self.pair}"

    @property
    def enrollment(self) -> Enrollment:
        return self.pair.mentor if self.side == self.Side.MENTOR else self.pair.mentee

    @property
    def other(self) -> Enrollment:
        return self.pair.mentee if self.side == self.Side.MENTOR else self.pair.mentor

    @property
    def people(self) -> list[Any]:
        """The people asked on this side: the mentor, or the mentee; for a team its lead, who answers for all of it."""
        return [self.enrollment.user]

    @property
    def reason_in_words(self) -> str:
        """The reason as text, such as `No time at the moment – a new job`; empty without one."""
        kind = "" if self.reason_kind in ("", self.Reason.OTHER) else self.get_reason_kind_display()
        return " – ".join(filter(None, [kind, self.reason])) or self.get_reason_kind_display()
