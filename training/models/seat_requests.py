"""Seats that a cohort asks for in the training of another programme."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort, Programme
from training.querysets import SeatRequestQuerySet


class SeatRequest(models.Model):
    """A request for seats, and its answer. Both programmes see it."""

    class Status(models.TextChoices):
        ASKED = "asked", "waiting for an answer"
        OFFERED = "offered", "seats offered"
        DECLINED = "declined", "declined"
        WITHDRAWN = "withdrawn", "withdrawn"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="seat_requests")
    host = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="seat_requests")
    seats = models.PositiveSmallIntegerField("number of people")
    hours = models.CharField("hours that suit them", max_length=300, blank=True)
    message = models.TextField(blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.ASKED)
    reply = models.TextField("the host’s reply", blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = SeatRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "host"], condition=Q(status="asked"), name="seat_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "offered", "declined", "withdrawn"]), name="seat_request_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} asks {self.host} for {self.seats} seats"
