"""Count the places that matches and accepted questions take."""

from collections import Counter
from collections.abc import Collection, Sequence

from cohorts.models import Cohort, Enrollment
from matching.models import AskedPair, Match
from mentorship.core.ui.facts import Fact
from mentorship.core.ui.markup import counted


def places_taken(cohort: Cohort, without: Collection[tuple[int, int]] = ()) -> Counter[int]:
    """Count the places taken by each enrollment, including those reserved for pairs that said yes.

    Reservations of the pairs `without`, given as ids of (mentee, mentor), don't count.
    """
    taken = Match.objects.places_of(cohort)
    reserved = AskedPair.objects.reserving().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id")
    taken.update(pk for pair in reserved if pair not in without for pk in pair)
    return taken


def place_facts(ids: Sequence[int]) -> dict[int, list[Fact]]:
    """The places of each mentor as a fact, with a warning if fewer than what is matched or asked; none for others."""
    mentors = Enrollment.objects.filter(pk__in=ids, role=Enrollment.Role.MENTOR).values_list("pk", "capacity")
    matched = Counter(Match.objects.occupying_place().filter(mentor__in=ids).values_list("mentor_id", flat=True))
    asked = Counter(AskedPair.objects.unsettled().filter(mentor__in=ids).values_list("mentor_id", flat=True))
    return {pk: [_place_fact(capacity, matched[pk], asked[pk])] for pk, capacity in mentors if matched[pk] or asked[pk]}


def _place_fact(capacity: int, matched: int, asked: int) -> Fact:
    note = ", ".join([*[counted(matched, "match,matches")] * bool(matched), *[f"{asked} asked"] * bool(asked)])
    if matched + asked > capacity:
        note = f"{note}: more than they take. Raise the number, or find another mentor for somebody."
    return Fact(
        "Places", f"{matched + asked} of {capacity}", word="attention" if matched + asked > capacity else "", note=note
    )
