"""What became of a cohort, in figures that a partner may see.

People are told apart in no figure: places, survey answers, who came back and who was trained are groups of five or
more, also by subtraction (privacy.py) and by comparison with what was shown before (releasing.py). Projects, matches,
graduates and people by role are facts about the cohort and are told exactly.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checkins.models import Answer, CheckIn, CheckInWave, SurveyQuestion
from cohorts.models import Cohort, Enrollment
from cohorts.places import country_name
from matching.models import Match
from matching.places import CONTINENT
from partners.privacy import MERGED, MINIMUM, NOT_APART, group_sums, may_tell, nested, suppress
from partners.releasing import released
from training.models import TrainingBooking

NO_ANSWER = "no answer"
NOT_SAID = "country not said"
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
    """One question of a check-in: its text and how many people said what, small groups put together."""

    text: str
    rows: list[tuple[str, int]]
    wave: str = ""


@dataclass(frozen=True)
class Impact:
    """The figures of a cohort at a moment. `None` is a figure that would tell of fewer than five people."""

    people: int
    mentors: int
    mentees: int
    facilitators: int
    experts: int
    projects: int
    teams: int
    matches: int
    graduates: int
    countries: int
    country_rows: list[tuple[str, int]]
    continent_rows: list[tuple[str, int]]
    retention_rows: list[tuple[str, int]]
    training_rows: list[tuple[str, int]]
    respondents: int | None
    asked: int | None
    questions: list[Question]
    so_far: bool

    @property
    def graduates_rate(self) -> float | None:
        """Graduates of all projects, 0 to 1; None while the cohort runs or without projects."""
        return None if self.so_far or not self.projects else self.graduates / self.projects


def impact_of(cohort: Cohort, *, release: bool = False) -> Impact:
    """The figures of a cohort with a constant number of queries.

    `release` where somebody outside the team sees them: from then on they are on record as shown.
    """
    enrollments = list(
        Enrollment.objects.filter(cohort=cohort).accepted().select_related("user").prefetch_related("members__user")
    )
    mentees = [e for e in enrollments if e.role == Enrollment.Role.MENTEE]
    by_role = {role: {e.user_id for e in enrollments if e.role == role} for role in Enrollment.Role.values}
    learning = {person.pk for e in mentees for person in e.people}
    everyone = learning | {e.user_id for e in enrollments}
    places = _places(enrollments)
    matches = Match.objects.filter(mentee__cohort=cohort).standing()
    graduated = {e.pk for e in mentees if e.status == Enrollment.Status.COMPLETED}
    graduated |= set(matches.filter(status=Match.Status.GRADUATED).values_list("mentee_id", flat=True))
    asked, respondents = _response(cohort)
    questions, tables = _questions(cohort)
    every: dict[str, Sequence[Sequence[Any]]] = {
        **tables,
        "places": nested(_continents(places)),
        "retention": _retention(cohort, learning),
        "training": _training(cohort, by_role["mentor"]),
    }
    shown = released(cohort, every, write=release)
    return Impact(
        people=len(everyone),
        mentors=len(by_role["mentor"]),
        mentees=len(learning),
        facilitators=len(by_role["facilitator"]),
        experts=len(by_role["expert"]),
        projects=len(mentees),
        teams=sum(1 for e in mentees if len(e.people) > 1),
        matches=matches.count(),
        graduates=len(graduated),
        countries=len([code for code in places if code]),
        country_rows=_country_rows(shown["places"]),
        continent_rows=group_sums(shown["places"]),
        retention_rows=[(label, number) for label, number in shown["retention"]],
        training_rows=[(label, number) for label, number in shown["training"]],
        respondents=respondents if respondents >= MINIMUM else None,
        asked=asked if may_tell(respondents, asked) else None,
        questions=[
            Question(text, [(label, number) for label, number in shown[key]], wave)
            for key, (text, wave) in questions.items()
            if shown[key]
        ],
        so_far=cohort.status not in (Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED),
    )


def _places(enrollments: list[Enrollment]) -> Counter[str]:
    """People by country, each person once; the lead's country at sign-up, the others' own page; "" is not said."""
    country: dict[int, str] = {}
    for enrollment in enrollments:
        for person in enrollment.people:
            said = enrollment.country if person.pk == enrollment.user_id else ""
            country[person.pk] = country.get(person.pk) or said or person.country
    return Counter(country.values())


def _continents(places: Counter[str]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Countries by continent, the largest first; who said none is a group, too, so that all add up to all people."""
    found: dict[str, list[tuple[str, int]]] = {}
    for code, people in places.most_common():
        name = CONTINENT_NAMES.get(CONTINENT.get(code, ""), "Elsewhere") if code else NOT_SAID
        found.setdefault(name, []).append((country_name(code) if code else NOT_SAID, people))
    return sorted(found.items(), key=lambda item: (-sum(n for _, n in item[1]), item[0]))


