"""Let later apps say when a pair first hears from the programme after its intro."""

from collections.abc import Callable
from datetime import date

from cohorts.models import Cohort
from mentorship.core.extensions import ExtensionPoint

FIRST_CONTACT: ExtensionPoint[Callable[[Cohort, date], date | None]] = ExtensionPoint(
    "first contact after an intro",
    asked_by=__name__,
    about="On which day a pair of a cohort that is introduced on a day hears of the programme first.",
)


def first_contact_after_intro(cohort: Cohort, introduced: date) -> date | None:
    """Return the day on which a pair first hears from the programme after its intro; None if nothing is planned."""
    days = [day for source in FIRST_CONTACT if (day := source(cohort, introduced))]
    return min(days, default=None)
