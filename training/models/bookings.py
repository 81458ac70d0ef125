"""Bookings of seats."""

from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.core.outbox.recipients import Recipient, addresses_of
from mentorship.core.timezones import first_zone
from training.models.sessions import TrainingSession
from training.models.sharing import SeatHold, TrainingGuest
from training.querysets import TrainingBookingQuerySet


class TrainingBooking(models.Model):
    """A person's booking of a session, one row for each pair of them: calendars know it by its id."""

    class Status(models.TextChoices):
        BOOKED = "booked", "booked"
        WAITLISTED = "waitlisted", "waitlisted"
        OFFERED = "offered", "seat offered"
        CANCELLED = "cancelled", "cancelled"
        CAME = "came", "came unbooked"

    SEATED = (Status.BOOKED, Status.OFFERED)

    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="bookings")
    enrollment = models.ForeignKey(
        Enrollment, null=True, blank=True, on_delete=models.CASCADE, related_name="training_bookings"
    )
    guest = models.ForeignKey(
        TrainingGuest, null=True, blank=True, on_delete=models.CASCADE, related_name="training_bookings"
    )
    # The hold that admits them; empty for people of the session's own cohort.
    hold = models.ForeignKey(SeatHold, null=True, blank=True, on_delete=models.SET_NULL, related_name="bookings")
    status = models.CharField(max_length=20, choices=Status, default=Status.BOOKED)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now, help_text="When the status was set; the waitlist's order.")
    offer_until = models.DateTimeField(null=True, blank=True, help_text="Until when an offered seat can be taken.")
    sequence = models.PositiveIntegerField(default=0, editable=False)
    attended = models.BooleanField(
        null=True, blank=True, help_text="Of a team whether its lead was there. Empty: nobody has said yet."
    )
    minutes_present = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="As the meeting tool counted them. Empty: not known."
    )

    objects = TrainingBookingQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "enrollment"], name="training_booking_once"),
            models.UniqueConstraint(fields=["session", "guest"], name="training_booking_guest_once"),
            models.CheckConstraint(
                condition=Q(enrollment__isnull=False, guest__isnull=True)
                | Q(enrollment__isnull=True, guest__isnull=False),
                name="training_booking_of_one",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["booked", "waitlisted", "offered", "cancelled", "came"]),
                name="training_booking_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="offered", offer_until__isnull=False)
                | (~Q(status="offered") & Q(offer_until__isnull=True)),
                name="training_booking_offer_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "status"], name="training_booking_list"),
            models.Index(fields=["offer_until"], name="training_offer_ends", condition=Q(status="offered")),
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.session}"

    @property
    def name(self) -> str:
        return str(self.enrollment.user if self.enrollment else self.guest)

    @property
    def short_name(self) -> str:
        """How mails address this person."""
        return self.enrollment.user.short_name if self.enrollment else self.name

    @property
    def recipients(self) -> list[Recipient]:
        """The recipients of mails about it: for a team, everybody in it."""
        if self.enrollment:
            return list(self.enrollment.people)
        return [self.guest.email] if self.guest else []

    @property
    def emails(self) -> list[str]:
        """The addresses of the recipients."""
        return addresses_of(self.recipients)

    @property
    def email(self) -> str:
        return self.emails[0]

    @property
    def affiliation(self) -> str:
        """The cohort or guest organisation that the person belongs to."""
        return self.enrollment.cohort.name if self.enrollment else str(self.guest and self.guest.organisation)

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        if self.enrollment:
            return first_zone(self.enrollment.user.time_zone, self.enrollment.time_zone)
        return first_zone(self.guest.time_zone if self.guest else "")

    @property
    def is_seated(self) -> bool:
        return self.status in self.SEATED

    @property
    def may_join(self) -> bool:
        """Whether they see the joining link."""
        return self.status == self.Status.BOOKED and self.session.cancelled_at is None
