"""The goals, notes and meetings of a pair. Coordinators read none of them.

Each goal and note belongs to the matches that were under way when it was written: a co-mentor reads it, earlier and
later mentors of the team don't.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class PairGoal(models.Model):
    """A goal of a mentee and their mentor. One side proposes it, the other agrees."""

    class Side(models.TextChoices):
        MENTOR = "mentor", "mentor"
        MENTEE = "mentee", "mentee"

    matches = models.ManyToManyField("matching.Match", related_name="goals")
    text = models.CharField(max_length=300)
    side = models.CharField(max_length=10, choices=Side, help_text="Who proposed it.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(agreed_at__isnull=False), name="pair_goal_agreed_before_done"
            )
        ]

    def __str__(self) -> str:
        return f"Goal {self.pk}"  # not its words: they are the pair's own


class PairNote(models.Model):
    """A note of a meeting, read and written by the people of the pair."""

    matches = models.ManyToManyField("matching.Match", related_name="notes")
    met_on = models.DateField("day of the meeting", null=True, blank=True)
    text = models.TextField(max_length=10_000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1, help_text="Grows with every change; nobody overwrites unseen.")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-met_on", "-id"]

    def __str__(self) -> str:
        return f"Note {self.pk}"


class PairMeeting(models.Model):
    """A meeting of a mentee (team) with everybody who mentors them. Its changes are mailed to those it is about."""

    mentee = models.ForeignKey("cohorts.Enrollment", on_delete=models.CASCADE, related_name="pair_meetings")
    uid = models.CharField(max_length=200, editable=False, help_text="Its name in calendars, which never changes.")
    sequence = models.PositiveIntegerField(editable=False, help_text="Grows with every change.")
    starts_at = models.DateTimeField("starts")
    minutes = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(5), MaxValueValidator(480)])
    place = models.CharField("where", max_length=200, blank=True, help_text="A place, or the link of a call.")
    cancelled_at = models.DateTimeField(null=True, editable=False)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at"], name="pair_meeting_starts", condition=Q(cancelled_at=None))]

    def __str__(self) -> str:
        return f"Meeting {self.pk}"


class PairMeetingGuest(models.Model):
    """A person who has a meeting in their calendar, until it is removed from there."""

    meeting = models.ForeignKey(PairMeeting, on_delete=models.CASCADE, related_name="guests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    left = models.BooleanField(default=False, help_text="No longer of the pair, and told so by their calendar.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="pair_meeting_guest_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.meeting}"
