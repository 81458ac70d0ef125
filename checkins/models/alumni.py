"""Alumni consent, breaks, opportunities and the digest's plan."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from checkins.querysets import OpportunityQuerySet
from cohorts.models import Programme
from mentorship.core.timezones import not_on_sunday


class Opportunity(models.Model):
    """A job, an event or funding for alumni. A coordinator approves it before it is sent."""

    class Kind(models.TextChoices):
        JOB = "job", "Job"
        EVENT = "event", "Event"
        FUNDING = "funding", "Funding"
        OTHER = "other", "Other"

    class Status(models.TextChoices):
        PROPOSED = "proposed", "to be read"
        APPROVED = "approved", "in the next digest"
        DECLINED = "declined", "declined"
        SENT = "sent", "sent"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="opportunities")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=160)
    text = models.TextField("in a few sentences", max_length=1000)
    url = models.URLField("address")
    closes_on = models.DateField("closes", null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PROPOSED)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, editable=False)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "opportunities"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="opportunity_sent_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DigestPlan(models.Model):
    """The schedule of a programme's digest. Without a row a coordinator sends it by hand."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="digest_plan")
    every = models.PositiveSmallIntegerField(
        "how often",
        choices=[(0, "only when I say so"), (1, "every month"), (2, "every two months"), (3, "every three months")],
        default=0,
    )
    day = models.PositiveSmallIntegerField(
        "on day",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text="Of the month, 1 to 28.",
    )
    next_on = models.DateField(null=True, editable=False, help_text="It leaves at nine that morning.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every=0, next_on__isnull=True) | (Q(every__gt=0) & Q(next_on__isnull=False)),
                name="digest_plan_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.get_every_display()}"

    @property
    def leaves_on(self) -> date | None:
        """The day of the next digest."""
        return self.next_on and not_on_sunday(self.next_on)


class AlumniConsent(models.Model):
    """A person's consent to hear from the programme after a round, or its withdrawal."""

    # Speakers sign up with the form of an expert: both give one talk or one conversation.
    RETURNS_AS: ClassVar[dict[str, str]] = {
        "mentor": "mentor",
        "facilitator": "facilitator",
        "expert": "expert",
        "speaker": "speaker",
    }
    # The role in which alumni join an open round; they may be mentees again.
    FORM_OF: ClassVar[dict[str, str]] = {
        "mentor": "mentor",
        "facilitator": "facilitator",
        "expert": "expert",
        "speaker": "expert",
        "mentee": "mentee",
    }

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="alumni_consents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alumni_consents")
    roles = models.JSONField(default=list, blank=True, help_text="As what they would come back.")
    agreed_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True, help_text="When they took it back.")

    class Meta:
        ordering = ["-agreed_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="alumni_consent_once")]

    def __str__(self) -> str:
        return f"{self.user} and {self.programme}"


class AlumniRequest(models.Model):
    """A person was asked whether to stay in touch with a programme; nobody is asked twice."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="alumni_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alumni_requests")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="alumni_request_once")]

    def __str__(self) -> str:
        return f"{self.user} and {self.programme}"


class HelperBreak(models.Model):
    """A helper's break from a programme, during which nobody invites them."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="helper_breaks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="helper_breaks")
    until = models.DateField(null=True, blank=True, help_text="The first day that they may be asked again.")
    since = models.DateField(default=timezone.localdate)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="helper_break_once")]

    def __str__(self) -> str:
        return f"{self.user} rests until {self.until or 'they say so'}"
