"""Time zones: the ones that can be chosen, how people write them, and what they are called. Pure: no Django."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# A place for each odd offset from UTC, in minutes; whole hours have zones of their own.
ODD_OFFSETS = {
    -570: "Pacific/Marquesas", -210: "America/St_Johns", 210: "Asia/Tehran", 270: "Asia/Kabul",
    330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon", 525: "Australia/Eucla",
    570: "Australia/Darwin", 630: "Australia/Lord_Howe", 765: "Pacific/Chatham",
}  # fmt: skip
# Other names of UTC in the database, with and without "Etc/".
_UTC = {"UTC", "UCT", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Universal", "Zulu"}
# Areas whose places are parts of a country, such as US/Eastern.
_COUNTRIES = {"US", "Canada", "Brazil", "Chile", "Mexico"}
_FIXED = re.compile(r"Etc/GMT([+-])(\d{1,2})")
ANYWHERE = ZoneInfo("Etc/GMT+12")  # the last place on Earth where a day ends
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-]?)\s*(\d{1,2})(?::?([0-5]\d)|[.,](\d{1,2}))?", re.IGNORECASE)


@cache
def known_time_zones() -> frozenset[str]:
    """The names of the IANA time zone database. Reading them from the disk takes some 20 ms each time."""
    return frozenset(available_timezones())


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """What people may choose: UTC, every place, then whole hours from UTC for those whom no place fits."""
    names = known_time_zones()
    places = sorted(name for name in names if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    fixed = [f"Etc/GMT{hours:+d}" for hours in range(12, -15, -1) if hours]
    return [
        ("UTC", "UTC"),
        *((name, name.replace("_", " ")) for name in places),
        *((name, zone_name(name)) for name in fixed if name in names),
    ]


def zone_from_text(text: str) -> str:
    """The zone that is meant by its name or by an offset such as "+5". Raises ValueError where it is neither."""
    name = text.strip().replace(" ", "_")
    return name if name in known_time_zones() else zone_from_offset(text)


def zone_from_offset(text: str) -> str:
    """A zone for a fixed offset in hours such as "+5", "UTC-3.5", "+5:45" or "+0545"; UTC for an empty one.

    Raises ValueError for what is no offset, or one that no place has.
    """
    clean = text.strip().replace("−", "-")
    if not clean or clean.upper() in ("UTC", "GMT"):
        return "UTC"
    found = _OFFSET.fullmatch(clean)
    if not found:
        raise ValueError(f"{text} is no offset from UTC.")
    sign, hours, minutes, fraction = found.groups()
    total = int(hours) * 60 + int(minutes or 0) + round(float(f"0.{fraction or 0}") * 60)
    total = -total if sign == "-" else total
    if total % 60 == 0 and -12 * 60 <= total <= 14 * 60:
        # In the Etc zones the sign is turned round: Etc/GMT-3 is three hours ahead of UTC.
        return "UTC" if total == 0 else f"Etc/GMT{-total // 60:+d}"
    if total in ODD_OFFSETS:
        return ODD_OFFSETS[total]
    raise ValueError(f"{text} is no offset from UTC that any place has.")


def first_zone(*names: str) -> ZoneInfo:
    """The first of the zones that is set, such as a person's, then their enrollment's; UTC where none is."""
    return ZoneInfo(next(filter(None, names), "UTC"))


def zone_name(zone: str | ZoneInfo) -> str:
    """The name of a zone: its city, else its offset. Africa/Nairobi is "Nairobi", Etc/GMT-3 is "UTC+3"."""
    key = str(zone)
    if fixed := _FIXED.fullmatch(key):
        # The sign is turned round, see zone_from_offset.
        return offset_name(int(fixed[2]) * (60 if fixed[1] == "-" else -60))
    area, _, place = key.rpartition("/")
    if (place if area in ("", "Etc") else "") in _UTC:
        return "UTC"
    place = place.replace("_", " ")
    return f"{area} {place}" if area in _COUNTRIES else place


def clock_name(zone: str | ZoneInfo) -> str:
    """How a sentence names the clock: "Nairobi time", "UTC+3"."""
    name = zone_name(zone)
    return name if name.startswith("UTC") else f"{name} time"


def zone_with_offset(zone: str | ZoneInfo, at: datetime) -> str:
    """The name with the offset of a moment (aware): "Nairobi (UTC+3)"; just "UTC+3" where the name is the offset."""
    name = zone_name(zone)
    offset = at.astimezone(ZoneInfo(str(zone))).utcoffset() or timedelta()
    return name if name.startswith("UTC") else f"{name} ({offset_name(round(offset.total_seconds() / 60))})"


def offset_name(minutes: int) -> str:
    """An offset from UTC in minutes as people write it: UTC+5:30, UTC-3, UTC."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which the clock of `zone` shows `at`; an hour that is skipped in spring moves on by it."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last minute of a day in a zone."""
    return datetime.combine(day, time(23, 59), tzinfo=zone)
