"""Graduation criteria, who met them, and graduations."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from checkins.models.certificate_numbers import number_of
from checkins.models.waves import CheckInWave
from checkins.querysets import GraduationQuerySet
from cohorts.models import Cohort, Enrollment


class GraduationCriterion(models.Model):
    """A graduation criterion of a cohort, met by each person individually."""

    class Kind(models.TextChoices):
        SESSIONS = "sessions", "Sessions attended"
        MENTOR = "mentor", "The mentor says yes"
        SURVEY = "survey", "A check-in answered"
        MEETINGS = "meetings", "Meetings of the pair"
        GOAL = "goal", "A goal reached, or passed on"
        GOODBYE = "goodbye", "Both said goodbye"
        OWN = "own", "Something of your own"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="graduation_criteria")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=160, help_text="Such as: presented the project in a graduation call.")
    number = models.PositiveSmallIntegerField(
        "how many", default=1, validators=[MinValueValidator(1)], help_text="Of sessions attended, or of meetings."
    )
    wave = models.ForeignKey(
        CheckInWave, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name="check-in"
    )
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["cohort", "name"], name="graduation_criterion_once")]

    def __str__(self) -> str:
        return self.name


class CriterionMet(models.Model):
    """A criterion set by hand as met or not met; it overrides the computed result."""

    criterion = models.ForeignKey(GraduationCriterion, on_delete=models.CASCADE, related_name="said")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    met = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["criterion", "enrollment", "user"], name="criterion_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.criterion}"


class PairFarewell(models.Model):
    """A goodbye of somebody in a pair, with thanks to the others, and what became of the goal.

    The lead of a team speaks for its side. The pair closes once both sides have said goodbye.
    """

    class Goal(models.TextChoices):
        REACHED = "reached", "We reached it"
        PASSED_ON = "passed_on", "Somebody else carries on with it"
        OPEN = "open", "Not yet"

    mentee = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="farewells")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    goal = models.CharField("what became of your goal", max_length=20, choices=Goal)
    thanks = models.TextField(blank=True, max_length=2000)
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["said_at", "id"]
        constraints = [models.UniqueConstraint(fields=["mentee", "by"], name="pair_farewell_once")]

    def __str__(self) -> str:
        return f"Goodbye {self.pk}"  # not its words: they are the pair's own


class Graduation(models.Model):
    """The outcome of a person's time in a cohort. The id is the certificate's number and can't be guessed."""

    class Status(models.TextChoices):
        GRADUATED = "graduated", "graduated"
        ENDED = "ended", "ended early"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="graduations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="graduations")
    status = models.CharField(max_length=20, choices=Status)
    reason = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=200, help_text="As the certificate prints it.")
    decided_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    issued_at = models.DateTimeField(null=True, help_text="When the certificate was sent.")

    objects = GraduationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "user"], name="graduation_once"),
            models.CheckConstraint(condition=Q(status="graduated") | ~Q(reason=""), name="ended_early_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("checkins:certificate-detail", args=[self.pk])

    @property
    def number(self) -> str:
        """The number on the paper."""
        return number_of(self.id)
