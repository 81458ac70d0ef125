"""Wishes of people who asked for somebody by name when they signed up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cohorts.models import Enrollment
from cohorts.people.named_people import PeopleByName
from matching.scoring.factors import BOTH_WISHED

# A wish from 0 to 1, where 0.5 is none, and its words for coordinators: by the sides that asked.
ONE_SIDED = {
    "mentee": (0.85, "the mentee asked for the mentor by name"),
    "mentor": (0.85, "the mentor asked for the mentee by name"),
}
BOTH = 1.0, "both asked for each other by name"


@dataclass
class NamedWishes:
    """Pairs are (row, column)."""

    wishes: dict[tuple[int, int], tuple[float, str]] = field(default_factory=dict)
    by_mentee: list[tuple[int, int]] = field(default_factory=list)  # whom mentees asked for
    unknown: list[int] = field(default_factory=list)  # enrollments whose wish fits nobody here, or several


def resolve_wishes(
    mentees: Sequence[Enrollment], mentors: Sequence[Enrollment], said: Sequence[tuple[int, str, bool]]
) -> NamedWishes:
    """Find whom people asked for among those to be matched. A name that fits several counts for none.

    `said`: the id of an enrollment, what was typed, and whether the match may read it.
    """
    found = NamedWishes()
    if not said:
        return found
    row, column = {e.pk: i for i, e in enumerate(mentees)}, {e.pk: j for j, e in enumerate(mentors)}
    of_mentees, of_mentors = PeopleByName(mentees), PeopleByName(mentors)
    by: dict[tuple[int, int], dict[str, bool]] = {}  # pair → side that asked → whether the other may know
    for pk, typed, is_told in said:
        fits = (of_mentors if pk in row else of_mentees).find(typed)
        if len(fits) != 1:
            found.unknown.append(pk)
            continue
        pair = (row[pk], column[fits[0].pk]) if pk in row else (row[fits[0].pk], column[pk])
        by.setdefault(pair, {})["mentee" if pk in row else "mentor"] = is_told
    for pair, sides in by.items():
        if len(sides) == 2:
            found.wishes[pair] = (BOTH[0], BOTH_WISHED) if all(sides.values()) else BOTH
        else:
            found.wishes[pair] = ONE_SIDED[next(iter(sides))]
    found.by_mentee = [pair for pair, sides in by.items() if "mentee" in sides]
    return found
