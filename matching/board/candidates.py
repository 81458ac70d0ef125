"""Other possible partners of a mentee or mentor, the obstacles, and the cheapest way to make the pair. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cohorts.models import Enrollment
from matching.board.change_plan import ChangePlan, ChangeRequest, plan_change
from matching.board.pair_words import DescribedPair, describe_pairs
from matching.board.state import BoardState, ChangeCost, PairIds
from matching.engine.score_table import shares_of_run
from matching.models import MatchProposal, MatchRun
from matching.scoring.factors import is_visible, label_of
from mentorship.core.errors import ServiceError

BEST = 3
MOST_COLUMNS = 6


@dataclass(frozen=True)
class Alternative:
    """A mentor (for a mentee) or mentee (for a mentor) who was not chosen."""

    person: Enrollment
    score: float | None  # None if the run has no score for the pair
    against: str  # the reason against it
    pin: str
    insist: ChangeCost | None  # the loss of a new run with this pair locked; None if unknown
    way: ChangePlan | None  # the cheapest change by hand that makes the pair
    refused: str = ""  # why there is no such change
    why: str = ""  # reasons for the pair, in a sentence, where they are shown


def fold_unknown_factors(factors: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Merge hidden parts of a score into one, "Other", and so unknown ones, which only earlier versions counted."""
    hidden = [f for f in factors if not is_visible(f["key"])]
    if hidden:
        other = {"label": "Other", "part": sum(f["part"] for f in hidden), "phrase": "", "known": True}
        factors = [*(f for f in factors if is_visible(f["key"])), other]
    silent = [f for f in factors if not f["known"]]
    if len(silent) < 2:
        return list(factors)
    one = {
        "label": "Not known",
        "part": sum(f["part"] for f in silent),
        "phrase": f"counted as average: {', '.join(f['label'].lower() for f in silent)}",
    }
    return [*(f for f in factors if f["known"]), one]


def best_others(state: BoardState, mentee: int) -> list[Alternative]:
    """List the best mentors beside those proposed for a mentee, with the reasons for each."""
    ids = _best(state, mentee)
    told = describe_pairs(state.run, mentee, ids)
    others = alternatives_for_mentee(state, mentee, ids)
    return [replace(o, why=told[o.person.pk].told) if o.person.pk in told else o for o in others]


def alternatives_for_mentee(state: BoardState, mentee: int, ids: Sequence[int]) -> list[Alternative]:
    """Describe some mentors beside those proposed for a mentee, without reasons."""
    mentors = Enrollment.objects.select_related("user", "cohort").in_bulk(ids)
    found = []
    for pk in ids:
        pair = mentee, pk
        way, refused = cheapest_way(state, mentee, pk)
        found.append(
            Alternative(
                mentors[pk],
                _score(state, pair),
                _against_mentor(state, mentee, pk),
                state.pins.get(pair, ""),
                _insist(state, pair),
                way,
                refused,
            )
        )
    return found


def alternatives_for_mentor(state: BoardState, mentor: int) -> list[Alternative]:
    """List the best mentees beside those proposed for a mentor."""
    table = state.table
    if table is None or mentor not in table.column:
        return []
    theirs = [
        pk
        for pk in table.best_mentees(mentor)
        if (pk, mentor) not in state.chosen and (pk, mentor) not in state.standing and pk not in state.held
    ][:BEST]
    mentees = Enrollment.objects.select_related("user").in_bulk(theirs)
    return [
        Alternative(
            mentees[pk],
            state.points((pk, mentor)) / 1_000_000,
            _against_mentee(state, pk, mentor),
            state.pins.get((pk, mentor), ""),
            _insist(state, (pk, mentor)),
            None,
        )
        for pk in theirs
        if pk in mentees
    ]


def cheapest_way(state: BoardState, mentee: int, mentor: int) -> tuple[ChangePlan | None, str]:
    """Find the cheapest change by hand that gives a mentee this mentor, or why there is none."""
    own = (state.mentors_of.get(mentee) or [0])[-1]
    wishes = []
    if state.is_full(mentor):
        for other in state.mentees_of.get(mentor, []):
            if own and own != mentor:
                wishes.append(ChangeRequest("swap", mentee, own, other, mentor))
            wishes.append(ChangeRequest("take", mentee, mentor, other))
    wishes = wishes or [ChangeRequest("choose", mentee, mentor)]
    plans, refused = [], ""
    for wish in wishes:
        try:
            plans.append(plan_change(state, wish))
        except ServiceError as error:
            refused = refused or str(error)
    best = max(plans, key=lambda p: (p.after.matched, p.after.places, p.after.points), default=None)
    return best, "" if best else refused


@dataclass(frozen=True)
class CandidateColumn:
    """A candidate in the comparison."""

    mentor: Enrollment
    score: float
    chosen: bool
    places: str
    other: Alternative | None  # the actions; None for proposed people
    changed: bool  # whether a sign-up has changed since the run, and what is said goes by what it says now


