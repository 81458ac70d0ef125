"""Rules of personal data of cohorts."""

from typing import Any

from mentorship.core.personal_data import BLANK, DELETE, PROGRAMME, TEAM, THEMSELVES, PersonalDataRule

ENROLLED = ("enrollment__user",)
# Texts of a sign-up written by its person.
SAID = (
    "title",
    "description",
    "goals",
    "country",
    "city",
    "time_zone",
    "availability",
    "languages",
    "private_needs",
    "comes_back_as",
)


def _of_team(row: Any, text: str, without: str) -> str:
    """The description of a project belongs to all of its team."""
    return text if row.members.exists() else without


PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "cohorts.enrollment": PersonalDataRule(
        "Sign-ups",
        whose=("user",),
        erase=BLANK,
        stays=("role", "status", "country"),
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
            "city": "",
            "time_zone": "",
            "availability": "",
            "languages": [],
            "comes_back_as": [],
            "defers": False,
            "shares_address": False,
            "listed_publicly": False,
        },
        why="Role, status and country stay without a name: figures were published with them. What a team says of its "
        "project stays with the others of the team.",
        words={
            **dict.fromkeys(SAID, THEMSELVES),
            "external_id": PROGRAMME,
            "role": PROGRAMME,
            "status_reason": TEAM,
            "note": TEAM,
        },
    ),
    "cohorts.enrollment_topics": PersonalDataRule("Topics", whose=ENROLLED, erase=DELETE),
    "cohorts.teammember": PersonalDataRule(
        "Teams",
        whose=("user",),
        erase=DELETE,
        words={"named_as": PROGRAMME},
    ),
    "cohorts.teamdeparture": PersonalDataRule(
        "Teams that they left",
        whose=("user",),
        erase=DELETE,
        words={"named_as": PROGRAMME, "reason": lambda row: TEAM if row.removed else THEMSELVES},
    ),
    "cohorts.signupanswer": PersonalDataRule(
        "Answers at sign-up",
        whose=ENROLLED,
        erase=DELETE,
        words={"value": THEMSELVES},
    ),
    "cohorts.signupfile": PersonalDataRule(
        "Files",
        whose=ENROLLED,
        erase=DELETE,
        words={"name": THEMSELVES, "file": THEMSELVES},
    ),
    "cohorts.pendingsignup": PersonalDataRule(
        "Sign-ups to be confirmed",
        whose=("person", *ENROLLED),
        addresses=("email",),
        erase=DELETE,
        words={"email": THEMSELVES, "answers": THEMSELVES, "language": THEMSELVES},
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
        words={"scores": "reviewer", "summary": "reviewer", "conflict_reason": "reviewer"},
    ),
    "cohorts.calendarfeed": PersonalDataRule("Calendar link", whose=("user",), erase=DELETE),
    "cohorts.differentpeople": PersonalDataRule(
        "Not the same person as somebody else", whose=("first", "second"), erase=DELETE, held_back=("first", "second")
    ),
    "cohorts.optout": PersonalDataRule("Emails not wanted", whose=("user",), erase=DELETE),
    "cohorts.mailingrecipient": PersonalDataRule(
        "Mailings",
        whose=("user",),
        stays=("skipped",),
        why="That there was a mail stays; its words are gone.",
        words={"skipped": PROGRAMME},
    ),
    "cohorts.projectpage": PersonalDataRule(
        "Public pages of projects",
        whose=ENROLLED,
        actors=("agreed_by",),
        erase=DELETE,
        words={
            **dict.fromkeys(("summary", "problem", "made", "next_steps", "links"), THEMSELVES),
            "slug": PROGRAMME,
        },
    ),
    "cohorts.publicpage": PersonalDataRule(
        mentions=("headline", "about", "gives", "expects", "run_by", "questions"), impersonal=("slug", "framed_by")
    ),
    "cohorts.publicround": PersonalDataRule(impersonal=("slug", "figures")),
    "cohorts.checklistitem": PersonalDataRule(mentions=("name",), actors=("owner", "done_by")),
    "cohorts.importbatch": PersonalDataRule(
        mentions=("filename", "source", "rows", "reading", "plan", "result", "failure"),
        technical=("lines", "mapping", "options"),
        actors=("created_by",),
    ),
    "cohorts.mailing": PersonalDataRule(
        mentions=("audience", "subject", "body", "approved_audience"),
        technical=("key", "stopped_because"),
        actors=("created_by",),
    ),
    "cohorts.selectionrun": PersonalDataRule(mentions=("result",), technical=("seed", "policy"), actors=("by",)),
    "cohorts.topicmerge": PersonalDataRule(technical=("before",), actors=("by",)),
    "cohorts.group": PersonalDataRule(impersonal=("name", "slug"), organisations=("contact_email",)),
    "cohorts.programme": PersonalDataRule(
        mentions=("summary",),
        impersonal=(
            "name",
            "slug",
            "code_of_conduct_url",
            "mentor_label",
            "mentee_label",
            "days_off",
            "interaction_styles",
            "other_roles",
            "towns",
            "template",
        ),
        organisations=("conduct_email", "contact_email"),
    ),
    "cohorts.bulkaction": PersonalDataRule(
        mentions=("items", "given", "said", "error"), technical=("kind", "about", "back"), actors=("by",)
    ),
    "cohorts.channel": PersonalDataRule(mentions=("how_to_join",), impersonal=("name", "about", "link", "for_role")),
    "cohorts.cohort": PersonalDataRule(
        impersonal=(
            "name",
            "slug",
            "time_zone",
            "language",
            "other_languages",
            "standard_fields",
            "eligibility",
            "selection",
            "suggested_topics",
        )
    ),
    "cohorts.topic": PersonalDataRule(impersonal=("key", "name")),
    "cohorts.weeklymail": PersonalDataRule(mentions=("words",)),
    "cohorts.timelinestep": PersonalDataRule(impersonal=("key", "name")),
    "cohorts.cohortdate": PersonalDataRule(mentions=("name", "place", "link"), impersonal=("key", "time_zone")),
    "cohorts.signupquestion": PersonalDataRule(
        impersonal=("key", "text", "help_text", "options", "shown_if", "shown_if_value")
    ),
    "cohorts.criterion": PersonalDataRule(impersonal=("name", "help")),
}
