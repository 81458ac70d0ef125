"""Sessions that are open to others, and guests."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from cohorts.models import Cohort, Programme
from mentorship.core.accounts.models import Workspace, validate_time_zone
from training.models.sessions import TrainingSession
from training.querysets import SeatHoldQuerySet


class GuestOrganisation(models.Model):
    """A sister organisation whose mentors may attend. They have no account; they book by the organisation's link."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="guest_organisations")
    name = models.CharField(max_length=160)
    contact_email = models.EmailField(blank=True, help_text="Whom to write to there.")
    # Part of the link: a higher number makes earlier links invalid.
    link_number = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="guest_organisation_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def programme(self) -> Programme:
        """The programme whose trainings it may attend."""
        return Programme.objects.get(workspace=self.workspace_id)


class TrainingGuest(models.Model):
    """A mentor of a guest organisation who has confirmed their address."""

    organisation = models.ForeignKey(GuestOrganisation, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "email"], name="training_guest_once")]

    def __str__(self) -> str:
        return self.name


class SeatHold(models.Model):
    """Opens a session to a cohort, a programme or a guest organisation, with seats reserved for them for a time.

    A hold without seats opens the session without reserving any. After `until` its seats are free for everybody.
    """

    class Status(models.TextChoices):
        ASKED = "asked", "asked"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"

    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="holds")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.CASCADE, related_name="seat_holds")
    programme = models.ForeignKey(Programme, null=True, blank=True, on_delete=models.CASCADE, related_name="seat_holds")
    guest = models.ForeignKey(
        GuestOrganisation, null=True, blank=True, on_delete=models.CASCADE, related_name="seat_holds"
    )
    seats = models.PositiveSmallIntegerField("seats held", default=0)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: until the session starts.")
    status = models.CharField(max_length=20, choices=Status, default=Status.ACCEPTED)

    objects = SeatHoldQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cohort__isnull=False, programme__isnull=True, guest__isnull=True)
                | Q(cohort__isnull=True, programme__isnull=False, guest__isnull=True)
                | Q(cohort__isnull=True, programme__isnull=True, guest__isnull=False),
                name="seat_hold_for_one",
            ),
            models.UniqueConstraint(fields=["session", "cohort"], name="seat_hold_cohort_once"),
            models.UniqueConstraint(fields=["session", "programme"], name="seat_hold_programme_once"),
            models.UniqueConstraint(fields=["session", "guest"], name="seat_hold_guest_once"),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "accepted", "declined"]), name="seat_hold_status_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.cohort or self.programme or self.guest)

    def holds_at(self, now: datetime) -> bool:
        """Whether it reserves its seats at a moment."""
        return self.status != self.Status.DECLINED and (self.until is None or self.until > now)
