"""Work out due dates. Pure functions: dates and zones in, moments in UTC out."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mentorship.core.timezones import not_on_sunday

MORNING = time(9)


def add_months(day: date, months: int) -> date:
    """Add calendar months to a day; the month's last day if it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_offset(day: date, offset: int, unit: str) -> date:
    """Add an offset in `months` (calendar) or `days` to a day; it may be negative."""
    return add_months(day, offset) if unit == "months" else day + timedelta(days=offset)


def morning(day: date, zone: ZoneInfo) -> datetime:
    """Nine in the morning of a day in `zone`; in UTC."""
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def mail_morning(day: date, zone: ZoneInfo) -> datetime:
    """As `morning`, for a mail on a day that nobody chose: a Sunday moves to Monday."""
    return morning(not_on_sunday(day), zone)


def morning_after(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Nine in the morning of the day this many days after the local day of `moment`."""
    return morning(moment.astimezone(zone).date() + timedelta(days=days), zone)


def mail_morning_after(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """As `morning_after`, for a mail on a day that nobody chose."""
    return mail_morning(moment.astimezone(zone).date() + timedelta(days=days), zone)


def next_morning(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first 09:00 in `zone` at or after `moment` that is not on a Sunday; in UTC."""
    today = mail_morning_after(moment, 0, zone)
    return today if today >= moment else mail_morning_after(moment, 1, zone)


def plus_days(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same local time in `zone` this many days later; in UTC."""
    local = moment.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), zone).astimezone(UTC)
