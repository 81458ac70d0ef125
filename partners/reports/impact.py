"""The figures of a cohort that a partner may see.

Every number about people is the sum or a row of a table that puts the people of one role (its mentees, its mentors …)
into rows of five or more. All tables of a role add up to the same number, so that neither two of them nor their sum
and a row differ by a few (disclosure_control.py), and none differs by a few from what was shown before
(disclosure_log.py). People of several roles are counted in each; the number of all people is shown only where that
gives no overlap away. Projects, matches and graduates are not people: they are shown unless the totals reveal that
they stand for few people.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cohorts.models import Cohort, Enrollment
from matching.models import Match
from matching.scoring.geography import CONTINENT
from mentorship.core.accounts.models import User
from mentorship.core.reference_data import country_name
from partners.models import ReleasedTable
from partners.reports.checkin_tables import WaveQuestion, wave_questions, wave_tables
from partners.reports.disclosure_control import (
    MERGED,
    MINIMUM,
    NOT_APART,
    CountRow,
    group_sums,
    is_apart_from_sums,
    is_small_group,
    most_people_in,
    suppress_nested,
    suppress_small_groups,
)
from partners.reports.disclosure_log import release_tables
from partners.reports.people_tables import PEOPLE_TABLES, ROLES, people_tables

NOT_SAID = "country not said"
CONTINENT_NAMES = {
    "AF": "Africa",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}
# A project of the past whose people nobody knows any more is imported with an address at this domain.
NOBODY = "@nobody.invalid"
WORKS = ("projects", "teams", "matches", "graduates")


@dataclass(frozen=True)
class Impact:
    """The figures of a cohort at a moment. What is missing would reveal fewer than five people."""

    numbers: dict[str, int]
    about_projects: int | None  # to the nearest five, where the exact number is not told
    places: dict[str, list]  # "people", or roles → (country, people, continent)
    tables: dict[str, list[CountRow]]  # what is registered in people_tables.py, by key
    questions: list[WaveQuestion]
    so_far: bool
    has_people: bool

    @property
    def graduates_rate(self) -> float | None:
        """Graduates of all projects, 0 to 1; None while the cohort runs, or where one of both is not told."""
        graduates, projects = self.numbers.get("graduates"), self.numbers.get("projects")
        return graduates / projects if graduates and projects and not self.so_far else None

    def rows(self, key: str) -> list[CountRow]:
        """The rows of a registered table. Raises LookupError for a key that no function is registered for."""
        if key not in PEOPLE_TABLES:
            raise LookupError(f"No table of people is registered as “{key}” in {people_tables.__module__}.")
        if key in self.tables:
            return self.tables[key]
        # Labels that people may share are a table each; the first row is of those with the label.
        return [rows[0] for name, rows in self.tables.items() if name.startswith(f"{key}:") and rows]

    def continent_rows(self, role: str) -> list[tuple[str, int]]:
        return group_sums(self.places.get(role, []))

    def country_rows(self, role: str) -> list[tuple[str, int]]:
        """By country; nothing where no country could be named: the table would repeat that of continents."""
        rows = [(label, number) for label, number, _group in self.places.get(role, [])]
        named = [r for r in rows if r[0] not in (MERGED, NOT_SAID) and not r[0].endswith(NOT_APART)]
        return rows if named and len(rows) > 1 else []


@dataclass(frozen=True)
class _People:
    """Who is in the cohort, as sets of users."""

    roles: dict[str, set[int]]
    everyone: set[int]
    country: dict[int, str]
    works: dict[str, int] = field(default_factory=dict)
    alone: int = 0  # how many projects are of one person


def cohort_impact(cohort: Cohort, *, release: bool = False) -> Impact:
    """The figures of a cohort with a constant number of queries.

    `release` where somebody outside the team sees them: from then on they are on record as shown.
    """
    people = _people_of(cohort)
    asked = wave_questions(cohort, people.roles)
    mentees = people.roles["mentees"]
    told_apart = _roles_apart(cohort, people)
    registered = people_tables(cohort, people.roles)
    tables: dict[str, Sequence[Sequence[Any]]] = {
        **{f"{role}:number": _number(role, len(people.roles[role])) for role in ROLES},
        **{f"{role}:places": suppress_nested(_continents(people, people.roles[role])) for role in told_apart},
        "mentees:teams": suppress_small_groups([("in a team", len(mentees) - people.alone), ("alone", people.alone)]),
        **registered,
        **wave_tables(asked, people.roles),
    }
    shown = release_tables(cohort, tables, write=release)
    numbers = {role: rows[0][1] for role in ROLES if (rows := shown[f"{role}:number"])}
    more, places = _others(cohort, people, tables, shown, numbers, release)
    numbers |= more
    about = numbers.pop("about-projects", None)
    return Impact(
        numbers=numbers,
        about_projects=None if "projects" in numbers else about,
        places={"people": places, **{role: shown[f"{role}:places"] for role in told_apart}},
        tables={key: _pairs(shown[key]) for key in registered},
        questions=[q.with_rows(_pairs(shown[q.key])) for q in asked if shown[q.key]],
        so_far=cohort.status not in (Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED),
        has_people=bool(people.everyone),
    )


def _people_of(cohort: Cohort) -> _People:
    enrollments = list(
        Enrollment.objects.filter(cohort=cohort)
        .occupying_place()
        .select_related("user")
        .prefetch_related("members__user")
    )
    leading = [e for e in enrollments if e.role == Enrollment.Role.MENTEE]
    by_role = {role: {e.user_id for e in enrollments if e.role == role} for role in Enrollment.Role.values}
    matches = Match.objects.filter(mentee__cohort=cohort).exclude(status=Match.Status.REMATCHED)
    # Of history from elsewhere nobody knows more than that the pair was one.
    matches = matches.exclude(status=Match.Status.ENDED, imported=False)
    pairs = list(matches.values_list("mentor__user_id", "mentee_id", "status"))
    guiding = {user for user, _mentee, _status in pairs} & by_role["mentor"]
    paired = guiding and cohort.status not in (Cohort.Status.ENROLLING, Cohort.Status.MATCHING)
    graduated = {e.pk for e in leading if e.status == Enrollment.Status.COMPLETED}
    graduated |= {mentee for _user, mentee, status in pairs if status == Match.Status.GRADUATED}
    sizes = [len(_known(e)) for e in leading]
    roles = {
        "mentees": {person.pk for e in leading for person in _known(e)},
        # Who offered to mentor and was not needed is no mentor of the cohort once it is matched.
        "mentors": guiding if paired else by_role["mentor"],
        "facilitators": by_role["facilitator"],
        "experts": by_role["expert"],
    }
    return _People(
        roles=roles,
        everyone=set().union(*roles.values()),
        country=_countries(enrollments),
        works={
            "projects": len(leading),
            "teams": sum(size > 1 for size in sizes),
            "matches": len(pairs),
            "graduates": len(graduated),
        },
        alone=sum(size == 1 for size in sizes),
    )


def _known(enrollment: Enrollment) -> list[User]:
    return [person for person in enrollment.people if not person.email.endswith(NOBODY)]


def _number(role: str, people: int) -> list[list[Any]]:
    return [[role, people]] if people >= MINIMUM else []


def _others(
    cohort: Cohort,
    people: _People,
    tables: dict[str, Any],
    shown: dict[str, list],
    roles: dict[str, int],
    release: bool,
) -> tuple[dict[str, int], list]:
    """The number and places of all people together, and the numbers that don't count people."""
    # Whoever knows how many teams there are knows how many projects are of one person.
    teams = people.works["teams"] if shown["mentees:teams"] else 0

    def harmless(number: int) -> bool:
        return (
            not number
            or most_people_in(number, people.works["projects"], len(people.roles["mentees"]), teams) >= MINIMUM
        )

    fresh = {key for key, rows in tables.items() if rows and shown[key] == [list(row) for row in rows]}
    more = _works(people, harmless, teams_told="mentees:teams" in fresh)
    places = set(people.country.values()) - {""}
    more["countries:number"] = [["countries", len(places)]] if places and roles else []
    clear = is_apart_from_sums(len(people.everyone), list(roles.values()))
    more["people:number"] = _number("people", len(people.everyone)) if clear else []
    if "mentees:places" not in tables:
        more["people:places"] = suppress_nested(_continents(people, people.everyone)) if clear else []

    def rule(key: str, change: int) -> bool:
        if key == "countries:number":
            return bool(fresh & {"mentees:number", "mentors:number"})
        return change >= MINIMUM or harmless(change)

    found = release_tables(cohort, more, write=release, rule=rule)
    by_place = found.pop("people:places", [])
    if not is_apart_from_sums(sum(row[1] for row in by_place), list(roles.values())):
        by_place = []  # an older sum beside newer roles
    return _side_by_side({rows[0][0]: int(rows[0][1]) for rows in found.values() if rows}, roles), by_place


