"""A line of "Needs you" on the home page of coordinators, made by each app."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """One item: how many, of what, why it matters, and the list that shows exactly these."""

    number: int
    title: str
    text: str
    url: str
    label: str
