"""Timelines and checklists that suit how often a programme runs. Offsets are days from the first day of week 1."""

from collections.abc import Iterable
from dataclasses import dataclass

from cohorts.models import CohortDate

# These steps of a timeline are fields of the cohort itself, so that dates are stored only once.
CLOSES, START, END = "sign-up-closes", "start", "end"
DECISIONS = "decisions"
OPENS = CohortDate.OPENS


@dataclass(frozen=True)
class SuggestedTimeline:
    """A timeline to begin with: its steps as (key, name, day), and tasks of the team as (name, day)."""

    label: str
    about: str
    steps: list[tuple[str, str, int]]
    checklist: list[tuple[str, int]]


# Offsets are near the medians of eight rounds of Open Life Science.
TWICE_A_YEAR = SuggestedTimeline(
    "One or two rounds a year",
    "Sixteen weeks with calls and final presentations. Sign-up opens three months before.",
    [
        (OPENS, "Sign-up opens", -89),
        ("webinar", "Information webinar", -76),
        (CLOSES, "Sign-up closes", -47),
        (DECISIONS, "Applicants hear from us", -31),
        ("kick-off", "Welcome call", 7),
        ("training", "Mentor training", 9),
        ("mid-term", "Mid-term survey", 49),
        ("presentations", "Final presentations", 105),
        (END, "End", 111),
    ],
    [
        ("Agree the dates, the budget and who does what", -110),
        ("Open the sign-up and share it", -89),
        ("Invite the mentors of earlier rounds", -85),
        ("Ask reviewers and agree the rubric", -60),
        ("Review the applications", -40),
        ("Send the decisions", -31),
        ("Match, and introduce the pairs", -10),
        ("Invite the mentors to their training", -5),
        ("Look after those who are silent", 56),
        ("Thank everybody and hand out certificates", 112),
        ("Report to the partners", 130),
    ],
)
EACH_QUARTER = SuggestedTimeline(
    "A round each quarter",
    "Twelve weeks in pairs. Sign-up opens five weeks before, while the round before is still under way.",
    [
        (OPENS, "Sign-up opens", -35),
        (CLOSES, "Sign-up closes", -14),
        (DECISIONS, "Applicants hear from us", -9),
        ("mid-term", "Halfway: how is it going?", 42),
        ("goodbye", "Last meetings, and what comes next", 77),
        (END, "End", 83),
    ],
    [
        ("Agree who does what", -42),
        ("Open the sign-up and share it", -35),
        ("Invite the mentors of earlier rounds", -33),
        ("Read the sign-ups and send the decisions", -9),
        ("Match, and introduce the pairs", -2),
        ("Look after those who are silent", 28),
        ("Close the pairs, thank everybody and hand out certificates", 84),
        ("Report to the partners", 91),
    ],
)
TIMELINES = {"half-year": TWICE_A_YEAR, "quarter": EACH_QUARTER}
DEFAULT = "half-year"
# A round that is no longer than this, from its first step to its end, leaves room for one in each quarter.
SHORT_ROUND = 140


def suiting_checklist(offsets: Iterable[int]) -> list[tuple[str, int]]:
    """The usual tasks of the team for a round whose steps have these offsets."""
    days = [*offsets, 0]
    return (EACH_QUARTER if 0 < max(days) - min(days) <= SHORT_ROUND else TWICE_A_YEAR).checklist