def _works(people: _People, harmless: Callable[[int], bool], *, teams_told: bool) -> dict[str, Any]:
    """Projects, teams, matches and graduates, each where it does not reveal few people."""
    works = people.works
    told = {
        # Mentees less projects are the members of teams beside their leads.
        "projects": harmless(works["projects"])
        and not is_small_group(len(people.roles["mentees"]) - works["projects"]),
        "teams": teams_told,
        "matches": works["matches"] >= MINIMUM,
        "graduates": harmless(works["graduates"]) and harmless(works["projects"] - works["graduates"]),
    }
    tables = {f"works:{name}": [[name, works[name]]] if told[name] and works[name] else [] for name in WORKS}
    if works["projects"] >= 2 * MINIMUM:
        tables["works:about-projects"] = [["about-projects", MINIMUM * round(works["projects"] / MINIMUM)]]
    return tables


def _side_by_side(numbers: dict[str, int], roles: dict[str, int]) -> dict[str, int]:
    """Remove numbers that reveal few people because an older one is shown beside a newer one."""
    left = dict(numbers)
    if "people" in left and not is_apart_from_sums(left["people"], list(roles.values())):
        del left["people"]
    projects, mentees = left.get("projects"), roles.get("mentees", 0)
    if projects and is_small_group(mentees - projects):
        del left["projects"]
    elif projects and "graduates" in left:
        parts = (left["graduates"], projects - left["graduates"])
        if any(part < 0 or (part and most_people_in(part, projects, mentees) < MINIMUM) for part in parts):
            del left["graduates"]
    return left


