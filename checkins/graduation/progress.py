"""Work out who meets the graduation criteria, and the outcome for each person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from checkins.graduation.evidence import CriterionStatus, Evidence, evidence_of
from checkins.models import Graduation
from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet
from mentorship.core.accounts.models import User

GRADUATION_STATES = [
    ("ready", "ready"),
    ("missing", "not yet"),
    ("graduated", "graduated"),
    ("ended", "ended early"),
]


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


class _Row(NamedTuple):
    """The id of a person or of an enrollment, for evidence that asks for nothing else."""

    pk: int


@dataclass(frozen=True)
class PersonState:
    """How far one person is, as ids: there may be thousands, and a page shows fifty."""

    enrollment_id: int
    user_id: int
    state: str
    issued: bool


def states_of_everybody(cohort: Cohort, evidence: Evidence | None = None) -> list[PersonState]:
    """The states of everybody who can graduate, by project. A constant number of queries, of ids and short values."""
    evidence = evidence or evidence_of(cohort, timezone.now())
    enrollments = Enrollment.objects.filter(cohort=cohort).mentees().occupying_place()
    decided = Graduation.objects.filter(enrollment__in=enrollments).order_by()
    known = {
        (enrollment, user): ("graduated" if status == Graduation.Status.GRADUATED else "ended", issued is not None)
        for enrollment, user, status, issued in decided.values_list("enrollment", "user", "status", "issued_at")
    }
    found = []
    teams: dict[int, list[int]] = {}
    rows = enrollments.order_by("title", "pk", "members__pk").values_list("pk", "user", "members__user")
    for enrollment_id, lead, member in rows:
        teams.setdefault(enrollment_id, [lead]).extend([member] if member else [])
    for enrollment_id, team in teams.items():
        for user_id in team:
            standings = evidence.of(_Row(enrollment_id), _Row(user_id))
            ready = bool(standings) and all(one.met for one in standings)
            usual = ("ready" if ready else "missing", False)
            found.append(PersonState(enrollment_id, user_id, *known.get((enrollment_id, user_id), usual)))
    return found


def progress_of(evidence: Evidence, people: Sequence[PersonState]) -> list[GraduationProgress]:
    """The whole progress of some of them, in their order, such as those of a page."""
    enrollments = Enrollment.objects.filter(pk__in={one.enrollment_id for one in people})
    known = {(p.enrollment.pk, p.user.pk): p for p in _progress(evidence, enrollments)}
    return [known[one.enrollment_id, one.user_id] for one in people if (one.enrollment_id, one.user_id) in known]


def graduation_progress(
    cohort: Cohort, *, now: datetime | None = None, enrollment: Enrollment | None = None
) -> list[GraduationProgress]:
    """GraduationProgress of everybody who can graduate, by project, in constant queries; `enrollment` narrows it."""
    found = Enrollment.objects.filter(cohort=cohort).mentees().occupying_place()
    found = found.filter(pk=enrollment.pk) if enrollment else found
    return _progress(evidence_of(cohort, now or timezone.now(), enrollment), found)


def _progress(evidence: Evidence, found: EnrollmentQuerySet) -> list[GraduationProgress]:
    enrollments = found.select_related("user", "cohort__programme").prefetch_related("members__user")
    decided = {(g.enrollment_id, g.user_id): g for g in Graduation.objects.filter(enrollment__in=found)}
    return [
        GraduationProgress(one, person, evidence.of(one, person), decided.get((one.pk, person.pk)))
        for one in enrollments.order_by("title", "pk")
        for person in one.people
    ]
