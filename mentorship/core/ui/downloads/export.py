"""Lists as CSV and XLSX files that no spreadsheet mistakes for formulas."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from decimal import Decimal
from itertools import chain, islice
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils import timezone

from mentorship.core.ui.downloads.workbook import workbook_pieces
from mentorship.core.ui.requests import unknown_choices

XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv; charset=utf-8"
# Rows that are read before the answer begins, so that what fails with the first rows is still answered by a page.
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
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    left = iter(rows)
    first = list(islice(left, AT_ONCE))
    pieces: Iterable[bytes] = (workbook_pieces if kind == "xlsx" else _csv_pieces)(head, chain(first, left))
    content_type = XLSX if kind == "xlsx" else CSV
    if len(first) < AT_ONCE:
        response = HttpResponse(b"".join(pieces), content_type=content_type)
    else:  # a long one leaves while it is read; no caller looks into it
        whole = _in_zone(pieces, timezone.get_current_timezone())
        response = cast(HttpResponse, StreamingHttpResponse(whole, content_type=content_type))
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


class _Line:
    """A file for the writer of CSV: what is written is returned."""

    def write(self, line: str) -> str:
        return line


def _csv_pieces(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    writer: Any = csv.writer(_Line())  # type: ignore[arg-type]
    return (writer.writerow([safe_cell(value) for value in row]).encode() for row in chain([head], rows))


def _in_zone(pieces: Iterable[bytes], zone: tzinfo) -> Iterator[bytes]:
    """The pieces, in the time zone of the reader: by then the request is over, and with it their zone."""
    with timezone.override(zone):
        yield from pieces


def safe_cell(value: Any) -> str:
    """A text that no spreadsheet reads as a formula; numbers stay unchanged."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float | Decimal) or _NUMBER.fullmatch(text):
        return text
    guarded = _CELL_WITH_FORMULA.sub(lambda found: f"{found[0]}'" if found.start() else f"'{found[0]}", text)
    # A leading tab or line break begins a cell in some spreadsheets, whatever follows.
    return f"'{guarded}" if guarded[:1] in ("\t", "\r", "\n") else guarded
