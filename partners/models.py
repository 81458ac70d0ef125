"""Organisations that support cohorts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cohorts.models import Cohort
from mentorship.accounts.models import Workspace
from partners.querysets import PartnerQuerySet, SponsorshipQuerySet


class Partner(models.Model):
    """An organisation, as one programme knows it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="partners")
    name = models.CharField(max_length=160, help_text="Written exactly as they ask.")
    legal_name = models.CharField(max_length=200, blank=True)
    slug = models.SlugField(max_length=60, unique=True)
    website = models.URLField(blank=True)
    official = models.BooleanField(
        default=True, help_text="Unofficial support is thanked in person and never shown in public."
    )
    note = models.TextField(blank=True, help_text="The coordinators' own note.")

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:partner", args=[self.slug])


class PartnerContact(models.Model):
    """A person of the partner who may sign in and see its reports, and nothing else."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="contacts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partner_contacts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "user"], name="partner_contact_once")]

    def __str__(self) -> str:
        return f"{self.user} of {self.partner}"


class Sponsorship(models.Model):
    """What a partner supports: a cohort, from when to when, and with what."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="sponsorships")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sponsorships")
    draft = models.BooleanField(default=False, help_text="Not agreed yet: only coordinators see it.")
    scope = models.CharField(max_length=300, help_text="What it supports, such as: the time of 15 mentors.")
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = SponsorshipQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "cohort"], name="sponsorship_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="sponsorship_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} supports {self.cohort}"

    def get_absolute_url(self) -> str:
        return reverse("partners:impact", args=[self.partner.slug, self.cohort.slug])
