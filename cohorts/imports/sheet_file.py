"""Read CSV and XLSX files as rows of text."""

import csv
import io

MAX_ROWS = 10_000


MAX_BYTES = 10 * 1024 * 1024


class SheetError(ValueError):
    """The file can't be used as a whole; the text says why, in a sentence for the person who gave it."""


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
    from openpyxl import load_workbook  # noqa: PLC0415 slow library: openpyxl, which few requests need

    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        return [
            ["" if cell is None else str(cell).strip() for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
    except Exception as error:  # the library raises whatever a broken archive makes it stumble over
        raise SheetError("The file is no XLSX that can be read.") from error
