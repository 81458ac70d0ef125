"""Read an XLSX workbook: its visible sheets, with numbers and days as the program displays them."""

import posixpath
import re
from datetime import datetime, time, timedelta
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

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
MAX_ROW = 1_048_576
# Elements that may follow the cells and the list of merged ones; none of them is needed.
_AFTER_MERGED = ("phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins", "extLst")


class XlsxBook:
    """An XLSX workbook. `sheets`: name → whether it is hidden, in order."""

    def __init__(self, archive: WorkbookArchive) -> None:
        self._archive = archive
        self.from_1904 = False
        self.sheets: dict[str, bool] = {}
        self._parts: dict[str, str] = {}
        self._formats: list[str] | None = None
        self._texts: list[str] | None = None
        self._targets = self._relations()
        self._read_workbook()

    def read(self, name: str, limits: Limits) -> Sheet:
        """The rows of a sheet. Raises SheetError."""
        if self._texts is None:
            self._texts = self._shared_texts(limits)
        if self._formats is None:
            self._formats = self._number_formats()
        reader = _SheetReader(self._texts, self._formats, self.from_1904, limits)
        self._archive.read(self._parts[name], reader.started, reader.ended, reader.text)
        notes = [*reader.notes(), *merged_note(reader.rows.fill_down(reader.merged))]
        return Sheet(reader.rows.finished(), name=name, names=list(self.sheets.items()), notes=notes)

    def _relations(self) -> dict[str, tuple[str, str]]:
        """Id → (type, target)."""
        found: dict[str, tuple[str, str]] = {}

        def started(element: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

        self._archive.read(_RELATIONS, started, _nothing, _nothing)
        return found

    def _read_workbook(self) -> None:
        def started(element: str, attributes: dict[str, str]) -> None:
            if element == "workbookPr":
                self.from_1904 = attributes.get("date1904", "0").lower() in ("1", "true")
            elif element == "sheet":
                kind, path = self._targets.get(attributes.get("id", ""), ("", ""))
                if kind == "worksheet" and len(self.sheets) < 200:
                    self.sheets[attributes.get("name", "")] = attributes.get("state", "visible") != "visible"
                    self._parts[attributes.get("name", "")] = path

        self._archive.read(WORKBOOK, started, _nothing, _nothing)
        if not self.sheets:
            raise SheetError("The workbook has no sheet with cells.")

    def _part(self, kind: str) -> str:
        return next((path for what, path in self._targets.values() if what == kind and path in self._archive), "")

    def _shared_texts(self, limits: Limits) -> list[str]:
        """The texts to which cells refer by number."""
        if not (part := self._part("sharedStrings")):
            return []
        texts: list[str] = []
        reader = _TextReader()
        size = 0

        def ended(element: str) -> None:
            nonlocal size
            if reader.ended(element) and element == "si":
                texts.append(reader.take())
                size += len(texts[-1])
                if size > limits.max_characters:
                    raise SheetError(f"The file holds more than {limits.max_characters:,} characters.")

        self._archive.read(part, reader.started, ended, reader.text)
        return texts

    def _number_formats(self) -> list[str]:
        """The format of each style, by its number."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415 slow library: openpyxl, few requests need it

        if not (part := self._part("styles")):
            return []
        own: dict[str, str] = {}
        formats: list[str] = []
        inside = False

        def started(element: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if element == "numFmt":
                own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif element == "cellXfs":
                inside = True
            elif element == "xf" and inside:
                key = attributes.get("numFmtId", "0")
                formats.append(own.get(key) or BUILTIN_FORMATS.get(_number(key), "General"))

        def ended(element: str) -> None:
            if element == "cellXfs":
                raise DoneReadingError

        self._archive.read(part, started, ended, _nothing)
        return formats


class _TextReader:
    """Collects the text of rich strings, without the reading aids of East Asian ones."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._collects = False
        self._aside = 0

    def started(self, element: str, _: dict[str, str]) -> None:
        if element == "rPh":
            self._aside += 1
        self._collects = element == "t" and not self._aside

    def ended(self, element: str) -> bool:
        """Always True, so that callers can continue in one expression."""
        if element == "rPh":
            self._aside -= 1
        self._collects = False
        return True

    def text(self, data: str) -> None:
        if self._collects:
            self._pieces.append(data)

    def take(self) -> str:
        """Return the text collected so far and clear it."""
        text = "".join(self._pieces)
        self._pieces.clear()
        return _ESCAPED.sub(_unescaped, text) if "_x" in text else text


class _SheetReader:
    """Handles the XML events of a sheet and collects its rows."""

    def __init__(self, texts: list[str], formats: list[str], from_1904: bool, limits: Limits) -> None:
        self.rows = RowCollector(limits)
        # Merged cells over several rows: first and last line, first and last column.
        self.merged: list[tuple[int, int, int, int]] = []
        self._texts, self._formats, self._from_1904 = texts, formats, from_1904
        self._rich = _TextReader()
        self._line = self._column = 0
        self._cells: dict[int, str] = {}
        self._kind = self._style = ""
        self._value: list[str] = []
        self._in_value = self._has_formula = self._has_rich = self._row_is_hidden = False
        self._is_behind_cells = False
        self._place = ""
        self._not_worked_out = self._hidden = 0

    def started(self, element: str, attributes: dict[str, str]) -> None:
        if self._is_behind_cells:
            if element == "mergeCell":
                self._add_merged(attributes.get("ref", ""))
            elif element in _AFTER_MERGED:
                raise DoneReadingError
        elif element == "c":
            self._place = attributes.get("r", "")
            self._column += 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value.clear()
            self._has_formula = self._has_rich = False
        elif element == "v":
            self._in_value = True
        elif element == "row":
            line = _number(attributes.get("r", ""))
            before, self._line = self._line, line if 0 < line <= MAX_ROW else self._line + 1
            if before and self._line > before + 1:
                self.rows.add(before + 1, [])
            self._cells, self._column = {}, 0
            self._row_is_hidden = attributes.get("hidden", "0") in ("1", "true")
        elif element == "f":
            self._has_formula = True
        else:
            self._has_rich = True
            self._rich.started(element, attributes)

    def ended(self, element: str) -> None:
        if element == "v":
            self._in_value = False
        elif element == "c":
            if self._value or self._has_rich or self._has_formula:
                self._end_cell()
        elif element == "row":
            self._end_row()
        elif element == "sheetData":
            self._is_behind_cells = True
        elif element == "mergeCells":
            raise DoneReadingError
        else:
            self._rich.ended(element)

    def text(self, data: str) -> None:
        if self._in_value:
            self._value.append(data)
        else:
            self._rich.text(data)

    def notes(self) -> list[str]:
        """Remarks about the sheet."""
        notes = hidden_rows_note(self._hidden)
        if number := self._not_worked_out:
            cells = "One cell holds a formula" if number == 1 else f"{number} cells hold formulas"
            notes.append(
                f"{cells} without a result, read as empty. Save the file in a spreadsheet program and try again."
            )
        return notes

    def _add_merged(self, ref: str) -> None:
        first, last = (_CELL.fullmatch(part) for part in (ref.partition(":")[0], ref.partition(":")[2]))
        if first and last and int(first[2]) < int(last[2]) <= MAX_ROW:
            left, right = _column_number(first[1]), _column_number(last[1])
            self.merged.append((int(first[2]), int(last[2]), left, right))

    def _end_cell(self) -> None:
        if place := _CELL.fullmatch(self._place):
            self._column = _column_number(place[1])
        rich, plain = self._rich.take() if self._has_rich else "", "".join(self._value)
        text = rich if self._kind == "inlineStr" else self._shown(plain)
        if text.strip():
            if self._column > MAX_COLUMNS:
                raise SheetError(f"Line {self._line} has more than {MAX_COLUMNS} columns. Delete those not needed.")
            self._cells[self._column] = text
        elif self._has_formula and not plain and self._kind != "str":
            self._not_worked_out += 1

    def _end_row(self) -> None:
        width = max(self._cells, default=0)
        self._hidden += bool(self._row_is_hidden and width)
        self.rows.add(self._line, [self._cells.get(n, "") for n in range(1, width + 1)])

    def _shown(self, raw: str) -> str:
        if not raw:
            return ""
        if self._kind == "s":
            number = _number(raw)
            return self._texts[number] if 0 <= number < len(self._texts) else ""
        if self._kind == "b":
            return "TRUE" if raw.strip() == "1" else "FALSE"
        if self._kind in ("str", "e", "d"):
            return raw.replace("T00:00:00", "") if self._kind == "d" else raw
        style = _number(self._style)
        code = self._formats[style] if 0 <= style < len(self._formats) else "General"
        return shown_number(raw, code, from_1904=self._from_1904)


def shown_number(raw: str, code: str, *, from_1904: bool = False) -> str:
    """A number as its format displays it: a day as 2026-10-05, percent with its sign, leading zeros."""
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format  # noqa: PLC0415 slow library: openpyxl

    try:
        value = float(raw)
    except ValueError:
        return raw
    if code == "General":
        return plain_number(value, raw)
    if is_date_format(code) or is_timedelta_format(code):
        return _shown_moment(value, code, from_1904) or plain_number(value, raw)
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.partition(";")[0])
    if "%" in bare:
        return f"{plain_number(value * 100, raw)}%"
    if re.fullmatch(r"0{2,}", bare) and value.is_integer() and value >= 0:
        return plain_number(value, raw).zfill(len(bare))
    return plain_number(value, raw)


def plain_number(value: float, raw: str) -> str:
    """A number with the fifteen digits that spreadsheets keep, and no more zeros than it needs."""
    if value != value or value in (float("inf"), float("-inf")):
        return raw
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def _shown_moment(value: float, code: str, from_1904: bool) -> str:
    from openpyxl.styles.numbers import is_timedelta_format  # noqa: PLC0415 slow library: openpyxl
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel  # noqa: PLC0415 slow library: openpyxl

    if value < 0:
        return ""
    try:
        found: Any = from_excel(value, MAC_EPOCH if from_1904 else WINDOWS_EPOCH, timedelta=is_timedelta_format(code))
    except (OverflowError, ValueError):
        return ""
    if isinstance(found, timedelta):
        minutes = round(found.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(found, time):
        return found.isoformat("minutes" if not found.second else "seconds")
    if isinstance(found, datetime):
        day = found.date().isoformat()
        if found.time() == time(0):
            return day
        return f"{day} {found.time().isoformat('minutes' if not found.second else 'seconds')}"
    return ""


def _unescaped(found: re.Match[str]) -> str:
    """The character of an escape; the escape itself if it is half of a surrogate pair."""
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _number(text: str) -> int:
    """A whole number; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _nothing(*_: Any) -> None:
    return None
