"""Sheets into enrollments: reading CSV and XLSX, knowing the columns, and writing row by row with every fault named."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from cohorts.enrolling import CREATED, UPDATED, Said, clean_name, save_enrollment, split_topics
from cohorts.models import Cohort, Enrollment, ImportBatch
from cohorts.places import country_code, language_code, zone_from_text
from cohorts.wording import LABELS
from mentorship.accounts.models import User
from mentorship.audit.services import record

MAX_ROWS = 10_000
MAX_BYTES = 4 * 1024 * 1024

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


@dataclass
class ImportResult:
    """What became of each row. Lines count as in the file: the headers are line 1."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.rejected)


def read_sheet(filename: str, content: bytes) -> list[list[str]]:
    """The rows of a CSV or XLSX file as texts, headers first, empty rows kept so that lines count as in the file."""
    if len(content) > MAX_BYTES:
        raise SheetError("The file is larger than 4 MB.")
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


def guess_mapping(headers: Sequence[str], role: str) -> dict[str, str]:
    """Header → field for each header that is understood. A field is given to the first header that fits."""
    labels = {label.casefold(): name for name, label in (*FIELDS.items(), *LABELS.items()) if name in FIELDS}
    names = {name.replace("_", " "): name for name in FIELDS}
    mapping: dict[str, str] = {}
    for header in headers:
        key = " ".join(header.split()).casefold()
        found = HEADERS.get(key) or labels.get(key) or names.get(key.replace("_", " "))
        if found and found not in mapping.values() and ONLY_FOR.get(found, role) == role:
            mapping[header] = found
    return mapping


def import_rows(
    *,
    cohort: Cohort,
    role: str,
    rows: Sequence[Sequence[str]],
    mapping: Mapping[str, str],
    status: str = Enrollment.Status.APPLIED,
    consented: bool = False,
    by: User | None = None,
    dry_run: bool = False,
) -> ImportResult:
    """Write the rows of a sheet into a cohort. Sends no mail.

    A row that can't be used is named with its line and reason and stops no other. `consented` says that these people
    agreed to share their address with their match. With `dry_run` all is done and then taken back.
    """
    headers = list(rows[0])
    _check_mapping(headers, mapping, role)
    result = ImportResult(ignored=[h for h in headers if h not in mapping])
    lines: dict[int, int] = {}
    with transaction.atomic():
        for line, row in enumerate(rows[1:], start=2):
            cells = {mapping[h]: text.strip() for h, text in zip(headers, row, strict=False) if h in mapping}
            if not any(text.strip() for text in row):
                continue
            try:
                said, warnings = _said(cells, role, consented)
                outcome = _save_row(cohort, role, said, status, by, line, lines)
            except RowError as error:
                result.rejected.append((line, str(error)))
                continue
            result.warnings += [(line, warning) for warning in warnings]
            setattr(result, outcome, getattr(result, outcome) + 1)
        if dry_run:
            transaction.set_rollback(True)
        elif result.created or result.updated:
            counts = {"created": result.created, "updated": result.updated, "rejected": len(result.rejected)}
            record(verb="imported", target=cohort, workspace_id=cohort.workspace_id, by=by, role=role, **counts)
    return result


def _save_row(
    cohort: Cohort, role: str, said: Said, status: str, by: User | None, line: int, lines: dict[int, int]
) -> str:
    try:
        with transaction.atomic():
            row, outcome = save_enrollment(cohort=cohort, role=role, said=said, by=by, status=status)
            if row.pk in lines:
                raise RowError(f"The same application stands in line {lines[row.pk]} already.")
    except IntegrityError as error:
        raise RowError("It clashes with another application of the same person, title or id.") from error
    lines[row.pk] = line
    return {CREATED: "created", UPDATED: "updated"}.get(outcome, "unchanged")


def _check_mapping(headers: Sequence[str], mapping: Mapping[str, str], role: str) -> None:
    if unknown := [h for h in mapping if h not in headers]:
        raise SheetError(f"The file has no column “{unknown[0]}”.")
    if wrong := [f for f in mapping.values() if f not in FIELDS]:
        raise SheetError(f"“{wrong[0]}” is no field. Fields are: {', '.join(FIELDS)}.")
    if len(set(mapping.values())) != len(mapping):
        raise SheetError("Two columns are mapped to the same field.")
    if "email" not in mapping.values():
        raise SheetError("One column must hold the e-mail addresses: choose which one.")
    if misplaced := [f for f in mapping.values() if ONLY_FOR.get(f, role) != role]:
        raise SheetError(f"A {role} has no “{FIELDS[misplaced[0]]}”.")


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


def _said(cells: Mapping[str, str], role: str, consented: bool) -> tuple[Said, list[str]]:
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


@transaction.atomic
def start_import(
    *, cohort: Cohort, role: str, filename: str, rows: list[list[str]], mapping: dict[str, str], by: User
) -> ImportBatch:
    """Keep an uploaded sheet until it is applied."""
    return ImportBatch.objects.create(
        cohort=cohort, role=role, filename=filename, rows=rows, mapping=mapping, created_by=by
    )


@transaction.atomic
def apply_import(*, batch: ImportBatch, mapping: dict[str, str], status: str, consented: bool, by: User) -> ImportBatch:
    """Write the sheet into its cohort, once: applying again returns what became of it. Raises SheetError."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=batch.pk)
    if locked.status == ImportBatch.Status.APPLIED:
        return locked
    result = import_rows(
        cohort=locked.cohort,
        role=locked.role,
        rows=locked.rows,
        mapping=mapping,
        status=status,
        consented=consented,
        by=by,
    )
    locked.status, locked.mapping, locked.result = ImportBatch.Status.APPLIED, mapping, asdict(result)
    locked.save(update_fields=["status", "mapping", "result"])
    return locked
