"""Scores as whole numbers, so that sums are exact."""

MICRO = 1_000_000  # points of a score of 1


def points_of(score: float) -> int:
    """A score from 0 to 1 in points."""
    return round(score * MICRO)
