"""Time zones: the choices, how people write them, and their names. Pure: no Django."""

import re
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, get_global

from mentorship.core.reference_data import country_code, country_name
from mentorship.core.text import without_accents

# A place for each odd offset from UTC, in minutes; whole hours have their own zones.
ODD_OFFSETS = {
    -570: "Pacific/Marquesas", -210: "America/St_Johns", 210: "Asia/Tehran", 270: "Asia/Kabul",
    330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon", 525: "Australia/Eucla",
    570: "Australia/Darwin", 630: "Australia/Lord_Howe", 765: "Pacific/Chatham",
}  # fmt: skip
# Other names of UTC in the database, with and without "Etc/".
_UTC = {"UTC", "UCT", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Universal", "Zulu"}
_FIXED = re.compile(r"Etc/GMT([+-])(\d{1,2})")
LONGEST_ABBREVIATION = 3
ANYWHERE = ZoneInfo("Etc/GMT+12")  # the last place on Earth where a day ends
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-]?)\s*(\d{1,2})(?::?([0-5]\d)|[.,](\d{1,2}))?", re.IGNORECASE)


@cache
def known_time_zones() -> frozenset[str]:
    """The names in the IANA time zone database. Reading them from disk takes some 20 ms each time."""
    return frozenset(available_timezones())


