"""A person's dates as a calendar feed."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from cohorts.calendar.ics import CalendarEvent, calendar_file, event_uid
from cohorts.calendar.moments import starts_at
from cohorts.models import CohortDate, Enrollment
from mentorship.core.accounts.models import User


def shared_dates_of(user: User) -> QuerySet[CohortDate]:
    """The dates of the cohorts that a person is in, alone or by their team. Who was not accepted sees none."""
    cohorts = Enrollment.objects.of_person(user).occupying_place().values("cohort")
    return CohortDate.objects.filter(shared=True, cohort__in=cohorts).select_related("cohort__programme")


def calendar_text(dates: Iterable[CohortDate], now: datetime, more: Iterable[CalendarEvent] = ()) -> str:
    """The feed: an event for each date. It holds the links, so it is for people who were accepted only.

    `more`: what later rooms have for the person, see `ics.events_of`.
    """
    return calendar_file([*map(event_of_date, dates), *more], now)


def event_of_date(what: CohortDate) -> CalendarEvent:
    """A date as calendars take it."""
    return CalendarEvent(
        uid=event_uid("date", what.pk),
        sequence=what.sequence,
        name=f"{what.name} ({what.cohort.name})",
        starts=starts_at(what) or what.on,
        minutes=what.minutes,
        text=f"{what.cohort.name} of {what.cohort.programme.name}\n{what.link}",
        link=what.link,
    )
