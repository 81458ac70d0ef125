"""Full stops at the end of sentences that quote something."""

import re

# "soils.." and "“Maps of soils.”."; three dots are meant.
_STOPS = re.compile(r"(?<!\.)\.([”’\"']?)\.(?=\s|$)")


def single_stops(text: str) -> str:
    """The text with one full stop if what a sentence quotes last brings its own: a title, "Jr.", "Inc."."""
    return _STOPS.sub(r"\1.", text)
