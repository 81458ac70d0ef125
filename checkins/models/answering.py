"""Answers, anonymous boxes and recorded replies."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format

from checkins.models.surveys import SurveyQuestion
from checkins.models.waves import CheckIn, CheckInWave
from checkins.querysets import ReplyQuerySet
from cohorts.models import Cohort
from matching.models import Match


class Reply(models.Model):
    """A mail to the contact address that a coordinator recorded. It does not count as an answer in response rates."""

    class How(models.TextChoices):
        WELL = "well", "all is well"
        NOT_MET = "not_met", "not met yet"
        DIFFICULT = "difficult", "it is difficult"
        ALIVE = "alive", "only a sign of life"

    class Side(models.TextChoices):
        MENTOR = "mentor", "mentor"
        MENTEE = "mentee", "mentee"
        FACILITATOR = "facilitator", "facilitator"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="replies")
    match = models.ForeignKey(Match, null=True, on_delete=models.CASCADE, related_name="replies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="replies")
    side = models.CharField(max_length=20, choices=Side)
    day = models.DateField(help_text="On which they wrote, by the clock of the cohort.")
    ends_at = models.DateTimeField(help_text="The end of that day: what was asked before it has been heard of.")
    how = models.CharField("how it goes", max_length=20, choices=How)
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-id"]
        verbose_name_plural = "replies"
        constraints = [
            models.CheckConstraint(
                condition=Q(side="facilitator", match__isnull=True)
                | Q(side__in=["mentor", "mentee"], match__isnull=False),
                name="reply_about_a_pair_or_the_cohort",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.when}: {self.get_how_display()}"

    @property
    def when(self) -> str:
        """`wrote on 3 May`"""
        return f"wrote on {date_format(self.day, 'j F')}"


class Answer(models.Model):
    """A person's answer to one question; one row for each choice if several can be chosen."""

    checkin = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(SurveyQuestion, on_delete=models.PROTECT, related_name="answers")
    value = models.CharField(max_length=80, blank=True, help_text="The option, the number, yes or no.")
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["question__position", "id"]
        constraints = [models.UniqueConstraint(fields=["checkin", "question", "value"], name="answer_once")]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """The answer in words."""
        return self.question.in_words(self.text or self.value)


class SealedAnswers(models.Model):
    """One person's encrypted answers in an anonymous survey, until enough others have answered.

    See `checkins.answering.anonymous`. The check-in is the key, so that no id reveals who answered first.
    """

    checkin = models.OneToOneField(CheckIn, on_delete=models.CASCADE, primary_key=True, related_name="sealed")
    sealed = models.TextField(editable=False)

    class Meta:
        verbose_name_plural = "sealed answers"

    def __str__(self) -> str:
        return "Sealed answers"


class AnonymousBox(models.Model):
    """The readable answers of an anonymous wave, by question, in random order.

    One row for everybody, which changes only when a whole group is added: no row, id, time or order of a single answer
    could be compared with the check-ins.
    """

    wave = models.OneToOneField(CheckInWave, on_delete=models.CASCADE, related_name="box")
    answers = models.JSONField(default=dict, help_text="question id → what was said, shuffled")
    number = models.PositiveIntegerField(default=0, help_text="How many people said it.")
    unread = models.JSONField(
        default=dict, editable=False, help_text="What an older version held back; it joins the next group."
    )

    class Meta:
        verbose_name_plural = "anonymous boxes"

    def __str__(self) -> str:
        return f"{self.number} answers to {self.wave}"
