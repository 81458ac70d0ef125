"""Work out who meets the graduation criteria, and the outcome for each person."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from checkins.models import CheckIn, CriterionMet, Graduation, GraduationCriterion
from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from training.booking.attendees import came_to

Kind = GraduationCriterion.Kind
GRADUATION_STATES = [
    ("ready", "ready"),
    ("missing", "not yet"),
    ("graduated", "graduated"),
    ("ended", "ended early"),
]


@dataclass(frozen=True)
class CriterionStatus:
    """One criterion for one person: whether it is met, whether set by hand, and the sessions attended."""

    criterion: GraduationCriterion
    met: bool
    by_hand: bool
    sessions: int | None = None


@dataclass(frozen=True)
class GraduationProgress:
    """One person's progress towards graduation; each member of a team has their own."""

    enrollment: Enrollment
    user: User
    standings: list[CriterionStatus]
    graduation: Graduation | None

    @property
    def ready(self) -> bool:
        """Whether all criteria are met. If there are none, the coordinator decides."""
        return bool(self.standings) and all(s.met for s in self.standings)

    @property
    def missing(self) -> list[str]:
        return [s.criterion.name for s in self.standings if not s.met]

    @property
    def state(self) -> str:
        """One of GRADUATION_STATES."""
        if self.graduation:
            return "graduated" if self.graduation.status == Graduation.Status.GRADUATED else "ended"
        return "ready" if self.ready else "missing"

    @property
    def key(self) -> str:
        """Identifies the person in a form."""
        return f"{self.enrollment.pk}-{self.user.pk}"


def graduation_progress(
    cohort: Cohort, *, now: datetime | None = None, enrollment: Enrollment | None = None
) -> list[GraduationProgress]:
    """GraduationProgress of everybody who can graduate, by project, in constant queries; `enrollment` narrows it."""
    now = now or timezone.now()
    enrollments = Enrollment.objects.filter(cohort=cohort).mentees().occupying_place().with_people()
    enrollments = enrollments.filter(pk=enrollment.pk) if enrollment else enrollments
    decided = {(g.enrollment_id, g.user_id): g for g in Graduation.objects.filter(enrollment__cohort=cohort)}
    evidence = _evidence_of(cohort, now)
    return [
        GraduationProgress(one, person, evidence.of(one, person), decided.get((one.pk, person.pk)))
        for one in enrollments.order_by("title", "pk")
        for person in one.people
    ]


@dataclass(frozen=True)
class _Evidence:
    """Facts about the criteria of a cohort, by person."""

    criteria: list[GraduationCriterion]
    by_hand: dict[tuple[int, int, int], bool]
    sessions: Counter[int]
    answered: dict[int, set[int]]

    def of(self, enrollment: Enrollment, person: User) -> list[CriterionStatus]:
        return [self._status(criterion, enrollment, person) for criterion in self.criteria]

    def _status(self, criterion: GraduationCriterion, enrollment: Enrollment, person: User) -> CriterionStatus:
        by_hand = self.by_hand.get((criterion.pk, enrollment.pk, person.pk))
        attended = self.sessions[person.pk] if criterion.kind == Kind.SESSIONS else None
        if by_hand is not None:
            met = by_hand
        elif criterion.kind == Kind.SESSIONS:
            met = self.sessions[person.pk] >= criterion.number
        else:
            met = criterion.kind == Kind.SURVEY and person.pk in self.answered[criterion.wave_id or 0]
        return CriterionStatus(criterion, met, by_hand is not None, attended)


def _evidence_of(cohort: Cohort, now: datetime) -> _Evidence:
    by_hand = {
        (one.criterion_id, one.enrollment_id, one.user_id): one.met
        for one in CriterionMet.objects.filter(criterion__cohort=cohort)
    }
    sessions = Counter(user for user, _ in came_to(cohort, now))
    answered: dict[int, set[int]] = defaultdict(set)
    for wave, user in CheckIn.objects.filter(wave__cohort=cohort, status="answered").values_list("wave", "user"):
        answered[wave].add(user)
    return _Evidence(list(cohort.graduation_criteria.all()), by_hand, sessions, answered)
