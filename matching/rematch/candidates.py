"""Find the mentors who could take over a mentee, from stored scores."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from cohorts.models import Cohort, Enrollment
from matching.board.pair_words import describe_pairs
from matching.engine.score_table import score_table_of
from matching.intro.capacity import places_taken
from matching.models import Match, MatchPin, MatchRun, MentorPause, ReplacementSearch


def paused_ids(cohort: Cohort) -> set[int]:
    """Return the enrollment ids of mentors who pause."""
    return set(MentorPause.objects.open(cohort).values_list("enrollment_id", flat=True))


MOST = 12


@dataclass(frozen=True)
class ReplacementCandidate:
    """A mentor with room, and how well they fit."""

    mentor: Enrollment
    score: float
    factors: list[dict[str, Any]]
    why: str
    reasons: list[str]
    free: int

    @property
    def parts(self) -> list[tuple[str, float]]:
        return [(factor["label"], factor["part"]) for factor in self.factors]


@dataclass(frozen=True)
class ReplacementCandidates:
    """The best replacements, where their scores come from, and the search under way."""

    best: list[ReplacementCandidate]
    run: MatchRun | None
    search: ReplacementSearch | None
    with_room: int

    @property
    def under_way(self) -> bool:
        return self.search is not None and self.search.status in ReplacementSearch.UNDER_WAY


def replacement_candidates(mentee: Enrollment) -> ReplacementCandidates:
    """Return the best replacements with stored scores. Reads only, in a constant number of queries."""
    search = mentee.replacement_searches.first()
    possible = {e.pk: e for e in possible_mentors(mentee)}
    run = None
    if search is not None and search.status == ReplacementSearch.Status.READY:
        found = search.found
    else:
        run = mentee.cohort.match_runs.answered().filter(proposals__mentee=mentee).first()  # type: ignore[attr-defined]
        found = _found_by(run, mentee, possible) if run else []
    taken = places_taken(mentee.cohort)
    best = [
        ReplacementCandidate(
            mentor=mentor,
            score=one["score"],
            factors=one["factors"],
            why=one["why"],
            reasons=one["reasons"],
            free=mentor.capacity - taken[mentor.pk],
        )
        for one in found
        if (mentor := possible.get(one["mentor"]))
    ]
    return ReplacementCandidates(best[:MOST], run, search, len(possible))


def _found_by(run: MatchRun, mentee: Enrollment, possible: Collection[int]) -> list[dict[str, Any]]:
    """Describe the best of the possible mentors by the scores of a run."""
    table = score_table_of(run)
    if table is not None and mentee.pk in table.row:
        ids = [pk for pk in table.best_mentors(mentee.pk) if pk in possible][:MOST]
    else:
        ids = list(run.proposals.filter(mentee=mentee).values_list("mentor_id", flat=True))
    pairs = sorted(describe_pairs(run, mentee.pk, ids).items(), key=lambda pair: (-pair[1].score, pair[0]))
    return [
        {"mentor": pk, "score": one.score, "factors": one.factors, "why": one.told, "reasons": one.reasons}
        for pk, one in pairs
    ]


def possible_mentors(mentee: Enrollment) -> list[Enrollment]:
    """Return accepted mentors with room who don't pause, are not in the team, and were not with this mentee before."""
    cohort = mentee.cohort
    taken, pausing = places_taken(cohort), paused_ids(cohort)
    pins = dict(MatchPin.objects.filter(mentee=mentee).values_list("mentor_id", "kind"))
    past = set(Match.objects.filter(mentee=mentee, imported=False).values_list("mentor_id", flat=True))
    team = {person.pk for person in mentee.people}
    mentors = cohort.enrollments.mentors().filter(status="accepted").select_related("user").order_by("pk")  # type: ignore[attr-defined]
    return [
        e
        for e in mentors
        if e.capacity > taken[e.pk]
        and e.pk not in pausing
        and e.user_id not in team
        and pins.get(e.pk) != MatchPin.Kind.FORBID
        and (e.pk not in past or pins.get(e.pk) == MatchPin.Kind.LOCK)
    ]
