"""Surveys and waves that a programme can add with one click, among them the three-month check-in."""

from dataclasses import dataclass, field
from typing import Any

from checkins.models import Case, CheckInWave

DEFAULT_SURVEY = "How is it going?"
DEFAULT_WAVE = "Three-month check-in"
DEFAULT_WAVE_OF_SHORT_ROUND = "Check-in before the end"
HAVE_MET, NOT_MET = "have-met", "no"
WANT, WANT_HELP, WANT_OTHER = "want", "help", "other"
HELPFUL = "helpful"
Questions = list[dict[str, Any]]
MET_QUESTION: dict[str, Any] = {
    "key": HAVE_MET,
    "kind": "one",
    "text": "Have you met?",
    "options": [["regularly", "Yes, regularly"], ["sometimes", "Once or twice"], [NOT_MET, "Not yet"]],
    "flags": {NOT_MET: Case.Kind.NOT_MET},
    "required": True,
}
WANTED_QUESTION: dict[str, Any] = {
    "key": WANT,
    "kind": "one",
    "text": "Is there something we should do?",
    "options": [["nothing", "All is well"], [WANT_HELP, "I need help"], [WANT_OTHER, "I would like another match"]],
    "flags": {WANT_HELP: Case.Kind.HELP, WANT_OTHER: Case.Kind.OTHER_MENTOR},
}
HELPFUL_QUESTION = {
    "key": HELPFUL,
    "kind": "scale",
    "text": "How helpful is it for you?",
    "help_text": "1 not at all, 5 very",
}
WORDS_QUESTION = {"key": "words", "kind": "long", "text": "Anything you would like to tell us?"}
RECOMMEND_QUESTION = {"key": "recommend", "kind": "yes_no", "text": "Would you recommend it to a friend?"}
DEFAULT_QUESTIONS: Questions = [
    MET_QUESTION,
    HELPFUL_QUESTION,
    {
        "key": "progress",
        "kind": "scale",
        "text": "How far are you with what you wanted to reach?",
        "help_text": "1 just begun, 5 there",
    },
    RECOMMEND_QUESTION,
    WANTED_QUESTION,
    WORDS_QUESTION,
]
MID_TERM_QUESTIONS: Questions = [
    MET_QUESTION,
    {"key": "expectations", "kind": "scale", "text": "Is it what you hoped for?", "help_text": "1 no, 5 fully"},
    {
        "key": "works",
        "kind": "many",
        "text": "What works well?",
        "options": [
            ["meetings", "Our meetings"],
            ["writing", "Writing between them"],
            ["calls", "The calls of the cohort"],
            ["training", "The training"],
        ],
    },
    {"key": "change", "kind": "short", "text": "One thing that we should change"},
    WANTED_QUESTION,
    WORDS_QUESTION,
]
END_QUESTIONS: Questions = [
    {
        "key": "goals",
        "kind": "one",
        "text": "Did you reach what you set out for?",
        "options": [["yes", "Yes"], ["partly", "In part"], ["changed", "The goal changed"], ["no", "No"]],
        "required": True,
    },
    HELPFUL_QUESTION,
    RECOMMEND_QUESTION,
    {
        "key": "back",
        "kind": "many",
        "text": "Would you come back?",
        "options": [["mentor", "As a mentor"], ["expert", "As an expert"], ["facilitator", "As a facilitator"]],
    },
    {"key": "best", "kind": "long", "text": "What helped most, and what was missing?"},
]
LASTING_QUESTIONS: Questions = [
    {
        "key": "contact",
        "kind": "one",
        "text": "Are you still in touch with each other?",
        "options": [["often", "Often"], ["sometimes", "Now and then"], ["no", "No"]],
        "required": True,
    },
    {"key": "project", "kind": "yes_no", "text": "Does the project go on?"},
    {"key": "lasted", "kind": "long", "text": "What do you do differently since?"},
]
FACILITATOR_QUESTIONS: Questions = [
    {
        "key": "supported",
        "kind": "scale",
        "text": "How well did we support you?",
        "help_text": "1 badly, 5 very well",
        "required": True,
    },
    {"key": "hours", "kind": "short", "text": "How many hours did it take you a week?"},
    {"key": "again", "kind": "yes_no", "text": "Would you facilitate again?"},
    WORDS_QUESTION,
]
ANONYMOUS_QUESTIONS: Questions = [
    {
        "key": "welcome",
        "kind": "scale",
        "text": "Do you feel welcome here?",
        "help_text": "1 not at all, 5 very",
        "required": True,
    },
    {"key": "safe", "kind": "yes_no", "text": "Would you know whom to turn to if something went wrong?"},
    {"key": "open", "kind": "long", "text": "What should we know that nobody tells us?"},
]


@dataclass(frozen=True)
class WaveTemplate:
    """A ready-made wave with its survey."""

    key: str
    name: str
    survey: str
    questions: Questions
    fields: dict[str, Any] = field(default_factory=dict)
    anonymous: bool = False


Anchor, Unit, Audience = CheckInWave.Anchor, CheckInWave.Unit, CheckInWave.Audience
WAVE_TEMPLATES = [
    WaveTemplate("three-months", DEFAULT_WAVE, DEFAULT_SURVEY, DEFAULT_QUESTIONS),
    WaveTemplate(
        "mid-term",
        "Mid-term",
        "Half-way",
        MID_TERM_QUESTIONS,
        {"anchor": Anchor.STARTS, "offset": 56, "unit": Unit.DAYS},
    ),
    WaveTemplate(
        "end",
        "End of the programme",
        "Looking back",
        END_QUESTIONS,
        {"anchor": Anchor.ENDS, "offset": -7, "unit": Unit.DAYS},
    ),
    WaveTemplate(
        "half-year", "Six months later", "What lasted?", LASTING_QUESTIONS, {"anchor": Anchor.ENDS, "offset": 6}
    ),
    WaveTemplate("year", "A year later", "What lasted?", LASTING_QUESTIONS, {"anchor": Anchor.ENDS, "offset": 12}),
    WaveTemplate(
        "facilitators",
        "Facilitators",
        "Facilitating",
        FACILITATOR_QUESTIONS,
        {"anchor": Anchor.ENDS, "offset": 0, "unit": Unit.DAYS, "audience": Audience.FACILITATORS},
    ),
    WaveTemplate(
        "anonymous",
        "Anonymous pulse",
        "How is it here?",
        ANONYMOUS_QUESTIONS,
        {"anchor": Anchor.STARTS, "offset": 42, "unit": Unit.DAYS},
        anonymous=True,
    ),
]
