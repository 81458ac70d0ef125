"""Let later apps add upcoming dates and ways to get help to a pair's page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from matching.models import Match
from mentorship.core.accounts.models import User


@dataclass(frozen=True)
class UpcomingItem:
    """Something that comes next for one person of a pair: a moment in UTC, or a day."""

    name: str
    moment: datetime | date
    link: str = ""


@dataclass(frozen=True)
class HelpLink:
    """Where a person of the pair turns: what for, in a sentence, and the link."""

    label: str
    text: str
    link: str


UPCOMING: dict[str, Callable[[Match, User], Iterable[UpcomingItem]]] = {}


HELP: dict[str, Callable[[Match, User], Iterable[HelpLink]]] = {}


def add_upcoming(name: str, source: Callable[[Match, User], Iterable[UpcomingItem]]) -> None:
    """Add what comes next to every pair's page. Adding the same name again replaces it."""
    UPCOMING[name] = source


def add_help(name: str, source: Callable[[Match, User], Iterable[HelpLink]]) -> None:
    """Add a way to get help to every live pair's page. Adding the same name again replaces it."""
    HELP[name] = source


def upcoming_for(match: Match, user: User) -> list[UpcomingItem]:
    """What later rooms have for this person and pair."""
    return [coming for source in UPCOMING.values() for coming in source(match, user)]


def help_for(match: Match, user: User) -> list[HelpLink]:
    """The ways to get help that later rooms offer."""
    return [way for source in HELP.values() for way in source(match, user)]
