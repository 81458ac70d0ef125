"""The goals, rules and their defaults that a cohort can choose from."""

OBJECTIVES: dict[str, str] = {
    "total": "Best total: the highest sum of scores",
    "fairest": "Fairest: the lowest score as high as possible, then the highest sum",
    "stable": "Stable: no two people would both score higher with each other",
}
FORMER: dict[str, str] = {
    "ignore": "Treat them like everybody else",
    "never": "Never match them again",
    "prefer": "Prefer to match them again",
}
NAMED: dict[str, str] = {
    "wish": "Count it as a wish",
    "only": "Match a mentee with the mentor they asked for, or with nobody",
    "ignore": "Ignore it",
}
# The rules of a cohort. A rule that is off excludes nobody, and missing data about people excludes nobody.
DEFAULT_RULES: dict[str, object] = {
    "least_hours": 0,  # waking hours a day in common; 0 asks for none
    "other_employer": False,
    "employer_questions": {},  # role → key of the question that asks for the employer
    "named_wishes": "wish",  # see NAMED: for people whom somebody asked for by name when they signed up
    "own_team": True,  # nobody mentors a team that they are part of
    "former": "ignore",  # see FORMER
    "rest_after": 0,  # rounds in a row after which a mentor rests; 0 for never
    "declared_conflicts": True,
    "least_score": 0,  # 0 to 1
    "most_first_timers": 0,  # mentees who are new for each mentor; 0 for any number
    "most_new_mentors": None,  # first-time mentors for each mentee who is new, of those wanted; None for any number
    "most_of_group": 0,  # mentees of one group for each mentor; 0 for any number
    "partners_first": False,  # mentors of a group go to its own mentees before scores count
}
