"""What later rooms show on a pair's page, or know for its intro. They add it when they start, unknown here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cohorts.models import Cohort
from matching.models import Match
from mentorship.accounts.models import User


@dataclass(frozen=True)
class Coming:
    """Something that comes next for one person of a pair: a moment in UTC, or a day."""

    name: str
    moment: datetime | date
    link: str = ""


@dataclass(frozen=True)
class Help:
    """Where a person of the pair turns: what for, in a sentence, and the link."""

    label: str
    text: str
    link: str


NEXT: dict[str, Callable[[Match, User], Iterable[Coming]]] = {}
HELP: dict[str, Callable[[Match, User], Iterable[Help]]] = {}
HEARD: dict[str, Callable[[Cohort, date], date | None]] = {}


def add_next(name: str, source: Callable[[Match, User], Iterable[Coming]]) -> None:
    """Add what comes next to every pair's page. Adding the same name again replaces it."""
    NEXT[name] = source


def add_help(name: str, source: Callable[[Match, User], Iterable[Help]]) -> None:
    """Add a way to get help to every live pair's page. Adding the same name again replaces it."""
    HELP[name] = source


def add_heard(name: str, source: Callable[[Cohort, date], date | None]) -> None:
    """Add on which day a pair that is introduced on a day hears of us first. The same name again replaces it."""
    HEARD[name] = source


def first_heard(cohort: Cohort, introduced: date) -> date | None:
    """When a pair hears of us next after its intro, as far as later rooms know; None where nothing is to come."""
    days = [day for source in HEARD.values() if (day := source(cohort, introduced))]
    return min(days, default=None)


def coming_for(match: Match, user: User) -> list[Coming]:
    """What later rooms have for this person and pair."""
    return [coming for source in NEXT.values() for coming in source(match, user)]


def help_for(match: Match, user: User) -> list[Help]:
    """The ways to get help that later rooms offer."""
    return [way for source in HELP.values() for way in source(match, user)]
