"""The one gate between the figures of a cohort and everybody outside the team.

All figures of a cohort ever shown outside are considered together: across tables, dates, reports and partners. Code
that publishes asks `Release` for each figure, and shows the result: the figure, the nearest five, an older one, or
nothing. docs/decisions/0012-one-gate-for-figures.md lists the comparisons, and explains why they are enough.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from cohorts.models import Cohort
from partners.disclosure.small_groups import (
    COUNTS,
    EITHER,
    MERGED,
    MINIMUM,
    NOT_APART,
    SILENT,
    behind_rounded,
    counts_tell_of_few,
    is_safe_beside,
    is_small_group,
    rounded,
    subset_sums,
)
from partners.models import PartnerPerson, ReleasedTable

Rows = Sequence[Sequence[Any]]
ROLES = ("mentees", "mentors", "facilitators", "experts")
TEAMS = "mentees:teams"
IN_A_TEAM, ALONE = "in a team", "alone"
ANSWERED = "answered"
# Numbers one of which may count a part of another: no two of them, of any dates, may differ by a few.
COMPARED = [
    {"mentees", "projects", "matches", "graduates"},
    {"mentees", "projects", "teams"},
    {"signups", "projects", "matches", "graduates", "teams", ALONE},
    {"mentors", "matches"},
    {"projects", ALONE},
    {"teams", IN_A_TEAM},
]
# Each one counts a part of the next.
NESTED = ("graduates", "projects", "mentees")
KEPT, ROUNDED, HELD_BACK, SMALL_GROUPS = "kept", "rounded", "held back", "merged"


@dataclass(frozen=True)
class Note:
    """A change made to a figure so that nobody can be identified."""

    key: str
    what: str
    done: str


class Release:
    """The figures of a cohort that may be shown. With `write` they are recorded as shown by `save`."""

    def __init__(self, cohort: Cohort, *, write: bool) -> None:
        self.cohort, self.write = cohort, write
        if write:
            Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
        self.shown: dict[str, list[Rows]] = {}
        self._days: dict[Any, dict[str, int]] = {}  # numbers shown side by side, for each publication
        numbers: dict[str, int] = {}
        released = ReleasedTable.objects.filter(cohort=cohort).order_by("id")
        for key, rows, at in released.values_list("key", "rows", "at"):
            self.shown.setdefault(key, []).append(rows)
            if (name := _counted(key)) and rows:
                numbers[name] = int(rows[0][1])
                self._days[at] = dict(numbers)
        self._now, self._at = numbers, timezone.now()
        self.notes: list[Note] = []
        self._new: list[ReleasedTable] = []
        self._known_by_name = _known_by_name(cohort)

    def number(self, name: str, number: int, *, exact: bool = True, about: bool = True) -> int | None:
        """The number if it may be shown; None if not, see `about`. Without `exact` only an older one."""
        key = key_of(name)
        if exact and self._is_safe_number(name, number):
            self._put(key, [[name, number]])
            if name in COUNTS:
                self._now[name] = number
            return number
        last = int(self.shown[key][-1][0][1]) if key in self.shown else None
        if last is not None and (abs(number - last) < MINIMUM or not about):
            self._note(key, name, KEPT if number != last else "")
            return last
        if about and self._round(name, number):
            return None
        self._note(key, name, KEPT if last is not None else HELD_BACK if number >= MINIMUM else "")
        return last

    def about(self, name: str) -> int | None:
        """The nearest five of a number that `number` withheld, if that may be shown."""
        rows = self.shown.get(f"works:about-{name}")
        return (
            int(rows[-1][0][1])
            if rows and any(n.key == key_of(name) and n.done == ROUNDED for n in self.notes)
            else None
        )

    def table(self, key: str, *variants: Rows, what: str, also: bool = True) -> list[list[Any]]:
        """The first variant that may be shown, otherwise the last table shown, otherwise nothing.

        The variants group the same people, the finest first, with small groups suppressed already. `also` is whether
        everything else that a new one depends on may be shown.
        """
        before = self.shown.get(key, [])
        for rows in variants:
            plain = [list(row) for row in rows]
            if also and plain and self._is_safe_table(key, plain):
                if plain not in before[-1:]:
                    self._put(key, plain)
                self._note(key, what, SMALL_GROUPS if any(_is_merged(row) for row in plain) else "")
                return plain
        if before:
            self._note(key, what, KEPT)
        elif any(variants):
            self._note(key, what, HELD_BACK)
        return [list(row) for row in before[-1]] if before else []

    def countries(self, number: int, people: int) -> int | None:
        """The number of countries; a new one only if the number of people shown beside it changed by five."""
        key = "countries:number"
        old = self.shown.get(key, [])
        renewed = not old or (len(old[-1][0]) > 2 and abs(people - int(old[-1][0][2])) >= MINIMUM)
        if renewed and people and number:
            self._put(key, [["countries", number, people]])
        found = int(self.shown[key][-1][0][1]) if key in self.shown else None
        self._note(key, "countries", KEPT if found not in (None, number) else "")
        return found

    def save(self) -> None:
        """Record new figures as shown."""
        if self.write:
            ReleasedTable.objects.bulk_create(self._new)
        self._new = []

    def values(self, name: str) -> set[int]:
        """Every exact number ever shown by a name. The rows of every table of a role add up to its people."""
        if name in (ALONE, IN_A_TEAM):
            return {int(row[1]) for rows in self.shown.get(TEAMS, ()) for row in rows if row[0] == name}
        if name in (*ROLES, "people"):
            return {_total(rows) for key, all_rows in self.shown.items() if _family(key) == name for rows in all_rows}
        return {int(rows[0][1]) for rows in self.shown.get(key_of(name), ())}

    def _put(self, key: str, rows: Rows) -> None:
        if rows not in self.shown.get(key, [])[-1:]:
            self.shown.setdefault(key, []).append(rows)
            self._new.append(ReleasedTable(cohort=self.cohort, key=key, rows=rows, at=self._at))

    def _note(self, key: str, what: str, done: str) -> None:
        if done:
            self.notes.append(Note(key, what, done))

    def _is_safe_number(self, name: str, number: int) -> bool:
        """Whether an exact number reveals no small group, alone or beside anything shown before."""
        if number < MINIMUM:
            return name == ALONE and not number
        others = {other for group in COMPARED if name in group for other in group} | {name}
        beside = {value for other in others for value in self.values(other)}
        if any(is_small_group(number - value) for value in beside):
            return False
        if self._is_few_beside_names(name, number):
            return False
        if name in COUNTS:
            now = {**self._now, name: number}
            for day in [*self._days.values(), now]:
                # Somebody who assumes that nobody joined since sees a contradiction if there are more people now.
                shrunk = now.get("mentees", 0) <= day.get("mentees", 0)
                if counts_tell_of_few(now, day) or (shrunk and counts_tell_of_few(day, now)):
                    return False
        return self._is_apart_from_sums(name, number) and self._rounded_stay_open(name, number)

    def _is_few_beside_names(self, name: str, number: int) -> bool:
        """Whether the people not known by name to partners are only a few."""
        return any(is_small_group(number - some) for some in self._known_by_name.get(name, ()))

    def _is_apart_from_sums(self, name: str, number: int) -> bool:
        """Whether all people minus some roles, or a role minus the groups that partners pay for, are not a few."""
        groups = [key for key in self.shown if _family(key) == "groups" and key != name]
        roles = [role for role in ROLES if role != name]
        for whole, parts in [("people", roles), *((w, groups) for w in ("people", "mentees", "projects", "signups"))]:
            some = subset_sums(self.values(part) for part in parts)
            if name == whole:
                rest = {number - one for one in some}
            elif name in (ROLES if parts is roles else ()) or (parts is groups and _family(name) == "groups"):
                rest = {value - number - one for value in self.values(whole) for one in some}
            else:
                continue
            if any(is_small_group(one) for one in rest):
                return False
        return True

    def _round(self, name: str, number: int) -> bool:
        """The nearest five, if that reveals nothing."""
        near, key = rounded(number), f"works:about-{name}"
        if number < 2 * MINIMUM or self.shown.get(TEAMS) or not self._stays_open(name, near, {}):
            return False
        self._put(key, [[f"about-{name}", near]])
        self._note(key_of(name), name, ROUNDED)
        return True

    def _rounded_stay_open(self, name: str, number: int) -> bool:
        """Whether no rounded number ever shown becomes exact through a new exact one."""
        return all(
            self._stays_open(other, int(rows[0][1]), {name: number})
            for other in ("mentees", "mentors", "projects", "matches", "graduates")
            for rows in self.shown.get(f"works:about-{other}", ())
        )

    def _stays_open(self, name: str, near: int, new: Mapping[str, int]) -> bool:
        """Whether a rounded number may stand for several values that don't all differ by a few from an exact one."""
        exact = {
            other: self.values(other) | ({new[other]} if other in new else set())
            for group in COMPARED
            for other in group
        }
        possible = list(behind_rounded(near))
        if name in NESTED:
            at = NESTED.index(name)
            most = [value for other in NESTED[at + 1 :] for value in sorted(exact[other])[-1:]]
            least = [value for other in NESTED[:at] for value in sorted(exact[other])[-1:]]
            possible = [n for n in possible if all(n <= one for one in most) and all(n >= one for one in least)]
        beside = {value for group in COMPARED if name in group for other in group for value in exact[other]}
        return all(any(not is_small_group(n - value) for n in possible) for value in beside)

    def _is_safe_table(self, key: str, rows: Rows) -> bool:
        family = _family(key)
        total = _total(rows)
        if self._is_few_beside_names(family, total):
            return False
        # A sum that was shown is safe: all later figures were compared with it.
        if total not in self.values(family) and not self._is_safe_number(family, total):
            return False
        if key == TEAMS:
            for name, number in ((row[0], int(row[1])) for row in rows):
                if number and not self._is_safe_number(name, number):
                    return False
        new = canonical(key, rows)
        return all(
            is_safe_beside(new, canonical(other, old))
            for other in _same_people(key, self.shown)
            for old in self.shown[other]
        )


