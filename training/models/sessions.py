"""Sessions: slots of a training, or calls."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, is_currency
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cohorts.models import Cohort
from mentorship.core.accounts.models import validate_time_zone
from mentorship.core.timezones import first_zone
from mentorship.core.ui.moments import on_clock
from training.models.catalogue import Training
from training.querysets import TrainingSessionQuerySet


def validate_currency(value: str) -> None:
    """Raise ValidationError if `value` is not an ISO 4217 code."""
    if not is_currency(value):
        raise ValidationError("Write the currency as a code of three letters, such as EUR.", code="currency")


class TrainingSession(models.Model):
    """One slot of a training, or one call, in a cohort."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="sessions")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="training_sessions")
    starts_at = models.DateTimeField("starts")
    time_zone = models.CharField(
        max_length=60,
        blank=True,
        validators=[validate_time_zone],
        help_text="On this clock it is announced. Empty: on the cohort's.",
    )
    place = models.CharField(max_length=200, blank=True, help_text="The address and the room. Empty: it is online.")
    minutes = models.PositiveSmallIntegerField(default=180, validators=[MinValueValidator(15), MaxValueValidator(600)])
    seats = models.PositiveSmallIntegerField(default=20, validators=[MinValueValidator(1), MaxValueValidator(2000)])
    minimum = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(2000)], help_text="With fewer people it does not pay. 0: no minimum."
    )
    host = models.CharField(max_length=160, blank=True, help_text="Who opens the call.")
    joining_link = models.URLField(blank=True, help_text="Only people who booked see it.")
    credit_minutes = models.PositiveSmallIntegerField(
        "minutes for credit",
        null=True,
        blank=True,
        validators=[MaxValueValidator(600)],
        help_text="With fewer minutes there is no certificate. Empty: three quarters of the length. 0: no minimum.",
    )
    change_hours = models.PositiveSmallIntegerField(
        "change or cancel until", default=24, validators=[MaxValueValidator(720)], help_text="Hours before it starts."
    )
    answer_hours = models.PositiveSmallIntegerField(
        "time to answer",
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text="Hours that somebody from the waitlist has to take a seat that became free.",
    )
    price = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="What the provider asks for this session. Who pays it stands with the costs.",
    )
    currency = models.CharField(
        max_length=3, blank=True, validators=[validate_currency], help_text="A code of three letters, such as EUR."
    )
    notes_link = models.URLField("notes", blank=True, help_text="Everybody whom the session is for sees it.")
    recording_link = models.URLField("recording", blank=True, help_text="Everybody whom the session is for sees it.")
    # The seats that are booked or offered. The constraint below prevents overselling even if the code fails.
    taken = models.PositiveSmallIntegerField(default=0, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(max_length=300, blank=True, editable=False)
    # Members who joined a team later than this were not expected, so they are not no-shows.
    roll_closed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was first said that this is all who came."
    )
    # Calendars accept a change only with a higher number (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at"], name="training_session_starts")]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="training_session_never_oversold"),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | (Q(price__gte=0) & ~Q(currency="")),
                name="training_session_price_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training}, {on_clock(self.starts_at, self.tz, 'j M Y, H:i')}"

    def get_absolute_url(self) -> str:
        return reverse("training:session-detail", args=[self.cohort.slug, self.pk])

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which it is announced, wherever its readers are."""
        return first_zone(self.time_zone, self.cohort.time_zone)

    @property
    def role_words(self) -> str:
        """The audience in the programme's words."""
        return ", ".join(map(self.cohort.programme.plural_of, self.training.roles.split()))

    @property
    def seats_left(self) -> int:
        return self.seats - self.taken

    @property
    def price_words(self) -> str:
        """640.00 GBP; "" if no price is known."""
        if self.price is None:
            return ""
        return format_currency(self.price, self.currency, "#,##0.00\N{NO-BREAK SPACE}¤¤", "en_GB")

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def minutes_for_credit(self) -> int:
        """The minutes that somebody has to be there to count as attending."""
        return self.minutes * 3 // 4 if self.credit_minutes is None else self.credit_minutes

    def is_ahead(self, now: datetime) -> bool:
        """Whether it has not taken place yet."""
        return self.cancelled_at is None and self.starts_at > now

    @property
    def change_until(self) -> datetime:
        """The deadline for people to change or cancel a booking themselves."""
        return self.starts_at - timedelta(hours=self.change_hours)
