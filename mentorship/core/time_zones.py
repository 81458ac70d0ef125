"""Time zones: the list to choose from, offsets, and moments by the clock of a zone."""

from datetime import UTC, date, datetime, time
from functools import cache
from math import isfinite
from zoneinfo import ZoneInfo

from mentorship.core.accounts.models import known_time_zones


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which the clock of `zone` shows `at`; an hour that is skipped in spring moves on by it."""
    return datetime.combine(day, at, zone).astimezone(UTC)


# A place for each odd offset from UTC, in minutes; whole hours have zones of their own.
ODD_OFFSETS = {
    -570: "Pacific/Marquesas", -210: "America/St_Johns", 210: "Asia/Tehran", 270: "Asia/Kabul",
    330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon", 525: "Australia/Eucla",
    570: "Australia/Darwin", 630: "Australia/Lord_Howe", 765: "Pacific/Chatham",
}  # fmt: skip


@cache
def time_zones() -> list[tuple[str, str]]:
    """Every place of the time zone database, UTC first."""
    places = sorted(n for n in known_time_zones() if "/" in n and not n.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


def zone_from_offset(text: str) -> str:
    """An IANA zone for a fixed offset in hours such as "+5", "-3.5" or "+5:45". Raises ValueError for anything else."""
    clean = text.strip().upper().removeprefix("UTC").removeprefix("GMT").replace("−", "-") or "0"
    sign = -1 if clean.startswith("-") else 1
    hours, _, rest = clean.lstrip("+-").partition(":")
    if not isfinite(float(hours)):
        raise ValueError(f"{text} is no offset from UTC.")
    minutes = round(float(hours) * 60) + (int(rest) if rest else 0)
    total = sign * minutes
    if total % 60 == 0 and -14 * 60 <= -total <= 12 * 60:
        # In the Etc zones the sign is turned round: Etc/GMT-3 is three hours ahead of UTC.
        return "UTC" if total == 0 else f"Etc/GMT{-total // 60:+d}"
    if total in ODD_OFFSETS:
        return ODD_OFFSETS[total]
    raise ValueError(f"{text} is no offset from UTC that any place has.")


def zone_from_text(text: str) -> str:
    """An IANA zone given by name or as an offset. Raises ValueError where it is neither."""
    name = text.strip().replace(" ", "_")
    if name in known_time_zones():
        return name
    return zone_from_offset(text)


ANYWHERE = ZoneInfo("Etc/GMT+12")  # the last place on Earth where a day ends


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last minute of a day in a zone."""
    return datetime.combine(day, time(23, 59), tzinfo=zone)
