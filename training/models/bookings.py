"""Who comes, who came, and what they thought of it."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Enrollment
from training.models.sessions import SeatHold, TrainingGuest, TrainingSession
from training.querysets import MemberAttendanceQuerySet, TrainingBookingQuerySet


class TrainingBooking(models.Model):
    """A person's place in a session. One row a person and session, whatever happens: calendars know it by its id."""

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
    # By which opening they come; empty: as people of the session's own cohort.
    hold = models.ForeignKey(SeatHold, null=True, blank=True, on_delete=models.SET_NULL, related_name="bookings")
    status = models.CharField(max_length=20, choices=Status, default=Status.BOOKED)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now, help_text="When the status was set; the waitlist's order.")
    offer_until = models.DateTimeField(null=True, blank=True, help_text="Until when an offered seat can be taken.")
    sequence = models.PositiveIntegerField(default=0, editable=False)
    attended = models.BooleanField(
        null=True, blank=True, help_text="Of a team whether its lead was there. Empty: nobody has said yet."
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
        indexes = [models.Index(fields=["session", "status"], name="training_booking_list")]

    def __str__(self) -> str:
        return f"{self.name} in {self.session}"

    @property
    def name(self) -> str:
        return str(self.enrollment.user if self.enrollment else self.guest)

    @property
    def short_name(self) -> str:
        """What mails call this person."""
        return self.enrollment.user.short_name if self.enrollment else self.name

    @property
    def emails(self) -> list[str]:
        """Where mails about it go; of a team all its people."""
        if self.enrollment:
            return [person.email for person in self.enrollment.people]
        return [self.guest.email] if self.guest else []

    @property
    def email(self) -> str:
        return self.emails[0]

    @property
    def party(self) -> str:
        """Whose person it is: the cohort, or the guest organisation."""
        return self.enrollment.cohort.name if self.enrollment else str(self.guest and self.guest.organisation)

    @property
    def zone(self) -> ZoneInfo:
        """The clock that the person lives by."""
        if self.enrollment:
            return ZoneInfo(self.enrollment.user.time_zone or self.enrollment.time_zone or "UTC")
        return ZoneInfo(self.guest.time_zone if self.guest else "UTC")

    @property
    def is_seated(self) -> bool:
        return self.status in self.SEATED

    @property
    def may_join(self) -> bool:
        """Whether they see the joining link."""
        return self.status == self.Status.BOOKED and self.session.cancelled_at is None


class MemberAttendance(models.Model):
    """Whether another member of a team than its lead was there. It stays when they leave the team.

    No row: nobody has said, or they were not in the team yet.
    """

    booking = models.ForeignKey(TrainingBooking, on_delete=models.CASCADE, related_name="member_attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="member_attendances")
    attended = models.BooleanField()

    objects = MemberAttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["booking", "user"], name="member_attendance_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.booking.session}"


class TrainingFeedback(models.Model):
    """What somebody thought of a session: two questions."""

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
    """A list of the meeting tool, read and waiting for what a coordinator decides about doubtful names."""

    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="attendance_imports")
    rows = models.JSONField(help_text="[{name, email, minutes, key, sure}]; key names a person, see candidates_of")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{len(self.rows)} people of {self.session}"
