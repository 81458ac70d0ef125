"""Sheets as people keep them: reading CSV and XLSX, knowing the columns, and what each row says. Nothing is written."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cohorts.enrolling import Said, clean_name, split_topics
from cohorts.models import Cohort, Enrollment, SignupQuestion
from cohorts.places import country_code, language_code, zone_from_text
from cohorts.questions import questions_of
from cohorts.wording import LABELS

QUESTION = "question:"
MAX_ROWS = 10_000
MAX_BYTES = 10 * 1024 * 1024

# What a column can be, by role; the labels are those that the page offers.
FIELDS = {
    "external_id": "Id in the sheet",
    "email": "E-mail (several: lead first)",
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
    "time_zone": "Time zone or offset from UTC",
    "languages": "Languages",
    "private_needs": "Private needs",
    "listed_publicly": "Public listing",
    "note": "Coordinators' note",
}
ONLY_FOR = {"capacity": "mentor", "mentors_wanted": "mentee", "title": "mentee", "description": "mentee"}

# Headers that are understood by themselves, in lower case. Longer phrases of forms are found by `guess_mapping`, too.
HEADERS = {
    "id": "external_id", "e-mail": "email", "emails": "email", "email address": "email", "e-mail address": "email",
    "name": "full_name", "full name": "full_name", "your name": "full_name", "names": "full_name",
    "expertise": "topics", "keywords": "topics", "interests": "topics", "project": "title",
    "about your project": "description", "bio": "goals", "type": "mentoring_type", "style": "interaction_style",
    "hours": "hours_per_month", "places": "capacity", "utc_offset": "time_zone", "timezone": "time_zone",
    "language": "languages", "accessibility": "private_needs", "accessibility needs": "private_needs",
    "country of residence": "country", "notes": "note",
}  # fmt: skip


class SheetError(ValueError):
    """The file can't be used as a whole; the text says why, in a sentence for the person who gave it."""


class RowError(ValueError):
    """One row can't become an enrollment; the text says why."""


def read_sheet(filename: str, content: bytes) -> list[list[str]]:
    """The rows of a CSV or XLSX file as texts, headers first, empty rows kept so that lines count as in the file."""
    if len(content) > MAX_BYTES:
        raise SheetError("The file is larger than 10 MB.")
    rows = _read_xlsx(content) if filename.lower().endswith(".xlsx") else _read_csv(content)
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) < 2:
        raise SheetError("The file has no rows below its headers.")
    if len(rows) - 1 > MAX_ROWS:
        raise SheetError(f"The file has {len(rows) - 1} rows; at most {MAX_ROWS} can be read at once.")
    if not all(rows[0]) or len(set(rows[0])) != len(rows[0]):
        raise SheetError("Every column needs a header of its own in the first line.")
    return rows


