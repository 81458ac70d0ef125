"""Let later apps say when a pair first hears from the programme after its intro."""

from collections.abc import Callable
from datetime import date

from cohorts.models import Cohort

FIRST_CONTACT: dict[str, Callable[[Cohort, date], date | None]] = {}


def add_first_contact(name: str, source: Callable[[Cohort, date], date | None]) -> None:
    """Add on which day a pair that is introduced on a day hears of us first. The same name again replaces it."""
    FIRST_CONTACT[name] = source


def first_contact_after_intro(cohort: Cohort, introduced: date) -> date | None:
    """When a pair hears of us next after its intro, as far as later rooms know; None where nothing is to come."""
    days = [day for source in FIRST_CONTACT.values() if (day := source(cohort, introduced))]
    return min(days, default=None)
