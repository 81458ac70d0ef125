"""Turn a cohort's enrolments into profiles and the pool that is to be matched."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from cohorts.models import Cohort, Enrollment
from matching.engine.history import CohortHistory
from matching.models import Match, MatchPin, MentorPause
from matching.profiles import MatchProfile, SharedAnswers
from matching.scoring.factors import FACTORS
from mentorship.core.reference_data import continent_of


@dataclass(frozen=True)
class MatchingPool:
    """The people to be matched: accepted, with mentors still wanted or places still free."""

    mentees: list[Enrollment]
    mentors: list[Enrollment]
    wanted: list[int]
    capacity: list[int]
    load: list[int]  # mentees that each mentor has already, beside these places
    locked: list[tuple[int, int]]
    forbidden: list[tuple[int, int]]


def subject_of(cohort: Cohort) -> str:
    """The names of a cohort: what everybody in it is there for."""
    return f"{cohort.programme.name} {cohort.name}"


def read_pool(cohort: Cohort) -> MatchingPool:
    """Read accepted people with the places still wanted or free, and the pairs that are locked or excluded."""
    accepted: Iterable[Enrollment] = (
        cohort.enrollments.filter(status=Enrollment.Status.ACCEPTED)
        .exclude(pk__in=MentorPause.objects.open(cohort).values("enrollment"))
        .filter(held_back=None)
        # As `with_people`, but for the cohort, which is the same for all.
        .select_related("user", "group")
        .prefetch_related("members__user")
    )
    accepted = sorted(accepted, key=key_of)  # the order that settles ties
    taken = Match.objects.places_of(cohort)
    mentees = [e for e in accepted if e.role == "mentee" and e.mentors_wanted > taken[e.pk]]
    mentors = [e for e in accepted if e.role == "mentor" and e.capacity > taken[e.pk]]
    row = {e.pk: i for i, e in enumerate(mentees)}
    column = {e.pk: j for j, e in enumerate(mentors)}

    def inside(pairs: Any) -> list[tuple[int, int]]:
        return sorted({(row[a], column[b]) for a, b in pairs if a in row and b in column})

    pins = MatchPin.objects.filter(mentee__cohort=cohort)
    # Pairs of this cohort, current or ended, are not proposed again; imported history does not count.
    past = set(Match.objects.filter(mentee__cohort=cohort, imported=False).values_list("mentee_id", "mentor_id"))
    standing = set(Match.objects.occupying_place().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id"))
    forbidden = set(pins.filter(kind=MatchPin.Kind.FORBID).values_list("mentee_id", "mentor_id"))
    locked = set(pins.filter(kind=MatchPin.Kind.LOCK).values_list("mentee_id", "mentor_id"))
    return MatchingPool(
        mentees=mentees,
        mentors=mentors,
        wanted=[e.mentors_wanted - taken[e.pk] for e in mentees],
        capacity=[e.capacity - taken[e.pk] for e in mentors],
        load=[taken[e.pk] for e in mentors],
        locked=inside(locked - standing),
        forbidden=inside((past | standing | forbidden) - (locked - standing)),
    )


def key_of(enrollment: Enrollment) -> str:
    """The key that orders people: unique and, where there is an external id, the same on every installation."""
    return f"{enrollment.external_id or enrollment.user.email}#{enrollment.pk:012d}"


def external_names(enrollments: Sequence[Enrollment]) -> dict[int, str]:
    """Name each by external id, else by address, with the project if that is not unique. For programs."""
    plain = {e.pk: e.external_id or e.user.email for e in enrollments}
    often = Counter(plain.values())
    return {e.pk: plain[e.pk] if often[plain[e.pk]] == 1 else f"{e.user.email}: {e.title or e.pk}" for e in enrollments}


# Those of a programme count by their own text.
STYLE_WORDS = {"calls": "spoken", "writing": "written", "mixed": "mixed", "in_person": "in person"}


def profile_of(enrollment: Enrollment, cohort: Cohort, known: CohortHistory) -> MatchProfile:
    """Build the input of the scoring: the sign-up, with additions from `known`."""
    enrollment.cohort = cohort  # factors read it, and no query is made for each of them
    text = [part for part in (enrollment.title, enrollment.description, enrollment.goals) if part]
    topics = tuple(known.topics.get(enrollment.pk, ()))
    people = [person.pk for person in enrollment.people]
    shared = SharedAnswers(known.shared.get(enrollment.pk, {}))
    is_mentor = enrollment.role == Enrollment.Role.MENTOR
    # A project is described by its own text; earlier work of its people is about something else.
    told = [(pk, part) for pk in people for part in known.told[pk]] if is_mentor or not (text or topics) else []
    return MatchProfile(
        # Ties are decided by the key: the external id keeps the answer the same on every installation.
        key=key_of(enrollment),
        topics=topics,
        text="\n".join(text),
        history=tuple(part for _, part in told),
        history_names=tuple(known.told_as.get(one, "") for one in told),
        mentoring_type=enrollment.mentoring_type,
        style=STYLE_WORDS.get(enrollment.interaction_style, enrollment.interaction_style),
        languages=tuple(enrollment.languages),
        utc_offsets=_offsets(enrollment.time_zone, cohort.starts_on, cohort.ends_on),
        region=continent_of(enrollment.country, enrollment.time_zone),
        people=frozenset(str(pk) for pk in people),
        employer=known.employer.get(enrollment.pk, ""),
        first_time=not known.took_part.intersection(people) if known.has_past and not is_mentor else None,
        experienced=enrollment.user_id in known.mentored if known.has_past and is_mentor else None,
        rounds=known.rounds.get(enrollment.user_id, 0),
        answers=known.answers.get(enrollment.pk, {}),
        facts={name: fact for name, factor in FACTORS.items() if (fact := factor.read(enrollment, shared)) is not None},
    )


@lru_cache(maxsize=1024)
def _offsets(time_zone: str, starts_on: date, ends_on: date) -> tuple[float, ...]:
    """Return hours from UTC at noon, for each week of a cohort: daylight saving differs between countries."""
    if not time_zone:
        return ()
    zone, found = ZoneInfo(time_zone), []
    days = max((ends_on - starts_on).days, 0)
    for week in range(days // 7 + 1):
        offset = datetime.combine(starts_on + timedelta(weeks=week), time(12), zone).utcoffset()
        found.append(offset.total_seconds() / 3600 if offset else 0.0)
    return tuple(found)
