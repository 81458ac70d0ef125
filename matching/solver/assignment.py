"""Find the best assignment; prune a large market first and prove that the pruned pairs do not matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.solver.dense import Dense
from matching.solver.equal_worth import flow_in_turns
from matching.solver.even_load import EvenLoad, even_out
from matching.solver.market import Market
from matching.solver.problem import (
    Assignment,
    AssignmentProblem,
    Bools,
    Edges,
    Ints,
    PairIndex,
    PairQuota,
    Potentials,
    order_of,
    pairs_of,
)
from matching.solver.quotas import EndPotentials

KEEP = 50  # pairs of each mentee and of each mentor to begin with
FEW = 32  # the same for whole problems: most need no second round
ADD = 12  # pairs of each mentee that are added at once if left-out ones could help
PRUNE_FROM = 20_000  # allowed pairs; below, the whole market is solved as fast


def solve(problem: AssignmentProblem, *, keep: int = FEW, prune_from: int = PRUNE_FROM) -> Assignment:
    """Find the best assignment, of several the one with the most even loads.

    Raises `NotOptimalError` rather than return one that is not proved.
    """
    if np.count_nonzero(problem.allowed) < prune_from:
        return _solve_whole(problem)
    rows = order_of(problem.mentee_keys, len(problem.wanted))
    columns = order_of(problem.mentor_keys, len(problem.capacity))
    inside = _in_order(problem, rows, columns)
    found = solve_pruned(
        Dense(inside.points, inside.allowed),
        inside.capacity,
        inside.wanted,
        locked=pairs_of(inside.locked),
        quotas=inside.quotas,
        favoured=inside.favoured,
        base_load=inside.base_load,
        keep=keep,
    )
    pairs = tuple(sorted(zip(rows[found.row].tolist(), columns[found.column].tolist(), strict=True)))
    # The proof holds for every pair of the problem, so these prices are those of the whole market.
    return _solution(
        problem,
        pairs,
        _placed(found.prices, columns),
        found.worth,
        rounds=found.rounds,
        potentials=_potentials(problem, found.costs, rows, columns),
    )


def _solve_whole(problem: AssignmentProblem) -> Assignment:
    market = Market.of(problem)
    chosen, costs = _answer(market)
    even = even_out(market, chosen, costs, problem.base_load[market.columns])
    if even:
        chosen = even.chosen
    free = zip(market.rows[market.mentee[chosen]].tolist(), market.columns[market.mentor[chosen]].tolist(), strict=True)
    return _solution(
        problem,
        tuple(sorted({*free, *pairs_of(problem.locked)})),
        _placed(market.prices(costs), market.columns),
        market.worth,
        rounds=1,
        potentials=_potentials(problem, costs, market.rows, market.columns),
    )


@dataclass(frozen=True, eq=False)
class Pruned:
    """A solution over every pair of a market, found by solving a part of them."""

    row: Ints
    column: Ints
    points: Ints
    profits: Ints
    prices: Ints
    costs: Ints  # by node, see `Market.prove`
    worth: int  # what one filled place counts in the prices
    rounds: int
    edges: int
    certified: bool

    @property
    def matched(self) -> int:
        return len(np.unique(self.row))

    @property
    def total_points(self) -> int:
        return int(self.points.sum())


def solve_pruned(
    source: Dense,
    capacity: Ints,
    wanted: Ints,
    *,
    locked: Sequence[PairIndex] = (),
    quotas: Sequence[PairQuota] = (),
    favoured: Sequence[PairIndex] = (),
    base_load: Ints | None = None,
    keep: int = KEEP,
    add: int | None = None,
) -> Pruned:
    """Solve with the best pairs of each side, then add left-out pairs that could help, until none could.

    First those that are worth more than their price; then, among equally good answers, those that make loads more even.
    """
    go_first = _edges_of(favoured)
    if favoured:
        source = replace(source, favoured=go_first)
    edges, rounds = source.best(keep), 0
    while True:
        rounds += 1
        market = Market.of_edges(
            edges,
            capacity,
            wanted,
            locked=locked,
            most=source.most,
            quotas=quotas,
            favoured=_among(edges, go_first, len(capacity)) if favoured else None,
        )
        chosen, costs = _answer(market)
        missing, even = _missing(
            source, market, chosen, costs, edges, locked=locked, quotas=quotas, base=base_load, add=add or ADD
        )
        if not len(missing.row):
            break
        edges = _joined(edges, missing)
    made = _joined(_made(market, even.chosen if even else chosen), _locked_edges(source, locked))
    return _as_pruned(market, costs, made, rounds=rounds, edges=len(edges.row))


def _made(market: Market, chosen: Bools) -> Edges:
    return Edges(market.mentee[chosen], market.mentor[chosen], market.points[chosen])


def _as_pruned(market: Market, costs: Ints, made: Edges, *, rounds: int, edges: int) -> Pruned:
    return Pruned(
        row=made.row,
        column=made.column,
        points=made.points,
        profits=np.where(market.wants > 0, costs[: len(market.wants)], 2**60),
        prices=market.prices(costs),
        costs=costs,
        worth=market.worth,
        rounds=rounds,
        edges=edges,
        certified=True,
    )


def _joined(some: Edges, others: Edges) -> Edges:
    return Edges(*(np.concatenate(parts) for parts in zip(some, others, strict=True)))


def _missing(
    source: Dense,
    market: Market,
    chosen: Bools,
    costs: Ints,
    edges: Edges,
    *,
    locked: Sequence[PairIndex],
    quotas: Sequence[PairQuota],
    base: Ints | None,
    add: int,
) -> tuple[Edges, EvenLoad | None]:
    """Find left-out pairs that could help; without any, the most even answer, proved over every pair."""
    if source.favoured is not None:
        tier = np.full(len(source.favoured.row), market.tier)
        source = replace(source, favoured=source.favoured._replace(points=tier))
    m = len(market.seats)
    ends = EndPotentials(costs, quotas, locked, market.wants, m)
    # Pairs that are made may still look better than their price: room beyond them is asked for.
    room = add + int(market.wants.max(initial=0))
    missing = _without(source.better(ends, room), edges, locked, m)
    base = np.zeros(m, dtype=np.int64) if base is None else base
    even = None if len(missing.row) else even_out(market, chosen, costs, base)
    if even:
        by_load = EndPotentials(even.prices, quotas, locked, market.wants, m)
        missing = _without(source.better(ends, room, even=by_load), edges, locked, m)
    return missing, even


def _edges_of(pairs: Sequence[PairIndex]) -> Edges:
    """Pairs as edges without points."""
    row, column = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Edges(row, column, np.zeros(len(row), dtype=np.int64))


def _among(edges: Edges, others: Edges, m: int) -> Bools:
    """Mark the edges that are among the others."""
    return np.isin(edges.row * m + edges.column, others.row * m + others.column)


def _locked_edges(source: Dense, locked: Sequence[PairIndex]) -> Edges:
    """The locked pairs with their points."""
    row, column = np.array(locked, dtype=np.int64).reshape(-1, 2).T
    return Edges(row, column, np.maximum(source.points[row, column], 0).astype(np.int64))


def _without(found: Edges, edges: Edges, locked: Sequence[PairIndex], m: int) -> Edges:
    """Keep the pairs that are not in the market yet."""
    known = np.concatenate([edges.row * m + edges.column, np.array([i * m + j for i, j in locked], dtype=np.int64)])
    new = ~np.isin(found.row * m + found.column, known)
    return Edges(*(part[new] for part in found))


def _in_order(problem: AssignmentProblem, rows: Ints, columns: Ints) -> AssignmentProblem:
    """The problem with rows and columns in this order; copies only if it differs."""
    if (np.diff(rows) > 0).all() and (np.diff(columns) > 0).all():
        return problem
    row_at, column_at = np.argsort(rows), np.argsort(columns)

    def moved(pairs: Sequence[PairIndex]) -> list[PairIndex]:
        return [(int(row_at[i]), int(column_at[j])) for i, j in pairs]

    def moved_quota(quota: PairQuota) -> PairQuota:
        members, owners = (row_at, column_at) if quota.side == "mentor" else (column_at, row_at)
        whose = None if quota.owners is None else [int(owners[x]) for x in quota.owners]
        return replace(quota, members=[int(members[x]) for x in quota.members], owners=whose)

    return AssignmentProblem(
        points=problem.points[np.ix_(rows, columns)],
        capacity=problem.capacity[columns],
        wanted=problem.wanted[rows],
        locked=moved(problem.locked),
        forbidden=moved(problem.forbidden),
        quotas=[moved_quota(quota) for quota in problem.quotas],
        favoured=moved(problem.favoured),
        least=problem.least,
        load=None if problem.load is None else np.asarray(problem.load)[columns],
    )


def _answer(market: Market) -> tuple[Bools, Ints]:
    if not len(market.points):
        chosen = np.zeros(0, dtype=bool)
    else:
        chosen = market.flow() if market.fits_engine else flow_in_turns(market)
    return chosen, market.prove(chosen)


def _placed(values: Ints, at: Ints) -> Ints:
    """Values in the order of the market, put where the problem has them."""
    placed = np.zeros(len(at), dtype=np.int64)
    placed[at] = values
    return placed


def _potentials(problem: AssignmentProblem, costs: Ints, rows: Ints, columns: Ints) -> Potentials | None:
    if problem.quotas:
        return None
    n = len(rows)
    return Potentials(_placed(costs[:n], rows), _placed(costs[n : n + len(columns)], columns))


def _solution(
    problem: AssignmentProblem,
    pairs: tuple[PairIndex, ...],
    prices: Ints,
    worth: int,
    *,
    rounds: int,
    potentials: Potentials | None,
) -> Assignment:
    has_mentor = {i for i, _ in pairs}
    return Assignment(
        pairs=pairs,
        value=problem.value_of(pairs),
        unmatched=tuple(i for i, wanted in enumerate(problem.wanted.tolist()) if wanted and i not in has_mentor),
        prices=prices,
        place_worth=worth,
        certified=True,
        rounds=rounds,
        potentials=potentials,
    )
