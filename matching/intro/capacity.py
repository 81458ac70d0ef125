"""Count the places that matches and accepted questions take."""

from cohorts.models import Cohort
from matching.models import AskedPair, Match


def places_taken(cohort: Cohort, but: tuple[int, int] | None = None) -> dict[int, int]:
    """Count the places taken by each enrollment, including those reserved for pairs that said yes."""
    taken = Match.objects.places_of(cohort)
    promised = AskedPair.objects.reserving().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id")
    taken.update(pk for pair in promised if pair != but for pk in pair)
    return taken
