"""Cheapest flows, for schedules and groups. Pure: numbers in, numbers out."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Arc:
    """Up to `room` units may flow from one node to another at `cost` each."""

    tail: Hashable
    head: Hashable
    room: int
    cost: int = 0


def cheapest(arcs: Sequence[Arc], source: Hashable, sink: Hashable, units: int) -> list[int]:
    """Send `units` from source to sink at the lowest cost, which is proven; return the units on each arc.

    Deterministic. Raises RuntimeError if the arcs don't have enough room.
    """
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415 slow library: OR-Tools, which few pages need

    numbers: dict[Hashable, int] = {}
    for arc in arcs:
        numbers.setdefault(arc.tail, len(numbers))
        numbers.setdefault(arc.head, len(numbers))
    flow = SimpleMinCostFlow()
    for arc in arcs:
        flow.add_arc_with_capacity_and_unit_cost(numbers[arc.tail], numbers[arc.head], arc.room, arc.cost)
    flow.set_node_supply(numbers[source], units)
    flow.set_node_supply(numbers[sink], -units)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("No flow carries that many units.")
    return [flow.flow(number) for number in range(len(arcs))]
