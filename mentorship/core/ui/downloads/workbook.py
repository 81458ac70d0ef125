"""XLSX workbooks that are written while their rows are read: a long list takes no more memory than a short one."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain, count, islice
from math import isfinite
from typing import IO, Any, cast
from xml.sax.saxutils import escape

# What Excel takes: rows in a sheet, and letters in a cell.
MOST_ROWS, MOST_LETTERS = 1_048_576, 32_767
# Bytes that are gathered before they leave.
AT_LEAST = 16_384
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Letters that XML has no way to write.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class _Pieces:
    """A file that is written from start to end, and whose bytes are taken away while it grows."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the bytes are taken by `taken`."""

    def taken(self, least: int = 1) -> Iterator[bytes]:
        """Yield the bytes written since, if they are at least so many."""
        if self._size >= least:
            piece = b"".join(self._parts)
            self._parts, self._size = [], 0
            yield piece


def workbook_pieces(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The bytes of a workbook with these rows below their headers. Numbers stay numbers, all else is text.

    Rows that are too many for one sheet go on in another one.
    """
    file, left = _Pieces(), iter(rows)
    with zipfile.ZipFile(cast(IO[bytes], file), "w", zipfile.ZIP_DEFLATED) as archive:
        for number in count(1):
            some = list(islice(left, 1))
            if number > 1 and not some:
                break
            of_sheet = chain([head], some, islice(left, MOST_ROWS - 2))
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as sheet:
                sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                for line, row in enumerate(of_sheet, 1):
                    sheet.write(_row(line, row).encode())
                    yield from file.taken(AT_LEAST)
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _frame(number - 1).items():
            archive.writestr(name, _XML + text)
    yield from file.taken()


def _row(line: int, row: Sequence[Any]) -> str:
    cells = "".join(_cell(f"{_letters(place)}{line}", value) for place, value in enumerate(row))
    return f'<row r="{line}">{cells}</row>'


def _cell(place: str, value: Any) -> str:
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if number and isfinite(value):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = _ILLEGAL.sub("", "" if value is None else str(value))[:MOST_LETTERS]
    if not text:
        return ""
    # Text stays text, whatever it begins with.
    words = escape(text, {"\r": "&#13;"})
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


@lru_cache(maxsize=1024)
def _letters(place: int) -> str:
    """The letters of a column, from 0: A, B, … Z, AA."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _frame(sheets: int) -> dict[str, str]:
    """The other files of a workbook: they name its sheets."""
    numbers = range(1, sheets + 1)
    names = {number: "List" if number == 1 else f"List {number}" for number in numbers}
    listed = "".join(f'<sheet name="{names[n]}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}worksheet+xml"/>' for n in numbers
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{_TYPE}sheet.main+xml"/>{types}</Types>',
    }
