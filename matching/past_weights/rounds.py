"""Earlier rounds of a programme with confirmed pairs: the factors of their pairs, and which mentors were free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from cohorts.models import Cohort, Enrollment
from matching.models import BoardChange, Match, MentorPause
from matching.policy.services import rules_of, weights_of
from matching.querysets import MatchQuerySet

if TYPE_CHECKING:  # pages use this module, and numpy is slow to load
    from matching.past_weights.regression import RoundChoices

LEAST_ROUNDS = 2  # one to fit on, one to judge by
LEAST_MENTEES, LEAST_MENTORS = 10, 3  # of a round that tells something
MOST_ROUNDS = 6  # the latest ones
MOST_MENTEES = 500  # of a round; using more adds nothing


@dataclass(frozen=True)
class EarlierRound:
    """An earlier cohort with the number of its confirmed pairs."""

    cohort: Cohort
    mentees: int
    mentors: int
    pairs: int
    as_proposed: int  # confirmed as a run had proposed them

    @property
    def tells_enough(self) -> bool:
        return self.mentees >= LEAST_MENTEES and self.mentors >= LEAST_MENTORS


def first_pairs(cohorts: Sequence[Cohort]) -> MatchQuerySet:
    """The first pairs of these cohorts, without replacements: few mentors were still free for those."""
    return Match.objects.filter(mentee__cohort__in=cohorts, replaces=None)


def earlier_rounds(cohort: Cohort) -> list[EarlierRound]:
    """Earlier cohorts of the programme with confirmed pairs, the latest first. Three queries."""
    cohorts = Cohort.objects.filter(programme=cohort.programme_id, starts_on__lt=cohort.starts_on)
    by_pk = {one.pk: one for one in cohorts.order_by("-starts_on", "-pk").select_related("programme")}
    pairs = first_pairs(list(by_pk.values())).order_by()
    counted = {
        row["mentee__cohort"]: row
        for row in pairs.values("mentee__cohort").annotate(
            mentees=Count("mentee", distinct=True),
            mentors=Count("mentor", distinct=True),
            pairs=Count("pk", distinct=True),
            of_runs=Count("pk", distinct=True, filter=Q(run__isnull=False)),
        )
    }
    by_hand = _by_hand(pairs)
    return [
        EarlierRound(one, row["mentees"], row["mentors"], row["pairs"], row["of_runs"] - by_hand[pk])
        for pk, one in by_pk.items()
        if (row := counted.get(pk))
    ]


def telling_rounds(cohort: Cohort) -> list[EarlierRound]:
    """The latest rounds with enough pairs, the earliest first."""
    return [one for one in earlier_rounds(cohort) if one.tells_enough][:MOST_ROUNDS][::-1]


def _by_hand(pairs: MatchQuerySet) -> Counter[int]:
    """How many pairs of each cohort a coordinator had made by hand before they were confirmed."""
    changes = BoardChange.objects.filter(
        cohort__in=pairs.values("mentee__cohort"), undoes=None, undone_by=None
    ).values_list("run_id", "effects")
    made = {
        (run, effect["mentee"], effect["mentor"])
        for run, effects in changes
        for effect in effects
        if effect["what"] == "pair" and effect["after"]
    }
    if not made:
        return Counter()
    rows = pairs.filter(run__isnull=False).values_list("mentee__cohort", "run", "mentee", "mentor")
    return Counter(cohort for cohort, *pair in rows if tuple(pair) in made)


def read_round(past: Cohort, names: Sequence[str]) -> RoundChoices:
    """The factors of every pair of a round as known then, who was free, and who was chosen. For the worker."""
    import numpy as np  # noqa: PLC0415 slow library: numpy, which only the worker needs

    from matching.past_weights.regression import RoundChoices  # noqa: PLC0415 slow library: numpy and SciPy, which only the worker needs

    matches = list(first_pairs([past]).order_by("pk").select_related("mentee"))
    there = {match.mentee_id for match in matches}
    people = Enrollment.objects.filter(cohort=past).with_people().select_related("group").order_by("pk")
    mentees = list(people.filter(pk__in=there))
    mentees = mentees[:: -(-len(mentees) // MOST_MENTEES)]
    chosen_ones = Q(pk__in={match.mentor_id for match in matches})
    mentors = list(people.filter(Q(status__in=Enrollment.OCCUPYING_PLACE) | chosen_ones, role="mentor"))
    row, column = ({e.pk: at for at, e in enumerate(side)} for side in (mentees, mentors))
    chosen = np.zeros((len(mentees), len(mentors)), dtype=bool)
    for match in matches:
        if match.mentee_id in row:
            chosen[row[match.mentee_id], column[match.mentor_id]] = True
    factors, eligible = _scored(past, mentees, mentors, names)
    free = np.array(_free(matches, mentees, mentors)).reshape(chosen.shape)
    return RoundChoices(factors, (free & eligible) | chosen, chosen)


def _scored(
    past: Cohort, mentees: Sequence[Enrollment], mentors: Sequence[Enrollment], names: Sequence[str]
) -> tuple[Any, Any]:
    """The factors by their names, mentees × mentors × factors, and the pairs that no rule of then excluded."""
    import numpy as np  # noqa: PLC0415 slow library: numpy, which only the worker needs

    from matching.engine import matcher  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.history import read_history  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.input import profile_of  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.meanings import meanings_of_people  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.scoring.scores import score  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs

    known = read_history(past, mentees, mentors)
    profiles = [profile_of(e, past, known) for e in [*mentees, *mentors]]
    rules, common_language = rules_of(past)[0], weights_of(past)[1]
    again = dict.fromkeys(known.former, 1.0) if rules["former"] == "prefer" else {}
    scores = score(
        profiles[: len(mentees)],
        profiles[len(mentees) :],
        rules=matcher.pair_rules(rules, common_language),
        questions=known.questions,
        preferences={**again, **known.wishes},
        vectors=meanings_of_people([*mentees, *mentors], profiles, known).vectors,
        former=known.former,
        conflicts=known.conflicts,
    )
    return np.stack([scores.factors[name] for name in names], axis=-1), scores.eligible


def _free(matches: Sequence[Match], mentees: Sequence[Enrollment], mentors: Sequence[Enrollment]) -> list[list[bool]]:
    """For each mentee which mentors had joined, were not pausing, and had a place that no earlier pair had taken.

    Pairs of one run are chosen together. Imported history has no times: everybody counts as free in it.
    """
    of_run: dict[Any, datetime] = {}
    for match in matches:
        if not match.imported:
            key = match.run_id or f"match {match.pk}"
            of_run[key] = min(match.created_at, of_run.get(key, match.created_at))
    moments = {m.pk: None if m.imported else of_run[m.run_id or f"match {m.pk}"] for m in matches}
    first: dict[int, datetime | None] = {}
    for match in matches:
        first.setdefault(match.mentee_id, moments[match.pk])
    pauses: dict[int, list[MentorPause]] = {}
    for pause in MentorPause.objects.filter(enrollment__in=mentors):
        pauses.setdefault(pause.enrollment_id, []).append(pause)
    rows: dict[datetime | None, list[bool]] = {None: [True] * len(mentors)}
    for moment in {m for m in first.values() if m is not None}:
        taken = Counter(m.mentor_id for m in matches if (at := moments[m.pk]) is not None and at < moment)
        rows[moment] = [_was_free(e, moment, taken, pauses.get(e.pk, [])) for e in mentors]
    return [rows[first[e.pk]] for e in mentees]


def _was_free(mentor: Enrollment, moment: datetime, taken: Mapping[int, int], pauses: Sequence[MentorPause]) -> bool:
    left = mentor.left_at is not None and mentor.left_at < moment
    pausing = any(
        pause.since <= moment
        and (pause.ended_at is None or pause.ended_at > moment)
        and (pause.until is None or pause.until > moment.date())
        for pause in pauses
    )
    return mentor.created_at <= moment and not left and not pausing and mentor.capacity > taken.get(mentor.pk, 0)
