"""A line of "Needs you" on the first page; each room says its own, the composition root shows them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """How many, of what, why it matters, and the list that shows exactly these."""

    number: int
    title: str
    text: str
    url: str
    label: str
