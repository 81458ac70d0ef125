"""Labels of the standard sign-up fields. A sheet with these headers needs no mapping."""

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from cohorts.models import Cohort
from cohorts.signup_form.form_definition import TEAM, asks_for_project

# Own questions that ask where somebody works.
ASKS_FOR_EMPLOYER = re.compile(r"\b(employer|employ|organi[sz]ation|affiliation|institution|company)\b", re.IGNORECASE)

# With the programme's own word for mentors in a form; with ours in a sheet.
MENTORS = pgettext_lazy("several people in this role", "mentors")
HOW_MANY_MENTORS = lazy("How many {mentors} would suit you?")
ENTER_HOW_MANY_MENTORS = lazy("Enter how many {mentors} would suit you.")

LABELS = {
    "full_name": lazy("Your name"),
    "email": lazy("Your email address"),
    "pronouns": lazy("Your pronouns"),
    "title": lazy("What will you work on?"),
    "description": lazy("Tell us about the project"),
    "topics": lazy("Topics"),
    "goals": lazy("What do you hope for?"),
    "mentoring_type": lazy("What would help most?"),
    "interaction_style": lazy("How do you like to work together?"),
    "hours_per_month": lazy("Hours a month that you have for it"),
    "capacity": lazy("How many can you take on?"),
    "mentors_wanted": format_lazy(HOW_MANY_MENTORS, mentors=MENTORS),
    "country": lazy("Which country do you live in?"),
    "city": lazy("Which city or region do you live in?"),
    "time_zone": lazy("Your time zone"),
    "availability": lazy("When can you usually meet?"),
    "languages": lazy("Languages you can work in"),
    "private_needs": lazy("Anything we should arrange for you?"),
    "shares_address": lazy("My match may see my email address"),
    "listed_publicly": lazy("I may be named in public as part of this cohort"),
}

# Not a field: the switch of the block for teams.
TEAM_LABEL = lazy("Others who apply together")

# Labels that differ for mentors.
MENTOR_LABELS = {
    "topics": lazy("Topics that you can help with"),
    "goals": lazy("What brings you here?"),
    "mentoring_type": lazy("What do you offer?"),
}

# Labels, hints and errors of a form that does not ask for a project.
HELP_WANTED = lazy("What help would you like?")
HELP_WANTED_HINT = lazy("What you want to learn or decide, and where you are now.")
HELP_WANTED_REQUIRED = lazy("Tell us what help you would like.")

# Error messages for empty fields.
REQUIRED_WORDS = {
    "full_name": lazy("Enter your name."),
    "email": lazy("Enter your email address."),
    "pronouns": lazy("Enter your pronouns."),
    "title": lazy("Enter what you will work on."),
    "description": lazy("Tell us about the project."),
    "topics": lazy("Enter at least one topic."),
    "goals": lazy("Enter what you hope for."),
    "mentoring_type": lazy("Choose what would help most."),
    "interaction_style": lazy("Choose how you like to work together."),
    "hours_per_month": lazy("Enter how many hours a month you have for it."),
    "capacity": lazy("Enter how many people you can take on."),
    "mentors_wanted": format_lazy(ENTER_HOW_MANY_MENTORS, mentors=MENTORS),
    "country": lazy("Choose the country you live in."),
    "city": lazy("Enter the city or region you live in."),
    "time_zone": lazy("Choose your time zone."),
    "availability": lazy("Choose at least one time when you can usually meet."),
    "languages": lazy("Enter at least one language."),
}
MENTOR_REQUIRED_WORDS = {
    "topics": lazy("Enter at least one topic that you can help with."),
    "goals": lazy("Enter what brings you here."),
    "mentoring_type": lazy("Choose what you offer."),
}


def is_help_wanted(name: str, cohort: Cohort, role: str) -> bool:
    """Whether the field asks for the help that somebody would like, because the form asks for no project."""
    return name == "description" and role == "mentee" and not asks_for_project(cohort)


def required_words(name: str, cohort: Cohort, role: str) -> str:
    """The error message for an empty standard field in the form for a role; "" for the usual one."""
    if is_help_wanted(name, cohort, role):
        return str(HELP_WANTED_REQUIRED)
    if name == "mentors_wanted":
        return ENTER_HOW_MANY_MENTORS.format(mentors=cohort.programme.plural_of("mentor"))
    own = MENTOR_REQUIRED_WORDS.get(name) if role == "mentor" else None
    return str(own or REQUIRED_WORDS.get(name) or "")


def field_label(name: str, cohort: Cohort, role: str) -> str:
    """The label of a standard field in the form for a role, with the programme's own word for mentors."""
    if is_help_wanted(name, cohort, role):
        return str(HELP_WANTED)
    if name == TEAM:
        return str(TEAM_LABEL)
    if name == "mentors_wanted":
        return HOW_MANY_MENTORS.format(mentors=cohort.programme.plural_of("mentor"))
    return str(LABELS[name] if role == "mentee" else MENTOR_LABELS.get(name, LABELS[name]))
