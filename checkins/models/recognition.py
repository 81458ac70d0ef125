"""Honoraria and certificates of service."""

import uuid
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from checkins.models.certificate_numbers import number_of
from checkins.querysets import HonorariumQuerySet, ServiceCertificateQuerySet
from cohorts.models import Cohort, Enrollment


class Honorarium(models.Model):
    """A fixed thank-you payment to one person, who may decline it."""

    class Status(models.TextChoices):
        OFFERED = "offered", "offered"
        ACCEPTED = "accepted", "to be paid"
        DECLINED = "declined", "declined"
        PAID = "paid", "paid"
        CANCELLED = "cancelled", "taken back"

    ANSWERABLE: ClassVar[tuple[str, ...]] = (Status.OFFERED, Status.ACCEPTED, Status.DECLINED)

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="honoraria")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="honoraria")
    what = models.CharField("what for", max_length=160, help_text="Such as: mentoring in this round.")
    amount = models.DecimalField(
        max_digits=9, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))], help_text="For each person."
    )
    currency = models.CharField(
        max_length=3, validators=[RegexValidator(r"^[A-Z]{3}\Z", "Three capital letters, such as EUR.")]
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.OFFERED)
    offered_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    paid_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True, help_text="Of the transfer, as your bank names it.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = HonorariumQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_at", "-id"]
        verbose_name_plural = "honoraria"
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user", "what"], condition=~Q(status="cancelled"), name="honorarium_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="honorarium_is_something"),
            models.CheckConstraint(
                condition=Q(status="paid", paid_on__isnull=False) | (~Q(status="paid") & Q(paid_on__isnull=True)),
                name="honorarium_paid_has_day",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "status"], name="honorarium_list")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} to {self.user}"


class ServiceCertificate(models.Model):
    """A helper's certificate for a cohort. Its id is the certificate's number and can't be guessed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="service_certificate")
    name = models.CharField(max_length=200, help_text="As the certificate prints it.")
    what = models.CharField(max_length=200, help_text="mentored 2 projects")
    hours = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: the certificate names no hours.")
    decided_on = models.DateField()
    issued_at = models.DateTimeField(null=True, help_text="When it was sent.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ServiceCertificateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"

    def get_absolute_url(self) -> str:
        return reverse("checkins:service-certificate-detail", args=[self.pk])

    @property
    def number(self) -> str:
        """The number on the paper."""
        return number_of(self.id)
