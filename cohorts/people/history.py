"""What people did in earlier cohorts of the programme."""

from collections.abc import Iterable
from dataclasses import dataclass

from cohorts.models import Cohort, Enrollment


@dataclass(frozen=True)
class ParticipationHistory:
    """What a person did in earlier cohorts of the programme."""

    roles: list[tuple[str, Cohort, str]]  # role, cohort, status

    @property
    def words(self) -> list[str]:
        """Short phrases for lists: “was a mentee in Seeds 7”."""
        took_part = [(role, cohort) for role, cohort, status in self.roles if status in ("accepted", "completed")]
        return [f"was a {role} in {cohort.name}" for role, cohort in took_part]

    def first_time(self, role: str) -> bool:
        """Whether they never took part in this role before."""
        return not any(r == role and status in ("accepted", "completed") for r, _, status in self.roles)


def participation_of(users: Iterable[int], cohort: Cohort) -> dict[int, ParticipationHistory]:
    """Everybody's earlier cohorts of the programme, by user id, with team memberships. Two queries."""
    ids = set(users)
    found: dict[int, list[tuple[str, Cohort, str]]] = {pk: [] for pk in ids}
    earlier = (
        Enrollment.objects.filter(cohort__programme=cohort.programme_id, cohort__starts_on__lt=cohort.starts_on)
        .exclude(cohort=cohort)
        .select_related("cohort__programme")
        .order_by("cohort__starts_on", "pk")
    )
    for enrollment in earlier.filter(user__in=ids):
        found[enrollment.user_id].append((enrollment.role, enrollment.cohort, enrollment.status))
    for enrollment in earlier.filter(members__user__in=ids).prefetch_related("members").distinct():
        for member in enrollment.members.all():
            if member.user_id in ids:
                found[member.user_id].append((enrollment.role, enrollment.cohort, enrollment.status))
    return {pk: ParticipationHistory(roles) for pk, roles in found.items()}
