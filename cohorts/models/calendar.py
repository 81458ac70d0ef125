"""The calendar feeds that people subscribe to."""

from django.conf import settings
from django.db import models


class CalendarFeed(models.Model):
    """A person's calendar feed, stored once they renew its link. A link holds the number of renewals at its time."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    renewals = models.PositiveIntegerField(default=0, help_text="Links with another number have been revoked.")

    def __str__(self) -> str:
        return f"calendar of {self.user}"
