"""Mentors who pause."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models import Enrollment
from matching.querysets import PauseQuerySet


class MentorPause(models.Model):
    """A mentor takes no new mentees for a while. Their matches continue."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="mentor_pauses")
    until = models.DateField("back on", null=True, blank=True, help_text="Empty: until somebody ends the pause.")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment"], condition=Q(ended_at=None), name="mentor_paused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment.user} pauses"

    @property
    def words(self) -> str:
        """`paused until 12 May 2027`, or `paused` without an end."""
        return f"paused until {_day(self.until)}" if self.until else "paused"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
