"""What a sign-up form asks: standard fields and own questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from cohorts.models import Cohort, Enrollment, SignupAnswer, SignupQuestion
from cohorts.models.question_kinds import answer_values

# Who signs up by the public form. Coordinators add facilitators and experts.
FORM_ROLES = Enrollment.MATCHED_ROLES

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


def condition_of(question: SignupQuestion, by_key: Mapping[str, SignupQuestion]) -> SignupQuestion | None:
    """The question on whose answer this one depends; None if it is asked of everybody.

    A condition that no answer can meet counts for nothing: to ask too much loses no answer.
    """
    parent = by_key.get(question.shown_if)
    possible = dict(parent.choices) if parent else {}
    return parent if question.shown_if_value in possible else None


def asked_keys(questions: Sequence[SignupQuestion], said: Mapping[str, Any]) -> set[str]:
    """The keys of the questions that are asked, given answers by key; in whichever order they are in the form.

    A conditional question is asked if the one that it depends on is asked and was answered that way.
    """
    by_key = {question.key: question for question in questions}

    def is_asked(question: SignupQuestion, above: tuple[str, ...] = ()) -> bool:
        parent = condition_of(question, by_key)
        if parent is None or question.key in above:  # a ring of conditions hides nothing
            return True
        return question.shown_if_value in answer_values(said.get(parent.key)) and is_asked(
            parent, (*above, question.key)
        )

    return {question.key for question in questions if is_asked(question)}


def answer_to_ask(question: SignupQuestion, answer: SignupAnswer) -> Any:
    """What was answered to this or an earlier version of a question, for the form; a renamed choice by its new name."""
    renamed = question.renamed_choices(answer.question)
    given = answer.value
    if isinstance(given, list):
        given = [renamed.get(value, value) for value in given]
    elif isinstance(given, str):
        given = renamed.get(given, given)
    return question.behaviour.retype(given)
