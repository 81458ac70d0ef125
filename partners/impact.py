"""What became of a cohort, in figures that a partner may see.

People are told apart in no figure: countries and survey answers are groups of five or more, also by subtraction (see
privacy.py). Projects, matches, graduates and people by role are facts about the cohort and are told exactly.
"""

from collections import Counter
from dataclasses import dataclass

from checkins.models import CheckIn
from checkins.results import tally
from cohorts.models import Cohort, Enrollment
from cohorts.places import country_name
from matching.models import Match
from matching.places import CONTINENT
from partners.privacy import MINIMUM, may_tell, suppress

NO_ANSWER = "no answer"
CONTINENT_NAMES = {
    "AF": "Africa",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}


@dataclass(frozen=True)
class Question:
    """One question of the check-in: its text and how many people said what, small groups put together."""

    text: str
    rows: list[tuple[str, int]]


@dataclass(frozen=True)
class Impact:
    """The figures of a cohort at a moment. `None` is a figure that would tell of fewer than five people."""

    people: int
    mentors: int
    mentees: int
    projects: int
    teams: int
    matches: int
    graduates: int
    countries: int
    country_rows: list[tuple[str, int]]
    continent_rows: list[tuple[str, int]]
    respondents: int | None
    asked: int | None
    questions: list[Question]
    so_far: bool

    @property
    def graduates_rate(self) -> float | None:
        """Graduates of all projects, 0 to 1; None while the cohort runs or without projects."""
        return None if self.so_far or not self.projects else self.graduates / self.projects


def impact_of(cohort: Cohort) -> Impact:
    """The figures of a cohort with a constant number of queries."""
    enrollments = list(
        Enrollment.objects.filter(cohort=cohort).accepted().select_related("user").prefetch_related("members__user")
    )
    mentees = [e for e in enrollments if e.role == Enrollment.Role.MENTEE]
    mentors = {e.user_id for e in enrollments if e.role == Enrollment.Role.MENTOR}
    learning = {person.pk for e in mentees for person in e.people}
    everyone = learning | {e.user_id for e in enrollments}
    places = _places(enrollments)
    matches = Match.objects.filter(mentee__cohort=cohort).standing()
    graduated = {e.pk for e in mentees if e.status == Enrollment.Status.COMPLETED}
    graduated |= set(matches.filter(status=Match.Status.GRADUATED).values_list("mentee_id", flat=True))
    asked, respondents = _response(cohort)
    return Impact(
        people=len(everyone),
        mentors=len(mentors),
        mentees=len(learning),
        projects=len(mentees),
        teams=sum(1 for e in mentees if len(e.people) > 1),
        matches=matches.count(),
        graduates=len(graduated),
        countries=len(places),
        country_rows=suppress([(country_name(code), number) for code, number in places.most_common()]),
        continent_rows=suppress(_continents(places)),
        respondents=respondents if respondents >= MINIMUM else None,
        asked=asked if may_tell(respondents, asked) else None,
        questions=_questions(cohort, respondents),
        so_far=cohort.status not in (Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED),
    )


def _places(enrollments: list[Enrollment]) -> Counter[str]:
    """People by country, each person once; the lead's country at sign-up, the others' own page."""
    country: dict[int, str] = {}
    for enrollment in enrollments:
        for person in enrollment.people:
            said = enrollment.country if person.pk == enrollment.user_id else ""
            if code := said or person.country:
                country.setdefault(person.pk, code)
    return Counter(country.values())


def _continents(places: Counter[str]) -> list[tuple[str, int]]:
    number: Counter[str] = Counter()
    for code, people in places.items():
        number[CONTINENT_NAMES.get(CONTINENT.get(code, ""), "Elsewhere")] += people
    return number.most_common()


def _response(cohort: Cohort) -> tuple[int, int]:
    """How many people were asked, and how many answered; each counts once, with however many matches."""
    asked = CheckIn.objects.filter(wave__cohort=cohort, mails_sent__gt=0)
    people = set(asked.values_list("user_id", flat=True))
    return len(people), len(set(asked.filter(status="answered").values_list("user_id", flat=True)))


def _questions(cohort: Cohort, respondents: int) -> list[Question]:
    """Each question over the same people: who left one out is a row of it, so that no two totals differ by a few."""
    if respondents < MINIMUM:
        return []
    found = []
    for one in tally(cohort=cohort):
        rows = suppress([*one.rows, (NO_ANSWER, max(respondents - one.answered, 0))])
        if one.answered >= MINIMUM and rows:
            found.append(Question(one.question.text, [row for row in rows if row != (NO_ANSWER, 0)]))
    return found
