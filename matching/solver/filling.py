"""How many wanted places can be filled by kind alone: a maximum flow through what people need and offer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from matching.solver.problem import Ints


def unfilled(
    needs: Sequence[Collection[int]],
    offers: Sequence[Collection[int]],
    links: Iterable[tuple[int, int]],
    wanted: Sequence[int],
    capacity: Sequence[int],
) -> Ints:
    """Return how many wanted places of each mentee stay empty if as many as possible are filled.

    Kinds are numbers; a mentee fits a mentor if a kind of theirs is linked to one of the mentor's. Whoever has no kind
    fits everybody. A mentor who is reached by two kinds of one mentee may count twice for somebody who wants several.
    """
    from ortools.graph.python import max_flow  # noqa: PLC0415 slow library: OR-Tools, which few pages need

    n, m, links = len(needs), len(offers), list(links)
    kinds = max([0, *(k for side in (*needs, *offers) for k in side), *(k for link in links for k in link)]) + 1
    # Source, mentees, kinds needed, anybody, kinds offered, whoever did not say, mentors, sink.
    need, offer = 1 + n, 1 + n + kinds + 1
    anybody, unsaid, mentor = need + kinds, offer + kinds, offer + kinds + 1
    sink, many = mentor + m, int(sum(wanted)) + 1
    arcs = [(0, 1 + i, int(number)) for i, number in enumerate(wanted)]
    arcs += [(1 + i, need + k, int(wanted[i])) for i, own in enumerate(needs) for k in own]
    arcs += [(1 + i, unsaid if own else anybody, int(wanted[i])) for i, own in enumerate(needs)]
    arcs += [(need + a, offer + b, many) for a, b in links]
    arcs += [(anybody, mentor + j, many) for j in range(m)]
    arcs += [(offer + k, mentor + j, many) for j, own in enumerate(offers) for k in own]
    arcs += [(unsaid, mentor + j, many) for j, own in enumerate(offers) if not own]
    arcs += [(mentor + j, sink, int(number)) for j, number in enumerate(capacity)]
    engine = max_flow.SimpleMaxFlow()
    tails, heads, rooms = (np.array(column, dtype=np.int64) for column in zip(*arcs, strict=True))
    made = engine.add_arcs_with_capacity(tails.astype(np.int32), heads.astype(np.int32), rooms)
    engine.solve(0, sink)
    left: Ints = np.asarray(wanted, dtype=np.int64) - engine.flows(made[:n])
    return left
