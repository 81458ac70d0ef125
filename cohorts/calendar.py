"""When the dates of a cohort are, by every reader's clock, and as a feed that calendars subscribe to (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.dateformat import format as format_date

from cohorts.ics import Event, calendar_file, uid
from cohorts.models import CohortDate, Enrollment
from mentorship.accounts.models import User
from mentorship.audit.services import history_of, record

RENEWED = "made a new calendar link"


def starts_at(what: CohortDate) -> datetime | None:
    """The moment in UTC at which it starts; None for a whole day."""
    return local_moment(what.on, what.time, what.cohort.tz) if what.time else None


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which the clock of `zone` shows `at`; an hour that is skipped in spring moves on by it."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def when_in_words(what: CohortDate, zone: ZoneInfo) -> str:
    """The reader's own clock first, then the cohort's where it shows something else."""
    return moment_in_words(starts_at(what) or what.on, zone, what.cohort.tz)


def moment_in_words(start: datetime | date, zone: ZoneInfo, there: ZoneInfo) -> str:
    """A moment (UTC) or whole day as somebody in `zone` reads it, of a cohort that lives by the clock of `there`."""
    if not isinstance(start, datetime):
        return format_date(start, "l j F")
    own, theirs = start.astimezone(zone), start.astimezone(there)
    if own.replace(tzinfo=None) == theirs.replace(tzinfo=None):
        return f"{format_date(theirs, 'l j F, H:i')} ({_place(there)})"
    then = format_date(theirs, "H:i" if own.date() == theirs.date() else "l H:i")
    return f"{format_date(own, 'l j F, H:i')} your time ({_place(zone)}), {then} in {_place(there)}"


def shared_dates_of(user: User) -> QuerySet[CohortDate]:
    """The dates of the cohorts that a person is in, alone or by their team. Who was not accepted sees none."""
    cohorts = Enrollment.objects.of_person(user).accepted().values("cohort")
    return CohortDate.objects.filter(shared=True, cohort__in=cohorts).select_related("cohort__programme")


def calendar_link(user: User) -> str:
    """The absolute address of a person's own feed. It needs no sign-in and never expires."""
    return settings.SITE_URL + reverse("cohorts:calendar-feed", args=[_signer().sign(f"{user.pk}-{_renewals(user)}")])


def user_of_link(token: str) -> User | None:
    """Whose feed it is; None where the link was not made here, was made anew, or the account is switched off."""
    try:
        pk, renewals = _signer().unsign(token).split("-")
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and _renewals(user) == int(renewals) else None


@transaction.atomic
def renew_calendar_link(*, user: User) -> str:
    """Make the link anew. The one before it stops working at once."""
    record(verb=RENEWED, target=user, workspace_id=None, by=user)
    return calendar_link(user)


def calendar_text(dates: Iterable[CohortDate], now: datetime, more: Iterable[Event] = ()) -> str:
    """The feed: an event for each date. It holds the links, so it is for people who were accepted only.

    `more`: what later rooms have for the person, see `ics.events_of`.
    """
    return calendar_file([*map(event_of, dates), *more], now)


def event_of(what: CohortDate) -> Event:
    """A date as calendars take it."""
    return Event(
        uid=uid("date", what.pk),
        sequence=what.sequence,
        name=f"{what.name} ({what.cohort.name})",
        starts=starts_at(what) or what.on,
        minutes=what.minutes,
        text=f"{what.cohort.name} of {what.cohort.programme.name}\n{what.link}",
        link=what.link,
    )


def _signer() -> signing.Signer:
    # A full stop instead of the usual colon: some calendars stumble over one in a path.
    return signing.Signer(sep=".", salt="cohorts.calendar")


def _renewals(user: User) -> int:
    return history_of(user).filter(verb=RENEWED).count()


def _place(zone: ZoneInfo) -> str:
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")
