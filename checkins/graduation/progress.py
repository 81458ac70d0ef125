"""Work out who meets the graduation criteria, and the outcome for each person."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from checkins.graduation.evidence import CriterionStatus, evidence_of
from checkins.models import Graduation
from cohorts.models import Cohort, Enrollment
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


def graduation_progress(
    cohort: Cohort, *, now: datetime | None = None, enrollment: Enrollment | None = None
) -> list[GraduationProgress]:
    """GraduationProgress of everybody who can graduate, by project, in constant queries; `enrollment` narrows it."""
    now = now or timezone.now()
    enrollments = Enrollment.objects.filter(cohort=cohort).mentees().occupying_place().with_people()
    enrollments = enrollments.filter(pk=enrollment.pk) if enrollment else enrollments
    decided = {(g.enrollment_id, g.user_id): g for g in Graduation.objects.filter(enrollment__in=enrollments)}
    evidence = evidence_of(cohort, now, enrollment)
    return [
        GraduationProgress(one, person, evidence.of(one, person), decided.get((one.pk, person.pk)))
        for one in enrollments.order_by("title", "pk")
        for person in one.people
    ]
