"""Read the rows of a sheet as enrollment input. Writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cohorts.enrollment.upsert import EnrollmentInput
from cohorts.imports.columns import QUESTION, check_mapping, fields_for
from cohorts.models import Cohort, Enrollment, SignupQuestion
from cohorts.questions.form_definition import current_questions
from cohorts.questions.kinds import YES_WORDS
from cohorts.questions.topic_names import split_topics
from mentorship.core.reference_data import country_code, language_code
from mentorship.core.sheets import SheetError, read_sheet
from mentorship.core.text import clean_name
from mentorship.core.timezones import zone_from_text


class RowError(ValueError):
    """One row can't become an enrollment; the text says why."""


@dataclass(frozen=True)
class ImportRow:
    """One row of a sheet as enrollment input, or the error why it can't be used. `line` counts as in the file."""

    line: int
    said: EnrollmentInput | None
    error: str = ""
    warnings: tuple[str, ...] = ()


def read_rows(content: bytes) -> list[list[str]]:
    """The cells of a CSV or XLSX file as texts, headers first; empty rows are kept. Raises SheetError."""
    rows = [row.cells for row in read_sheet(content).rows]
    if len(rows) < 2:
        raise SheetError("The file has no rows below its headers.")
    if not all(rows[0]) or len(set(rows[0])) != len(rows[0]):
        raise SheetError("Every column needs a header of its own in the first line.")
    return rows


def parse_rows(
    *, cohort: Cohort, role: str, rows: Sequence[Sequence[str]], mapping: Mapping[str, str], consented: bool = False
) -> list[ImportRow]:
    """Parse the rows below the headers; empty ones are left out. Raises SheetError for a mapping that can't be used."""
    headers = list(rows[0])
    check_mapping(headers, mapping, fields_for(cohort, role), role)
    questions = [q for q in current_questions(cohort, role) if QUESTION + q.key in mapping.values()]
    found: list[ImportRow] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(text.strip() for text in row):
            continue
        cells = {mapping[h]: text.strip() for h, text in zip(headers, row, strict=False) if h in mapping}
        try:
            said, warnings = _said(cells, role, consented, questions)
            key = (said.external_id,) if said.external_id else (said.email, said.values.get("title", ""))
            if key in seen:
                raise RowError(f"The same application stands in line {seen[key]} already.")
            seen[key] = line
        except RowError as error:
            found.append(ImportRow(line, None, str(error)))
        else:
            found.append(ImportRow(line, said, warnings=tuple(warnings)))
    return found


def _said(
    cells: Mapping[str, str], role: str, consented: bool, questions: Sequence[SignupQuestion]
) -> tuple[EnrollmentInput, list[str]]:
    warnings: list[str] = []
    emails = _emails(cells.get("email", ""))
    names = [clean_name(part) for part in cells.get("full_name", "").split(";")]
    names += [""] * (len(emails) - len(names))
    values: dict[str, Any] = {}
    leftovers: list[str] = []
    for name, read in READERS.items():
        if text := cells.get(name, ""):
            value = read(text, warnings, leftovers)
            if value is not None:
                values[name] = value
    own = {}
    for question in questions:
        if text := cells.get(QUESTION + question.key, ""):
            value = _own_answer(question, text, warnings, leftovers)
            if value is not None:
                own[question.key] = value
    if role == Enrollment.Role.MENTEE:
        values.setdefault("title", "")
    if consented:
        values["shares_address"] = True
    said = EnrollmentInput(
        email=emails[0],
        full_name=names[0],
        pronouns=cells.get("pronouns", "")[:60],
        external_id=cells.get("external_id", "")[:80],
        values=values,
        topics=split_topics(cells["topics"]) if "topics" in cells else None,
        members=list(zip(names[1:], emails[1:], strict=False)) if role == Enrollment.Role.MENTEE else None,
        own=own,
        # Nothing is dropped: what no field can hold goes to the note.
        remarks=[*filter(None, [cells.get("note", "")]), *leftovers],
    )
    return said, warnings


