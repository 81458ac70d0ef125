"""The contents of a sign-up form: standard fields and own questions."""

from typing import Any

from cohorts.models import Cohort, Enrollment, SignupAnswer, SignupQuestion
from mentorship.core.accounts.field_access import Audience

# Roles with a public form. Coordinators add facilitators and experts.
FORM_ROLES = Enrollment.MATCHED_ROLES

OFF, ON, REQUIRED = "off", "on", "required"
# The block for those who apply together: not a field of its own, but switched like one.
TEAM = "team"
# Fields that coordinators can switch on or off, and their defaults. Name, address and consent are always asked.
STANDARD: dict[str, dict[str, str]] = {
    "mentee": {
        "title": REQUIRED,
        TEAM: ON,
        "pronouns": ON,
        "country": REQUIRED,
        "city": OFF,
        "time_zone": REQUIRED,
        "availability": ON,
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
        "city": OFF,
        "time_zone": REQUIRED,
        "availability": ON,
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
# Fields that are never required.
NEVER_REQUIRED = ("private_needs", "listed_publicly", "pronouns", TEAM)
# The default of a field in cohorts whose pairs meet in person.
USUAL_IN_PERSON = {"city": ON}

# Who reads the standard fields of a sign-up; a question of one's own says it itself.
AUDIENCES = {"private_needs": Audience.PRIVATE, "note": Audience.COORDINATORS}
# What people write at length; the form says who reads it.
OWN_WORDS = ("description", "topics", "goals")
MATCH_READS = {
    *OWN_WORDS,
    "full_name",
    "pronouns",
    "title",
    "mentoring_type",
    "interaction_style",
    "languages",
    "country",
    "time_zone",
}


def audience_of(field: str) -> Audience:
    """Return the audience of a standard field."""
    return Audience.MATCH if field in MATCH_READS else AUDIENCES.get(field, Audience.REVIEW)


def standard_fields(cohort: Cohort, role: str) -> dict[str, str]:
    """Every optional field of a role with its setting in this cohort."""
    said, usual = cohort.standard_fields.get(role, {}), dict(STANDARD.get(role, {}))
    if cohort.meets_in_person:
        usual |= {name: state for name, state in USUAL_IN_PERSON.items() if name in usual}
    states = {name: said.get(name, state) for name, state in usual.items()}
    if states.get("time_zone") == OFF:
        states["availability"] = OFF  # hours are on somebody's clock
    return states


def asks_for_project(cohort: Cohort) -> bool:
    """Whether mentees say what they will work on; otherwise they say what help they would like."""
    return standard_fields(cohort, Enrollment.Role.MENTEE)["title"] != OFF


def asks_for_team(cohort: Cohort, role: str) -> bool:
    """Whether people of this role may name others who apply together with them."""
    return standard_fields(cohort, role).get(TEAM, OFF) != OFF


def current_questions(cohort: Cohort, role: str) -> list[SignupQuestion]:
    """The current questions of the form, in order. One query."""
    return list(cohort.questions.filter(role=role, retired_at=None))


def field_name(question: SignupQuestion) -> str:
    """The name of a question's field in the form."""
    return f"q_{question.key}"


def answer_to_ask(question: SignupQuestion, answer: SignupAnswer) -> Any:
    """The answer to this or an earlier version of a question, as initial value; a renamed choice by its new name."""
    renamed = question.renamed_choices(answer.question)
    given = answer.value
    if isinstance(given, list):
        given = [renamed.get(value, value) for value in given]
    elif isinstance(given, str):
        given = renamed.get(given, given)
    return question.behaviour.retype(given)
