"""When the dates of a cohort are, by every reader's clock, and as a feed that calendars subscribe to (RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlparse
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.dateformat import format as format_date

from cohorts.models import CohortDate, Enrollment
from mentorship.accounts.models import User
from mentorship.audit.services import history_of, record

LINE_OCTETS = 75
RENEWED = "made a new calendar link"


def starts_at(what: CohortDate) -> datetime | None:
    """The moment in UTC at which it starts; None for a whole day."""
    return local_moment(what.on, what.time, what.cohort.tz) if what.time else None


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which the clock of `zone` shows `at`; an hour that is skipped in spring moves on by it."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def when_in_words(what: CohortDate, zone: ZoneInfo) -> str:
    """The reader's own clock first, then the cohort's where it shows something else."""
    start = starts_at(what)
    if start is None:
        return format_date(what.on, "l j F")
    own, theirs = start.astimezone(zone), start.astimezone(what.cohort.tz)
    if own.replace(tzinfo=None) == theirs.replace(tzinfo=None):
        return f"{format_date(theirs, 'l j F, H:i')} ({_place(what.cohort.tz)})"
    there = format_date(theirs, "H:i" if own.date() == theirs.date() else "l H:i")
    return f"{format_date(own, 'l j F, H:i')} your time ({_place(zone)}), {there} in {_place(what.cohort.tz)}"


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


def calendar_text(dates: Iterable[CohortDate], now: datetime) -> str:
    """The feed: an event for each date. It holds the links, so it is for people who were accepted only."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Mentorship//Cohort dates//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Mentorship",
        "X-WR-CALNAME:Mentorship",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        *(line for what in dates for line in _event(what, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _event(what: CohortDate, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:date-{what.pk}@{urlparse(settings.SITE_URL).hostname}"
    yield f"SEQUENCE:{what.sequence}"
    yield f"DTSTAMP:{_utc(now)}"
    start = starts_at(what)
    if start is None:
        yield f"DTSTART;VALUE=DATE:{what.on:%Y%m%d}"
        yield "TRANSP:TRANSPARENT"  # a whole day keeps nobody busy
    else:
        yield f"DTSTART:{_utc(start)}"
        if what.minutes:
            yield f"DTEND:{_utc(start + timedelta(minutes=what.minutes))}"
    yield "SUMMARY:" + _escape(f"{what.name} ({what.cohort.name})")
    yield "DESCRIPTION:" + _escape(f"{what.cohort.name} of {what.cohort.programme.name}\n{what.link}")
    if what.link:
        yield f"URL:{_printable(what.link)}"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    lines = (_printable(line) for line in text.splitlines())
    return "\\n".join(line.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") for line in lines)


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


def _fold(line: str) -> str:
    """No line longer than 75 octets, and no character cut in two."""
    folded, used = [], 0
    for character in line:
        size = len(character.encode())
        if used + size > LINE_OCTETS:
            folded.append("\r\n ")
            used = 1
        folded.append(character)
        used += size
    return "".join(folded)


def _signer() -> signing.Signer:
    # A full stop instead of the usual colon: some calendars stumble over one in a path.
    return signing.Signer(sep=".", salt="cohorts.calendar")


def _renewals(user: User) -> int:
    return history_of(user).filter(verb=RENEWED).count()


def _place(zone: ZoneInfo) -> str:
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")
