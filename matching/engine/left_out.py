"""Mentors who have free places and are not proposed, and whom they could have mentored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cohorts.models import Cohort, Enrollment
from matching.models import HeldBack, Match, MentorPause
from matching.profiles import listed

if TYPE_CHECKING:
    from matching.scoring.scores import Scores

NAMED = 3


def mentors_left_out(cohort: Cohort) -> list[tuple[Enrollment, str]]:
    """List accepted mentors with free places who pause, with `paused until 12 May 2027`, by name."""
    taken = Match.objects.places_of(cohort)
    pauses = MentorPause.objects.open(cohort).filter(enrollment__status="accepted")
    found = [
        (p.enrollment, p.words) for p in pauses.select_related("enrollment__user", "enrollment__cohort__programme")
    ]
    return sorted((pair for pair in found if pair[0].capacity > taken[pair[0].pk]), key=lambda pair: str(pair[0].user))


def everybody_left_out(cohort: Cohort) -> list[tuple[Enrollment, str]]:
    """List those who pause, and those whom a coordinator left for later."""
    paused = mentors_left_out(cohort)
    taken, known = Match.objects.places_of(cohort), {enrollment.pk for enrollment, _ in paused}
    held = HeldBack.objects.filter(
        enrollment__cohort=cohort, enrollment__role=Enrollment.Role.MENTOR, enrollment__status="accepted"
    ).select_related("enrollment__user", "enrollment__cohort__programme")
    there = [
        h.enrollment for h in held if h.enrollment_id not in known and h.enrollment.capacity > taken[h.enrollment_id]
    ]
    return [*paused, *((enrollment, "left for later") for enrollment in sorted(there, key=lambda e: str(e.user)))]


def words_left_out(left_out: Sequence[tuple[Enrollment, str]]) -> str:
    """`Ada Okafor (paused until 12 May 2027) and Bo Lind (left for later)`; of many the first are named."""
    names = [f"{enrollment.user} ({words})" for enrollment, words in left_out]
    more = len(names) - NAMED
    return listed([*names[:NAMED], *([f"{more} more"] if more > 0 else [])])


def reasons_left_out(
    left_out: Sequence[tuple[Enrollment, str]], scores: Scores, rows: Sequence[int]
) -> Mapping[int, str]:
    """Name, by row, the mentors who could have had a mentee. `scores` are those of the `rows` with the `left_out`."""
    found = {}
    programme = left_out[0][0].cohort.programme
    for at, row in enumerate(rows):
        could = [left_out[j] for j in range(len(left_out)) if scores.eligible[at, j]]
        if could:
            words = "Could have a mentor who is not in this run: {names}."
            found[row] = programme.own_words(words, names=words_left_out(could))
    return found
