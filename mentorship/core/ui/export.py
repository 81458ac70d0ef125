"""Lists as files: CSV and XLSX that no spreadsheet mistakes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from mentorship.core.ui.requests import unknown_choices

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def wants_export(request: HttpRequest) -> bool:
    """Whether the address asks for the list as a file."""
    return request.GET.get("format") in ("csv", "xlsx")


def export(request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The rows as an attachment, by `?format=csv` or `?format=xlsx`. `name` is that of the file without its ending.

    Where a filter of the address can't be applied, back to the page of the list, which says so.
    """
    if unknown_choices(request):
        query = request.GET.copy()
        query.pop("format")
        return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
    if request.GET.get("format") == "xlsx":
        response = HttpResponse(_xlsx(head, rows), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return response
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    for row in (head, *rows):
        writer.writerow([safe_cell(value) for value in row])
    return response


def safe_cell(value: Any) -> str:
    """A text that no spreadsheet reads as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 slow library: openpyxl, which few requests need
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 slow library: openpyxl, which few requests need
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 slow library: openpyxl, which few requests need

    book = Workbook(write_only=True)
    sheet = book.create_sheet("List")
    for row in (head, *rows):
        cells = []
        for value in row:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            text = ILLEGAL_CHARACTERS_RE.sub("", "" if value is None else str(value))[:32_767]
            cell = WriteOnlyCell(sheet, value=value if number else text)
            if not number:
                cell.data_type = "s"  # a text stays a text, whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