@transaction.atomic
def group_size(cohort: Cohort, group: int, people: int) -> int | None:
    """The accepted people of a group, for the partner that pays for them; None if that would reveal a few."""
    gate = Release(cohort, write=True)
    shown = gate.number(f"groups:{group}", people, about=False)
    gate.save()
    return shown


def key_of(name: str) -> str:
    """The key under which a number is recorded."""
    if name in (*ROLES, "people"):
        return f"{name}:number"
    return name if ":" in name else f"works:{name}"


def _counted(key: str) -> str:
    """The name of one of COUNTS whose number is recorded under the key."""
    return next((name for name in COUNTS if key_of(name) == key), "")


def canonical(key: str, rows: Rows) -> list[list[Any]]:
    """The rows of a table with their groups. In a wave these are people who answered and who did not."""
    wave = key.split(":")
    if len(wave) < 3 or wave[1] != "wave":
        return [list(row) for row in rows]
    found = []
    for row in rows:
        label, number = row[0], row[1]
        if len(row) > 2:
            group = row[2]
        elif len(wave) == 3:  # who answered
            group = label
            label = f"{ANSWERED}{NOT_APART}" if label == ANSWERED else label
        else:
            group = {MERGED: MERGED, SILENT[1]: EITHER, EITHER: EITHER}.get(label, ANSWERED)
        found.append([label, number, group])
    return found


