"""Facts for the graduation criteria of a cohort: answers, attendance, meetings, goals and goodbyes."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from checkins.models import CheckIn, CriterionMet, GraduationCriterion, PairFarewell
from cohorts.models import Cohort, Enrollment
from matching.models import Match, PairGoal, PairMeeting, PairNote
from training.booking.attendees import came_to

Kind = GraduationCriterion.Kind
# A goal that somebody else carries on with counts as much as one that was reached.
GOAL_DONE = (PairFarewell.Goal.REACHED, PairFarewell.Goal.PASSED_ON)


class HasId(Protocol):
    """A person or an enrollment, of which only the id is asked for."""

    @property
    def pk(self) -> int: ...


@dataclass(frozen=True)
class CriterionStatus:
    """One criterion for one person: whether it is met, whether set by hand, and how many sessions or meetings count."""

    criterion: GraduationCriterion
    met: bool
    by_hand: bool
    number: int | None = None

    @property
    def sessions(self) -> int | None:
        """The sessions attended. How often a pair met is the pair's own business."""
        return self.number if self.criterion.kind == Kind.SESSIONS else None


@dataclass(frozen=True)
class Evidence:
    """Facts about the criteria of a cohort: by person, or by the enrollment of a pair's mentee."""

    criteria: list[GraduationCriterion]
    by_hand: dict[tuple[int, int, int], bool]
    sessions: Counter[int]
    answered: dict[int, set[int]]
    meetings: Counter[int]
    goals: set[int]
    goodbyes: set[int]

    def of(self, enrollment: HasId, person: HasId) -> list[CriterionStatus]:
        return [self._status(criterion, enrollment, person) for criterion in self.criteria]

    def _status(self, criterion: GraduationCriterion, enrollment: HasId, person: HasId) -> CriterionStatus:
        by_hand = self.by_hand.get((criterion.pk, enrollment.pk, person.pk))
        number = {Kind.SESSIONS: self.sessions[person.pk], Kind.MEETINGS: self.meetings[enrollment.pk]}.get(
            Kind(criterion.kind)
        )
        met = self._is_met(criterion, enrollment, person, number) if by_hand is None else by_hand
        return CriterionStatus(criterion, met, by_hand is not None, number)

    def _is_met(self, criterion: GraduationCriterion, enrollment: HasId, person: HasId, number: int | None) -> bool:
        match criterion.kind:
            case Kind.SESSIONS | Kind.MEETINGS:
                return (number or 0) >= criterion.number
            case Kind.SURVEY:
                return person.pk in self.answered[criterion.wave_id or 0]
            case Kind.GOAL:
                return enrollment.pk in self.goals
            case Kind.GOODBYE:
                return enrollment.pk in self.goodbyes
        return False


def evidence_of(
    cohort: Cohort,
    now: datetime,
    only: Enrollment | None = None,
    criteria: list[GraduationCriterion] | None = None,
) -> Evidence:
    """Read what the criteria of a cohort ask for, of everybody or `only` one enrollment, in constant queries."""
    if criteria is None:
        criteria = list(cohort.graduation_criteria.select_related("wave"))
    kinds = {criterion.kind for criterion in criteria}
    said = CriterionMet.objects.filter(criterion__cohort=cohort)
    said = said.filter(enrollment=only) if only else said
    answered: dict[int, set[int]] = defaultdict(set)
    if Kind.SURVEY in kinds:
        checkins = CheckIn.objects.filter(wave__cohort=cohort, status="answered")
        checkins = checkins.filter(user__in=only.people) if only else checkins
        for wave, user in checkins.values_list("wave", "user"):
            answered[wave].add(user)
    attended = came_to(cohort, now, only) if Kind.SESSIONS in kinds else set()
    return Evidence(
        criteria,
        {(one.criterion_id, one.enrollment_id, one.user_id): one.met for one in said},
        Counter(user for user, _ in attended),
        answered,
        meeting_days(cohort, now, only) if Kind.MEETINGS in kinds else Counter(),
        _goals_done(cohort, only) if Kind.GOAL in kinds else set(),
        goodbyes_of_both(cohort, only) if Kind.GOODBYE in kinds else set(),
    )


def meeting_days(cohort: Cohort, now: datetime, only: Enrollment | None = None) -> Counter[int]:
    """The number of days on which each pair met until `now`, by its mentee's enrollment: meetings set, and notes."""
    mentees = _mentees(cohort, only)
    today = now.astimezone(cohort.tz).date()
    held = PairMeeting.objects.filter(mentee__in=mentees, cancelled_at=None, starts_at__lte=now)
    days: set[tuple[int, date]] = {
        (mentee, starts.astimezone(cohort.tz).date()) for mentee, starts in held.values_list("mentee", "starts_at")
    }
    noted = PairNote.objects.filter(matches__mentee__in=mentees, met_on__lte=today)
    days.update(noted.values_list("matches__mentee", "met_on"))  # type: ignore[arg-type]  # lte leaves out None
    return Counter(mentee for mentee, _ in days)


def goodbyes_of_both(cohort: Cohort, only: Enrollment | None = None) -> set[int]:
    """The enrollments of mentees of whose pairs both sides said goodbye: the lead, and everybody who mentors them."""
    mentees = _mentees(cohort, only)
    said: dict[int, set[int]] = defaultdict(set)
    for mentee, user in PairFarewell.objects.filter(mentee__in=mentees).values_list("mentee", "by"):
        said[mentee].add(user)
    needed: dict[int, set[int]] = defaultdict(set)
    pairs = Match.objects.occupying_place().filter(mentee__in=[*said])
    for mentee, lead, mentor in pairs.values_list("mentee", "mentee__user", "mentor__user"):
        needed[mentee] |= {lead, mentor}
    return {mentee for mentee, people in needed.items() if people <= said[mentee]}


def _goals_done(cohort: Cohort, only: Enrollment | None) -> set[int]:
    mentees = _mentees(cohort, only)
    done = PairGoal.objects.filter(matches__mentee__in=mentees, done_at__isnull=False)
    told = PairFarewell.objects.filter(mentee__in=mentees, goal__in=GOAL_DONE)
    return {*done.values_list("matches__mentee", flat=True), *told.values_list("mentee", flat=True)} - {None}


def _mentees(cohort: Cohort, only: Enrollment | None) -> Any:
    return [only.pk] if only else cohort.enrollments.filter(role=Enrollment.Role.MENTEE).values("pk")
