"""Labels of columns in which enrollments are exported and imported."""

from django.utils.text import capfirst

from cohorts.models import Programme

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
