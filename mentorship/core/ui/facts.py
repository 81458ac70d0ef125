"""Facts that higher apps know about a row, shown on its page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fact:
    """One line: `label`, and `text` as a pill in the tone of the status `word`; optional `note` and `url`."""

    label: str
    text: str
    word: str = ""
    note: str = ""
    url: str = ""
    at: Any = None  # a date or a moment in UTC, shown in the reader's zone


# Takes ids of rows and returns id → its facts.
FactSource = Callable[[Sequence[int]], dict[int, list[Fact]]]


def facts_of(sources: Iterable[FactSource], ids: Iterable[int]) -> dict[int, list[Fact]]:
    """id → facts, for every id, in the order of the sources; each source is asked once for all."""
    wanted = list(ids)
    found: dict[int, list[Fact]] = {pk: [] for pk in wanted}
    for source in sources:
        for pk, facts in source(wanted).items():
            found[pk].extend(facts)
    return found
