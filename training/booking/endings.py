"""Training seats that end when somebody leaves."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy

from cohorts.enrollment.extensions import Ending
from training.models import TrainingBooking


def seats_that_end(ids: Sequence[int]) -> dict[int, list[Ending]]:
    """The seats, offers and waits of these enrollments at sessions to come."""
    found: dict[int, list[Ending]] = {pk: [] for pk in ids}
    bookings = TrainingBooking.objects.active().filter(
        enrollment__in=ids, session__cancelled_at=None, session__starts_at__gt=timezone.now()
    )
    for booking in bookings.select_related("session__training", "session__cohort").order_by("session__starts_at", "pk"):
        waits = booking.status == TrainingBooking.Status.WAITLISTED
        words = lazy("Place on the waitlist of {training}") if waits else lazy("Seat in {training}")
        pk: Any = booking.enrollment_id
        found[pk].append(
            Ending(
                format_lazy(words, training=str(booking.session.training)),
                at=booking.session.starts_at,
                url=booking.session.get_absolute_url(),
            )
        )
    return found
