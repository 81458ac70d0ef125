"""The dates of a cohort, and the tasks of its team."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from cohorts.models.setup import Cohort, Programme
from cohorts.querysets import CohortDateQuerySet
from mentorship.core.accounts.models import validate_time_zone
from mentorship.core.timezones import first_zone, local_moment


class TimelineStep(models.Model):
    """A step of the programme's timeline, a number of days from the first day of week 1."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="timeline")
    key = models.SlugField(max_length=40, blank=True, help_text="What the product knows it by, such as kick-off.")
    name = models.CharField(max_length=120)
    offset_days = models.SmallIntegerField(
        "days from day 0",
        help_text="Negative before it.",
        validators=[MinValueValidator(-730), MaxValueValidator(1460)],
    )
    time = models.TimeField("at", null=True, blank=True, help_text="In the cohort's time zone. Empty: the whole day.")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(1440)])
    shared = models.BooleanField("participants see it", default=True)

    class Meta:
        ordering = ["offset_days", "time", "id"]

    def __str__(self) -> str:
        return self.name


class CohortDate(models.Model):
    """A date of a cohort: a whole day, or a moment in its own time zone, otherwise in the cohort's."""

    OPENS = "opens"  # the key of the day on which sign-up is planned to open
    TRAINING = "training"  # the key of the training that mentors come to

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="dates")
    key = models.SlugField(max_length=40, blank=True)
    name = models.CharField(max_length=120)
    on = models.DateField("day")
    time = models.TimeField("at", null=True, blank=True, help_text="Empty: the whole day.")
    time_zone = models.CharField(
        max_length=60, blank=True, validators=[validate_time_zone], help_text="Empty: the cohort's time zone."
    )
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(1440)])
    place = models.CharField(max_length=200, blank=True, help_text="The address and the room. Empty: it is online.")
    link = models.URLField(blank=True, help_text="Where the call or its notes are. Only accepted people see it.")
    shared = models.BooleanField("participants see it", default=True)
    # A change of the date reaches calendars only with a higher number (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = CohortDateQuerySet.as_manager()

    class Meta:
        ordering = ["on", "time", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which it is announced, wherever its readers are."""
        return first_zone(self.time_zone, self.cohort.time_zone)

    @property
    def starts_at(self) -> datetime | None:
        """The moment in UTC; None for a whole day."""
        return local_moment(self.on, self.time, self.tz) if self.time else None

    @property
    def starts(self) -> datetime | date:
        """The moment in UTC, or the whole day."""
        return self.starts_at or self.on


class ChecklistItem(models.Model):
    """A task of the team, with its owner and the day it is due."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="checklist")
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="checklist"
    )
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.name
