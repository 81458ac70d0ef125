"""Speed mentoring in people's calendars: the file in their mails, and their calendar feed."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from cohorts.calendar.ics import CANCELLED, CONFIRMED, TENTATIVE, CalendarEvent, event_uid
from cohorts.models import Enrollment
from cohorts.sharing.addressing import attendees_among
from matching.models import SpeedGuest, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url

KEPT = timedelta(days=60)
# The same for members of the cohort and guests.
STATUS = {"coming": CONFIRMED, "waiting": TENTATIVE}


def calendar_events_of(user: User) -> Iterator[CalendarEvent]:
    """Return a person's answers as calendar events, also declined ones: that removes them from calendars."""
    own = Enrollment.objects.of_person(user).occupying_place()
    rsvps = SpeedRsvp.objects.filter(enrollment__in=own, event__starts_at__gt=timezone.now() - KEPT)
    for rsvp in rsvps.select_related("event__cohort__programme", "enrollment__user").order_by("event__starts_at", "pk"):
        yield calendar_event_of(rsvp)


def calendar_event_of(rsvp: SpeedRsvp) -> CalendarEvent:
    """Convert an answer to a calendar event."""
    # Needs a sign-in: otherwise the readers of a shared calendar could answer for its owner.
    own_page = f"{absolute_url('matching:my-event', rsvp.event.pk)}?role={rsvp.enrollment.role}"
    return _calendar_event(
        rsvp,
        uid=event_uid("speed", rsvp.pk),
        what_next=f"To see your tables, or to say that you can’t come, sign in: {own_page}",
        link=own_page,
        attendees=attendees_among([rsvp.enrollment]),
    )


def calendar_event_of_guest(guest: SpeedGuest) -> CalendarEvent:
    """Convert the answer of a guest to a calendar event, without their link: others may read a shared calendar."""
    return _calendar_event(
        guest,
        uid=event_uid("speed-guest", guest.pk),
        what_next="To see your tables, or to say that you can’t come, open the link in our email.",
        link=guest.event.public_url,
        attendees=((guest.full_name, guest.email),),
    )


def _calendar_event(
    answer: SpeedRsvp | SpeedGuest, *, uid: str, what_next: str, link: str, attendees: tuple[tuple[str, str], ...]
) -> CalendarEvent:
    event, cohort = answer.event, answer.event.cohort
    return CalendarEvent(
        uid=uid,
        # The sequence must grow with every change; both numbers do.
        sequence=event.sequence + answer.sequence,
        name=f"{event.name} ({cohort.name})",
        starts=event.starts_at,
        minutes=event.minutes * event.rounds,
        text=f"{event.place}\n{what_next}".strip(),
        link=link,
        status=CANCELLED if event.cancelled_at else STATUS.get(answer.status, CANCELLED),
        organizer=(cohort.programme.name, cohort.programme.contact_email),
        attendees=attendees,
        location=event.place,
        zone=event.tz,
        cohort=cohort.name,
    )
