"""Count the places that matches and accepted questions take."""

from collections import Counter
from collections.abc import Collection

from cohorts.models import Cohort
from matching.models import AskedPair, Match


def places_taken(cohort: Cohort, without: Collection[tuple[int, int]] = ()) -> Counter[int]:
    """Count the places taken by each enrollment, including those reserved for pairs that said yes.

    Reservations of the pairs `without`, given as ids of (mentee, mentor), don't count.
    """
    taken = Match.objects.places_of(cohort)
    reserved = AskedPair.objects.reserving().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id")
    taken.update(pk for pair in reserved if pair not in without for pk in pair)
    return taken
