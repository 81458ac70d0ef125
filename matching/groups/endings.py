"""Goal groups that somebody leaves together with the cohort."""

from collections.abc import Sequence

from cohorts.enrollment.extensions import Ending
from matching.models import GoalPlace


def groups_that_end(ids: Sequence[int]) -> dict[int, list[Ending]]:
    """The goal groups of these enrollments that have not finished."""
    found: dict[int, list[Ending]] = {pk: [] for pk in ids}
    places = GoalPlace.objects.filter(enrollment__in=ids, group__finished_at=None)
    for place in places.select_related("group__cohort").order_by("pk"):
        known = place.group.confirmed
        note = "The others in the group are told by email." if known else ""
        found[place.enrollment_id].append(Ending(f"Place in the goal group “{place.group}”", note=note, known=known))
    return found
