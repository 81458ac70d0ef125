"""The check-in that every programme starts with."""

from typing import Any

from checkins.models import SurveyQuestion

DEFAULT_SURVEY = "How is it going?"
DEFAULT_WAVE = "Three-month check-in"
HAVE_MET, NOT_MET = "have-met", "no"
WANT, WANT_HELP, WANT_OTHER = "want", "help", "other"
Kind = SurveyQuestion.Kind

DEFAULT_QUESTIONS: list[dict[str, Any]] = [
    {
        "key": HAVE_MET,
        "kind": Kind.ONE_OF,
        "text": "Have you met?",
        "options": [["regularly", "Yes, regularly"], ["sometimes", "Once or twice"], [NOT_MET, "Not yet"]],
        "required": True,
    },
    {"key": "helpful", "kind": Kind.SCALE, "text": "How helpful is it for you?", "help_text": "1 not at all, 5 very"},
    {"key": "progress", "kind": Kind.SCALE, "text": "How far are you with what you wanted to reach?"},
    {"key": "recommend", "kind": Kind.YES_NO, "text": "Would you recommend it to a friend?"},
    {
        "key": WANT,
        "kind": Kind.ONE_OF,
        "text": "Is there something we should do?",
        "options": [["nothing", "All is well"], [WANT_HELP, "I need help"], [WANT_OTHER, "I would like another match"]],
    },
    {"key": "words", "kind": Kind.TEXT, "text": "Anything you would like to tell us?"},
]
