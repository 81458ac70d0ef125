"""Attendance of team members, feedback, and imported attendance lists."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from training.models.bookings import TrainingBooking
from training.models.sessions import TrainingSession
from training.querysets import MemberAttendanceQuerySet


class MemberAttendance(models.Model):
    """Attendance of a team member other than the lead. It stays when they leave the team.

    Without a row, nothing has been recorded yet, or they were not in the team.
    """

    booking = models.ForeignKey(TrainingBooking, on_delete=models.CASCADE, related_name="member_attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="member_attendances")
    attended = models.BooleanField()
    minutes_present = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="As the meeting tool counted them. Empty: not known."
    )

    objects = MemberAttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["booking", "user"], name="member_attendance_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.booking.session}"


class TrainingFeedback(models.Model):
    """A person's answers to the two questions about a session."""

    booking = models.ForeignKey(TrainingBooking, on_delete=models.CASCADE, related_name="feedback")
    # The lead, or a member of the team; empty for a guest, who has no account.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="training_feedback"
    )
    score = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    words = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="training_feedback_one_to_five"),
            models.UniqueConstraint(fields=["booking", "user"], name="training_feedback_once"),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(user__isnull=True), name="training_feedback_guest_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score} of 5"


class AttendanceImport(models.Model):
    """A meeting tool's attendance list, waiting for a coordinator to decide about doubtful names."""

    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="attendance_imports")
    rows = models.JSONField(help_text="[{name, email, minutes, spans, joins, key, sure, decided}]; see rows_of_import")
    notes = models.JSONField(null=True, blank=True, help_text="What the reader of the file decided, in sentences.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{len(self.rows)} people of {self.session}"
