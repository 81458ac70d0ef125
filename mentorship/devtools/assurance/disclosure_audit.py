"""Look for few people in everything that was read about a cohort. Pure: it knows no rule of the product.

A figure counts a set of cells: the smallest groups that its kind of table can tell apart, at a moment. Cells change
between two moments by whoever joined or left. A combination of figures, each times -2 to 2, whose sum counts each cell
once or not at all is a group of people, and its number is known: an integer programme looks for one of 1 to 4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

FEW = range(1, 5)
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A number that was read: of what, when first, and which cells of its axis it counts."""

    axis: str
    moment: float
    cells: frozenset[Cell]
    number: int
    text: str
    is_sum: bool = False  # of all rows of a table, which may be of an earlier day than the rest of the page


def few_people(figures: Sequence[Figure]) -> Iterator[str]:
    """Every axis in which figures tell of 1 to 4 people, with the figures that do."""
    axes: dict[str, dict[tuple[frozenset[Cell], int], list[Figure]]] = {}
    for figure in sorted(figures, key=lambda one: one.moment):
        axes.setdefault(figure.axis, {}).setdefault((figure.cells, figure.number), []).append(figure)
    for axis, read in axes.items():
        if text := _pair(list(read.values())) or _combination([same[0] for same in read.values()]):
            yield f"{axis}: {text}"


def _pair(read: Sequence[list[Figure]]) -> str:
    """Two figures of which one counts a part of the other; each is a list of when it was read.

    Whoever reads both on one day compares them, and so does whoever thinks that nobody left since the smaller one was
    read, or, if all together did not become more, that nobody joined since the larger one was.
    """
    everybody = max((same[0].cells for same in read), key=len)
    totals = [(same[0].moment, same[0].number) for same in read if same[0].cells == everybody]

    def total(moment: float) -> int:
        return max((one for one in totals if one[0] <= moment), default=(0, 0))[1]

    for same in read:
        if same[0].number in FEW:
            return _told(same[0])
    for one, other in combinations(read, 2):
        small, large = sorted((one, other), key=lambda same: len(same[0].cells))
        first, last = small[0].moment, large[0].moment
        if not small[0].cells <= large[0].cells or abs(large[0].number - small[0].number) not in FEW:
            continue
        one_day = {figure.moment for figure in small} & {figure.moment for figure in large if not figure.is_sum}
        if small[0].cells == large[0].cells or one_day or first <= last or total(first) <= total(last):
            return f"{_told(small[0])}, {_told(large[0])}"
    return ""


def _told(figure: Figure) -> str:
    return f"{figure.text} = {figure.number} at {figure.moment}"


def _combination(figures: Sequence[Figure]) -> str:
    """Any number of figures."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 slow library: OR-Tools

    model = cp_model.CpModel()
    times = [model.new_int_var(-2, 2, f"times{n}") for n in range(len(figures))]
    terms: dict[tuple[Cell, float], list] = {}
    moments = sorted({figure.moment for figure in figures})
    for figure, one in zip(figures, times, strict=True):
        for cell in figure.cells:
            for moment in moments:  # the first moment is the cell itself, each later one who joined or left since
                if moment <= figure.moment:
                    terms.setdefault((cell, moment), []).append(one)
    for n, parts in enumerate(terms.values()):
        model.add(sum(parts) == model.new_bool_var(f"counted{n}"))
    size = sum(figure.number * one for figure, one in zip(figures, times, strict=True))
    model.add_linear_expression_in_domain(size, cp_model.Domain.from_intervals([[-4, -1], [1, 4]]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 5
    answer = solver.solve(model)
    if answer == cp_model.INFEASIBLE:
        return ""
    if answer not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return "the audit did not finish"
    used = [(solver.value(one), figure) for figure, one in zip(figures, times, strict=True) if solver.value(one)]
    return " ".join(f"{n:+d} × {_told(figure)}" for n, figure in used)
