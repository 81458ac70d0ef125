"""Lists as CSV and XLSX files that no spreadsheet mistakes for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from decimal import Decimal
from itertools import chain, islice
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils import timezone

from mentorship.core.ui.requests import unknown_choices

XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv; charset=utf-8"
# Lines that are made before the answer begins, so that what fails with the first rows is still answered by a page.
AT_ONCE = 1000
# Places where a spreadsheet may begin a cell: at the start of a text, and after a line break or separator in it, since
# spreadsheets may split a file differently. Spaces of any kind, quotes, control characters and whatever else shows
# nothing may come in between.
_GAP = (
    r'[\s"\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e'
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]*+"
)
_CELL_WITH_FORMULA = re.compile(
    rf"(?:^{_GAP}|[;\t|\r\n\v\f\x85\u2028\u2029]{_GAP})(?=[=+\-@\uff1d\uff0b\uff0d\uff20\ufe63\ufe62\ufe66\ufe6b\u2212])"
)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")


def wants_export(request: HttpRequest) -> bool:
    """Whether the address asks for the list as a file."""
    return request.GET.get("format") in ("csv", "xlsx")


def export(request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The rows as an attachment, by `?format=csv` or `?format=xlsx`. `name` is the file name without its extension.

    If a filter in the address can't be applied, redirects to the page of the list, which says so.
    """
    if unknown_choices(request):
        query = request.GET.copy()
        query.pop("format")
        return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
    if request.GET.get("format") == "xlsx":
        response = HttpResponse(_xlsx(head, rows), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return response
    lines = _csv_lines(head, rows)
    first = list(islice(lines, AT_ONCE))
    response = HttpResponse("".join(first), content_type=CSV)
    if len(first) == AT_ONCE:  # a long one leaves while it is read; no caller looks into it
        whole = _in_zone(chain(first, lines), timezone.get_current_timezone())
        response = cast(HttpResponse, StreamingHttpResponse(whole, content_type=CSV))
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


class _Line:
    """A file for the writer of CSV: what is written is returned."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer: Any = csv.writer(_Line())  # type: ignore[arg-type]
    return (writer.writerow([safe_cell(value) for value in row]) for row in chain([head], rows))


def _in_zone(lines: Iterable[str], zone: tzinfo) -> Iterator[str]:
    """The lines, in the time zone of the reader: by then the request is over, and with it their zone."""
    with timezone.override(zone):
        yield from lines


def safe_cell(value: Any) -> str:
    """A text that no spreadsheet reads as a formula; numbers stay unchanged."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float | Decimal) or _NUMBER.fullmatch(text):
        return text
    guarded = _CELL_WITH_FORMULA.sub(lambda found: f"{found[0]}'" if found.start() else f"'{found[0]}", text)
    # A leading tab or line break begins a cell in some spreadsheets, whatever follows.
    return f"'{guarded}" if guarded[:1] in ("\t", "\r", "\n") else guarded


def _xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 slow library: openpyxl, which few requests need
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 slow library: openpyxl, which few requests need
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 slow library: openpyxl, which few requests need

    book = Workbook(write_only=True)
    sheet = book.create_sheet("List")
    for row in (head, *rows):
        cells = []
        for value in row:
            number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
            text = ILLEGAL_CHARACTERS_RE.sub("", "" if value is None else str(value))[:32_767]
            cell = WriteOnlyCell(sheet, value=value if number else text)
            if not number:
                cell.data_type = "s"  # text stays text, whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
