"""Providers and trainings. A cohort call is a training of another kind."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from cohorts.models import Enrollment
from mentorship.core.accounts.models import Workspace


class Provider(models.Model):
    """An organisation that gives training for a programme, or the programme itself."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="training_providers")
    name = models.CharField(max_length=160)
    contact = models.CharField(max_length=200, blank=True, help_text="A person, an address, a number.")
    price_list = models.TextField(blank=True, help_text="What they ask for, as they wrote it.")
    terms = models.TextField(blank=True, help_text="Until when a session can be cancelled, when they want to be paid.")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="provider_name_unique")]

    def __str__(self) -> str:
        return self.name


class Training(models.Model):
    """A training, such as listening and asking questions, or a series of calls, such as office hours."""

    class Kind(models.TextChoices):
        TRAINING = "training", "training"
        ONBOARDING = "onboarding", "onboarding call"
        CALL = "call", "cohort call"
        OFFICE = "office", "office hours"

    # The default roles of a new training or series of calls.
    ROLES_OF: ClassVar[dict[str, str]] = {
        "training": "mentor",
        "onboarding": "mentor",
        "call": "mentor mentee facilitator expert",
        "office": "mentor mentee",
    }

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="trainings")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.TRAINING)
    name = models.CharField(max_length=160)
    topic = models.CharField(max_length=200, blank=True, help_text="Such as: listening, asking, giving feedback.")
    summary = models.TextField(blank=True, help_text="What people read before they choose a slot.")
    minutes = models.PositiveSmallIntegerField(
        "length in minutes", default=180, validators=[MinValueValidator(15), MaxValueValidator(600)]
    )
    materials = models.URLField(blank=True, help_text="Slides, exercises; people who booked see it.")
    roles = models.CharField("for", max_length=80, default="mentor", help_text="Roles with spaces between them.")
    obligatory = models.BooleanField(default=False, help_text="Otherwise it is recommended.")
    experienced_welcome = models.BooleanField(
        "experienced mentors welcome", default=True, help_text="Off: who has attended it is not invited again."
    )
    refresher_rounds = models.PositiveSmallIntegerField(
        "refresher after rounds",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="How many rounds later it is due again. Empty: once is enough.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="training_name_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["training", "onboarding", "call", "office"]), name="training_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_call(self) -> bool:
        """Whether its sessions are calls: booked one by one, and not counted as training."""
        return self.kind != self.Kind.TRAINING

    @property
    def role_words(self) -> str:
        """The audience in words, if no programme with its own words is known."""
        return ", ".join(f"{Enrollment.Role(role).label}s" for role in self.roles.split())
