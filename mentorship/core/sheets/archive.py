"""Read the XML in a workbook's archive with bounds: a refused file costs neither memory nor time.

Done here and not by a library: openpyxl reads a hostile workbook for minutes and gigabytes; python-calamine allots all
cells between the first and the last one, so that a kilobyte of file can abort the process, and does not tell how a
number is formatted; odfpy builds the whole document in memory.
"""

import io
import zipfile
from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from mentorship.core.sheets.model import MEGABYTE, SheetError

MAX_PART = 100 * MEGABYTE
# For several sheets, or for a part that each sheet has.
MAX_ALL_PARTS = 3 * MAX_PART
MAX_ELEMENTS = 2_500_000
# One cell, tag or comment of the XML.
MAX_TOKEN = 2 * MEGABYTE
MAX_DEPTH = 200
_CHUNK = 64 * 1024
_TOO_LARGE = (
    "The file is too large once it is unpacked. Save only the sheet that is needed, without pictures and charts."
)

Started = Callable[[str, dict[str, str]], None]
Ended = Callable[[str], None]


class DoneReadingError(Exception):
    """Raised by a handler once it has what it needs."""


class SheetTooLargeError(SheetError):
    """The workbook exceeds the limits."""


class WorkbookArchive:
    """The parts of a workbook. Everything that is read counts towards one limit of elements and bytes."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            self._parts = {info.filename.lstrip("/"): info for info in self._zip.infolist()}
        except Exception as error:  # the library may raise anything for a broken archive
            raise SheetError(
                "The file is damaged: its archive can't be opened. Save it again and upload that."
            ) from error
        self._elements = self._bytes = 0

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._parts)

    def check_size(self, names: list[str]) -> None:
        """Raise SheetError if the parts are too large together, as the archive itself says."""
        if sum(self._parts[name].file_size for name in names if name in self._parts) > MAX_PART:
            raise SheetTooLargeError(_TOO_LARGE)

    def text(self, name: str, most: int) -> str:
        """A short part as text; "" if it is missing or longer than `most` bytes."""
        info = self._parts.get(name)
        if info is None or info.file_size > most or info.flag_bits & 1:
            return ""
        try:
            return self._zip.read(info)[:most].decode("utf-8", errors="replace")
        except Exception:  # the library may raise anything for a broken archive
            return ""

    def read(self, name: str, started: Started, ended: Ended, text: Callable[[str], None]) -> None:
        """Send the XML of a part to the handlers, with names of elements and attributes without their namespaces."""
        info = self._parts.get(name)
        if info is None:
            raise SheetError("The file is damaged: a part of the workbook is missing.")
        if info.flag_bits & 1:
            raise SheetError("The file is protected by a password. Save it without one and upload that.")
        self.check_size([name])
        self._bytes += info.file_size
        if self._bytes > MAX_ALL_PARTS:
            raise SheetTooLargeError(_TOO_LARGE)
        try:
            with self._zip.open(info) as part:
                self._parse(part, started, ended, text)
        except DoneReadingError:
            return
        except SheetError:
            raise
        except Exception as error:  # the libraries may raise anything for a broken archive
            raise SheetError("The file is damaged and can't be read. Save it again and upload that.") from error

    def _parse(self, part: IO[bytes], started: Started, ended: Ended, text: Callable) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text, parser.buffer_size = True, _CHUNK
        depth, local = 0, _LocalNames()

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self._elements += 1
            if self._elements > MAX_ELEMENTS or depth > MAX_DEPTH:
                raise SheetTooLargeError(_TOO_LARGE)
            started(local[name], {local[key]: value for key, value in attributes.items()} if attributes else attributes)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            ended(local[name])

        def refuse(*_: object) -> None:
            raise SheetError("The file has a document type, which no spreadsheet program writes. Save it again.")

        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
        parser.StartDoctypeDeclHandler = refuse
        fed = 0
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed > MAX_PART or fed - max(0, parser.CurrentByteIndex) > MAX_TOKEN:
                raise SheetTooLargeError(_TOO_LARGE)
        parser.Parse(b"", True)


class _LocalNames(dict[str, str]):
    """Name with its prefix → without it. A file that has very many is refused."""

    def __missing__(self, name: str) -> str:
        if len(self) > 10_000:
            raise SheetTooLargeError(_TOO_LARGE)
        self[name] = name.rpartition(":")[2]
        return self[name]
