"""Facts from higher apps about an enrollment that is about to end."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cohorts.models import Enrollment
from mentorship.core.extensions import ExtensionPoint


@dataclass(frozen=True)
class Ending:
    """A thing that ends when somebody leaves, such as: Match with Mona Sato.

    Its words may be lazy: each mail is in a language of its own.
    """

    text: Any
    note: Any = ""  # who is told, as a sentence
    at: Any = None  # a moment in UTC
    url: str = ""  # a page for coordinators
    known: bool = True  # False: the person has not been told yet


ENDINGS: ExtensionPoint[Callable[[Sequence[int]], dict[int, list[Ending]]]] = ExtensionPoint(
    "what ends when somebody leaves",
    asked_by=__name__,
    about="Given ids of enrollments, what each has that would end: matches, seats, events.",
)
COMPANIONS: ExtensionPoint[Callable[[int], Iterable[Enrollment]]] = ExtensionPoint(
    "companions of an enrollment",
    asked_by=__name__,
    about="Given the id of an enrollment, those introduced to its people; they hear when one of a team leaves.",
)


def endings_by_id(ids: Sequence[int]) -> dict[int, list[Ending]]:
    """The things that end with each of these enrollments. A constant number of queries."""
    found: dict[int, list[Ending]] = {pk: [] for pk in ids}
    for source in ENDINGS if ids else ():
        for pk, endings in source(ids).items():
            found[pk] += endings
    return found


def endings_of(enrollment_id: int, *, known_only: bool = False) -> list[Ending]:
    """The things that end with this enrollment; with `known_only`, only those that its people have been told of."""
    return [ending for ending in endings_by_id([enrollment_id])[enrollment_id] if ending.known or not known_only]


def companions_of(enrollment_id: int) -> list[Enrollment]:
    """The enrollments introduced to the people of this one, such as their mentors, each once."""
    return list({one.pk: one for source in COMPANIONS for one in source(enrollment_id)}.values())
