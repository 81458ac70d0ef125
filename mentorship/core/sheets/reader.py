"""Read any uploaded sheet, or say why that kind of file can't be read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from mentorship.core.sheets.archive import SheetTooLargeError, WorkbookArchive
from mentorship.core.sheets.csv_reader import read_csv
from mentorship.core.sheets.model import MEGABYTE, UNPACK, UPLOAD_A_SHEET, Limits, ReadingChoice, Sheet, SheetError
from mentorship.core.sheets.ods_reader import CONTENT, OdsBook
from mentorship.core.sheets.xlsx_reader import WORKBOOK, XlsxBook

SAVE_ANEW = (
    "Open it in Excel or LibreOffice, choose File > Save as and the type Excel workbook (.xlsx), and upload that."
)
_OLD_OFFICE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_BY_BEGINNING = (
    (b"%PDF", "This is a PDF, not a sheet. Export the table as CSV or XLSX and upload that."),
    (b"{\\rtf", f"This is a text document, not a sheet. {UPLOAD_A_SHEET}"),
    (b"\x1f\x8b", f"This is a compressed file. {UNPACK}"),
    (b"7z\xbc\xaf", f"This is a compressed file. {UNPACK}"),
    (b"Rar!", f"This is a compressed file. {UNPACK}"),
    (b"\x89PNG", f"This is a picture, not a sheet. {UPLOAD_A_SHEET}"),
    (b"\xff\xd8\xff", f"This is a picture, not a sheet. {UPLOAD_A_SHEET}"),
)
_BY_PART = (
    ("xl/workbook.bin", f"This is a binary Excel workbook (.xlsb). {SAVE_ANEW}"),
    ("word/document.xml", f"This is a Word document, not a sheet. {UPLOAD_A_SHEET}"),
    ("ppt/presentation.xml", f"This is a presentation, not a sheet. {UPLOAD_A_SHEET}"),
    ("Index/Document.iwa", "This is a Numbers document. In Numbers choose File > Export to > Excel and upload that."),
    ("Index.zip", "This is a Numbers document. In Numbers choose File > Export to > Excel and upload that."),
)


class Upload(Protocol):
    """An uploaded file, as forms provide it."""

    size: int | None

    def read(self, most: int = -1, /) -> bytes: ...


class Book(Protocol):
    """A workbook: name → whether the sheet is hidden, and the rows of each."""

    sheets: dict[str, bool]

    def read(self, name: str, limits: Limits) -> Sheet: ...


def read_upload(file: Upload, limits: Limits | None = None) -> bytes:
    """The content of an uploaded file; a too large one is refused before it is read. Raises SheetError."""
    most = (limits or Limits()).max_bytes
    content = b"" if (file.size or 0) > most else file.read(most + 1)
    if (file.size or 0) > most or len(content) > most:
        raise SheetError(f"The file is larger than {most // MEGABYTE} MB.")
    return content


def read_path(path: Path, limits: Limits | None = None) -> bytes:
    """The content of a file; a too large one is refused before it is read. Raises SheetError and OSError."""
    most = (limits or Limits()).max_bytes
    if path.stat().st_size > most:
        raise SheetError(f"The file is larger than {most // MEGABYTE} MB.")
    return path.read_bytes()


def read_sheet(content: bytes, limits: Limits | None = None, choice: ReadingChoice | None = None) -> Sheet:
    """The rows of a CSV, XLSX or ODS file, told apart by content. Raises SheetError.

    For a workbook, reads the first visible sheet that is not empty, unless `choice` names one.
    """
    limits, choice = limits or Limits(), choice or ReadingChoice()
    if len(content) > limits.max_bytes:
        raise SheetError(f"The file is larger than {limits.max_bytes // MEGABYTE} MB.")
    _refuse_by_name(content)
    if not content.startswith(_ZIP):
        return read_csv(content, limits, choice)
    book = _open(content)
    if choice.sheet in book.sheets:
        return book.read(choice.sheet, limits)
    visible = [name for name, hidden in book.sheets.items() if not hidden] or list(book.sheets)
    sheet = book.read(visible[0], limits)
    for name in visible[1:]:
        if sheet.rows:
            break
        sheet = book.read(name, limits)
    return sheet


def read_other_sheets(content: bytes, sheet: Sheet) -> Iterator[Sheet]:
    """The other visible sheets of a workbook; stops when everything read grows too large together."""
    names = [name for name, hidden in sheet.names if not hidden and name != sheet.name]
    if not names:
        return
    book = _open(content)
    for name in names:
        try:
            yield book.read(name, Limits())
        except SheetTooLargeError:
            return
        except SheetError:
            continue


def _open(content: bytes) -> Book:
    archive = WorkbookArchive(content)
    if WORKBOOK in archive:
        return XlsxBook(archive)
    for part, reason in _BY_PART:
        if part in archive:
            raise SheetError(reason)
    kind = archive.text("mimetype", 200)
    if "opendocument.spreadsheet" in kind or (not kind and CONTENT in archive):
        return OdsBook(archive)
    if "opendocument" in kind:
        raise SheetError(f"This is a text document or presentation, not a sheet. {UPLOAD_A_SHEET}")
    raise SheetError(f"This is a ZIP archive. {UNPACK}")


def _refuse_by_name(content: bytes) -> None:
    """Raise SheetError for a kind of file that can't be read, with advice on how to convert it."""
    if content.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SheetError("The file is protected by a password. Save it without one and upload that.")
        if "WordDocument".encode("utf-16-le") in content:
            raise SheetError(f"This is a Word document, not a sheet. {UPLOAD_A_SHEET}")
        raise SheetError(f"This is an old Excel file (.xls). {SAVE_ANEW}")
    for beginning, reason in _BY_BEGINNING:
        if content.startswith(beginning):
            raise SheetError(reason)
    head = content[:2000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table")):
        raise SheetError(f"This is a web page, although it may be called .xls. {SAVE_ANEW}")
    if head.startswith(b"<?xml") and b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise SheetError(f"This is an Excel 2003 XML file. {SAVE_ANEW}")
    if head.startswith(b"<?xml"):
        raise SheetError(f"This is an XML file. {UPLOAD_A_SHEET}")
