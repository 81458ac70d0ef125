"""Rules of personal data of cohorts."""

from typing import Any

from mentorship.core.personal_data import BLANK, DELETE, PersonalDataRule

ENROLLED = ("enrollment__user",)


def _of_team(row: Any, text: str, without: str) -> str:
    """What a project says belongs to all of its team."""
    return text if row.members.exists() else without


PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "cohorts.enrollment": PersonalDataRule(
        "Sign-ups",
        whose=("user",),
        erase=BLANK,
        stays=("role", "status", "country"),
        held_back=("note",),
        blank={
            "external_id": "",
            "status_reason": "",
            "title": lambda row: _of_team(row, row.title, f"Erased project {row.pk}" if row.role == "mentee" else ""),
            "description": lambda row: _of_team(row, row.description, ""),
            "goals": lambda row: _of_team(row, row.goals, ""),
            "private_needs": "",
            "note": "",
            "mentoring_type": "",
            "interaction_style": "",
            "hours_per_month": None,
            "time_zone": "",
            "languages": [],
            "comes_back_as": [],
            "defers": False,
            "shares_address": False,
            "listed_publicly": False,
        },
        why="Role, status and country stay without a name: figures were published with them. What a team says of its "
        "project stays with the others of the team.",
    ),
    "cohorts.enrollment_topics": PersonalDataRule("Topics", whose=ENROLLED, erase=DELETE),
    "cohorts.teammember": PersonalDataRule("Teams", whose=("user",), erase=DELETE),
    "cohorts.teamdeparture": PersonalDataRule("Teams that they left", whose=("user",), erase=DELETE),
    "cohorts.signupanswer": PersonalDataRule("Answers at sign-up", whose=ENROLLED, erase=DELETE),
    "cohorts.signupfile": PersonalDataRule("Files", whose=ENROLLED, erase=DELETE),
    "cohorts.pendingsignup": PersonalDataRule(
        "Sign-ups to be confirmed", whose=("person", *ENROLLED), addresses=("email",), erase=DELETE
    ),
    "cohorts.review": PersonalDataRule(
        "Reviews",
        whose=ENROLLED,
        actors=("reviewer",),
        written_by=("reviewer",),
        erase=BLANK,
        stays=("scores", "recommendation"),
        held_back=("reviewer", "enrollment"),
        blank={"summary": "", "conflict_reason": ""},
        why="Scores stay without words and without a name: they say why others had a place.",
    ),
    "cohorts.calendarfeed": PersonalDataRule("Calendar link", whose=("user",), erase=DELETE),
    "cohorts.differentpeople": PersonalDataRule(
        "Not the same person as somebody else", whose=("first", "second"), erase=DELETE, held_back=("first", "second")
    ),
    "cohorts.optout": PersonalDataRule("Emails not wanted", whose=("user",), erase=DELETE),
    "cohorts.mailingrecipient": PersonalDataRule(
        "Mailings", whose=("user",), stays=("skipped",), why="That there was a mail stays; its words are gone."
    ),
    "cohorts.checklistitem": PersonalDataRule(actors=("owner", "done_by")),
    "cohorts.importbatch": PersonalDataRule(actors=("created_by",)),
    "cohorts.mailing": PersonalDataRule(actors=("created_by",)),
    "cohorts.selectionrun": PersonalDataRule(actors=("by",)),
    "cohorts.topicmerge": PersonalDataRule(actors=("by",)),
    "cohorts.group": PersonalDataRule(organisations=("contact_email",)),
    "cohorts.programme": PersonalDataRule(organisations=("conduct_email", "contact_email")),
}
