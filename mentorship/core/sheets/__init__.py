"""Reading sheets that people upload: CSV, XLSX or ODS, as rows of texts with their line numbers.

Nothing is interpreted. Every place that takes a sheet reads it here.
How much memory and time a file takes is bounded before it is parsed.
"""

from mentorship.core.sheets.encodings import ENCODINGS
from mentorship.core.sheets.model import (
    DELIMITERS,
    MEGABYTE,
    UNPACK,
    UPLOAD_A_SHEET,
    Limits,
    ReadingChoice,
    Sheet,
    SheetError,
    SheetRow,
    SheetTable,
)
from mentorship.core.sheets.reader import read_other_sheets, read_path, read_sheet, read_upload

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "MEGABYTE",
    "UNPACK",
    "UPLOAD_A_SHEET",
    "Limits",
    "ReadingChoice",
    "Sheet",
    "SheetError",
    "SheetRow",
    "SheetTable",
    "read_other_sheets",
    "read_path",
    "read_sheet",
    "read_upload",
]
