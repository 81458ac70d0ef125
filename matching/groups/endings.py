"""Goal groups that somebody leaves together with the cohort."""

from collections.abc import Sequence

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy

from cohorts.enrollment.extensions import Ending
from matching.models import GoalPlace


def groups_that_end(ids: Sequence[int]) -> dict[int, list[Ending]]:
    """The goal groups of these enrollments that have not finished."""
    found: dict[int, list[Ending]] = {pk: [] for pk in ids}
    places = GoalPlace.objects.filter(enrollment__in=ids, group__finished_at=None)
    for place in places.select_related("group__cohort").order_by("pk"):
        known = place.group.confirmed
        note = lazy("The others in the group are told by email.") if known else ""
        text = format_lazy(lazy("Place in the goal group “{group}”"), group=str(place.group))
        found[place.enrollment_id].append(Ending(text, note=note, known=known))
    return found