def guess_mapping(headers: Sequence[str], role: str, own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Header → field for each header that is understood. A field is given to the first header that fits.

    `own`: the fields of the cohort, as `fields_for` gives them, whose own questions are understood as well.
    """
    labels = {label.casefold(): name for name, label in (own or {}).items()}
    labels |= {label.casefold(): name for name, label in (*FIELDS.items(), *LABELS.items()) if name in FIELDS}
    names = {name.replace("_", " "): name for name in FIELDS}
    mapping: dict[str, str] = {}
    for header in headers:
        key = " ".join(header.split()).casefold()
        found = HEADERS.get(key) or labels.get(key) or names.get(key.replace("_", " "))
        if found and found not in mapping.values() and ONLY_FOR.get(found, role) == role:
            mapping[header] = found
    return mapping


@dataclass(frozen=True)
class Row:
    """One row of a sheet: what it says, or why it can't be used. `line` counts as in the file."""

    line: int
    said: Said | None
    error: str = ""
    warnings: tuple[str, ...] = ()


def fields_for(cohort: Cohort, role: str) -> dict[str, str]:
    """What a column can be for a role of this cohort, its own questions included: name → label."""
    fields = {name: label for name, label in FIELDS.items() if ONLY_FOR.get(name, role) == role}
    own = {QUESTION + q.key: q.text for q in questions_of(cohort, role) if q.kind not in ("section", "file")}
    return fields | own


def parse_rows(
    *, cohort: Cohort, role: str, rows: Sequence[Sequence[str]], mapping: Mapping[str, str], consented: bool = False
) -> list[Row]:
    """What every row below the headers says; empty ones are left out. Raises SheetError for a mapping that can't be."""
    headers = list(rows[0])
    _check_mapping(headers, mapping, fields_for(cohort, role), role)
    questions = [q for q in questions_of(cohort, role) if QUESTION + q.key in mapping.values()]
    found: list[Row] = []
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
            found.append(Row(line, None, str(error)))
        else:
            found.append(Row(line, said, warnings=tuple(warnings)))
    return found


def _check_mapping(headers: Sequence[str], mapping: Mapping[str, str], fields: Mapping[str, str], role: str) -> None:
    if unknown := [h for h in mapping if h not in headers]:
        raise SheetError(f"The file has no column “{unknown[0]}”.")
    if misplaced := [f for f in mapping.values() if ONLY_FOR.get(f, role) != role]:
        raise SheetError(f"A {role} has no “{FIELDS[misplaced[0]]}”.")
    if wrong := [f for f in mapping.values() if f not in fields]:
        raise SheetError(f"“{wrong[0]}” is no field. Fields are: {', '.join(fields)}.")
    if len(set(mapping.values())) != len(mapping):
        raise SheetError("Two columns are mapped to the same field.")
    if "email" not in mapping.values():
        raise SheetError("One column must hold the e-mail addresses: choose which one.")


def _read_csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetError("The file is not in UTF-8. In a spreadsheet, save it as “CSV UTF-8”.") from None
    if "\0" in text:
        raise SheetError("This is no text file. Give a CSV or an XLSX file.")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        ]
    except csv.Error as error:
        raise SheetError(f"The file is no CSV that can be read: {error}.") from error


def _read_xlsx(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # takes a while to import, and few requests need it

    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        return [
            ["" if cell is None else str(cell).strip() for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
    except Exception as error:  # the library raises whatever a broken archive makes it stumble over
        raise SheetError("The file is no XLSX that can be read.") from error


def _said(
    cells: Mapping[str, str], role: str, consented: bool, questions: Sequence[SignupQuestion]
) -> tuple[Said, list[str]]:
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
    said = Said(
        email=emails[0],
        full_name=names[0],
        pronouns=cells.get("pronouns", "")[:60],
        external_id=cells.get("external_id", "")[:80],
        values=values,
        topics=split_topics(cells["topics"]) if "topics" in cells else None,
        members=list(zip(names[1:], emails[1:], strict=False)) if role == Enrollment.Role.MENTEE else None,
        own=own,
        # Nothing that somebody wrote is dropped: what no field can hold goes to the note.
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
    return text.casefold() in ("yes", "y", "true", "1", "x", "ja", "oui", "sí", "si", "sim")


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
    """An answer to one of the cohort's own questions as its kind keeps it; what does not fit goes to the note."""
    kind, known = SignupQuestion.Kind, {choice.casefold(): choice for choice in question.choices}
    value: Any = text
    if question.kind == kind.ONE:
        value = known.get(text.casefold())
    elif question.kind == kind.MANY:
        found = [known.get(part.strip().casefold()) for part in text.replace(";", ",").split(",") if part.strip()]
        value = None if None in found else found
    elif question.kind == kind.YES_NO:
        value = _yes_no(text, warnings, leftovers)
    elif question.kind in (kind.NUMBER, kind.SCALE):
        try:
            value = float(text)
            value = int(value) if value.is_integer() else value
        except (ValueError, OverflowError):
            value = None
        if question.kind == kind.SCALE and value not in range(1, 6):
            value = None
    elif question.kind == kind.FILE:
        value = None
    if value is None:
        warnings.append(f"{question.text}: “{text[:40]}” is no answer to it; it is in the note.")
        leftovers.append(f"{question.text}: {text}")
    return value
