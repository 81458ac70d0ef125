"""Full stops after sentences that end with a quotation."""

import re

# "soils.." and "“Maps of soils.”."; three dots are meant.
_STOPS = re.compile(r"(?<!\.)\.([”’\"']?)\.(?=\s|$)")


def single_stops(text: str) -> str:
    """The text with one full stop where a quotation at the end brings its own: a title, "Jr.", "Inc."."""
    return _STOPS.sub(r"\1.", text)
