"""What the columns of an imported sheet can be, and how headers are recognised."""

import re
from collections.abc import Mapping, Sequence

from cohorts.models import Cohort
from cohorts.people.columns import COLUMN_LABELS
from cohorts.questions.form_definition import current_questions
from cohorts.questions.labels import LABELS
from mentorship.core.sheets import SheetError

QUESTION = "question:"
ONLY_FOR = {"capacity": "mentor", "mentors_wanted": "mentee", "title": "mentee", "description": "mentee"}
# The parts of a name, which many sheets have in columns of their own.
GIVEN_NAME, FAMILY_NAME = "given_name", "family_name"
NAME_PARTS = {GIVEN_NAME: "First name, where the last is in another column", FAMILY_NAME: "Last name"}
# Known headers, in lower case. `guess_mapping` also knows the questions of forms.
HEADERS = {
    "id": "external_id", "mail": "email", "e-mails": "email", "e-mail": "email",
    "emails": "email", "email address": "email", "e-mail address": "email",
    "name": "full_name", "full name": "full_name", "your name": "full_name", "names": "full_name",
    "first name": GIVEN_NAME, "firstname": GIVEN_NAME, "given name": GIVEN_NAME, "forename": GIVEN_NAME,
    "last name": FAMILY_NAME, "lastname": FAMILY_NAME, "family name": FAMILY_NAME, "surname": FAMILY_NAME,
    "expertise": "topics", "keywords": "topics", "interests": "topics", "project": "title",
    "about your project": "description", "bio": "goals", "type": "mentoring_type", "style": "interaction_style",
    "hours": "hours_per_month", "places": "capacity", "utc_offset": "time_zone", "timezone": "time_zone",
    "language": "languages", "accessibility": "private_needs", "accessibility needs": "private_needs",
    "country of residence": "country", "notes": "note",
}  # fmt: skip


def guess_mapping(headers: Sequence[str], role: str, own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Map each header that is recognised to a field. A field goes to the first header that fits.

    `own`: the fields of the cohort, as `fields_for` gives them, whose own questions are understood as well.
    """
    labels = {label.casefold(): name for name, label in (own or {}).items()}
    labels |= {
        label.casefold(): name for name, label in (*COLUMN_LABELS.items(), *LABELS.items()) if name in COLUMN_LABELS
    }
    names = {name.replace("_", " "): name for name in COLUMN_LABELS}
    mapping: dict[str, str] = {}
    for header in headers:
        key = " ".join(header.split()).casefold()
        # "E-mail*", "Topics (up to five):" as forms and people write them; the name as it is comes first.
        for text in (key, re.sub(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])|[*:?]+\s*$", "", key).strip(" *:?")):
            found = HEADERS.get(text) or labels.get(text) or names.get(text.replace("_", " "))
            if found and found not in mapping.values() and ONLY_FOR.get(found, role) == role:
                mapping[header] = found
                break
    return mapping


def fields_for(cohort: Cohort, role: str) -> dict[str, str]:
    """The fields that a column can be mapped to for a role, the cohort's own questions included: name → label."""
    fields = {name: label for name, label in COLUMN_LABELS.items() if ONLY_FOR.get(name, role) == role}
    own = {QUESTION + q.key: q.text for q in current_questions(cohort, role) if q.kind not in ("section", "file")}
    return fields | NAME_PARTS | own


def check_mapping(headers: Sequence[str], mapping: Mapping[str, str], fields: Mapping[str, str], role: str) -> None:
    """Raise SheetError for a mapping that can't be used."""
    if unknown := [h for h in mapping if h not in headers]:
        raise SheetError(f"The file has no column “{unknown[0]}”.")
    if misplaced := [f for f in mapping.values() if ONLY_FOR.get(f, role) != role]:
        raise SheetError(f"A {role} has no “{COLUMN_LABELS[misplaced[0]]}”.")
    if wrong := [f for f in mapping.values() if f not in fields]:
        raise SheetError(f"“{wrong[0]}” isn't a field. Fields are: {', '.join(fields)}.")
    if len(set(mapping.values())) != len(mapping):
        raise SheetError("Two columns are mapped to the same field.")
    if "email" not in mapping.values():
        raise SheetError("Choose the column with the email addresses.")