def _roles_apart(cohort: Cohort, people: _People) -> tuple[str, ...]:
    """The roles whose places are shown apart: none where all people can be shown together, which names more places.

    Never both, because the difference would be the places of the other roles; what was shown first decides.
    """
    keys = set(ReleasedTable.objects.filter(cohort=cohort, key__endswith=":places").values_list("key", flat=True))
    apart_ = ("mentees", "mentors")
    if keys:
        return () if "people:places" in keys else apart_
    told = [len(found) for found in people.roles.values() if len(found) >= MINIMUM]
    return () if is_apart_from_sums(len(people.everyone), told) else apart_


def _pairs(rows: list) -> list[tuple[str, int]]:
    return [(label, number) for label, number, *_ in rows]


def _countries(enrollments: list[Enrollment]) -> dict[int, str]:
    """The country of each person, from the sign-up of the lead and the profile of others; "" where unknown."""
    country: dict[int, str] = {}
    for enrollment in enrollments:
        for person in _known(enrollment):
            said = enrollment.country if person.pk == enrollment.user_id else ""
            country[person.pk] = country.get(person.pk) or said or person.country
    return country


def _continents(people: _People, who: set[int]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Countries by continent, the largest first. People without a country are a group, so that all add up."""
    found: dict[str, list[tuple[str, int]]] = {}
    for code, number in Counter(people.country.get(pk, "") for pk in sorted(who)).most_common():
        name = CONTINENT_NAMES.get(CONTINENT.get(code, ""), "Elsewhere") if code else NOT_SAID
        found.setdefault(name, []).append((country_name(code) if code else NOT_SAID, number))
    return sorted(found.items(), key=lambda item: (-sum(n for _, n in item[1]), item[0]))
