"""Facts that higher apps add to the page of a training session."""

from mentorship.core.extensions import ExtensionPoint
from mentorship.core.ui.facts import FactSource

BORROWED_SESSION_FACTS: ExtensionPoint[FactSource] = ExtensionPoint(
    "facts about a shared session",
    asked_by=__name__,
    about="Lines for the page of a session that another cohort shares, by its hold: only of the reader’s own.",
)
SESSION_FACTS: ExtensionPoint[FactSource] = ExtensionPoint(
    "facts about a training session", asked_by=__name__, about="Lines for the page of a training session."
)
