"""Labels of columns in which enrollments are listed, exported and imported."""

from collections.abc import Iterable

from django.utils.text import capfirst

from cohorts.models import Programme

# Columns of the list of people, in their order, and those that it has unless others are chosen.
LISTED = {
    "role": "Role",
    "topics": "Topics",
    "languages": "Languages",
    "where": "Where",
    "hours": "Hours a month",
    "signed-up": "Signed up",
    "status": "Status",
}
LISTED_FIRST = ("role", "topics", "where", "status")
# Field → label.
COLUMN_LABELS = {
    "external_id": "Id in the sheet",
    "email": "Email (several: lead first)",
    "full_name": "Name (several: lead first)",
    "pronouns": "Pronouns",
    "title": "Project title",
    "description": "About the project",
    "topics": "Topics",
    "goals": "Goals",
    "mentoring_type": "Kind of mentoring",
    "interaction_style": "Way to work together",
    "hours_per_month": "Hours a month",
    "capacity": "Places (mentors)",
    "mentors_wanted": "Mentors wanted (mentees)",
    "country": "Country",
    "city": "City or region",
    "time_zone": "Time zone or offset from UTC",
    "availability": "Hours of the week",
    "languages": "Languages",
    "private_needs": "Private needs",
    "listed_publicly": "Public listing",
    "note": "Coordinators' note",
}


def column_labels(programme: Programme | None = None) -> dict[str, str]:
    """Field → label, with the programme's own words for roles."""
    if programme is None:
        return COLUMN_LABELS
    mentors, mentees = programme.plural_of("mentor"), programme.plural_of("mentee")
    return COLUMN_LABELS | {
        "capacity": f"Places ({mentors})",
        "mentors_wanted": f"{capfirst(mentors)} wanted ({mentees})",
    }


def listed_columns(chosen: Iterable[str]) -> dict[str, str]:
    """The columns of the list among those that were chosen, with their labels; the usual ones where none was."""
    wanted = set(chosen) & set(LISTED) or set(LISTED_FIRST)
    return {name: label for name, label in LISTED.items() if name in wanted}
