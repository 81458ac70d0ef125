"""Reading sheets that people upload: CSV or XLSX, as rows of texts with their line numbers. Nothing is interpreted."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mentorship.core.errors import ServiceError

MEGABYTE = 1024 * 1024
DELIMITERS = (",", ";", "\t")
SAMPLE_LINES = 50
MAX_COLUMNS = 500
# An XLSX of the allowed size may hold far more when it is unpacked.
MAX_UNPACKED = 200 * MEGABYTE
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class SheetError(ServiceError):
    """The file can't be used as a whole; the text says why, in a sentence for the person who gave it."""


@dataclass(frozen=True)
class Limits:
    """How large a sheet may be: in bytes, and in rows with the header."""

    max_bytes: int = 10 * MEGABYTE
    max_rows: int = 10_001


@dataclass(frozen=True)
class SheetRow:
    """One row: the number of its first line in the file, and its cells, stripped."""

    line: int
    cells: list[str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.cells)


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, without empty rows and columns at the end; and how a CSV was read ("" for XLSX)."""

    rows: list[SheetRow]
    encoding: str = ""
    delimiter: str = ""

    def header_position(self, is_header: Callable[[Sequence[str]], bool], within: int = 20) -> int | None:
        """The index of the first row that is the header; None where none of the first rows is."""
        return next((n for n, row in enumerate(self.rows[:within]) if is_header(row.cells)), None)


@dataclass(frozen=True)
class SheetTable:
    """The table of a sheet: its headers and the rows below, and for each of them the line in the file."""

    rows: list[list[str]]
    lines: list[int] = field(default_factory=list)

    @property
    def headers(self) -> list[str]:
        """The names of the columns."""
        return self.rows[0]

    def body(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the headers with their lines."""
        lines = self.lines or range(1, len(self.rows) + 1)
        return zip(lines[1:], self.rows[1:], strict=True)


def read_sheet(content: bytes, limits: Limits | None = None) -> Sheet:
    """The rows of a CSV or XLSX file; which of the two it is, says its content. Raises SheetError."""
    limits = limits or Limits()
    if len(content) > limits.max_bytes:
        raise SheetError(f"The file is larger than {limits.max_bytes // MEGABYTE} MB.")
    if content.startswith(OLD_EXCEL):
        raise SheetError("This is an old Excel file. Save it as XLSX or CSV and upload that.")
    sheet = _read_xlsx(content, limits) if content.startswith(b"PK\x03\x04") else _read_csv(content, limits)
    while sheet.rows and sheet.rows[-1].is_empty:
        sheet.rows.pop()
    width = max((n for row in sheet.rows for n, cell in enumerate(row.cells, 1) if cell), default=0)
    for row in sheet.rows:
        del row.cells[width:]
    return sheet


def _read_csv(content: bytes, limits: Limits) -> Sheet:
    text, encoding = _decoded(content)
    first, _, rest = text.partition("\n")
    # Excel writes a line that names the delimiter, and hides it when it opens the file.
    named = first.strip().lower().removeprefix("sep=") if first.lower().startswith("sep=") else ""
    skipped = 1 if named in DELIMITERS else 0
    text = rest if skipped else text
    delimiter = named if skipped else _delimiter_of(text)
    # newline="": the csv module knows every kind of line end, that of old Macs included.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[SheetRow] = []
    try:
        line = 1
        for cells in reader:
            rows.append(SheetRow(line + skipped, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
            _check_rows(rows, limits)
    except csv.Error as error:
        raise SheetError(f"Line {line + skipped} can't be read as CSV: {error}.") from error
    return Sheet(rows, encoding, delimiter)


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8, what Excel calls Unicode text, or else Windows-1252."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            raise SheetError("This is not a text file. Upload a CSV or an XLSX file.") from None
    if b"\0" in content:
        raise SheetError("This is not a text file. Upload a CSV or an XLSX file.")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "windows-1252"


def _delimiter_of(text: str) -> str:
    """The delimiter by which most rows have equally many cells; the header alone may hold any of them in a text."""
    sample = "".join(line for line, _ in zip(io.StringIO(text), range(SAMPLE_LINES), strict=False))

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(cells) for cells in _sampled(sample, delimiter) if len(cells) > 1)
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return rows, width

    return max(DELIMITERS, key=agreement)


def _sampled(sample: str, delimiter: str) -> Iterable[list[str]]:
    rows: list[list[str]] = []
    try:
        # The sample may end in the middle of a quoted text: not strict.
        rows.extend(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
    except csv.Error:
        return rows
    return rows


def _read_xlsx(content: bytes, limits: Limits) -> Sheet:
    from openpyxl import load_workbook  # noqa: PLC0415 slow library: openpyxl, which few requests need

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise SheetError("The file is too large once it is unpacked. Save only the sheet that is needed.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        rows: list[SheetRow] = []
        for line, values in enumerate(visible[0].iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
            rows.append(SheetRow(line, ["" if value is None else str(value).strip() for value in values]))
            _check_rows(rows, limits)
    except SheetError:
        raise
    except Exception as error:  # the library raises whatever a broken archive makes it stumble over
        raise SheetError("The file can't be read as XLSX.") from error
    return Sheet(rows)


def _check_rows(rows: Sequence[SheetRow], limits: Limits) -> None:
    # Formatting below the data of an XLSX makes a million rows that are empty: they count as little as they hold.
    if len(rows) > limits.max_rows and (not rows[-1].is_empty or len(rows) > 10 * limits.max_rows):
        raise SheetError(f"The file has more than {limits.max_rows - 1:,} rows below its header.")
