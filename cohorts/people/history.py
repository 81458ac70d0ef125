"""Earlier participation of people in the programme."""

from collections.abc import Iterable
from dataclasses import dataclass

from cohorts.models import Cohort, Enrollment


@dataclass(frozen=True)
class ParticipationHistory:
    """A person's earlier enrollments, earliest first, including those of their teams."""

    enrollments: list[Enrollment]

    @property
    def words(self) -> list[str]:
        """Short phrases for lists, such as: was a mentee in Seeds 7."""
        return [f"was a {enrollment.get_role_display()} in {enrollment.cohort.name}" for enrollment in self.enrollments]

    def first_time(self, role: str) -> bool:
        """Whether they have never had this role before."""
        return all(enrollment.role != role for enrollment in self.enrollments)


def participation_of(users: Iterable[int], cohort: Cohort) -> dict[int, ParticipationHistory]:
    """Earlier participation in the programme by user id. Two queries."""
    found: dict[int, list[Enrollment]] = {pk: [] for pk in users}
    earlier = (
        Enrollment.objects.occupying_place()
        .filter(cohort__programme=cohort.programme_id, cohort__starts_on__lt=cohort.starts_on)
        .exclude(cohort=cohort)
        .select_related("cohort__programme")
        .order_by("cohort__starts_on", "pk")
    )
    for enrollment in earlier.filter(user__in=found):
        found[enrollment.user_id].append(enrollment)
    for enrollment in earlier.filter(members__user__in=found).prefetch_related("members").distinct():
        for member in enrollment.members.all():
            if member.user_id in found:
                found[member.user_id].append(enrollment)
    return {pk: ParticipationHistory(enrollments) for pk, enrollments in found.items()}
