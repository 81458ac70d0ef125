"""Let later apps add upcoming dates and ways to get help to a pair's page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.extensions import ExtensionPoint


@dataclass(frozen=True)
class UpcomingItem:
    """The next thing for one person of a pair: at a moment in UTC, or on a day."""

    name: str
    moment: datetime | date
    link: str = ""
    zone: ZoneInfo | None = None  # on whose clock it is announced; None: on the reader's


@dataclass(frozen=True)
class HelpLink:
    """Where a person of the pair can get help: a label, a sentence and the link."""

    label: str
    text: str
    link: str


@dataclass(frozen=True)
class Milestone:
    """One thing that a pair needs to finish: its words, whether it is done, and how far it is."""

    name: str
    met: bool
    detail: str = ""


@dataclass(frozen=True)
class PairFinish:
    """The criteria of a pair, and the page on which they finish."""

    milestones: list[Milestone]
    link: str


PAIR_FINISHES: ExtensionPoint[Callable[[Match, User], Iterable[PairFinish]]] = ExtensionPoint(
    "how a pair finishes", asked_by=__name__, about="Given a match and one of its people, what they need to finish."
)
UPCOMING_ITEMS: ExtensionPoint[Callable[[Match, User], Iterable[UpcomingItem]]] = ExtensionPoint(
    "what comes next for a pair", asked_by=__name__, about="Given a match and one of its people, what comes next."
)
HELP_LINKS: ExtensionPoint[Callable[[Match, User], Iterable[HelpLink]]] = ExtensionPoint(
    "help for a pair", asked_by=__name__, about="Given a match and one of its people, where they can turn."
)


def upcoming_for(match: Match, user: User) -> list[UpcomingItem]:
    """Return what later apps list for this person and pair."""
    return [coming for source in UPCOMING_ITEMS for coming in source(match, user)]


def finish_for(match: Match, user: User) -> PairFinish | None:
    """Return what this pair needs to finish; None if nobody says."""
    return next((finish for source in PAIR_FINISHES for finish in source(match, user)), None)


def help_for(match: Match, user: User) -> list[HelpLink]:
    """Return the ways to get help that later apps offer."""
    return [way for source in HELP_LINKS for way in source(match, user)]
