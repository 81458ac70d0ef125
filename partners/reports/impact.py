"""The figures of a cohort that a partner may see.

People, projects and answers are counted here; the one gate for all reports, pages and partners
(partners/disclosure/gate.py) decides which numbers may be shown. Every table about people groups those of one role
(mentees, mentors …). People with several roles are counted in each. The most important figures are released first: a
later figure may be refused because of an earlier one.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction

from cohorts.models import Cohort, Enrollment
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.reference_data import CONTINENT, CONTINENT_NAMES, country_name
from partners.disclosure.gate import ALONE, IN_A_TEAM, ROLES, TEAMS, Note, Release
from partners.disclosure.small_groups import (
    MERGED,
    NOT_APART,
    CountRow,
    group_sums,
    suppress_nested,
    suppress_small_groups,
)
from partners.reports.checkin_tables import WaveQuestion, release_waves, wave_questions
from partners.reports.people_tables import PEOPLE_TABLES, people_tables

NOT_SAID = "country not said"
# Past projects whose people are unknown are imported with an address at this domain.
NOBODY = "@nobody.invalid"
WORKS = ("projects", "graduates", "matches")  # the most important first
# Until people are selected, sign-ups and projects still come near each other, and one would hide the other.
SELECTED = (Cohort.Status.RUNNING, Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED)


@dataclass(frozen=True)
class Impact:
    """The figures of a cohort at a moment. Missing ones would reveal fewer than five people."""

    numbers: dict[str, int]
    about: dict[str, int]  # to the nearest five, if the exact number is withheld
    places: dict[str, list]  # "people", or roles → (country, people, continent)
    tables: dict[str, list[CountRow]]  # tables registered in people_tables.py, by key
    questions: list[WaveQuestion]
    so_far: bool
    has_people: bool
    notes: list[Note]  # figures that were combined, rounded or held back
    one_mentor_each: bool = False  # no project has two mentors, so that pairs are projects with a mentor

    @property
    def graduates_rate(self) -> float | None:
        """Graduates as a share of all projects, 0 to 1; None while the cohort runs, or if either number is withheld."""
        graduates, projects = self.numbers.get("graduates"), self.numbers.get("projects")
        if self.so_far or not graduates or not projects or graduates > projects:
            return None  # an older number may exceed a newer one
        return graduates / projects

    def rows(self, key: str) -> list[CountRow]:
        """The rows of a registered table. Raises LookupError for an unknown key."""
        if key not in PEOPLE_TABLES:
            raise LookupError(f"No table of people is registered as “{key}” in {people_tables.__module__}.")
        if key in self.tables:
            return self.tables[key]
        # Shared labels are a table each; the first row counts people with the label.
        return [rows[0] for name, rows in self.tables.items() if name.startswith(f"{key}:") and rows]

    def continent_rows(self, role: str) -> list[tuple[str, int]]:
        return group_sums(self.places.get(role, []))

    def country_rows(self, role: str) -> list[tuple[str, int]]:
        """People by country; [] if no country could be named: the table would repeat that of continents."""
        rows = [(label, number) for label, number, _group in self.places.get(role, [])]
        named = [r for r in rows if r[0] not in (MERGED, NOT_SAID) and not r[0].endswith(NOT_APART)]
        return rows if named and len(rows) > 1 else []


@dataclass(frozen=True)
class _People:
    """The people of the cohort as sets of users."""

    roles: dict[str, set[int]]
    everyone: set[int]
    country: dict[int, str]
    works: dict[str, int] = field(default_factory=dict)
    alone: int = 0  # number of projects with one person
    one_mentor_each: bool = False


@transaction.atomic
def cohort_impact(cohort: Cohort, *, release: bool = False) -> Impact:
    """The figures of a cohort with a constant number of queries.

    `release` when somebody outside the team sees them: the figures are then recorded as shown.
    """
    people, gate = _people_of(cohort), Release(cohort, write=release)
    numbers = _numbers(gate, people)
    told_apart = _roles_apart(gate)
    places = {role: _places(gate, people, role, people.roles[role]) for role in told_apart}
    if not told_apart:
        places["people"] = _places(gate, people, "people", people.everyone)
    tables = {
        key: _pairs(gate.table(key, rows, what=_caption(key)))
        for key, rows in people_tables(cohort, people.roles).items()
    }
    questions = release_waves(gate, wave_questions(cohort, people.roles))
    gate.save()
    return Impact(
        numbers={name: number for name, number in numbers.items() if number},
        about={name: near for name, number in numbers.items() if not number and (near := gate.about(name))},
        places=places,
        tables=tables,
        questions=questions,
        so_far=cohort.status not in (Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED),
        has_people=bool(people.everyone),
        notes=gate.notes,
        one_mentor_each=people.one_mentor_each,
    )


def _numbers(gate: Release, people: "_People") -> dict[str, int | None]:
    """People by role, projects, matches, graduates, teams, everybody, and countries."""
    numbers = {role: gate.number(role, len(people.roles[role])) for role in ROLES}
    numbers |= {name: gate.number(name, people.works[name]) for name in WORKS}
    mentees = len(people.roles["mentees"])
    teams = suppress_small_groups([(IN_A_TEAM, mentees - people.alone), (ALONE, people.alone)])
    # Projects minus single-person ones are the teams, so it is shown only beside an exact number of projects.
    gate.table(TEAMS, teams, what="Teams", also=numbers["projects"] is not None)
    numbers["teams"] = gate.number("teams", people.works["teams"], about=False)
    numbers["people"] = gate.number("people", len(people.everyone), about=False)
    if people.works["signups"] > people.works["projects"]:
        numbers["signups"] = gate.number("signups", people.works["signups"], about=False)
    told = [role for role in ROLES if numbers[role]]
    countries = {people.country[pk] for role in told for pk in people.roles[role]} - {""}
    shown = sum(numbers[role] or 0 for role in told)
    numbers["countries"] = gate.countries(len(countries), shown)
    return numbers


def _places(gate: Release, people: "_People", role: str, who: set[int]) -> list[list]:
    """People by country within continents; by continent only if nothing finer may be shown."""
    groups = _continents(people, who)
    rows = suppress_nested(groups)
    coarse = suppress_nested([(name, [(f"{name}{NOT_APART}", sum(n for _l, n in rows))]) for name, rows in groups])
    return gate.table(f"{role}:places", rows, coarse, what=f"Where {role} are from")


def _caption(key: str) -> str:
    role, _, what = key.partition(":")
    return f"{role.capitalize()}: {what.replace(':', ', ')}"


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
    # Imported history only says that the pair existed.
    matches = matches.exclude(status=Match.Status.ENDED, imported=False)
    pairs = list(matches.values_list("mentor__user_id", "mentee_id", "status"))
    guiding = {user for user, _mentee, _status in pairs} & by_role["mentor"]
    paired = guiding and cohort.status not in (Cohort.Status.ENROLLING, Cohort.Status.MATCHING)
    graduated = {e.pk for e in leading if e.status == Enrollment.Status.COMPLETED}
    graduated |= {mentee for _user, mentee, status in pairs if status == Match.Status.GRADUATED}
    sizes = [len(_known(e)) for e in leading]
    roles = {
        "mentees": {person.pk for e in leading for person in _known(e)},
        # Once a cohort is matched, people who offered to mentor but were not needed don't count as mentors.
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
            "signups": _signups(cohort),
        },
        alone=sum(size == 1 for size in sizes),
        one_mentor_each=len({mentee for _user, mentee, _status in pairs}) == len(pairs),
    )


def _signups(cohort: Cohort) -> int:
    """Projects that signed up, whatever became of them; 0 before people are selected."""
    if cohort.status not in SELECTED:
        return 0
    return Enrollment.objects.filter(cohort=cohort, role=Enrollment.Role.MENTEE).count()


def _known(enrollment: Enrollment) -> list[User]:
    return [person for person in enrollment.people if not person.email.endswith(NOBODY)]


def _roles_apart(gate: Release) -> tuple[str, ...]:
    """Roles whose places are shown separately: none if everybody together is possible, which names more places.

    Never both, because the difference would give the places of the other roles; the first one shown decides.
    """
    apart = ("mentees", "mentors")
    if "people:places" in gate.shown or not any(f"{role}:places" in gate.shown for role in apart):
        return () if gate.values("people") else apart
    return apart


def _pairs(rows: list) -> list[tuple[str, int]]:
    return [(label, number) for label, number, *_ in rows]


def _countries(enrollments: list[Enrollment]) -> dict[int, str]:
    """The country of each person, from the sign-up of the lead and the profile of others; "" if unknown."""
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
