"""Sets of graduation criteria to begin with."""

from dataclasses import dataclass

from checkins.models import GraduationCriterion
from cohorts.models import Cohort

Kind = GraduationCriterion.Kind


@dataclass(frozen=True)
class SuggestedCriteria:
    """A set of criteria: each with its kind, its words and, where it counts, a number."""

    label: str
    about: str
    criteria: list[tuple[str, str, int]]

    @property
    def in_words(self) -> str:
        """The criteria in one sentence."""
        return f"{self.about} {'; '.join(name for _, name, _ in self.criteria)}."


SUGGESTED = {
    "pairs": SuggestedCriteria(
        "Pairs on their own",
        "The pair decides how and when they meet.",
        [
            (Kind.MEETINGS, "Met four times", 4),
            (Kind.GOAL, "Reached a goal, or passed it on", 1),
            (Kind.GOODBYE, "Said goodbye to each other", 1),
        ],
    ),
    "calls": SuggestedCriteria(
        "Calls and presentations",
        "The round has calls for everybody, and ends with presentations.",
        [
            (Kind.SESSIONS, "Came to four calls", 4),
            (Kind.OWN, "Presented in a graduation call", 1),
            (Kind.MENTOR, "The mentor says yes", 1),
        ],
    ),
    "short": SuggestedCriteria(
        "As little as possible",
        "For rounds of a few weeks.",
        [(Kind.MEETINGS, "Met twice", 2), (Kind.GOODBYE, "Said goodbye to each other", 1)],
    ),
}


def criteria_of(name: str, cohort: Cohort) -> list[GraduationCriterion]:
    """The criteria of a suggested set in the words of a cohort's programme, not saved."""
    own = cohort.programme.own_words
    return [
        GraduationCriterion(cohort=cohort, kind=kind, name=own(words), number=number)
        for kind, words, number in SUGGESTED[name].criteria
    ]
