"""Promise: nothing that partners read, put together in any way, tells of one to four people.

`rows` makes random programmes with events between the dates of their reports, reads everything as two partners who show
each other all they get, and audits it. `leaks` is the same for one programme; tests run a few.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations, product
from typing import Any

from django.db import transaction
from django.test.utils import setup_test_environment

from mentorship.devtools.assurance.disclosure_audit import FEW, Figure, few_people
from mentorship.devtools.assurance.disclosure_world import COUNTRIES, World
from mentorship.devtools.assurance.table import Row
from partners.disclosure import gate
from partners.reports import checkin_tables, impact, people_tables

PROGRAMMES = int(os.environ.get("ASSURANCE_PROGRAMMES", "200"))
ROLES = ("mentees", "mentors", "facilitators", "experts")
CONTINENTS = {"Kenya": "Africa", "Nigeria": "Africa", "Germany": "Europe", "France": "Europe", "India": "Asia"}
PLACES = {(CONTINENTS.get(country, country), country) for country in COUNTRIES.values()}
ANSWERS = {("answered", "Yes"), ("answered", "No"), ("answered", "skipped this question"), ("no answer", "no answer")}
TRAINING = {("took part in a training",), ("did not",)}
# A project is of one person or a team, has a match or none, has graduated or not; a team has members beside its lead.
PROJECTS = {
    (size, match, end) for size in ("alone", "team") for match in ("matched", "-") for end in ("graduated", "-")
}
MENTEES = PROJECTS | {("team", "members")}
NUMBERS: dict[str, set] = {
    "Mentees": MENTEES,
    "Projects": PROJECTS,
    "Teams": {cell for cell in PROJECTS if cell[0] == "team"},
    "Matches": {cell for cell in PROJECTS if cell[1] == "matched"},
    "Graduates": {cell for cell in PROJECTS if cell[2] == "graduated"},
    "Signed up": PROJECTS | {("not accepted",)},
}
# The stages of the funnel, which are numbers of projects.
STAGES = {"Accepted": "Projects", "With a mentor": "Matches", "Finished": "Graduates"}


# What may be taken out of the gate, each of which the audit must notice.
GUARDS: dict[str, list[tuple[Any, str, Callable]]] = {
    "small rows are put together": [
        (module, "suppress_small_groups", list) for module in (impact, people_tables, checkin_tables)
    ],
    "rows are compared with those shown before": [(gate, "is_safe_beside", lambda *_: True)],
    "numbers are compared with each other": [(gate, "is_small_group", lambda *_: False)],
    "numbers of two days are put together": [(gate, "counts_tell_of_few", lambda *_: False)],
    "all people are told only apart from sums": [(gate.Release, "_is_apart_from_sums", lambda *_: True)],
}


def rows() -> Iterator[Row]:
    """Take each guard out, then look for few people in all programmes with all guards in place."""
    setup_test_environment()  # pages tell their context
    logging.disable(logging.INFO)  # a line for each page would hide the rest
    number = "P4"
    for guard in GUARDS:
        with without(guard):
            first = next((seed for seed in range(PROGRAMMES) if leaks(seed)), None)
        told = "not noticed" if first is None else f"noticed at programme {first + 1}"
        yield Row(number, f"The audit notices that a guard is missing: {guard}", "taken out", told, first is not None)
    found = [text for seed in range(PROGRAMMES) for text in leaks(seed)]
    yield Row(
        number,
        "Nothing that two partners read together tells of one to four people",
        f"{PROGRAMMES} random programmes with events between the dates, audited by an integer programme",
        "; ".join([f"{len(found)} combinations", *found[:3]]),
        not found,
    )


@contextmanager
def without(guard: str) -> Iterator[None]:
    """Take a guard out of the gate."""
    kept = [(where, name, getattr(where, name)) for where, name, _nothing in GUARDS[guard]]
    for where, name, nothing in GUARDS[guard]:
        setattr(where, name, nothing)
    try:
        yield
    finally:
        for where, name, guarded in kept:
            setattr(where, name, guarded)


def leaks(seed: int, *, dates: int = 6) -> list[str]:
    """Facts about few people of a random programme that two partners together find out. Writes nothing for good."""
    with transaction.atomic():
        world = World(seed)
        for _ in range(dates):
            world.let_time_pass()
            world.tell()
        found = [f"programme {seed}: {text}" for text in audit(world)]
        transaction.set_rollback(True)
    return found


def audit(world: World) -> Iterator[str]:
    """Every axis of every cohort, all people beside the roles, groups and people known by name."""
    for cohort in range(len(world.cohorts)):
        figures = [
            figure for moment, at, data in world.told if at == cohort for figure in _figures(cohort, moment, data)
        ]
        name = world.cohorts[cohort].name
        figures += [figure for moment, _at, data in world.told for figure in _as_last_round(cohort, name, moment, data)]
        yield from few_people(of_their_day(figures))
        yield from _sums(world, cohort, figures)
    yield from _years(world)


def of_their_day(figures: Sequence[Figure]) -> list[Figure]:
    """Tables that don't add up to the number beside them are of an earlier day, where that number is new.

    A page keeps an older table rather than telling of few. Nobody takes its 26 people for the 49 of the same page.
    """
    first: dict[tuple[str, int], float] = {}
    for one in figures:
        if not one.is_sum:
            first.setdefault((one.axis, one.number), one.moment)
    older = set()
    for table in (one for one in figures if one.is_sum):
        beside = [
            one.number
            for one in figures
            if (one.axis, one.moment, one.cells) == (table.axis, table.moment, table.cells) and not one.is_sum
        ]
        if beside and table.number not in beside and all(first[table.axis, n] == table.moment for n in beside):
            older.add((table.axis, table.moment))
    return [
        replace(one, moment=one.moment - 0.5) if (one.axis, one.moment) in older and _is_of_table(one) else one
        for one in figures
    ]


def _is_of_table(figure: Figure) -> bool:
    return figure.is_sum or figure.text.startswith("“")


def _axes(role: str) -> dict[str, set]:
    """The axes along which people of a role are put into rows, and the cells of each."""
    axes: dict[str, set] = {f"{role} places": PLACES}
    if role in ("mentees", "mentors"):
        axes |= {f"{role} {question} {wave}": ANSWERS for question in ("Good", "Useful") for wave in ("W1", "W2")}
    return axes | ({"mentors training": TRAINING} if role == "mentors" else {})


def _figures(cohort: int, moment: int, data: dict[str, Any]) -> Iterator[Figure]:
    """Every number of a report, on every axis on which it can be compared."""

    for block in data["blocks"]:
        for label, number in (row[:2] for row in block["figures"] if isinstance(row[1], int)):
            yield from _counted(cohort, moment, label, number)
        for table in (one for one in block["tables"] if "wave by wave" not in one["caption"]):
            if table.get("look") == "funnel":
                for label, number in table["rows"]:
                    yield from _counted(cohort, moment, STAGES.get(label, label), number)
                continue
            role, axes = _of_table(table["caption"])
            yield from _everybody(cohort, moment, role, sum(n for _label, n in table["rows"]), f"all {role}")
            for axis in axes:
                for cells, (label, number) in zip(_cells(table, _axes(role)[axis]), table["rows"], strict=True):
                    yield _figure(cohort, moment, axis, cells, number, f"“{label}” of “{table['caption']}”")


def _as_last_round(cohort: int, name: str, moment: int, data: dict[str, Any]) -> Iterator[Figure]:
    """Numbers of a cohort that a report about a later one shows beside its own."""
    for block in data["blocks"]:
        for label, _number, *beside in block["figures"]:
            for _name, number in (one for one in beside if one[0] == name):
                yield from _counted(cohort, moment, label, number)


def _figure(cohort: int, moment: int, axis: str, cells: set, number: int, text: str) -> Figure:
    is_sum = text.startswith("all ")
    return Figure(f"cohort {cohort}, {axis}", moment, frozenset(cells), number, text, is_sum)


def _everybody(cohort: int, moment: int, role: str, number: int, text: str) -> Iterator[Figure]:
    """The people of a role, on every axis on which they are put into rows."""
    for axis, cells in _axes(role).items():
        yield _figure(cohort, moment, axis, cells, number, text)
    if role == "mentees":
        yield _figure(cohort, moment, "projects", MENTEES, number, text)


def _counted(cohort: int, moment: int, label: str, number: int) -> Iterator[Figure]:
    """A number with its label: people of a role, or projects."""
    if label.lower() in (*ROLES, "people"):
        yield from _everybody(cohort, moment, label.lower(), number, label)
    elif label in NUMBERS:
        yield _figure(cohort, moment, "projects", NUMBERS[label], number, label)


def _of_table(caption: str) -> tuple[str, list[str]]:
    """The role that a table is about, and its axes: who answered a wave is part of each of its questions."""
    if place := re.fullmatch(r"(\w+) by (?:continent|country)", caption):
        role = place[1].lower()
        return role, [f"{role} places"]
    if wave := re.fullmatch(r"(.+) \((\w+), (W\d)\)", caption):
        asked = ("Good", "Useful") if wave[1] == "Who answered" else (wave[1].rstrip("?"),)
        return wave[2], [f"{wave[2]} {question} {wave[3]}" for question in asked]
    if caption != "Mentors":
        raise ValueError(f"The audit does not know what the table “{caption}” counts.")
    return "mentors", ["mentors training"]


def _cells(table: dict[str, Any], all_cells: set) -> list[set]:
    """The cells that each row of a table counts. A row of the rest counts those that no other row does."""
    found: list[set] = []
    for label, _number in table["rows"]:
        group = re.sub("^elsewhere in |, not told apart$", "", label).replace("other answers, put together", "answered")
        if label == "skipped, or no answer":
            found.append({("answered", "skipped this question"), ("no answer", "no answer")})
        elif cells := {cell for cell in all_cells if cell[-1] == label}:
            found.append(cells)
        else:
            found.append({cell for cell in all_cells if cell[0] == group})
    labels = [label for label, _number in table["rows"]]
    for at, label in enumerate(labels):
        if label.startswith(("elsewhere in ", "other answers")):
            found[at] -= set().union(*(cells for n, cells in enumerate(found) if n != at))
    for at, label in enumerate(labels):
        if label == "others, put together":
            found[at] = all_cells - set().union(*(cells for n, cells in enumerate(found) if n != at))
    return found


def _sums(world: World, cohort: int, figures: list[Figure]) -> Iterator[str]:
    """All people less some roles; a role less the groups that partners pay for, or less whom they know by name."""
    read: dict[str, set[int]] = {}
    for figure in figures:
        read.setdefault(figure.text.removeprefix("all ").lower(), set()).add(figure.number)
    roles = [{0} | read.get(role, set()) for role in ROLES]
    seats: dict[int, set[int]] = {}
    for _moment, at, group, people in world.seats:
        if at == cohort:
            seats.setdefault(group, {0}).add(people)
    compared = [("people", roles), ("people", list(seats.values()))]
    compared += [(role, list(seats.values())) for role in ("mentees", "projects", "signed up")]
    for whole, parts in compared:
        for number, some in product(read.get(whole, ()), product(*parts)):
            if abs(number - sum(some)) in FEW:
                yield f"cohort {cohort}: {number} {whole} less {some}"
    for group, sizes in seats.items():
        yield from (f"group {group}: {two}" for two in combinations(sizes, 2) if abs(two[0] - two[1]) in FEW)


def _years(world: World) -> Iterator[str]:
    """A year is the sum of its cohorts as they were told the same day: it says nothing of its own."""
    for number in {data["report"] for _moment, at, data in world.told if at is None}:
        for moment, _at, data in (one for one in world.told if one[2]["report"] == number):
            for block in data["blocks"]:
                for label, value, *_beside in block["figures"]:
                    if isinstance(value, int) and label in (*NUMBERS, *map(str.capitalize, ROLES)) and value in FEW:
                        yield f"report {number}, moment {moment}: {value} {label}"
                for table in block["tables"]:
                    yield from (f"report {number}: {row}" for row in table["rows"] if row[1] in FEW)
