"""Waves, check-ins and pauses of pairs."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from checkins.models.surveys import Survey
from checkins.querysets import CheckInQuerySet, WaveQuerySet
from cohorts.models import Cohort, Enrollment
from matching.models import Match
from mentorship.core.timezones import zone_name


class CheckInWave(models.Model):
    """A wave of check-ins: when, whom and with which survey a cohort is asked."""

    class Anchor(models.TextChoices):
        INTRO = "intro", "the intro of each pair"
        STARTS = "starts", "the start of the cohort"
        ENDS = "ends", "the end of the cohort"

    class Unit(models.TextChoices):
        MONTHS = "months", "calendar months"
        DAYS = "days", "days"

    class Audience(models.TextChoices):
        BOTH = "both", "mentors and mentees"
        MENTEES = "mentees", "mentees"
        MENTORS = "mentors", "mentors, once for each pair"
        FACILITATORS = "facilitators", "facilitators"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="waves")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    name = models.CharField(max_length=120)
    anchor = models.CharField("counted from", max_length=10, choices=Anchor, default=Anchor.INTRO)
    offset = models.SmallIntegerField(
        "how long after",
        default=3,
        validators=[MinValueValidator(-366), MaxValueValidator(730)],
        help_text="Before the end of the cohort: a negative number.",
    )
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.MONTHS)
    audience = models.CharField("who is asked", max_length=20, choices=Audience, default=Audience.BOTH)
    reminders = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(5)])
    reminder_every = models.PositiveSmallIntegerField(
        "days between reminders", default=7, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    window_days = models.PositiveSmallIntegerField(
        "days to answer",
        default=42,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="From the day of the first mail.",
    )
    mails_who_did_not_meet = models.BooleanField(
        "email a mentee who has not met",
        default=False,
        db_default=False,
        help_text="A kind email with what to do next, beside the case that a coordinator looks after.",
    )
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    anchored_on = models.DateField(null=True, editable=False, help_text="The date that its check-ins were planned by.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "name"], name="wave_name_unique"),
            models.CheckConstraint(condition=Q(offset__gte=0) | Q(anchor="ends"), name="wave_before_the_end_only"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.cohort}"

    def is_too_small(self, people: int) -> bool:
        """Whether this many people are too few for anybody ever to read their anonymous answers."""
        return self.survey.anonymous and 0 < people < Survey.SMALLEST_GROUP

    @property
    def when(self) -> str:
        """`3 calendar months after the intro of each pair, or the start of the cohort if that’s later`"""
        anchor = self.Anchor(self.anchor).label
        later = ", or the start of the cohort if that’s later" if self.anchor == self.Anchor.INTRO else ""
        if not self.offset:
            return f"the day of {anchor}{later}"
        number, side = abs(self.offset), "after" if self.offset > 0 else "before"
        unit = {"months": "calendar month", "days": "day"}[self.unit]
        return f"{number} {unit}{'' if number == 1 else 's'} {side} {anchor}{later}"


class CheckIn(models.Model):
    """One person's check-in about a pair, or a facilitator's about the cohort."""

    class Status(models.TextChoices):
        PLANNED = "planned", "planned"
        SENT = "sent", "sent"
        ANSWERED = "answered", "answered"
        EXPIRED = "expired", "not answered"
        CANCELLED = "cancelled", "cancelled"

    class Side(models.TextChoices):
        MENTOR = "mentor", "mentor"
        MENTEE = "mentee", "mentee"
        FACILITATOR = "facilitator", "facilitator"

    class CancelReason(models.TextChoices):
        MATCH_ENDED = "match_ended", "the match has ended"
        WITHDREW = "withdrew", "somebody withdrew"
        LEFT_TEAM = "left_team", "not in the team any more"
        OPTED_OUT = "opted_out", "wants necessary mails only"
        BY_COORDINATOR = "by_coordinator", "a coordinator stopped it"
        ERASED = "erased", "the person was erased"

    OPEN = (Status.PLANNED, Status.SENT)
    # A check-in cancelled for one of these reasons is restored when it no longer holds.
    RESTORABLE = (
        CancelReason.MATCH_ENDED,
        CancelReason.WITHDREW,
        CancelReason.LEFT_TEAM,
        CancelReason.OPTED_OUT,
    )

    wave = models.ForeignKey(CheckInWave, on_delete=models.CASCADE, related_name="checkins")
    match = models.ForeignKey(Match, null=True, on_delete=models.PROTECT, related_name="checkins")
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="checkins", help_text="For a member that of the team."
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="checkins")
    side = models.CharField(max_length=20, choices=Side)
    status = models.CharField(max_length=20, choices=Status, default=Status.PLANNED)
    zone = models.CharField(max_length=60, default="UTC", help_text="By whose clock it was planned.")
    due_at = models.DateTimeField(help_text="When the first mail goes out; morning in the person's own time zone.")
    closes_at = models.DateTimeField()
    next_mail_at = models.DateTimeField(null=True, help_text="The next mail to this person; empty when none is left.")
    mails_sent = models.PositiveSmallIntegerField(default=0)
    mail_key = models.CharField(
        max_length=200,
        blank=True,
        editable=False,
        help_text="Of its newest mail, which may ask about others, too.",
    )
    asked_at = models.DateTimeField(null=True, help_text="When the first mail was written.")
    last_mail_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="Of an anonymous survey never.")
    said_at = models.DateTimeField(null=True, help_text="When they last changed it. Of an anonymous survey never.")
    cancelled_because = models.CharField(max_length=20, choices=CancelReason, blank=True)
    reply = models.ForeignKey(
        "checkins.Reply",
        null=True,
        on_delete=models.SET_NULL,
        related_name="checkins",
        help_text="They wrote this to us: no mail of this check-in goes out any more, and it can still be answered.",
    )

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = "check-in"
        indexes = [
            models.Index(fields=["status", "next_mail_at"], name="checkin_due"),
            models.Index(fields=["wave", "status"], name="checkin_of_wave"),
            models.Index(fields=["closes_at"], name="checkin_closes", condition=Q(status="sent")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "match", "user"], condition=Q(match__isnull=False), name="checkin_once"
            ),
            models.UniqueConstraint(
                fields=["wave", "user"], condition=Q(match__isnull=True), name="checkin_once_without_match"
            ),
            models.CheckConstraint(
                condition=Q(status="answered") | Q(answered_at__isnull=True), name="checkin_answered_has_moment"
            ),
            models.CheckConstraint(
                condition=(Q(status="cancelled") & ~Q(cancelled_because=""))
                | (~Q(status="cancelled") & Q(cancelled_because="")),
                name="checkin_cancelled_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave.name}: {self.user}"

    @property
    def can_be_asked_after_all(self) -> bool:
        """Whether a coordinator stopped it before its first mail."""
        return self.cancelled_because == self.CancelReason.BY_COORDINATOR and not self.mails_sent

    @property
    def about(self) -> str:
        """The other side of the pair, or the cohort, by a name that the person knows."""
        if self.match is None:
            return self.wave.cohort.name
        return str(self.match.mentee if self.side == self.Side.MENTOR else self.match.mentor.user)

    @property
    def place(self) -> str:
        """The time zone by its city, such as Los Angeles."""
        return zone_name(self.zone)


class PairPause(models.Model):
    """A pause of a pair: no mails during it; due dates move by its length."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="checkin_pauses")
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="The first day that counts again; empty: until resumed.")
    ended_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["match"], condition=Q(ended_at=None), name="pair_paused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.match} pauses"