def _country_rows(places: list) -> list[tuple[str, int]]:
    """The places by country; nothing where no country could be named, because then they say no more than continents."""
    rows = [(label, number) for label, number, _group in places]
    named = [r for r in rows if r[0] not in (MERGED, NOT_SAID) and not r[0].endswith(NOT_APART)]
    return rows if named else []


def _retention(cohort: Cohort, learning: set[int]) -> list[tuple[str, int]]:
    """How many of those who learned came back as mentors in a later cohort of the programme."""
    later = Enrollment.objects.filter(
        cohort__programme_id=cohort.programme_id, cohort__starts_on__gt=cohort.starts_on, role=Enrollment.Role.MENTOR
    ).accepted()  # fmt: skip
    back = len(learning & set(later.values_list("user_id", flat=True)))
    return suppress([("came back as mentors", back), ("not so far", len(learning) - back)]) if back else []


def _training(cohort: Cohort, mentors: set[int]) -> list[tuple[str, int]]:
    """How many of the mentors took a seat in a training session."""
    bookings = TrainingBooking.objects.filter(session__cohort=cohort, enrollment__cohort=cohort)
    bookings = bookings.filter(status__in=["booked", "came"]).exclude(attended=False)
    took = len(mentors & set(bookings.values_list("enrollment__user_id", flat=True)))
    return suppress([("took part in a training", took), ("did not", len(mentors) - took)]) if took else []


def _response(cohort: Cohort) -> tuple[int, int]:
    """How many people were asked, and how many answered; each counts once, with however many matches."""
    asked = CheckIn.objects.filter(wave__cohort=cohort, mails_sent__gt=0)
    people = set(asked.values_list("user_id", flat=True))
    return len(people), len(set(asked.filter(status="answered").values_list("user_id", flat=True)))


def _questions(cohort: Cohort) -> tuple[dict[str, tuple[str, str]], dict[str, list[tuple[str, int]]]]:
    """Each question of each wave over the wave's own people: who left one out is a row of it, so that no two totals
    differ by a few. Waves are never added up: who answered only one of them would show by subtraction.

    Returns key → (text, name of the wave where there are several), and key → rows.
    """
    waves = list(CheckInWave.objects.filter(cohort=cohort, survey__anonymous=False).order_by("pk"))
    people = _respondents(cohort)
    said: dict[tuple[int, int], dict[int, str]] = {}
    answers = Answer.objects.filter(checkin__wave__cohort=cohort, checkin__status=CheckIn.Status.ANSWERED)
    for wave_id, question_id, user, value in answers.order_by("checkin__answered_at", "checkin_id").values_list(
        "checkin__wave_id", "question_id", "checkin__user_id", "value"
    ):
        said.setdefault((wave_id, question_id), {})[user] = value
    asked = SurveyQuestion.objects.filter(survey__in=[w.survey_id for w in waves], kind__in=SurveyQuestion.COUNTABLE)
    texts, tables = {}, {}
    for wave in waves:
        for question in [q for q in asked if q.survey_id == wave.survey_id]:
            counts = Counter(said.get((wave.pk, question.pk), {}).values())
            rows = [(label, counts[value]) for value, label in question.choices]
            silent = max(people.get(wave.pk, 0) - sum(n for _, n in rows), 0)
            key = f"wave:{wave.pk}:question:{question.pk}"
            told = sum(n for _, n in rows) >= MINIMUM
            tables[key] = suppress([*rows, *([(NO_ANSWER, silent)] if silent else [])]) if told else []
            texts[key] = (question.text, wave.name if len(waves) > 1 else "")
    return texts, tables


def _respondents(cohort: Cohort) -> Counter[int]:
    """People who answered, by wave."""
    answered = CheckIn.objects.filter(wave__cohort=cohort, status=CheckIn.Status.ANSWERED)
    return Counter(wave for wave, _user in set(answered.values_list("wave_id", "user_id")))
