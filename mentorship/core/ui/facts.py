"""What later rooms know about a row of an earlier one, for that row's own page.

A room offers facts about a kind of row when it starts, as training does about enrollments; the page asks for all of
them and knows no room. Whoever may see the page may see its facts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fact:
    """One line: `label`, and a `text` as a pill in the tone of the status `word`; `note` and `url` where there are."""

    label: str
    text: str
    word: str = ""
    note: str = ""
    url: str = ""
    at: Any = None  # a date or a moment in UTC, shown in the reader's zone


# Model label (such as "cohorts.enrollment") → name of the source → ids of rows → id → its facts.
Source = Callable[[Sequence[int]], dict[int, list[Fact]]]
SOURCES: dict[str, dict[str, Source]] = {}


def add_facts(label: str, name: str, source: Source) -> None:
    """Add what a later room knows about rows of a model. Adding the same name again replaces it."""
    SOURCES.setdefault(label, {})[name] = source


def facts_of(label: str, ids: Iterable[int]) -> dict[int, list[Fact]]:
    """id → facts, for every id, in the order in which rooms added them; each source is asked once for all."""
    wanted = list(ids)
    found: dict[int, list[Fact]] = {pk: [] for pk in wanted}
    for source in SOURCES.get(label, {}).values():
        for pk, facts in source(wanted).items():
            found[pk].extend(facts)
    return found
