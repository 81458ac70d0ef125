"""Short surveys that fall due at an offset from the intro."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from checkins.querysets import CheckInQuerySet
from cohorts.models import Cohort, Programme
from matching.models import Match


class Survey(models.Model):
    """The questions of a check-in. Each programme gets one to start with."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="surveys")
    name = models.CharField(max_length=120)
    intro = models.TextField(blank=True, help_text="Shown above the questions.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "name"], name="survey_name_unique")]

    def __str__(self) -> str:
        return self.name


class SurveyQuestion(models.Model):
    """One question of a survey."""

    class Kind(models.TextChoices):
        ONE_OF = "one_of", "one of"
        SCALE = "scale", "scale from 1 to 5"
        YES_NO = "yes_no", "yes or no"
        TEXT = "text", "text"

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=40, help_text="Stays the same when the wording changes.")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.CharField(max_length=300)
    help_text = models.CharField(max_length=300, blank=True)
    options = models.JSONField(default=list, blank=True, help_text="[[value, label], …] of a question `one of`")
    required = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["survey", "key"], name="survey_question_key_unique")]

    def __str__(self) -> str:
        return self.text

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The value and label of everything that can be chosen, in order; nothing for a text."""
        if self.kind == self.Kind.SCALE:
            return [(str(n), str(n)) for n in range(1, 6)]
        if self.kind == self.Kind.YES_NO:
            return [("yes", "Yes"), ("no", "No")]
        return [(value, label) for value, label in self.options]


class CheckInWave(models.Model):
    """When a cohort is asked, and what. The three-month check-in is there by default."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="waves")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    name = models.CharField(max_length=120)
    offset_months = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text="Calendar months after the intro.",
    )
    reminder_days = models.JSONField(default=list, help_text="Days after it was due, such as [7, 14].")
    window_days = models.PositiveSmallIntegerField(default=42, help_text="Days during which it can be answered.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "name"], name="wave_name_unique")]

    def __str__(self) -> str:
        return f"{self.name} of {self.cohort}"


class CheckIn(models.Model):
    """One person's check-in on one match."""

    class Status(models.TextChoices):
        PLANNED = "planned", "planned"
        SENT = "sent", "sent"
        ANSWERED = "answered", "answered"
        EXPIRED = "expired", "not answered"
        CANCELLED = "cancelled", "cancelled"

    class Side(models.TextChoices):
        MENTOR = "mentor", "mentor"
        MENTEE = "mentee", "mentee"

    wave = models.ForeignKey(CheckInWave, on_delete=models.CASCADE, related_name="checkins")
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="checkins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="checkins")
    side = models.CharField(max_length=10, choices=Side)
    status = models.CharField(max_length=20, choices=Status, default=Status.PLANNED)
    due_at = models.DateTimeField(help_text="When the first mail goes out; morning in the person's own time zone.")
    closes_at = models.DateTimeField()
    next_mail_at = models.DateTimeField(null=True, help_text="The next mail to this person; empty when none is left.")
    mails_sent = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = "check-in"
        indexes = [models.Index(fields=["status", "next_mail_at"], name="checkin_due")]
        constraints = [
            models.UniqueConstraint(fields=["wave", "match", "user"], name="checkin_once"),
            models.CheckConstraint(
                condition=Q(status="answered", answered_at__isnull=False)
                | (~Q(status="answered") & Q(answered_at__isnull=True)),
                name="checkin_answered_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave.name}: {self.user}"


class Answer(models.Model):
    """What a person said to one question."""

    checkin = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(SurveyQuestion, on_delete=models.PROTECT, related_name="answers")
    value = models.CharField(max_length=80, blank=True, help_text="The option, the number, yes or no.")
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkin", "question"], name="answer_once")]

    def __str__(self) -> str:
        return self.value or self.text
