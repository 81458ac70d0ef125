"""A person's dates as a calendar feed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from django.db.models import Q, QuerySet

from cohorts.calendar.ics import CANCELLED, CalendarEvent, calendar_file, event_uid, events_of
from cohorts.models import CohortDate, Enrollment
from mentorship.core.accounts.models import User


def shared_dates_of(user: User) -> QuerySet[CohortDate]:
    """The dates of the cohorts that a person was accepted in, alone or in a team; the mentors' training for mentors."""
    own = Enrollment.objects.of_person(user).occupying_place()
    as_mentor = own.filter(role=Enrollment.Role.MENTOR).values("cohort")
    found = CohortDate.objects.for_participants().filter(cohort__in=own.values("cohort"))
    found = found.exclude(~Q(cohort__in=as_mentor), key=CohortDate.TRAINING)
    return found.select_related("cohort__programme")


def calendar_text(dates: Iterable[CohortDate], now: datetime, more: Iterable[CalendarEvent] = ()) -> str:
    """The feed: an event for each date. It contains links to calls, so it is for accepted people only.

    `more`: events of the person from other apps, see `ics.events_of`.
    """
    return calendar_file([*map(event_of_date, dates), *more], now)


def upcoming_events(user: User, today: date, most: int) -> list[CalendarEvent]:
    """The next events on a person's page of dates; on each day, whole-day events come first."""
    dates = shared_dates_of(user).filter(on__gte=today).order_by("on", "time", "pk")
    events = [replace(event_of_date(row), name=row.name, cohort=row.cohort.name) for row in dates[:most]]
    events += [event for event in events_of(user) if event.day >= today and event.status != CANCELLED]
    return sorted(events, key=_moment)[:most]


def _moment(event: CalendarEvent) -> datetime:
    starts = event.starts
    return starts if isinstance(starts, datetime) else datetime.combine(starts, time(), UTC)


def event_of_date(what: CohortDate) -> CalendarEvent:
    """A date of a cohort as an event."""
    return CalendarEvent(
        uid=event_uid("date", what.pk),
        sequence=what.sequence,
        name=f"{what.name} ({what.cohort.name})",
        starts=what.starts,
        minutes=what.minutes if what.time else None,
        text=f"{what.cohort.name} of {what.cohort.programme.name}\n{what.link}",
        link=what.link,
        location=what.place or what.link,
        zone=what.tz,
    )