def _same_people(key: str, keys: Iterable[str]) -> list[str]:
    """Tables that group people in the same way: this one, and for a question of a wave, who answered."""
    wave = key.split(":")
    if len(wave) == 4 and wave[1] == "wave":
        near = {key, ":".join(wave[:3])}
    elif len(wave) == 3 and wave[1] == "wave":
        return [other for other in keys if other == key or other.startswith(f"{key}:")]
    else:
        near = {key}
    return [other for other in keys if other in near]


def _known_by_name(cohort: Cohort) -> dict[str, set[int]]:
    """By role, how many people partners know by name: for each partner that lends or sponsors them, and combined.

    Somebody whom two partners know is counted for both.
    """
    found = PartnerPerson.objects.known().filter(enrollment__cohort=cohort)
    counts = found.values_list("enrollment__role", "partner_id").annotate(n=Count("id")).order_by()
    by_role: dict[str, list[list[int]]] = {}
    for role, _partner, number in counts:
        by_role.setdefault(f"{role}s", []).append([number])
    return {role: subset_sums(numbers) - {0} for role, numbers in by_role.items()}


def _is_merged(row: Sequence[Any]) -> bool:
    label = str(row[0])
    return label == MERGED or label.endswith(NOT_APART) or (len(row) > 2 and label == f"elsewhere in {row[2]}")


def _family(key: str) -> str:
    return key.partition(":")[0]


def _total(rows: Rows) -> int:
    return sum(int(row[1]) for row in rows)
