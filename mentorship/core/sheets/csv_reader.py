"""Read a CSV: find its encoding and delimiter, then its rows."""

import csv
import io
import re
from collections import Counter

from mentorship.core.sheets.encodings import decode, doubt, looks
from mentorship.core.sheets.model import (
    DELIMITERS,
    UNUSUAL,
    Limits,
    ReadingChoice,
    RowCollector,
    Sheet,
    SheetError,
    SheetRow,
)

SAMPLE_LINES = 50
# Excel writes a line that names the delimiter, and hides it when opening the file; other programs keep it as a row.
_NAMED_DELIMITER = re.compile(r"""\s*"?sep=(.)"?[,;\t|"]*[ ]*(?:\r\n|\r|\n|$)""", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s,;|]+@[^@\s,;|]+")


def read_csv(content: bytes, limits: Limits, choice: ReadingChoice) -> Sheet:
    """The rows of a CSV. Raises SheetError."""
    text, encoding, notes = decode(content, choice.encoding)
    named = _NAMED_DELIMITER.match(text)
    skipped = 0
    if named and _may_separate(named[1]):
        text, skipped = text[named.end() :], len(re.findall(r"\r\n|\r|\n", named[0]))
    delimiter = choice.delimiter or (named[1] if skipped and named else _delimiter_of(text))
    rows = _rows_mended(text, delimiter, skipped, limits)
    if inner := _within_quotes(rows, choice.delimiter):
        # Every whole line is in quotation marks, as programs write text that was pasted into one column.
        delimiter = choice.delimiter or _delimiter_of(inner)
        rows = _rows_mended(inner, delimiter, 0, limits)
    shown = looks(content)
    if shown and not choice.encoding:
        notes = [*notes, *doubt(content, encoding)]
    return Sheet(rows, encoding, delimiter, notes=notes, looks=shown)


def _may_separate(sign: str) -> bool:
    """Whether a character can be a delimiter: any but letters, digits, quotation marks and blanks."""
    return sign in DELIMITERS or not (sign.isalnum() or sign.isspace() or sign in "\"'@.-_+")


def _within_quotes(rows: list[SheetRow], chosen: str) -> str:
    """The text of lines that are one cell each and contain the columns within; "" if they don't."""
    lines = [(row.line, row.cells[0]) for row in rows if row.cells]
    if len(lines) < 2 or any(len(row.cells) > 1 for row in rows) or any("\n" in cell for _, cell in lines):
        return ""
    signs = [chosen] if chosen else DELIMITERS
    if not any(all(sign in cell for _, cell in lines) for sign in signs):
        return ""
    text: dict[int, str] = dict(lines)
    return "\n".join(text.get(n, "") for n in range(1, lines[-1][0] + 1))


class _StrayBlankError(Exception):
    """A quoted text is followed by something other than a delimiter."""


def _rows_mended(text: str, delimiter: str, skipped: int, limits: Limits) -> list[SheetRow]:
    try:
        return _rows(text, delimiter, skipped, limits).finished()
    except _StrayBlankError:
        # Some programs pad columns with blanks after a quoted text.
        text = re.sub(rf'(?<=")[ \t\u00a0]+(?={re.escape(delimiter)}|\r|\n|$)', "", text)
        try:
            return _rows(text, delimiter, skipped, limits).finished()
        except _StrayBlankError as error:
            raise SheetError(str(error)) from error


def _rows(text: str, delimiter: str, skipped: int, limits: Limits) -> RowCollector:
    # newline="": the csv module knows every kind of line end, that of old Macs included.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    rows, line = RowCollector(limits), 1
    try:
        for cells in reader:
            rows.add(line + skipped, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        reason = f"Line {line + skipped} can't be read as CSV: {_reason(str(error))}"
        raise (_StrayBlankError if "expected after" in str(error) else SheetError)(reason) from error
    return rows


def _reason(error: str) -> str:
    if "unexpected end" in error:
        return "a quotation mark opens a text there that no other one closes."
    if "expected after" in error:
        return "after a text in quotation marks comes neither a separator nor the end of the line."
    if "field larger" in error:
        return "a cell holds more than 131,072 characters. Perhaps a quotation mark is not closed."
    return f"{error}."


def _delimiter_of(text: str) -> str:
    """The delimiter that leaves most addresses alone in their cells, otherwise the one with the most even rows.

    It occurs in the header: characters that only occur further down separate texts within cells.
    """
    lines = [line for line in re.split(r"\r\n|\r|\n", text[:200_000]) if line.strip()][:SAMPLE_LINES]
    people = next((n for n, line in enumerate(lines) if "@" in line), len(lines))
    header = "".join(lines[:people] or lines)
    sample = "\n".join(lines)
    possible = [sign for sign in DELIMITERS if sign in header and sign not in UNUSUAL]
    if not possible and (unusual := _unusual_delimiter(lines)):
        return unusual
    if not possible:  # one column
        return next((sign for sign in DELIMITERS if sign not in sample), ",")

    def agreement(delimiter: str) -> tuple[int, int, int]:
        cells = _sampled(sample, delimiter)
        widths = Counter(len(row) for row in cells if len(row) > 1)
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return sum(bool(_ADDRESS.fullmatch(cell.strip())) for row in cells for cell in row), rows, width

    return max(possible, key=agreement)


def _unusual_delimiter(lines: list[str]) -> str:
    """A character that divides every line into equally many cells, if no usual one does; "" for one column."""
    for sign in UNUSUAL:
        rows = _sampled("\n".join(lines), sign)
        if len(rows) > 1 and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1 and all(rows[0]):
            return sign
    return ""


def _sampled(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        # Not strict: the sample may end in the middle of a quoted text.
        rows.extend(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
    except csv.Error:
        return rows
    return rows
