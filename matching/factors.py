"""What a score is made of, in words and weights. Apart from scoring.py so that pages need no numeric library."""

FACTORS: dict[str, str] = {
    "interests": "Interests",
    "hours": "Waking hours",
    "place": "Part of the world",
    "type": "Kind of mentoring",
    "style": "Style",
    "languages": "Languages",
}
# Interests lead; hours and place together weigh about three quarters of them. Anything between half and twice these
# two ranks mentors about equally well, so they are rounded on purpose.
DEFAULT_WEIGHTS: dict[str, float] = {
    "interests": 8,
    "hours": 3,
    "place": 3,
    "type": 3,
    "style": 1,
    "languages": 2,
}
MICRO = 1_000_000  # a score of 1 in the whole numbers that are added up


def points_of(score: float) -> int:
    """A score in the whole numbers that the solver adds up, so that sums are exact."""
    return round(score * MICRO)
