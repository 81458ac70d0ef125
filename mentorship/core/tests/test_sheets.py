import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from mentorship.core.sheets import Limits, SheetError, read_sheet

ROWS = [["name", "e-mail"], ["Zoë, Ada", "ada@example.org"]]


def cells(content: bytes) -> list[list[str]]:
    return [row.cells for row in read_sheet(content).rows]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ('name,e-mail\n"Zoë, Ada",ada@example.org\n'.encode(), "utf-8", ","),
        ("\ufeffname;e-mail\r\nZoë, Ada;ada@example.org\r\n\r\n".encode(), "utf-8", ";"),
        ("name\te-mail\nZoë, Ada\tada@example.org".encode("utf-16"), "utf-16-le", "\t"),
        ("name;e-mail\nZoë, Ada;ada@example.org".encode("cp1252"), "windows-1252", ";"),
        ("\ufeffsep=;\nname;e-mail\nZoë, Ada;ada@example.org".encode(), "utf-8", ";"),
        ("name;e-mail\rZoë, Ada;ada@example.org\r".encode(), "utf-8", ";"),
        (" name ;e-mail;\nZoë, Ada; ada@example.org;\n;;\n;;".encode(), "utf-8", ";"),
    ],
)
def test_encoding_delimiter_and_line_ends_are_found(content, encoding, delimiter):
    sheet = read_sheet(content)
    assert [row.cells for row in sheet.rows] == ROWS
    assert (sheet.encoding, sheet.delimiter) == (encoding, delimiter)


def test_the_delimiter_is_not_taken_from_a_header_that_holds_many_of_another():
    assert cells(b"Name;Topics (a, b, c, d)\nAda;soil\nBen;maps, birds\n")[0] == ["Name", "Topics (a, b, c, d)"]


def test_lines_are_counted_as_in_the_file():
    sheet = read_sheet(b'sep=,\nname,text\n\nAda,"two\nlines"\nBen,x\n')
    assert [(row.line, row.is_empty) for row in sheet.rows] == [(2, False), (3, True), (4, False), (6, False)]


def test_the_header_is_found_below_a_title():
    sheet = read_sheet(b"Our list,\n,\nname,e-mail\nAda,ada@example.org\n")
    assert sheet.header_position(lambda row: "name" in row) == 2
    assert sheet.header_position(lambda row: "name" in row, within=1) is None


def test_an_xlsx_is_known_by_its_content_and_its_visible_sheet_is_read():
    book, file = Workbook(), io.BytesIO()
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("People")
    sheet.append(["name", "places", None])
    sheet.append(["Ána", 2])
    sheet["Z900"].number_format = "0.00"
    book.save(file)
    assert cells(file.getvalue()) == [["name", "places"], ["Ána", "2"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a\0b\nc\n", "not a text file"),
        (b"\xff\xfea", "not a text file"),
        (b"PK\x03\x04 no archive", "can.t be opened"),
        (b"\xd0\xcf\x11\xe0...", "old Excel file"),
        (b'name\n"Ada"x\n', "Line 2 can't be read as CSV"),
        (b"a" * 2_000_001, "larger than 1 MB"),
        (b"a\n" * 12, "more than 10 rows"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content, words):
    with pytest.raises(SheetError, match=words):
        read_sheet(content, Limits(max_bytes=1024 * 1024, max_rows=11))


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda content: b"PK\x03\x04" + content))
def test_any_bytes_are_read_or_refused(content):
    try:
        sheet = read_sheet(content)
    except SheetError:
        return
    assert not sheet.rows or not sheet.rows[-1].is_empty
