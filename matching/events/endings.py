"""Places at events that end when somebody leaves."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy

from cohorts.enrollment.extensions import Ending
from matching.models import SpeedRsvp


def events_that_end(ids: Sequence[int]) -> dict[int, list[Ending]]:
    """The seats and waits of these enrollments at events to come."""
    found: dict[int, list[Ending]] = {pk: [] for pk in ids}
    rsvps = SpeedRsvp.objects.filter(
        enrollment__in=ids,
        status__in=[SpeedRsvp.Status.COMING, SpeedRsvp.Status.WAITING],
        event__cancelled_at=None,
        event__starts_at__gt=timezone.now(),
    )
    for rsvp in rsvps.select_related("event__cohort").order_by("event__starts_at", "pk"):
        is_coming = rsvp.status == SpeedRsvp.Status.COMING
        words = lazy("Seat at {event}") if is_coming else lazy("Place on the waitlist of {event}")
        found[rsvp.enrollment_id].append(
            Ending(
                format_lazy(words, event=str(rsvp.event)), at=rsvp.event.starts_at, url=rsvp.event.get_absolute_url()
            )
        )
    return found
