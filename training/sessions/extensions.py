"""Facts that higher apps add to the page of a training session."""

from mentorship.core.extensions import ExtensionPoint
from mentorship.core.ui.facts import FactSource

SESSION_FACTS: ExtensionPoint[FactSource] = ExtensionPoint(
    "facts about a training session", asked_by=__name__, about="Lines for the page of a training session."
)
