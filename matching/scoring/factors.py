"""The factors of a score: their names, labels and default weights. Light enough for pages."""

FACTORS: dict[str, str] = {
    "interests": "Interests",
    "fields": "Fields of work",
    "hours": "Waking hours",
    "place": "Part of the world",
    "type": "Kind of mentoring",
    "style": "Style",
    "languages": "Languages",
    "experience": "Experience with first-timers",
    "answers": "Answers to your questions",
    "wishes": "Wishes",
}
# What both are about leads; hours and place together weigh about a third of it. Anything between half and twice these
# ranks mentors about equally well on past cohorts (`python -m mentorship.devtools.bench quality`), so they are round
# on purpose.
DEFAULT_WEIGHTS: dict[str, float] = {
    "interests": 6,
    "fields": 6,
    "hours": 2,
    "place": 2,
    "type": 3,
    "style": 1,
    "languages": 2,
    "experience": 1,
    "answers": 3,
    "wishes": 4,
}
MICRO = 1_000_000  # a score of 1 in the whole numbers that are added up


def points_of(score: float) -> int:
    """A score in the whole numbers that the solver adds up, so that sums are exact."""
    return round(score * MICRO)
