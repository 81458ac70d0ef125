"""Find hours of a week such that mentors all over the world can attend at least one slot. Pure Python.

A slot begins at a full hour in UTC. Somebody can attend if it lies within their acceptable hours, on one of their
acceptable weekdays, in their time zone with the daylight saving of that date. For up to three slots
the result is exact: no other choice of so many hours reaches more people.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

WEEK_HOURS = 168
MOST_SLOTS = 3
NOON = 13.0  # the middle of an acceptable day, to choose between equally good hours


@dataclass(frozen=True)
class AcceptableHours:
    """Acceptable times in a person's own time zone: from hour to hour, on weekdays (0 is Monday)."""

    start: int = 8
    end: int = 21
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class SlotPlan:
    """Slots as moments in UTC, who can attend which (by index), and who can attend none."""

    slots: tuple[datetime, ...]
    attends: dict[Hashable, tuple[int, ...]]
    cannot: tuple[Hashable, ...]


def propose_slots(
    zones: Mapping[Hashable, str],
    monday: date,
    *,
    minutes: int,
    slots: int = 3,
    acceptable: AcceptableHours | None = None,
) -> SlotPlan:
    """The best hours in the week that begins at Monday 00:00 UTC, for people by their time zone.

    Raises ValueError if `monday` is not a Monday, or if `slots` is not 1 to 3.
    """
    acceptable = acceptable or AcceptableHours()
    if monday.weekday() != 0:
        raise ValueError("A week begins on a Monday.")
    if not 1 <= slots <= MOST_SLOTS:
        raise ValueError("One to three slots can be planned.")
    start = datetime.combine(monday, time(), UTC)
    names = sorted(set(zones.values()))
    counts = [sum(zone == name for zone in zones.values()) for name in names]
    hours = [start + timedelta(hours=h) for h in range(WEEK_HOURS)]
    masks = [sum(1 << n for n, name in enumerate(names) if suits(hour, minutes, name, acceptable)) for hour in hours]
    chosen = _best(masks, counts, slots)
    picked = _comfortable(chosen, masks, hours, names, counts, minutes)
    attends = {
        person: tuple(i for i, hour in enumerate(picked) if suits(hour, minutes, zone, acceptable))
        for person, zone in zones.items()
    }
    return SlotPlan(tuple(picked), attends, tuple(person for person, can in attends.items() if not can))


def suits(moment: datetime, minutes: int, zone: str, acceptable: AcceptableHours) -> bool:
    """Whether a slot that starts at a moment in UTC lies within acceptable hours of one and the same local day."""
    local = moment.astimezone(ZoneInfo(zone))
    end = (moment + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    if local.weekday() not in acceptable.weekdays:
        return False
    midnight = datetime.combine(local.date(), time())
    from_, to = midnight + timedelta(hours=acceptable.start), midnight + timedelta(hours=acceptable.end)
    return from_ <= local.replace(tzinfo=None) and end.replace(tzinfo=None) <= to


def _best(masks: Sequence[int], counts: Sequence[int], slots: int) -> tuple[int, ...]:
    """The masks (sets of zones, as bits) that together reach the most people. Tries all that can be optimal.

    Many hours of a week suit the same zones, and an hour whose zones are a subset of another's is never better.
    """
    weights: dict[int, int] = {}

    def weight(mask: int) -> int:
        if mask not in weights:
            weights[mask] = sum(count for n, count in enumerate(counts) if mask >> n & 1)
        return weights[mask]

    different = sorted({mask for mask in masks if mask})
    useful = [m for m in different if not any(m != o and m & o == m for o in different)]
    useful.sort(key=lambda m: (-weight(m), m))
    best: tuple[int, ...] = tuple(useful[:1])
    reached = weight(best[0]) if best else 0
    for size in range(1, slots + 1):
        for combination in combinations(useful, size):
            # Masks are sorted by weight: no later combination with this first one, or any after it, is better.
            if size * weight(combination[0]) <= reached and size > 1:
                break
            together = 0
            for mask in combination:
                together |= mask
            if weight(together) > reached:
                best, reached = combination, weight(together)
    # Fewer slots reach the same people: the others duplicate the best ones, so that people can choose.
    return tuple(best[n % len(best)] for n in range(slots)) if best else ()


def _comfortable(
    chosen: Sequence[int],
    masks: Sequence[int],
    hours: Sequence[datetime],
    names: Sequence[str],
    counts: Sequence[int],
    minutes: int,
) -> list[datetime]:
    """For each set of zones the hour nearest to the middle of their day; on different days if possible."""
    picked: list[datetime] = []
    for wanted in chosen:
        fitting = [h for h, mask in enumerate(masks) if mask & wanted == wanted and hours[h] not in picked]
        if not fitting:
            continue
        fresh = [h for h in fitting if all(hours[h].date() != p.date() for p in picked)]

        def strain(h: int, wanted: int = wanted) -> tuple[float, float]:
            middle = hours[h] + timedelta(minutes=minutes / 2)
            total = 0.0
            for n, name in enumerate(names):
                if wanted >> n & 1:
                    local = middle.astimezone(ZoneInfo(name))
                    total += counts[n] * abs(local.hour + local.minute / 60 - NOON)
            # Tuesday to Thursday rather than the edges of the week.
            return (round(total, 6), abs(hours[h].weekday() - 2))

        picked.append(hours[min(fresh or fitting, key=lambda h: (strain(h), h))])
    return sorted(picked)
