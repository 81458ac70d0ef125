"""Speed mentoring events, the answers to their invitations, and wishes afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.querysets import OfCohortQuerySet
from mentorship.core.accounts.models import validate_time_zone
from mentorship.core.links import absolute_url
from mentorship.core.timezones import first_zone


class SpeedEvent(models.Model):
    """A speed mentoring event: small groups of mentees move from mentor to mentor in rounds."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="speed_events")
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=200, blank=True, help_text="A room, or the link of a call.")
    starts_at = models.DateTimeField("starts")
    time_zone = models.CharField(
        max_length=60,
        blank=True,
        validators=[validate_time_zone],
        help_text="On this clock it is announced. Empty: on the cohort's.",
    )
    minutes = models.PositiveSmallIntegerField(
        "minutes a round", default=12, validators=[MinValueValidator(2), MaxValueValidator(90)]
    )
    rounds = models.PositiveSmallIntegerField(default=4, validators=[MinValueValidator(1), MaxValueValidator(12)])
    seats = models.PositiveSmallIntegerField(
        "seats for mentees", default=24, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    tables = models.PositiveSmallIntegerField(
        "tables, one for each mentor", default=6, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    code = models.CharField(
        max_length=12,
        null=True,
        unique=True,
        editable=False,
        help_text="Of its public page; empty: none.",
    )
    good_to_know = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="One a line: how to get in, step-free access, languages, what to bring.",
    )
    mails_by_itself = models.BooleanField(
        "remind and ask by itself",
        default=True,
        help_text="Asks who has not answered again three days before, reminds who comes the day before, "
        "and asks everybody afterwards with whom they would like to go on.",
    )
    schedule = models.JSONField(
        default=list, editable=False, help_text="a list for each round: [mentor's enrollment id, [mentees' ids]], …"
    )
    seed = models.PositiveIntegerField(default=0, editable=False, help_text="Grows with every new schedule.")
    round_number = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="0 before the start, more than there are rounds after the end."
    )
    round_started_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text="Grows with every change that calendars have to hear of."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    quoted_in_mails = ("name", "place", "starts_at", "minutes", "rounds", "cohort")

    objects = OfCohortQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(rounds__gte=1), name="speed_event_has_rounds")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("matching:event-detail", args=[self.cohort.slug, self.pk])

    @property
    def tz(self) -> ZoneInfo:
        """The zone on whose clock it is announced, wherever its readers are."""
        return first_zone(self.time_zone, self.cohort.time_zone)

    @property
    def ends_at(self) -> datetime:
        """When the last round ends according to plan."""
        return self.starts_at + timedelta(minutes=self.minutes * self.rounds)

    @property
    def round_ends_at(self) -> datetime | None:
        """When the current round ends; None between rounds."""
        return self.round_started_at + timedelta(minutes=self.minutes) if self.round_started_at else None

    @property
    def under_way(self) -> bool:
        return 0 < self.round_number <= self.rounds

    @property
    def over(self) -> bool:
        """Whether it was cancelled, ended by hand, or passed without anybody starting the timer."""
        if self.cancelled_at:
            return True
        if self.under_way:
            return False
        return self.round_number > self.rounds or self.ends_at < timezone.now()

    @property
    def public_url(self) -> str:
        """The absolute address of its public page, "" if it has none."""
        return absolute_url("matching:event-public", self.code) if self.code else ""

    @property
    def notes(self) -> list[str]:
        """The lines of what is good to know."""
        return [line.strip() for line in self.good_to_know.splitlines() if line.strip()]

    def seats_for(self, role: str) -> int:
        """The number of seats for a role."""
        return self.tables if role == Enrollment.Role.MENTOR else self.seats


class SpeedRsvp(models.Model):
    """A person's answer to an invitation, and their attendance."""

    class Status(models.TextChoices):
        COMING = "coming", "coming"
        WAITING = "waiting", "on the waitlist"
        NOT_COMING = "not_coming", "not coming"

    class Seen(models.TextChoices):
        UNKNOWN = "", "not yet here"
        HERE = "here", "here"
        LEFT = "left", "left early"
        ABSENT = "absent", "did not come"

    event = models.ForeignKey(SpeedEvent, on_delete=models.CASCADE, related_name="rsvps")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="speed_rsvps")
    status = models.CharField(max_length=20, choices=Status)
    seen = models.CharField(max_length=10, choices=Seen, blank=True, default=Seen.UNKNOWN)
    asked_at = models.DateTimeField(default=timezone.now, help_text="The waitlist goes by this.")
    sequence = models.PositiveIntegerField(default=0, help_text="Grows with every change of the answer, for calendars.")

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "enrollment"], name="speed_rsvp_once")]

    def __str__(self) -> str:
        return f"{self.enrollment.user}: {self.get_status_display()}"


@dataclass(frozen=True)
class GuestName:
    """The name of a guest, where plans of tables show the name of a user."""

    full_name: str

    def __str__(self) -> str:
        return self.full_name

    @property
    def short_name(self) -> str:
        return self.full_name.split(maxsplit=1)[0]


class SpeedGuest(models.Model):
    """A person at an event who is not in the cohort: by the public page, or added at the door.

    In the plan of the tables a guest is the negative of their id: the positive numbers there are enrollments.
    """

    class Status(models.TextChoices):
        ASKED = "asked", "address not confirmed"
        COMING = "coming", "coming"
        WAITING = "waiting", "on the waitlist"
        NOT_COMING = "not_coming", "not coming"

    event = models.ForeignKey(SpeedEvent, on_delete=models.CASCADE, related_name="guests")
    role = models.CharField(max_length=20, default="mentee", help_text="mentor or mentee")
    full_name = models.CharField("name", max_length=120)
    email = models.EmailField("email address", blank=True)
    about = models.CharField("what they would like to talk about", max_length=300, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.ASKED)
    seen = models.CharField(max_length=10, choices=SpeedRsvp.Seen, blank=True, default=SpeedRsvp.Seen.UNKNOWN)
    asked_at = models.DateTimeField(default=timezone.now, help_text="The waitlist goes by this.")
    proven_at = models.DateTimeField(null=True, help_text="When they confirmed their address by a link.")
    walked_in = models.BooleanField(default=False, help_text="Added at the door.")
    offered_at = models.DateTimeField(null=True, help_text="When they were offered the sign-up afterwards.")
    sequence = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Grows with every change of the answer, for calendars."
    )

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "email"], condition=~Q(email=""), name="speed_guest_once")
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def user(self) -> GuestName:
        """The name, under the name of an enrollment's user."""
        return GuestName(self.full_name)

    @property
    def short_name(self) -> str:
        """The name by which mails greet them: nobody knows which part of it they go by."""
        return self.full_name

    @property
    def title(self) -> str:
        """The wish for a talk, under the name of an enrollment's project."""
        return self.about

    def get_role_display(self) -> str:
        """The programme's own word for the role."""
        return self.event.cohort.programme.label_of(self.role)


class SpeedWish(models.Model):
    """A wish after an event to continue with a person whom one met there."""

    event = models.ForeignKey(SpeedEvent, on_delete=models.CASCADE, related_name="wishes")
    by = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="speed_wishes")
    whom = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["event", "by", "whom"], name="speed_wish_once")]

    def __str__(self) -> str:
        return f"{self.by.user} with {self.whom.user}"
