"""Training that mentors book, usually one of several slots around the kick-off."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from cohorts.models import Cohort, Enrollment
from mentorship.accounts.models import Workspace
from training.querysets import TrainingSessionQuerySet


class Provider(models.Model):
    """Who gives trainings for a programme."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="training_providers")
    name = models.CharField(max_length=160)
    contact = models.CharField(max_length=200, blank=True, help_text="A person, an address, a number.")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="provider_name_unique")]

    def __str__(self) -> str:
        return self.name


class Training(models.Model):
    """What is taught, such as listening and asking questions."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="trainings")
    name = models.CharField(max_length=160)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["provider", "name"], name="training_name_unique")]

    def __str__(self) -> str:
        return self.name


class TrainingSession(models.Model):
    """One slot of a training in a cohort."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="sessions")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="training_sessions")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=180, validators=[MinValueValidator(15), MaxValueValidator(600)])
    seats = models.PositiveSmallIntegerField(default=20, validators=[MinValueValidator(1)])
    taken = models.PositiveSmallIntegerField(default=0, editable=False)
    joining_link = models.URLField(blank=True, help_text="Only people who booked see it.")

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="training_session_never_oversold")
        ]

    def __str__(self) -> str:
        return f"{self.training}, {self.starts_at:%d %b %Y %H:%M} UTC"

    @property
    def seats_left(self) -> int:
        return self.seats - self.taken


class TrainingBooking(models.Model):
    """A mentor's seat in a session."""

    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="bookings")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="training_bookings")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["session", "enrollment"], name="training_booking_once")]

    def __str__(self) -> str:
        return f"{self.enrollment.user} in {self.session}"
