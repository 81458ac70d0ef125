"""Questions about a match that end when somebody leaves."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy

from cohorts.enrollment.extensions import Ending
from matching.models import AskedPair, AskedSide


def questions_that_end(ids: Sequence[int]) -> dict[int, list[Ending]]:
    """The pairs of these enrollments that were asked and are not matched yet."""
    found: dict[int, list[Ending]] = {pk: [] for pk in ids}
    pairs = AskedPair.objects.unsettled().filter(Q(mentor__in=ids) | Q(mentee__in=ids)).with_people()
    for pair in pairs.order_by("pk"):
        for pk in {pair.mentor_id, pair.mentee_id} & set(ids):
            side, other = ("mentor", pair.mentee.user) if pk == pair.mentor_id else ("mentee", pair.mentor.user)
            asked = any(s.side == side and s.status != AskedSide.Status.WAITING for s in pair.sides.all())
            found[pk].append(
                Ending(
                    format_lazy(lazy("Proposed match with {name}"), name=other.known_name or lazy("somebody")),
                    note=lazy("Whoever was asked is told that they need not answer."),
                    known=asked,
                )
            )
    return found