def comparison(
    state: BoardState, run: MatchRun, mentee: int, extra: Sequence[int]
) -> tuple[list[CandidateColumn], list[tuple[str, list[FactorCell]]]]:
    """Candidates as columns, factors as rows: (columns, [(factor, cells)])."""
    chosen = state.mentors_of.get(mentee, [])
    wanted = list(dict.fromkeys([*chosen, *extra, *_best(state, mentee)]))[:MOST_COLUMNS]
    mentors = Enrollment.objects.select_related("user", "cohort").in_bulk(wanted)
    others = {o.person.pk: o for o in alternatives_for_mentee(state, mentee, [pk for pk in wanted if pk not in chosen])}
    told = describe_pairs(run, mentee, wanted)
    columns = [
        CandidateColumn(
            mentors[pk],
            state.points((mentee, pk)) / 1_000_000,
            pk in chosen,
            f"{state.used[pk]} of {mentors[pk].capacity} taken",
            others.get(pk),
            pk in told and told[pk].changed,
        )
        for pk in wanted
    ]
    return columns, _factor_rows(run, [told.get(pk) for pk in wanted])


@dataclass
class FactorCell:
    """A factor of one candidate in the comparison."""

    part: float
    phrase: str
    known: bool
    best: bool = False


def _factor_rows(run: MatchRun, told: Sequence[DescribedPair | None]) -> list[tuple[str, list[FactorCell]]]:
    """Factors as rows, without those that are unknown for every candidate."""
    rows: list[tuple[str, list[FactorCell]]] = []
    unknown: list[tuple[str, list[FactorCell]]] = []
    for name, cells in _factor_cells(run, told).items():
        row = label_of(name), cells
        (rows if any(cell.known for cell in cells) else unknown).append(row)
    for _, cells in rows:
        top, least = max(cell.part for cell in cells), min(cell.part for cell in cells)
        for cell in cells:
            cell.best = cell.part == top > least
    # Runs of earlier versions counted what nobody knew as average.
    sums = [sum(cell.part for cell in column) for column in zip(*(cells for _, cells in unknown), strict=True)]
    if any(sums):
        labels = ", ".join(label for label, _ in unknown)
        rows.append((f"Not known: {labels}", [FactorCell(part, "average", known=False) for part in sums]))
    return rows


def _factor_cells(run: MatchRun, told: Sequence[DescribedPair | None]) -> dict[str, list[FactorCell]]:
    """For each factor that counted, its part and words for each candidate."""
    parts = [{part["key"]: part for part in one.factors} if one else {} for one in told]
    unknown = {"part": 0.0, "phrase": "not known", "known": False}

    def cell(of: dict[str, Any], name: str) -> FactorCell:
        part = of.get(name, unknown)
        return FactorCell(part["part"], part["phrase"], part["known"])

    return {name: [cell(of, name) for of in parts] for name in shares_of_run(run) if is_visible(name)}


def _best(state: BoardState, mentee: int) -> list[int]:
    table, own = state.table, state.mentors_of.get(mentee, [])
    if table and mentee in table.row:
        ranked = table.best_mentors(mentee)
    else:
        ranked = list(
            state.run.proposals.filter(mentee=mentee, kind=MatchProposal.Kind.RUNNER_UP)
            .order_by("-score", "mentor_id")
            .values_list("mentor_id", flat=True)
        )
    people = state.people
    there = (pk for pk in ranked if pk in people and pk not in state.held and people[pk].status == "accepted")
    return [pk for pk in there if pk not in own and (mentee, pk) not in state.standing][:BEST]


def _against_mentor(state: BoardState, mentee: int, mentor: int) -> str:
    """Say why a mentor can't have the mentee."""
    if not state.is_full(mentor):
        return "Has a free place."  # the rule that may exclude the pair is told where it is refused
    theirs = [(pk, state.chosen[pk, mentor]) for pk in state.mentees_of.get(mentor, [])]
    if not theirs:
        return "All places are taken by matches."
    if all(state.pins.get((pk, mentor)) == "lock" for pk, _ in theirs):
        return "All places are taken by locked pairs."
    said = " and ".join(f"{state.people[pk].quoted} ({points / 1_000_000:.2f})" for pk, points in theirs[:2])
    return f"Full, with {said}{' and others' if len(theirs) > 2 else ''}."


def _against_mentee(state: BoardState, mentee: int, mentor: int) -> str:
    """Say why a mentee can't have the mentor."""
    theirs = state.mentors_of.get(mentee, [])
    if not theirs:
        others = state.say("No match yet. This mentor’s places count for more with others.")
        return others if state.is_full(mentor) else "No match yet."
    own = theirs[-1]
    points, here = state.chosen[mentee, own], state.points((mentee, mentor))
    than = "Better off with" if points >= here else "Matched with"
    return f"{than} {state.people[own].name} ({points / 1_000_000:.2f})."


def _score(state: BoardState, pair: PairIds) -> float | None:
    try:
        return state.points(pair) / 1_000_000
    except ServiceError:
        return None


def _insist(state: BoardState, pair: PairIds) -> ChangeCost | None:
    found = state.table.insist(*pair) if state.table and state.table.has(*pair) else None
    return ChangeCost(*found) if found else None
