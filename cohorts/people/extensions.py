"""Facts that higher apps add to the page of an enrollment."""

from mentorship.core.extensions import ExtensionPoint
from mentorship.core.ui.facts import FactSource

ENROLLMENT_FACTS: ExtensionPoint[FactSource] = ExtensionPoint(
    "facts about an enrollment", asked_by=__name__, about="Lines for the page of an enrollment."
)
