"""Find the table in an uploaded sheet: its headers, its rows, and other possible readings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cohorts.imports.columns import guess_mapping
from cohorts.models import Cohort, Enrollment
from mentorship.core.sheets import ReadingChoice, Sheet, SheetError, SheetRow, SheetTable, read_other_sheets, read_sheet

# The headers are looked for in this many filled rows at the top.
HEADER_WITHIN = 20


@dataclass
class ReadTable:
    """The table of a file and how it was read, which the preview shows and lets people correct."""

    table: SheetTable
    sheet: Sheet
    notes: list[str] = field(default_factory=list)

    @property
    def all_notes(self) -> list[str]:
        """Notes about the file and its table, in sentences."""
        others = [
            f"“{name}”{' (hidden)' if hidden else ''}" for name, hidden in self.sheet.names if name != self.sheet.name
        ]
        sheets = [f"The sheet “{self.sheet.name}” is read. Not read: {', '.join(others)[:200]}."] if others else []
        return [*sheets, *self.sheet.notes, *self.notes]

    def as_json(self) -> dict[str, Any]:
        """The reading as JSON, for `ImportBatch.reading`."""
        first = [row for row in self.sheet.rows if not row.is_empty][:HEADER_WITHIN]
        return {
            "encoding": self.sheet.encoding,
            "looks": list(self.sheet.looks.items()),
            "delimiter": self.sheet.delimiter,
            "sheet": self.sheet.name,
            "sheets": [[name, hidden] for name, hidden in self.sheet.names],
            "header_line": self.table.lines[0],
            "first_rows": [[row.line, " · ".join(filter(None, row.cells))[:80]] for row in first],
            "notes": self.all_notes,
        }


def read_table(content: bytes) -> SheetTable:
    """The table of a CSV, XLSX or ODS file, headers first. Raises SheetError."""
    return read_file(content).table


def read_file(content: bytes, choice: ReadingChoice | None = None, cohort: Cohort | None = None) -> ReadTable:
    """Read the table of a file with the chosen settings. Raises SheetError.

    Among several sheets, takes the first visible one with addresses. With a cohort, headers may use its own words.
    """
    choice = choice or ReadingChoice()
    sheet = read_sheet(content, choice=choice)
    try:
        found = find_table(sheet, choice.header_line, cohort)
        if choice.sheet or _names_addresses(found.table.headers, cohort):
            return found
    except SheetError as error:
        if choice.sheet or not [name for name, hidden in sheet.names if not hidden and name != sheet.name]:
            raise SheetError(f"{error}{_hidden_sheets(sheet)}") from error
        found = None
    for candidate in read_other_sheets(content, sheet):
        other = _table_of(candidate, cohort)
        if other is not None and _names_addresses(other.table.headers, cohort):
            return other
        found = found or other
    if found is None:
        reason = "No sheet of the workbook has a row of column names with rows below it."
        raise SheetError(f"{reason}{_hidden_sheets(sheet)}")
    return found


def _hidden_sheets(sheet: Sheet) -> str:
    names = ", ".join(f"“{name}”" for name, hidden in sheet.names if hidden)
    return (
        f" Hidden sheets are not read: {names[:200]}. Unhide the one you mean and upload the file again."
        if names
        else ""
    )


def _table_of(sheet: Sheet, cohort: Cohort | None) -> ReadTable | None:
    try:
        return find_table(sheet, cohort=cohort)
    except SheetError:
        return None


def find_table(sheet: Sheet, header_line: int = 0, cohort: Cohort | None = None) -> ReadTable:
    """The headers of a sheet and the rows below. Raises SheetError if there are none."""
    filled = [row for row in sheet.rows if not row.is_empty]
    if not filled:
        raise SheetError("The file is empty.")
    at = next((n for n, row in enumerate(filled) if row.line == header_line), None)
    at = _header_position(filled, cohort) if at is None else at
    header, body = filled[at], filled[at + 1 :]
    notes = [f"The first {at} filled rows are above the column names and are not read."] if at > 1 else []
    notes += [f"“{' '.join(filled[0].cells)[:80]}” is above the column names and is not read."] if at == 1 else []
    if again := [row.line for row in body if _same_names(row.cells, header.cells)]:
        body = [row for row in body if not _same_names(row.cells, header.cells)]
        notes.append(f"The column names are repeated in line {', '.join(map(str, again[:5]))}; left out.")
    if not body:
        raise SheetError("The file has no rows below its headers.")
    columns = _columns(header.cells, body, notes)
    rows = [[_plain(row.cells[n]) if n < len(row.cells) else "" for n, _ in columns] for row in body]
    table = SheetTable([[name for _, name in columns], *rows], [header.line, *(row.line for row in body)])
    return ReadTable(table, sheet, notes)


def _same_names(cells: Sequence[str], header: Sequence[str]) -> bool:
    return [cell.casefold() for cell in cells] == [name.casefold() for name in header]


def _header_position(filled: Sequence[SheetRow], cohort: Cohort | None) -> int:
    """Index of the header row: the first that names addresses in a known way, else the fullest above the people."""
    top = filled[:HEADER_WITHIN]
    for n, row in enumerate(top):
        if not _has_address(row.cells) and _names_addresses(row.cells, cohort):
            return n
    people = next((n for n, row in enumerate(top) if _has_address(row.cells)), len(top))
    if people == 0:
        raise SheetError(
            f"Line {top[0].line} holds an address already, and no row above it names the columns. Add a first row with "
            "names such as “Email” and “Name”."
        )
    return max(range(people), key=lambda n: (sum(map(bool, top[n].cells)), -n))


def _has_address(cells: Sequence[str]) -> bool:
    return any("@" in cell and "." in cell.rpartition("@")[2] for cell in cells)


def _names_addresses(headers: Sequence[str], cohort: Cohort | None) -> bool:
    named = [header for header in headers if header]
    roles = Enrollment.MATCHED_ROLES if cohort else (Enrollment.Role.MENTEE,)
    return any("email" in guess_mapping(named, role, cohort).values() for role in roles)


def _columns(header: Sequence[str], body: Sequence[SheetRow], notes: list[str]) -> list[tuple[int, str]]:
    """(Position, name) of each column that has a name or a filled cell; every name once."""
    beyond = [
        (row.line, ", ".join(filter(None, row.cells[len(header) :]))) for row in body if any(row.cells[len(header) :])
    ]
    notes += [f"Line {line}: “{text[:80]}” is beyond the last column name." for line, text in beyond[:10]]
    if len(beyond) > 10:
        notes.append(f"{len(beyond) - 10} more lines have cells beyond the last column name.")
    columns: list[tuple[int, str]] = []
    seen: Counter[str] = Counter()
    for n in range(max(len(header), *(len(row.cells) for row in body))):
        name = " ".join(header[n].split()) if n < len(header) else ""
        if not name and not any(n < len(row.cells) and row.cells[n] for row in body):
            continue
        name = name or f"Column {_letters(n)} (no name)"
        seen[name] += 1
        if seen[name] > 1:
            notes.append(f"Several columns are called “{name}”; one is shown as “{name} ({seen[name]})”.")
            name = f"{name} ({seen[name]})"
        columns.append((n, name))
    return columns


def _plain(cell: str) -> str:
    """A cell without the apostrophe that exports put before formulas."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@") else cell


def _letters(n: int) -> str:
    """The name of a column in spreadsheets: A, B, … AA."""
    return (_letters(n // 26 - 1) if n >= 26 else "") + chr(65 + n % 26)
