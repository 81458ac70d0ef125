"""Workbooks leave while their rows are read, and any program reads them."""

import io
from decimal import Decimal

from django.test import RequestFactory
from openpyxl import load_workbook

from mentorship.core.ui.downloads import export as exports
from mentorship.core.ui.downloads import workbook
from mentorship.core.ui.downloads.workbook import workbook_pieces


def test_a_workbook_leaves_while_its_rows_are_read():
    read = 0

    def rows():
        nonlocal read
        for read in range(1, 5001):
            yield [read, f"{hash(str(read)):x}" * 4]

    pieces = workbook_pieces(["number", "words"], rows())
    first = next(pieces)
    assert 0 < read < 2500
    sheet = load_workbook(io.BytesIO(first + b"".join(pieces))).active
    assert (sheet.max_row, sheet["A5001"].value) == (5001, 5000)


def test_what_a_sheet_can_not_hold_goes_on_in_another_and_odd_letters_do_no_harm(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    odd = ["=1+1", "a\x00\ud800b & <c>\r\n", Decimal("1.50"), None, True, float("nan")]
    book = load_workbook(io.BytesIO(b"".join(workbook_pieces(list("abcdef"), [odd, [2], [3]]))))
    assert [[row[0] for row in sheet.values] for sheet in book] == [["a", "=1+1", 2], ["a", 3]]
    assert next(book.worksheets[0].iter_rows(min_row=2, max_row=2))[0].data_type == "s"
    assert list(book.worksheets[0].values)[1][1:] == ("ab & <c>\r\n", 1.5, None, "True", "nan")


def test_long_lists_are_streamed_as_csv_and_xlsx(monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    for kind in ("csv", "xlsx"):
        request = RequestFactory().get("/", {"format": kind})
        long = exports.export(request, "list", ["name"], iter([["Ana"], ["Bea"], ["Cem"]]))
        assert long.streaming
        assert not exports.export(request, "list", ["name"], iter([["Ana"]])).streaming
        whole = b"".join(long.streaming_content)
        names = (
            whole.decode().split() if kind == "csv" else [v for (v,) in load_workbook(io.BytesIO(whole)).active.values]
        )
        assert names == ["name", "Ana", "Bea", "Cem"]
