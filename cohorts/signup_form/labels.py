"""Labels of the standard sign-up fields. A sheet with these headers needs no mapping."""

import re

from cohorts.models import Cohort
from cohorts.signup_form.form_definition import TEAM, asks_for_project

# Own questions that ask where somebody works.
ASKS_FOR_EMPLOYER = re.compile(r"\b(employer|employ|organi[sz]ation|affiliation|institution|company)\b", re.IGNORECASE)

LABELS = {
    "full_name": "Your name",
    "email": "Your email address",
    "pronouns": "Your pronouns",
    "title": "What will you work on?",
    "description": "Tell us about the project",
    "topics": "Topics",
    "goals": "What do you hope for?",
    "mentoring_type": "What would help most?",
    "interaction_style": "How do you like to work together?",
    "hours_per_month": "Hours a month that you have for it",
    "capacity": "How many can you take on?",
    "mentors_wanted": "How many mentors would suit you?",
    "country": "Which country do you live in?",
    "city": "Which city or region do you live in?",
    "time_zone": "Your time zone",
    "availability": "When can you usually meet?",
    "languages": "Languages you can work in",
    "private_needs": "Anything we should arrange for you?",
    "shares_address": "My match may see my email address",
    "listed_publicly": "I may be named in public as part of this cohort",
}

# Not a field: the switch of the block for teams.
TEAM_LABEL = "Others who apply together"

# Labels that differ for mentors.
MENTOR_LABELS = {
    "topics": "Topics that you can help with",
    "goals": "What brings you here?",
    "mentoring_type": "What do you offer?",
}

# Labels, hints and errors of a form that does not ask for a project.
HELP_WANTED = "What help would you like?"
HELP_WANTED_HINT = "What you want to learn or decide, and where you are now."
HELP_WANTED_REQUIRED = "Tell us what help you would like."

# Error messages for empty fields.
REQUIRED_WORDS = {
    "full_name": "Enter your name.",
    "email": "Enter your email address.",
    "pronouns": "Enter your pronouns.",
    "title": "Enter what you will work on.",
    "description": "Tell us about the project.",
    "topics": "Enter at least one topic.",
    "goals": "Enter what you hope for.",
    "mentoring_type": "Choose what would help most.",
    "interaction_style": "Choose how you like to work together.",
    "hours_per_month": "Enter how many hours a month you have for it.",
    "capacity": "Enter how many people you can take on.",
    "mentors_wanted": "Enter how many mentors would suit you.",
    "country": "Choose the country you live in.",
    "city": "Enter the city or region you live in.",
    "time_zone": "Choose your time zone.",
    "availability": "Choose at least one time when you can usually meet.",
    "languages": "Enter at least one language.",
}
MENTOR_REQUIRED_WORDS = {
    "topics": "Enter at least one topic that you can help with.",
    "goals": "Enter what brings you here.",
    "mentoring_type": "Choose what you offer.",
}


def is_help_wanted(name: str, cohort: Cohort, role: str) -> bool:
    """Whether the field asks for the help that somebody would like, because the form asks for no project."""
    return name == "description" and role == "mentee" and not asks_for_project(cohort)


def required_words(name: str, cohort: Cohort, role: str) -> str:
    """The error message for an empty standard field in the form for a role; "" for the usual one."""
    if is_help_wanted(name, cohort, role):
        return HELP_WANTED_REQUIRED
    own = MENTOR_REQUIRED_WORDS.get(name, "") if role == "mentor" else ""
    return (own or REQUIRED_WORDS.get(name, "")).replace("mentors", cohort.programme.plural_of("mentor"))


def field_label(name: str, cohort: Cohort, role: str) -> str:
    """The label of a standard field in the form for a role, with the programme's own word for mentors."""
    if is_help_wanted(name, cohort, role):
        return HELP_WANTED
    if name == TEAM:
        return TEAM_LABEL
    label = LABELS[name] if role == "mentee" else MENTOR_LABELS.get(name, LABELS[name])
    return label.replace("mentors", cohort.programme.plural_of("mentor"))
