"""Figures of rounds for everybody. All of them come through the one gate for figures, partners/disclosure/gate.py."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cohorts.models import Cohort, Programme, PublicRound
from partners.disclosure.small_groups import behind_rounded, is_small_group, rounded
from partners.reports.impact import cohort_impact

# Name → its label for one and for several; the programme's words are put in.
LABELS = {
    "projects": ("project", "projects"),
    "graduates": ("project graduated", "projects graduated"),
    "mentees": ("mentee", "mentees"),
    "mentors": ("mentor", "mentors"),
    "countries": ("country", "countries"),
}
SUMMED = ("projects", "graduates", "mentors")


@dataclass(frozen=True)
class PublicFigure:
    """A number with its label; `is_about` where it is to the nearest five."""

    label: str
    number: int
    is_about: bool = False


def release_figures(cohort: Cohort) -> dict[str, int]:
    """Count a cohort for everybody, and record the figures as shown."""
    numbers = cohort_impact(cohort, release=True).numbers
    return {name: numbers[name] for name in LABELS if name in numbers}


def round_figures(page: PublicRound, named: Mapping[str, int]) -> list[PublicFigure]:
    """The figures of a round beside `named`, by figure how many of them the pages name."""
    programme = page.cohort.programme
    found = [(name, _beside_names(page.figures[name], named.get(name))) for name in LABELS if name in page.figures]
    return [_figure(programme, name, *shown) for name, shown in found if shown]


def programme_figures(
    programme: Programme, rounds: Collection[PublicRound], named: Mapping[int, Mapping[str, int]]
) -> list[PublicFigure]:
    """Sums over rounds, where each of them has the figure. Each part is safe by itself, so the sum tells no more."""
    found = []
    for name in SUMMED:
        parts = [
            _beside_names(one.figures[name], named.get(one.cohort_id, {}).get(name))
            for one in rounds
            if name in one.figures
        ]
        told = [part for part in parts if part]
        if told and len(told) == len(rounds):
            found.append(_figure(programme, name, sum(n for n, _ in told), any(about for _, about in told)))
    return found


def _beside_names(number: int, named: int | None) -> tuple[int, bool] | None:
    """The number, or the nearest five, so that nobody can tell how few were not named; None if neither may be shown."""
    if named is None or not is_small_group(number - min(named, number)):
        return number, False
    near = rounded(number)
    open_to = [value for value in behind_rounded(near) if value >= named and not is_small_group(value - named)]
    return (near, True) if open_to else None


def _figure(programme: Programme, name: str, number: int, is_about: bool) -> PublicFigure:
    return PublicFigure(programme.own_words(LABELS[name][number != 1]), number, is_about)
