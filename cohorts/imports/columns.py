"""The fields that columns of an imported sheet can hold, and how headers are recognised."""

import re
from collections.abc import Mapping, Sequence

from cohorts.imports.header_words import (
    FAMILY_NAME,
    GIVEN_NAME,
    NEEDS_COMPANY,
    ORGANISATION,
    ROLE,
    field_of_either,
    field_of_words,
    header_words,
    settle_name_parts,
    without_role,
)
from cohorts.imports.role_cells import role_column
from cohorts.models import Cohort, Programme
from cohorts.people.columns import column_labels
from cohorts.signup_form.form_definition import current_questions
from cohorts.signup_form.labels import ASKS_FOR_EMPLOYER, LABELS, MENTOR_LABELS, field_label
from mentorship.core.sheets import SheetError

QUESTION = "question:"
ONLY_FOR = {"capacity": "mentor", "mentors_wanted": "mentee", "title": "mentee", "description": "mentee"}
NAME_PARTS = {GIVEN_NAME: "First name, where the last is in another column", FAMILY_NAME: "Last name"}


def guess_mapping(
    headers: Sequence[str], role: str, cohort: Cohort | None = None, rows: Sequence[Sequence[str]] = ()
) -> dict[str, str]:
    """Map each recognised header to a field, by the labels of the form or by common names of such columns.

    A field goes to the first header that fits; ambiguous headers are tried last. With a cohort, its own questions and
    its words for roles are recognised as well, and by the `rows` below the headers a column of roles: without it, all
    who are in one sheet would be imported in the same role.
    """
    labels = _labels(role, cohort)
    people = _words_for_people(role, cohort.programme if cohort else None)
    found: dict[str, str] = {}
    for header in headers:
        for text in _without_hints(header):
            field = labels.get(" ".join(text.split()).casefold()) or _by_words(text, people, labels)
            if field and ONLY_FOR.get(field, role) == role:
                found[header] = field
                break
    mapping: dict[str, str] = {}
    for header in sorted(found, key=lambda header: header_words(header) in NEEDS_COMPANY):
        if found[header] not in mapping.values():
            mapping[header] = found[header]
    settle_name_parts(mapping)
    if cohort and ROLE not in mapping.values() and (header := role_column(headers, rows, cohort.programme)):
        mapping[header] = ROLE
    return {header: mapping[header] for header in headers if header in mapping}


def _labels(role: str, cohort: Cohort | None) -> dict[str, str]:
    """Label in lower case → field, for the form, exports and the cohort's own questions."""
    standard = column_labels(cohort.programme if cohort else None)
    texts = [*((str(LABELS[name]), name) for name in LABELS if name in standard)]
    texts += [(str(MENTOR_LABELS[name]), name) for name in MENTOR_LABELS]
    texts += [(text, name) for name, label in standard.items() for text in (label.partition(" (")[0], label)]
    if cohort:
        texts += [(field_label(name, cohort, role), name) for name in LABELS if name in standard]
        own = [(q.text, QUESTION + q.key) for q in current_questions(cohort, role) if _is_a_column(q.kind)]
        employer = next((key for text, key in own if ASKS_FOR_EMPLOYER.search(text)), "")
        texts = [*own, *texts, *([(ORGANISATION, employer)] if employer else [])]
    names = {name.replace("_", " "): name for name in standard} | {name: name for name in standard}
    return names | {text.casefold(): name for text, name in texts}


def _words_for_people(role: str, programme: Programme | None) -> list[str]:
    """Words in headers for the people of a sheet, the longest first."""
    own = [programme.label_of(role), programme.plural_of(role)] if programme else []
    words = {header_words(word) for word in (role, f"{role}s", *own)}
    return sorted(words, key=lambda word: -len(word))


def _without_hints(header: str) -> list[str]:
    """A header as written, then without the marks and hints of forms: "E-mail*", "Topics (up to five):"."""
    text = " ".join(header.split())
    bare = re.sub(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])|[*:?]+\s*$", "", text).strip(" *:?")
    return [text, bare, header] if bare != text else [text, header]


def _by_words(header: str, people: Sequence[str], labels: Mapping[str, str]) -> str:
    words = header_words(header)
    field = field_of_words(words) or field_of_either(header) or field_of_words(without_role(words, people))
    return labels.get(ORGANISATION, "") if field == ORGANISATION else field


def _is_a_column(kind: str) -> bool:
    return kind not in ("section", "file")


def fields_for(cohort: Cohort, role: str) -> dict[str, str]:
    """The fields that a column can be mapped to for a role, the cohort's own questions included: name → label."""
    labels = column_labels(cohort.programme)
    fields = {name: label for name, label in labels.items() if ONLY_FOR.get(name, role) == role}
    own = {QUESTION + q.key: q.text for q in current_questions(cohort, role) if _is_a_column(q.kind)}
    return fields | NAME_PARTS | {ROLE: "Role: rows of another one are left out"} | own


def check_mapping(headers: Sequence[str], mapping: Mapping[str, str], fields: Mapping[str, str], role: str) -> None:
    """Raise SheetError if a mapping can't be used."""
    if unknown := [h for h in mapping if h not in headers]:
        raise SheetError(f"The file has no column “{unknown[0]}”.")
    if misplaced := [f for f in mapping.values() if ONLY_FOR.get(f, role) != role]:
        raise SheetError(f"A {role} has no “{column_labels()[misplaced[0]]}”.")
    if wrong := [f for f in mapping.values() if f not in fields]:
        raise SheetError(f"“{wrong[0]}” isn't a field. Fields are: {', '.join(fields)}.")
    if len(set(mapping.values())) != len(mapping):
        raise SheetError("Two columns are mapped to the same field.")
    if "email" not in mapping.values():
        raise SheetError("Choose the column with the email addresses.")
