"""What a sign-up form asks: standard fields and own questions."""

from collections.abc import Mapping
from typing import Any

from cohorts.models import Cohort, SignupQuestion
from cohorts.models.question_kinds import answer_values

OFF, ON, REQUIRED = "off", "on", "required"
# Fields that coordinators can switch, and their default. Name, address, project title and consent are always asked.
STANDARD: dict[str, dict[str, str]] = {
    "mentee": {
        "pronouns": ON,
        "country": REQUIRED,
        "time_zone": REQUIRED,
        "languages": REQUIRED,
        "description": REQUIRED,
        "topics": REQUIRED,
        "goals": ON,
        "mentoring_type": REQUIRED,
        "interaction_style": REQUIRED,
        "hours_per_month": ON,
        "mentors_wanted": REQUIRED,
        "private_needs": ON,
        "listed_publicly": ON,
    },
    "mentor": {
        "pronouns": ON,
        "country": REQUIRED,
        "time_zone": REQUIRED,
        "languages": REQUIRED,
        "topics": REQUIRED,
        "goals": ON,
        "mentoring_type": REQUIRED,
        "interaction_style": REQUIRED,
        "hours_per_month": ON,
        "private_needs": ON,
        "listed_publicly": ON,
    },
}
# Fields that stay a free choice.
NEVER_REQUIRED = ("private_needs", "listed_publicly", "pronouns")


def standard_fields(cohort: Cohort, role: str) -> dict[str, str]:
    """Every switchable field of a role with its state in this cohort."""
    said = cohort.standard_fields.get(role, {})
    return {name: said.get(name, usual) for name, usual in STANDARD.get(role, {}).items()}


def current_questions(cohort: Cohort, role: str) -> list[SignupQuestion]:
    """The questions of the form as it is now, in order. One query."""
    return list(cohort.questions.filter(role=role, retired_at=None))


def field_name(question: SignupQuestion) -> str:
    """The name of a question's field in the form."""
    return f"q_{question.key}"


def is_shown(question: SignupQuestion, said: Mapping[str, Any]) -> bool:
    """Whether a conditional question is asked, given the answer to the one that it depends on."""
    if not question.shown_if:
        return True
    return question.shown_if_value in answer_values(said.get(question.shown_if))