@cache
def _countries_of_zones() -> dict[str, str]:
    """The zone of every city that the database lists for a country (some 420), without aliases: zone → country."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows if row[2] in known_time_zones()}


@cache
def _listed_zones() -> dict[str, str]:
    """Other names of listed zones: Asia/Calcutta → Asia/Kolkata. Browsers still report such old names."""
    listed, groups = _countries_of_zones(), get_global("zone_aliases")
    of_group = {groups.get(name, name): name for name in listed}
    found = {name: of_group.get(groups.get(name, name), "") for name in known_time_zones() if name not in listed}
    lines = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text(encoding="utf-8").splitlines()
    links = {words[2]: words[1] for line in lines if line.startswith("L ") and len(words := line.split()) == 3}
    return {name: zone for name, same in found.items() if (zone := same or links.get(name, "")) in listed}


def listed_zone(name: str) -> str:
    """The listed name of a zone: its own, or that of the city it is an alias of; UTC for its many names."""
    area, _, place = name.rpartition("/")
    if (place if area in ("", "Etc") else "") in _UTC:
        return "UTC"
    return _listed_zones().get(name, name)


@cache
def old_names() -> dict[str, list[str]]:
    """Listed zone → its aliases in the database."""
    found = defaultdict(list)
    for old, zone in sorted(_listed_zones().items()):
        found[zone].append(old)
    return dict(found)


@cache
def _zones_by_city() -> dict[str, str]:
    """City, old names included, in lower case → zone. No two listed zones share a city."""
    zones = {name.rpartition("/")[2]: zone for name, zone in _listed_zones().items() if "/" in name}
    zones |= {name.rpartition("/")[2]: name for name in _countries_of_zones()}
    return {city.replace("_", " ").casefold(): zone for city, zone in zones.items()}


def time_zone_choices(now: datetime | None = None, locale: str = "en") -> list[tuple[str, str | list[tuple[str, str]]]]:
    """The choices of a time zone in groups: UTC, every city, then whole hours from UTC for everybody else.

    Each city has its country and its offset of today, such as "Nairobi, Kenya (UTC+3)".
    """
    return _choices_on((now or datetime.now(UTC)).date(), locale)


@lru_cache(maxsize=8)
def _choices_on(day: date, locale: str) -> list[tuple[str, str | list[tuple[str, str]]]]:
    noon = datetime.combine(day, time(12), UTC)
    areas: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for zone, country in _countries_of_zones().items():
        area = zone.partition("/")[0]
        offset = offset_name(offset_of(zone, noon))
        areas[area].append((zone, f"{zone_name(zone, locale)}, {country_name(country, locale)} ({offset})"))
    names = known_time_zones()
    fixed = [name for hours in range(12, -15, -1) if hours and (name := f"Etc/GMT{hours:+d}") in names]
    return [
        ("UTC", "UTC"),
        *((area, sorted(rows, key=lambda row: _sorted_by(row[1]))) for area, rows in sorted(areas.items())),
        ("Hours from UTC", [(name, zone_name(name)) for name in fixed]),
    ]


def _sorted_by(name: str) -> str:
    """The key by which a name is sorted: an accent does not move it to the end."""
    return without_accents(name).casefold()


class SeveralZonesError(ValueError):
    """A country was named where a time zone belongs, and its clocks differ."""


def zone_from_text(text: str) -> str:
    """The listed zone for a name, a city ("Nairobi"), a country with one time zone, or an offset such as "+5".

    Raises SeveralZonesError for a country with several, ValueError for any other text.
    """
    name = text.strip().replace(" ", "_")
    if "/" in name and name in known_time_zones():
        return listed_zone(name)
    words = " ".join(text.split())
    # Short texts are abbreviations: ET is Eastern Time before it is Ethiopia.
    if len(words) > LONGEST_ABBREVIATION and (country := country_code(words)):
        return zone_of_country(country)
    if name in known_time_zones():
        return listed_zone(name)
    return _zones_by_city().get(words.casefold()) or zone_from_offset(text)


@cache
def zone_of_country(country: str) -> str:
    """The zone of a country (ISO code) whose clocks all show the same time. Raises SeveralZonesError, ValueError."""
    zones = [zone for zone, code in _countries_of_zones().items() if code == country]
    if not zones:
        raise ValueError(f"No time zone is known for {country_name(country)}.")
    days = [datetime(datetime.now(UTC).year, month, 1, tzinfo=UTC) for month in range(1, 13)]
    if len({tuple(offset_of(zone, day) for day in days) for zone in zones}) > 1:
        raise SeveralZonesError(f"{country_name(country)} has more than one time zone.")
    return zones[0]


def zone_from_offset(text: str) -> str:
    """A zone for a fixed offset in hours such as "+5", "UTC-3.5", "+5:45" or "+0545"; UTC for an empty one.

    Raises ValueError for text that is not an offset, or an offset that no place has.
    """
    clean = " ".join(text.split()).replace("−", "-")
    if not clean or clean.upper() in ("UTC", "GMT"):
        return "UTC"
    found = _OFFSET.fullmatch(clean)
    if not found:
        raise ValueError(f"{text} is no offset from UTC.")
    sign, hours, minutes, fraction = found.groups()
    total = int(hours) * 60 + int(minutes or 0) + round(float(f"0.{fraction or 0}") * 60)
    total = -total if sign == "-" else total
    if total % 60 == 0 and -12 * 60 <= total <= 14 * 60:
        # Etc zones have the opposite sign: Etc/GMT-3 is three hours ahead of UTC.
        return "UTC" if total == 0 else f"Etc/GMT{-total // 60:+d}"
    if total in ODD_OFFSETS:
        return ODD_OFFSETS[total]
    raise ValueError(f"{text} is no offset from UTC that any place has.")


def first_zone(*names: str) -> ZoneInfo:
    """The first zone that is set, such as a person's, then their enrollment's; UTC if none is."""
    return ZoneInfo(next(filter(None, names), "UTC"))


def zone_name(zone: str | ZoneInfo, locale: str = "en") -> str:
    """The name of a zone for people: its city, or its offset. Africa/Nairobi is "Nairobi", Etc/GMT-3 is "UTC+3".

    The only function that names zones in pages, mails and files. `zone_from_text` understands its result in English; in
    another locale a city has the name that it has there: Londres.
    """
    key = listed_zone(str(zone))
    if fixed := _FIXED.fullmatch(key):
        # The sign is reversed, see zone_from_offset.
        return offset_name(int(fixed[2]) * (60 if fixed[1] == "-" else -60))
    city = key.rpartition("/")[2].replace("_", " ")
    return city if locale.startswith("en") else _cities(locale).get(key, city)


@cache
def _cities(locale: str) -> dict[str, str]:
    """Listed zone → its city in a locale, where that has a name for it."""
    named = Locale.parse(locale).time_zones.items()
    return {listed_zone(zone): names["city"] for zone, names in named if "city" in names}


def clock_name(zone: str | ZoneInfo) -> str:
    """The name of a local time in a sentence: "Nairobi time", "UTC+3"."""
    name = zone_name(zone)
    return name if name.startswith("UTC") else f"{name} time"


def offset_of(zone: str | ZoneInfo, at: datetime) -> int:
    """The offset of a zone from UTC at a moment (aware), in minutes."""
    offset = at.astimezone(ZoneInfo(str(zone))).utcoffset() or timedelta()
    return round(offset.total_seconds() / 60)


def offset_name(minutes: int) -> str:
    """An offset from UTC in minutes, as people write it: UTC+5:30, UTC-3, UTC."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Whether a local time (naive) does not exist in a zone, because clocks skip it in spring."""
    there = local.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC of a local time in `zone`; an hour skipped in spring moves on by one."""
    return datetime.combine(day, at, zone).astimezone(UTC)


SUNDAY = 6


def reminder_before(starts: datetime, before: timedelta, zone: ZoneInfo) -> datetime:
    """A moment so long before an event; on Saturday if it would be a Sunday in a zone and the event is not."""
    at = starts - before
    sundays = [moment.astimezone(zone).weekday() == SUNDAY for moment in (at, starts)]
    return at - timedelta(days=1) if sundays == [True, False] else at


def not_on_sunday(day: date) -> date:
    """The day, or the Monday after it, for mails that nobody asked to get on a Sunday."""
    return day + timedelta(days=1) if day.weekday() == SUNDAY else day


def after_sunday(at: datetime, zone: ZoneInfo) -> datetime:
    """The moment, or nine on Monday morning if it is a Sunday in a zone; for reminders before a deadline."""
    local = at.astimezone(zone)
    return at if local.weekday() != SUNDAY else local_moment(not_on_sunday(local.date()), time(9), zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last minute of a day in a zone."""
    return datetime.combine(day, time(23, 59), tzinfo=zone)
