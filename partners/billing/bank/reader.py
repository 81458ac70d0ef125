"""Tell the formats of bank statements apart, and read each."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date

from mentorship.core.errors import ServiceError
from mentorship.core.sheets import UNPACK, UPLOAD_A_SHEET, SheetError
from partners.billing.bank.camt import WANTED, read_camt
from partners.billing.bank.entries import Statement
from partners.billing.bank.mt940_file import looks_like_mt940, read_mt940
from partners.billing.bank.sheet import LIMITS, read_bank_sheet

_OTHERS = (
    (b"%PDF", "This is a PDF."),
    (b"OFXHEADER", "This is an OFX file."),
    (b"<OFX", "This is an OFX file."),
    (b"!Type:", "This is a QIF file."),
    (b"!Account", "This is a QIF file."),
)
_MAX_FILES = 400


def read_statement(content: bytes, answers: Mapping[str, str], today: date) -> Statement:
    """The entries of a bank's file: camt (also zipped), MT940, CSV, XLSX or ODS. Raises ServiceError."""
    head = content[:400].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    plain = head.replace(b"\0", b"")
    if reason := next((reason for beginning, reason in _OTHERS if plain.startswith(beginning)), ""):
        raise ServiceError(f"{reason} {WANTED}")
    if content.startswith(b"PK\x03\x04") and (files := _zipped_xml(content)):
        return _joined([read_camt(file) for file in files])
    if plain.startswith((b"<?xml", b"<Document")) and b"office:spreadsheet" not in content[:2000]:
        return read_camt(content)
    if looks_like_mt940(content):
        return read_mt940(content)
    try:
        return read_bank_sheet(content, answers, today)
    except SheetError as error:
        raise ServiceError(_in_words_of_banks(str(error))) from error


def _in_words_of_banks(reason: str) -> str:
    return reason.replace(UPLOAD_A_SHEET, WANTED).replace(UNPACK, "Unpack it and upload the statements in it.")


def _zipped_xml(content: bytes) -> list[bytes]:
    """The XML files of an archive in which banks put one for each day; [] for any other archive."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except zipfile.BadZipFile:
        return []
    if (
        not infos
        or not all(info.filename.lower().endswith(".xml") for info in infos)
        or "[Content_Types].xml" in archive.namelist()
    ):
        return []
    if len(infos) > _MAX_FILES or sum(info.file_size for info in infos) > LIMITS.max_bytes:
        raise ServiceError("The archive is too large once it is unpacked. Download a shorter period.")
    try:
        return [archive.read(info) for info in infos]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError) as error:
        raise ServiceError(
            "The archive is damaged or protected by a password. Unpack it and upload the files."
        ) from error


def _joined(statements: list[Statement]) -> Statement:
    whole = Statement("camt")
    for one in statements:
        whole.entries += one.entries
        whole.problems += one.problems
        whole.notes += one.notes
        whole.zero += one.zero
        whole.pending += one.pending
    return whole