def _emails(text: str) -> list[str]:
    emails = list(dict.fromkeys(part.strip().lower() for part in text.replace(",", ";").split(";") if part.strip()))
    if not emails:
        raise RowError("It has no e-mail address.")
    for email in emails:
        try:
            validate_email(email)
        except ValidationError:
            raise RowError(f"“{email[:80]}” is no e-mail address.") from None
    return emails


Reader = Callable[[str, list[str], list[str]], Any]


def _text(limit: int | None = None) -> Reader:
    def read(text: str, warnings: list[str], leftovers: list[str]) -> str:
        if limit and len(text) > limit:
            warnings.append(f"A text is longer than {limit} characters; its whole is in the note.")
            leftovers.append(text)
            return text[:limit]
        return text

    return read


def _number(label: str, low: int, high: int) -> Reader:
    def read(text: str, warnings: list[str], leftovers: list[str]) -> int:
        try:
            number = int(float(text))
        except (ValueError, OverflowError):
            raise RowError(f"{label}: “{text[:40]}” is no number.") from None
        if not low <= number <= high:
            nearest = min(max(number, low), high)
            warnings.append(f"{label}: {number} is read as {nearest}.")
            return nearest
        return number

    return read


def _choice(label: str, choices: Sequence[tuple[str, str]]) -> Reader:
    known = {text.casefold(): value for value, name in choices for text in (value, name)}

    def read(text: str, warnings: list[str], leftovers: list[str]) -> str | None:
        found = known.get(text.casefold())
        if found is None:
            warnings.append(f"{label}: “{text[:40]}” is none that we know; it is in the note.")
            leftovers.append(f"{label}: {text}")
        return found

    return read


def _country(text: str, warnings: list[str], leftovers: list[str]) -> str | None:
    code = country_code(text)
    if not code:
        warnings.append(f"“{text[:60]}” is no country that we know; it is in the note.")
        leftovers.append(f"Country: {text}")
    return code or None


def _zone(text: str, warnings: list[str], leftovers: list[str]) -> str | None:
    try:
        return zone_from_text(text)
    except ValueError:
        warnings.append(f"“{text[:60]}” is no time zone that we know; it is in the note.")
        leftovers.append(f"Time zone: {text}")
        return None


def _languages(text: str, warnings: list[str], leftovers: list[str]) -> list[str]:
    codes = []
    for name in split_topics(text):
        if code := language_code(name):
            codes.append(code)
        else:
            warnings.append(f"“{name[:60]}” is no language that we know; it is in the note.")
            leftovers.append(f"Language: {name}")
    return list(dict.fromkeys(codes))


def _yes_no(text: str, warnings: list[str], leftovers: list[str]) -> bool:
    return text.casefold() in YES_WORDS


READERS: dict[str, Reader] = {
    "title": _text(300),
    "description": _text(),
    "goals": _text(),
    "mentoring_type": _choice("Kind of mentoring", Enrollment.MentoringType.choices),
    "interaction_style": _choice("Way to work together", Enrollment.InteractionStyle.choices),
    "hours_per_month": _number("Hours a month", 0, 200),
    "capacity": _number("Places", 0, 50),
    "mentors_wanted": _number("Mentors wanted", 1, 5),
    "country": _country,
    "time_zone": _zone,
    "languages": _languages,
    "private_needs": _text(),
    "listed_publicly": _yes_no,
}


def _own_answer(question: SignupQuestion, text: str, warnings: list[str], leftovers: list[str]) -> Any:
    """Parse an answer to one of the cohort's own questions. What does not fit goes to the note."""
    value = question.behaviour.read_cell(question, text)
    if value is None:
        warnings.append(f"{question.text}: “{text[:40]}” is no answer to it; it is in the note.")
        leftovers.append(f"{question.text}: {text}")
    return value
