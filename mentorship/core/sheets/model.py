"""The contents of a sheet that was read, the settings for reading it, and the limits of its size."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mentorship.core.errors import ServiceError

MEGABYTE = 1024 * 1024
MAX_COLUMNS = 500
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", ":": "colon", "^": "caret"}
# Other delimiters, if none of the usual ones is in the header: they occur in texts, too.
UNUSUAL = (":", "^")
# Blanks of every width, and invisible marks: text copied from web pages and documents contains both.
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u3000"), " ")
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\x00"), "")


# Advice at the end of refusals; a page that takes other files too puts its own in its place.
UPLOAD_A_SHEET = "Upload a CSV, XLSX or ODS file."
UNPACK = "Unpack it and upload the sheet in it."


class SheetError(ServiceError):
    """The file can't be used as a whole; the text says why, for the person who uploaded it."""


@dataclass(frozen=True)
class Limits:
    """Limits of a sheet: bytes, rows with the header, cells, and characters in all cells."""

    max_bytes: int = 10 * MEGABYTE
    max_rows: int = 10_001
    max_cells: int = 1_000_000
    max_characters: int = 20_000_000


@dataclass(frozen=True)
class ReadingChoice:
    """Chosen settings for reading a file; empty ones are detected."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_line: int = 0


@dataclass(frozen=True)
class SheetRow:
    """One row: the number of its first line in the file, and its cells, stripped."""

    line: int
    cells: list[str]

    @property
    def is_empty(self) -> bool:
        """Whether the row has no text."""
        return not any(self.cells)


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, without empty rows and columns at the end; and how it was read.

    `encoding` and `delimiter` are those of a CSV; `name` and `names` (each with whether it is hidden) are those of the
    sheets of a workbook. `notes`: remarks for the reader, in sentences. `looks`: encoding → how names look in it, if
    the file doesn't tell its encoding.
    """

    rows: list[SheetRow]
    encoding: str = ""
    delimiter: str = ""
    name: str = ""
    names: list[tuple[str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looks: dict[str, str] = field(default_factory=dict)

    def header_position(self, is_header: Callable[[Sequence[str]], bool], within: int = 20) -> int | None:
        """The index of the header row; None if none of the first filled rows is one."""
        filled = [n for n, row in enumerate(self.rows) if not row.is_empty][:within]
        return next((n for n in filled if is_header(self.rows[n].cells)), None)


@dataclass(frozen=True)
class SheetTable:
    """The table of a sheet: its headers and the rows below, each with its line in the file."""

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


def hidden_rows_note(number: int) -> list[str]:
    """The note that hidden rows are read as well; [] if there are none."""
    if not number:
        return []
    rows = (
        "One row is hidden in the workbook. It is"
        if number == 1
        else f"{number} rows are hidden in the workbook. They are"
    )
    return [f"{rows} read as well."]


def merged_note(number: int) -> list[str]:
    """The note that merged cells all get the displayed value; [] if there are none."""
    if not number:
        return []
    cells = "One cell is" if number == 1 else f"{number} cells are"
    return [f"{cells} merged with the one above and read with its value."]


class RowCollector:
    """Collect the rows of a sheet, and refuse the file once it exceeds a limit."""

    def __init__(self, limits: Limits) -> None:
        self.rows: list[SheetRow] = []
        self._limits = limits
        self._filled = self._cells = self._characters = self._empty = 0

    def add(self, line: int, cells: list[str]) -> None:
        """Add a row with its raw cells."""
        clean = [tidy_cell(cell) for cell in cells]
        while clean and not clean[-1]:
            clean.pop()
        if not clean:
            self._empty += 1
            # Empty rows cost little, but a file might contain nothing else without end.
            if self._empty > 20 * self._limits.max_rows:
                raise SheetError("The file holds almost nothing but empty rows. Delete them and save it again.")
            if self.rows and not self.rows[-1].is_empty:
                self.rows.append(SheetRow(line, clean))
            return
        if len(clean) > MAX_COLUMNS:
            raise SheetError(f"Line {line} has more than {MAX_COLUMNS} columns. Delete those that aren't needed.")
        self._filled += 1
        self._cells += len(clean)
        self._characters += sum(map(len, clean))
        if self._filled > self._limits.max_rows:
            raise SheetError(f"The file has more than {self._limits.max_rows - 1:,} rows below its header.")
        if self._cells > self._limits.max_cells:
            raise SheetError(f"The file has more than {self._limits.max_cells:,} cells. Delete columns not needed.")
        if self._characters > self._limits.max_characters:
            raise SheetError(f"The file holds more than {self._limits.max_characters:,} characters.")
        self.rows.append(SheetRow(line, clean))

    def fill_down(self, merged: Iterable[tuple[int, int, int, int]]) -> int:
        """Give the rows of merged cells (first and last line, first and last column) the displayed value.

        Otherwise empty rows stay empty. Returns how many cells were filled, at most as many as a sheet may have.
        """
        found = {row.line: row for row in self.rows}
        filled = looked = 0
        for first, last, left, right in merged:
            top = found.get(first)
            if top is None or left > len(top.cells) or not (text := top.cells[left - 1]):
                continue
            for line in range(first + 1, last + 1):
                looked += 1
                if looked > self._limits.max_cells:
                    return filled
                row = found.get(line)
                if row is None or row.is_empty or any(row.cells[left - 1 : right]):
                    continue
                row.cells.extend([""] * (left - len(row.cells)))
                row.cells[left - 1] = text
                filled += 1
        return filled

    def finished(self) -> list[SheetRow]:
        """All rows, without empty ones at the end."""
        while self.rows and self.rows[-1].is_empty:
            self.rows.pop()
        return self.rows


def tidy_cell(text: str) -> str:
    """A cell without outer blanks and invisible marks, and with line feeds as its only line ends."""
    return text.translate(_UNSEEN).translate(_BLANKS).replace("\r\n", "\n").replace("\r", "\n").strip()
