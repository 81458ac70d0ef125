"""Who stays in touch after a programme, as what they would come back, and who rests."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cohorts.models import Programme


class AlumniConsent(models.Model):
    """A person who was part of a round agreed to hear from the programme afterwards; or took it back."""

    # A speaker signs up with the form of an expert: both give one talk or one conversation.
    RETURNS_AS: ClassVar[dict[str, str]] = {
        "mentor": "mentor",
        "facilitator": "facilitator",
        "expert": "expert",
        "speaker": "speaker",
    }
    FORM_OF: ClassVar[dict[str, str]] = {
        "mentor": "mentor", "facilitator": "facilitator", "expert": "expert", "speaker": "expert",
    }  # fmt: skip

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


class HelperBreak(models.Model):
    """Somebody who helped takes a break from a programme: nobody invites them until it is over."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="helper_breaks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="helper_breaks")
    until = models.DateField(null=True, blank=True, help_text="The first day that they may be asked again.")
    since = models.DateField(default=timezone.localdate)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="helper_break_once")]

    def __str__(self) -> str:
        return f"{self.user} rests until {self.until or 'they say so'}"
