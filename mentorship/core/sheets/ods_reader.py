"""Read an ODS workbook, as LibreOffice and Google Sheets write it."""

from typing import Any

from mentorship.core.sheets.archive import DoneReadingError, WorkbookArchive
from mentorship.core.sheets.model import (
    MAX_COLUMNS,
    Limits,
    RowCollector,
    Sheet,
    SheetError,
    hidden_rows_note,
    merged_note,
)
from mentorship.core.sheets.xlsx_reader import plain_number

CONTENT = "content.xml"
_CELLS = ("table-cell", "covered-table-cell")
_ASIDE = ("annotation", "tracked-changes", "shapes", "ruby-text")


class OdsBook:
    """An ODS workbook. `sheets`: name → whether it is hidden, in order."""

    def __init__(self, archive: WorkbookArchive) -> None:
        self._archive = archive
        if "encryption-data" in archive.text("META-INF/manifest.xml", 1_000_000):
            raise SheetError("The file is protected by a password. Save it without one and upload that.")
        self.sheets: dict[str, bool] = {}
        self._list_sheets()
        if not self.sheets:
            raise SheetError("The workbook has no sheet with cells.")

    def read(self, name: str, limits: Limits) -> Sheet:
        """The rows of a sheet. Raises SheetError."""
        reader = _TableReader(name, limits)
        self._archive.read(CONTENT, reader.started, reader.ended, reader.text)
        notes = [*hidden_rows_note(reader.hidden), *merged_note(reader.rows.fill_down(reader.merged))]
        return Sheet(reader.rows.finished(), name=name, names=list(self.sheets.items()), notes=notes)

    def _list_sheets(self) -> None:
        hidden: set[str] = set()
        style = ""
        inside = 0

        def started(element: str, attributes: dict[str, str]) -> None:
            nonlocal style, inside
            if element == "style":
                style = attributes.get("name", "")
            elif element == "table-properties" and attributes.get("display") == "false":
                hidden.add(style)
            elif element == "table":
                inside += 1
                if inside == 1 and len(self.sheets) < 200:
                    self.sheets[attributes.get("name", "")] = attributes.get("style-name", "") in hidden

        def ended(element: str) -> None:
            nonlocal inside
            inside -= element == "table"

        self._archive.read(CONTENT, started, ended, _nothing)


class _TableReader:
    """Handles the XML events of the document and collects the rows of one sheet, expanding repeated cells."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.rows = RowCollector(limits)
        self.hidden = 0
        self.merged: list[tuple[int, int, int, int]] = []
        self._name = name
        self._reads = False
        self._depth = self._aside = 0
        self._line, self._times, self._row_is_hidden = 1, 1, False
        self._cells: dict[int, str] = {}
        self._column, self._cell = 0, dict[str, str]()
        self._pieces: list[str] = []
        self._paragraphs = 0
        self._in_paragraph = 0

    def started(self, element: str, attributes: dict[str, str]) -> None:
        if element == "table":
            self._depth += 1
            self._reads = self._reads or (self._depth == 1 and attributes.get("name", "") == self._name)
        if not self._reads or self._depth != 1:
            return
        if element in _ASIDE or self._aside:
            self._aside += 1
        elif element == "table-row":
            self._cells, self._column = {}, 0
            self._times = _times(attributes.get("number-rows-repeated"))
            self._row_is_hidden = attributes.get("visibility", "visible") != "visible"
        elif element in _CELLS:
            self._cell = attributes
            self._pieces.clear()
            self._paragraphs = 0
        else:
            self._started_text(element, attributes)

    def _started_text(self, element: str, attributes: dict[str, str]) -> None:
        if element == "p":
            if self._paragraphs and not self._in_paragraph:
                self._pieces.append("\n")
            self._paragraphs += 1
            self._in_paragraph += 1
        elif element == "s":
            self._pieces.append(" " * min(_times(attributes.get("c")), 1000))
        elif element == "tab":
            self._pieces.append("\t")
        elif element == "line-break":
            self._pieces.append("\n")

    def ended(self, element: str) -> None:
        if element == "table":
            self._depth -= 1
            if self._reads and self._depth == 0:
                raise DoneReadingError
        if not self._reads or self._depth != 1:
            return
        if self._aside:
            self._aside -= 1
        elif element == "p":
            self._in_paragraph -= 1
        elif element in _CELLS:
            self._end_cell()
        elif element == "table-row":
            self._end_row()

    def text(self, data: str) -> None:
        if self._in_paragraph and not self._aside:
            self._pieces.append(data)

    def _end_cell(self) -> None:
        times = _times(self._cell.get("number-columns-repeated"))
        if text := _shown(self._cell, "".join(self._pieces)).strip():
            if self._column + times > MAX_COLUMNS:
                raise SheetError(f"Line {self._line} has more than {MAX_COLUMNS} columns. Delete those not needed.")
            for n in range(times):
                self._cells[self._column + n + 1] = text
            if (down := _times(self._cell.get("number-rows-spanned"))) > 1:
                right = self._column + _times(self._cell.get("number-columns-spanned"))
                self.merged.append((self._line, self._line + down - 1, self._column + 1, right))
        self._column += times

    def _end_row(self) -> None:
        width = max(self._cells, default=0)
        cells = [self._cells.get(n, "") for n in range(1, width + 1)]
        self.hidden += self._times if self._row_is_hidden and width else 0
        for n in range(self._times if width else 1):
            self.rows.add(self._line + n, cells)
        self._line += self._times


def _shown(cell: dict[str, str], text: str) -> str:
    """A cell's value; days and numbers as stored, because their display depends on somebody's language."""
    kind, value = cell.get("value-type", ""), cell.get("value", "")
    if kind == "date":
        return cell.get("date-value", text).replace("T00:00:00", "").replace("T", " ")
    if kind == "boolean":
        return cell.get("boolean-value", text).upper()
    if kind not in ("float", "percentage", "currency") or not value:
        return text
    try:
        number = float(value)
    except ValueError:
        return text
    if kind == "percentage":
        return f"{plain_number(number * 100, value)}%"
    zeros_in_front = text.isascii() and text.isdigit() and float(text) == number
    return text if zeros_in_front else plain_number(number, value)


def _times(text: str | None) -> int:
    """The number of repetitions in an attribute."""
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1


def _nothing(*_: Any) -> None:
    return None
