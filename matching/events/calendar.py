"""Speed mentoring in people's calendars: the file in their mails, and their calendar feed."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from cohorts.calendar.ics import CANCELLED, CONFIRMED, TENTATIVE, CalendarEvent, event_uid
from cohorts.models import Enrollment
from cohorts.sharing.addressing import attendees_among
from matching.models import SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url

KEPT = timedelta(days=60)
STATUS = {SpeedRsvp.Status.COMING: CONFIRMED, SpeedRsvp.Status.WAITING: TENTATIVE}


def calendar_events_of(user: User) -> Iterator[CalendarEvent]:
    """Return a person's answers as calendar events, also declined ones: that removes them from calendars."""
    own = Enrollment.objects.of_person(user).occupying_place()
    rsvps = SpeedRsvp.objects.filter(enrollment__in=own, event__starts_at__gt=timezone.now() - KEPT)
    for rsvp in rsvps.select_related("event__cohort__programme", "enrollment__user").order_by("event__starts_at", "pk"):
        yield calendar_event_of(rsvp)


def calendar_event_of(rsvp: SpeedRsvp) -> CalendarEvent:
    """Convert an answer to a calendar event."""
    event, cohort = rsvp.event, rsvp.event.cohort
    status = CANCELLED if event.cancelled_at else STATUS.get(SpeedRsvp.Status(rsvp.status), CANCELLED)
    # Needs a sign-in: otherwise the readers of a shared calendar could answer for its owner.
    own_page = f"{absolute_url('matching:my-event', event.pk)}?role={rsvp.enrollment.role}"
    return CalendarEvent(
        uid=event_uid("speed", rsvp.pk),
        # The sequence must grow with every change; both numbers do.
        sequence=event.sequence + rsvp.sequence,
        name=f"{event.name} ({cohort.name})",
        starts=event.starts_at,
        minutes=event.minutes * event.rounds,
        text=f"{event.place}\nTo see your tables, or to say that you can’t come, sign in: {own_page}".strip(),
        link=own_page,
        status=status,
        organizer=(cohort.programme.name, cohort.programme.contact_email),
        attendees=attendees_among([rsvp.enrollment]),
        location=event.place,
        zone=event.tz,
        cohort=cohort.name,
    )
