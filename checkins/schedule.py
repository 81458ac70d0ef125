"""When things fall due. Pure: dates and zones in, moments in UTC out."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_moment(start: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Nine in the morning, by the clock of `zone`, of the day so many months after `start`; in UTC."""
    day = add_months(start.astimezone(zone).date(), months)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def plus_days(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time by the clock of `zone` so many days later; in UTC."""
    local = moment.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), zone).astimezone(UTC)
