"""Encodings, workbooks of every kind, and files that are made to do harm. All small and made up."""

import io
import resource
import time
import zipfile
from datetime import datetime, timedelta
from datetime import time as clock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from mentorship.core.sheets import Limits, ReadingChoice, SheetError, read_sheet

WEST = "Name;Ort\nJürgen Müßig;Köln\nZoë Núñez;São Paulo\nÅsa Ærø;Besançon – „Äcker“\nl’école;it’s\n"
XMLNS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODS = 'xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"'


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WEST, "utf-8"),
        (WEST, "windows-1252"),
        (WEST, "mac-roman"),
        ("Name;Ort\nJürgen Müßig;Köln\nFrançois Noël;Genève\nJosé Peña;Mérida\n", "cp850"),
        ("Name\nJürgen\n", "windows-1252"),
        ("Name\nJürgen\n", "mac-roman"),
        ("Name\nRené\n", "mac-roman"),
        ("Name\nFrançois\n", "mac-roman"),
        ("Name\nPeña\n", "mac-roman"),
        ("Name\nAndré,Île\nd’Arc,l’eau\nI’m,don’t\n", "windows-1252"),
        ("Name\nÉmile Zola\nÖzil\nÀ bientôt\n", "windows-1252"),
        ("Preis\n5 €\n– 3 €\n„ja“\n", "windows-1252"),
        ("Name;Miasto\nŁukasz Żak;Łódź\nStanisław Wąż;Białystok\n", "windows-1250"),
        ("Имя;Город\nИван Петров;Москва\nольга;тверь\n", "windows-1251"),
        ("Имя;Город\nИван Петров;Москва\n", "koi8-r"),
        ("Όνομα;Πόλη\nΝίκος;Αθήνα\nΕλένη;Πάτρα\n", "windows-1253"),
        ("姓名;城市\n王芳;北京\n李小龙;上海\n", "gb18030"),
        ("名前;市\nさくら;とうきょう\nたろう;おおさか\n", "cp932"),
        (WEST, "utf-16-le"),
        (WEST, "utf-16-be"),
        ("Name;Ort\nZoë Čapek;Plzeň\n", "utf-16-le"),
    ],
)
def test_the_encoding_is_found_with_and_without_a_mark(text, encoding):
    content = text.encode(encoding)
    sheet = read_sheet(content)
    assert (
        "\n".join(";".join(row.cells) for row in sheet.rows) + "\n" == text.replace(",", ";") or sheet.delimiter == ","
    )
    assert sheet.encoding == encoding
    marks = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    if encoding in marks:
        assert read_sheet(marks[encoding] + content).rows == sheet.rows


def test_an_encoding_is_chosen_by_hand():
    content = "Name;Ort\nДима;Тверь\n".encode("windows-1251")
    assert read_sheet(content, choice=ReadingChoice(encoding="cp850")).rows[1].cells != ["Дима", "Тверь"]
    assert read_sheet(content, choice=ReadingChoice(encoding="windows-1251")).rows[1].cells == ["Дима", "Тверь"]


def test_a_letter_that_is_lost_is_named():
    content = ("Name;Ort\n" + "Jürgen;Köln\n" * 20).encode() + b"M\xfcller;Bonn\n"
    sheet = read_sheet(content)
    assert sheet.encoding == "utf-8"
    assert "letter can’t be read" in sheet.notes[0]


def test_two_bytes_a_letter_and_nothing_like_text_is_no_sheet():
    for content in (b"a\0b\nc\n", bytes(range(256)) * 4, b"\x7fELF\0\0\0\1\2\3" * 30):
        with pytest.raises(SheetError, match="not a text file"):
            read_sheet(content)


def xlsx(rows, *, epoch=None, formats=None):
    made, file = Workbook(), io.BytesIO()
    if epoch:
        made.epoch = epoch
    for n, row in enumerate(rows, 1):
        for m, value in enumerate(row, 1):
            cell = made.active.cell(n, m, value)
            if formats and (code := formats.get((n, m))):
                cell.number_format = code
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_days_and_times_are_those_that_the_program_shows(epoch):
    at = datetime(2026, 2, 28, 14, 30)  # noqa: DTZ001  (sheets have no zones)
    row = [at.date(), at, clock(9, 5), timedelta(hours=26, minutes=30)]
    assert read_sheet(xlsx([row], epoch=epoch)).rows[0].cells == ["2026-02-28", "2026-02-28 14:30", "09:05", "26:30"]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.5, "0%", "50%"),
        (0.505, "0.0%", "50.5%"),
        (1, "0%", "100%"),
        (12, "0000", "0012"),
        (12345, "00000", "12345"),
        (4.5, "General", "4.5"),
        (0.1 + 0.2, "General", "0.3"),
        (2.0, "0.00", "2"),
        (491702000000, "General", "491702000000"),
        (1e20, "General", "1e+20"),
        (1234.5, "#,##0.00", "1234.5"),
        (5, '0" h"', "5"),
        (3, '"Day "0', "3"),
        (46081, "dd.mm.yyyy", "2026-02-28"),
        (46081, "mmm d", "2026-02-28"),
        (46081, "[$-407]d. mmmm yyyy;@", "2026-02-28"),
        (-1, "dd.mm.yyyy", "-1"),
        (99999999999, "dd.mm.yyyy", "99999999999"),
        (True, "General", "TRUE"),
        ("0012", "@", "0012"),
        ("=1+1", "General", ""),
    ],
)
def test_numbers_are_read_as_their_format_shows_them(value, code, shown):
    sheet = read_sheet(xlsx([["x", value, "y"]], formats={(1, 2): code}))
    assert sheet.rows[0].cells == ["x", shown, "y"]
    assert bool(sheet.notes) == (value == "=1+1")


def raw_xlsx(sheet, extra=None, workbook=""):
    """An XLSX of the given XML, as programs and people write it who follow no library."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        names = workbook or f'<sheet name="S" sheetId="1" xmlns:r="{REL}" r:id="r1"/>'
        archive.writestr("xl/workbook.xml", f"<workbook {XMLNS}><sheets>{names}</sheets></workbook>")
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{REL}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
            f'<Relationship Id="r3" Type="{REL}/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>',
        )
        for name, text in (extra or {}).items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f"<worksheet {XMLNS}><sheetData>".encode())
            for piece in [sheet] if isinstance(sheet, str) else sheet:
                part.write(piece.encode())
            part.write(b"</sheetData></worksheet>")
    return file.getvalue()


def test_cells_without_places_rich_texts_and_escapes_are_read():
    strings = (
        f"<sst {XMLNS}><si><t>Name</t></si><si><r><t>Zoë </t></r><r><t>Čapek</t></r><rPh><t>no</t></rPh></si>"
        "<si><t>two_x000D_\nlines</t></si></sst>"
    )
    sheet = (
        '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>E-mail</t></is></c></row>'
        '<row r="5" hidden="1"><c r="A5" t="s"><v>1</v></c><c r="C5" t="str"><f>A1</f><v>x</v></c><c t="s"><v>2</v></c>'
        '<c t="s"><v>99</v></c><c t="e"><v>#REF!</v></c></row>'
    )
    read = read_sheet(raw_xlsx(sheet, {"xl/sharedStrings.xml": strings}))
    assert [(row.line, row.cells) for row in read.rows] == [
        (1, ["Name", "E-mail"]),
        (2, []),
        (5, ["Zoë Čapek", "", "x", "two\nlines", "", "#REF!"]),
    ]
    assert read.notes == ["One row is hidden in the workbook. It is read as well."]


def test_formatting_far_from_the_data_is_as_if_it_were_not_there():
    far = '<row r="900000"><c r="XFD900000" s="1"/></row>'
    sheet = f'<row r="1"><c r="A1"><v>1</v></c><c r="ZZ1" s="1"/></row><row r="40"><c r="H40" s="1"/></row>{far}'
    assert [row.cells for row in read_sheet(raw_xlsx(sheet)).rows] == [["1"]]


def ods(tables, styles="", mimetype="application/vnd.oasis.opendocument.spreadsheet", **parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype)
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
        archive.writestr(
            "content.xml",
            f"<office:document-content {ODS}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


def ods_cell(text="", kind="", **attributes):
    more = "".join(f' {name.replace("_", ":", 1).replace("_", "-")}="{value}"' for name, value in attributes.items())
    kind = f' office:value-type="{kind}"' if kind else ""
    lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("|") if line)
    return f"<table:table-cell{kind}{more}>{lines}</table:table-cell>"


def ods_table(*rows, name="S", more=""):
    return f'<table:table table:name="{name}"{more}>' + "".join(rows) + "</table:table>"


def ods_row(*cells, more=""):
    return f"<table:table-row{more}>" + "".join(cells) + "</table:table-row>"


def test_an_ods_is_read_with_values_that_do_not_depend_on_a_language():
    row = ods_row(
        ods_cell("Zoë<text:s text:c='2'/><text:span>Č</text:span>apek|second", "string"),
        ods_cell("4,5", "float", office_value="4.5"),
        ods_cell("0012", "float", office_value="12"),
        ods_cell("28.02.26", "date", office_date_value="2026-02-28"),
        ods_cell("28.02.26 14:30", "date", office_date_value="2026-02-28T14:30:00"),
        ods_cell("50 %", "percentage", office_value="0.5"),
        ods_cell("1.234,50 €", "currency", office_value="1234.5"),
        ods_cell("WAHR", "boolean", office_boolean_value="true"),
        "<table:covered-table-cell/>",
        "<table:table-cell><office:annotation><text:p>a comment</text:p></office:annotation>"
        "<text:p>x</text:p></table:table-cell>",
    )
    expected = "Zoë  Čapek\nsecond;4.5;0012;2026-02-28;2026-02-28 14:30:00;50%;1234.5;TRUE;;x"
    assert read_sheet(ods(ods_table(row))).rows[0].cells == expected.split(";")


def test_repeated_cells_and_rows_of_an_ods_are_written_out_or_left_empty():
    empty = ods_cell(table_number_columns_repeated="16000")
    rows = [
        ods_row(ods_cell("a"), ods_cell("b", table_number_columns_repeated="2"), empty),
        ods_row(empty, more=' table:number-rows-repeated="3"'),
        ods_row(ods_cell("c"), more=' table:number-rows-repeated="2" table:visibility="collapse"'),
        ods_row(empty, more=' table:number-rows-repeated="1048000"'),
    ]
    read = read_sheet(ods(ods_table(*rows)))
    assert [(r.line, r.cells) for r in read.rows] == [(1, ["a", "b", "b"]), (2, []), (5, ["c"]), (6, ["c"])]
    assert read.notes == ["2 rows are hidden in the workbook. They are read as well."]


def test_a_hidden_sheet_of_an_ods_is_not_read_but_named():
    style = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    hidden = ods_table(ods_row(ods_cell("old")), name="old", more=' table:style-name="h"')
    content = ods(hidden + ods_table(ods_row(ods_cell("new")), name="new"), style)
    read = read_sheet(content)
    assert (read.name, read.names, read.rows[0].cells) == ("new", [("old", True), ("new", False)], ["new"])
    assert read_sheet(content, choice=ReadingChoice(sheet="old")).rows[0].cells == ["old"]


MERGED = [["Team", "Name"], ["Rivers", "Ada"], ["", "Bo"], ["", ""], ["Lakes", "Cy"]]


def test_merged_cells_have_their_value_in_each_of_their_rows():
    workbook = Workbook()
    for row in MERGED:
        workbook.active.append(row)
    workbook.active.merge_cells("A2:A4")
    file = io.BytesIO()
    workbook.save(file)
    covered = "<table:covered-table-cell/>"
    spanned = ods_cell("Rivers", table_number_rows_spanned="3")
    rows = [
        ods_row(spanned, ods_cell("Ada")),
        ods_row(covered, ods_cell("Bo")),
        ods_row(covered),
        ods_row(ods_cell("Lakes"), ods_cell("Cy")),
    ]
    for content in (file.getvalue(), ods(ods_table(ods_row(ods_cell("Team"), ods_cell("Name")), *rows))):
        read = read_sheet(content)
        assert [row.cells for row in read.rows if row.cells] == [
            ["Team", "Name"],
            ["Rivers", "Ada"],
            ["Rivers", "Bo"],
            ["Lakes", "Cy"],
        ]
        assert read.notes == ["One cell is merged with the one above and read with its value."]


def test_many_merged_cells_cost_no_time():
    rows = "".join(f'<row r="{n}"><c r="B{n}"><v>1</v></c></row>' for n in range(2, 9000))
    merged = "</sheetData><mergeCells>" + '<mergeCell ref="A1:A1048576"/>' * 50_000 + "</mergeCells><sheetData>"
    first = '<row r="1"><c r="A1"><v>7</v></c></row>'
    began = time.thread_time()
    assert read_sheet(raw_xlsx(first + rows + merged)).rows[-1].cells == ["7", "1"]
    assert time.thread_time() - began < 10


def archive_of(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (OLD + "Workbook".encode("utf-16-le"), r"old Excel file \(.xls\).*Save as"),
        (OLD, r"old Excel file \(.xls\).*Save as"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLD + "WordDocument".encode("utf-16-le"), "Word document"),
        (archive_of("xl/workbook.bin"), r"binary Excel workbook \(.xlsb\)"),
        (archive_of("word/document.xml"), "Word document"),
        (archive_of("ppt/presentation.xml"), "presentation"),
        (archive_of("Index/Document.iwa"), "Numbers"),
        (archive_of("answers.csv"), "ZIP archive. Unpack it"),
        (archive_of(), "not a text file|damaged|ZIP"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1", "text document"),
        (b"\x1f\x8b\x08\0", "compressed"),
        (b"\x89PNG\r\n", "picture"),
        (b"<html><table><tr><td>Name", "web page"),
        ("\ufeff<!DOCTYPE html>".encode("utf-16-le"), "web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "Excel 2003 XML"),
        (b'<?xml version="1.0"?><a/>', "XML file"),
        (ods("", mimetype="application/vnd.oasis.opendocument.text"), "text document"),
        (ods(ods_table(), **{"META-INF__manifest_xml": "<encryption-data/>"}), "protected by a password"),
        (ods(""), "no sheet"),
        (raw_xlsx("", workbook="<x/>"), "no sheet"),
        (raw_xlsx("<row><c><v>1</v>"), "damaged"),
        (raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>')[:-30], "damaged"),
        (raw_xlsx("").replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml"), "damaged"),
    ],
)
def test_what_is_no_sheet_is_refused_by_name(content, reason):
    with pytest.raises(SheetError, match=reason):
        read_sheet(content)


LONG = "A" * 1_000_000
HOSTILE = {
    "claims 16,384 columns": lambda: raw_xlsx(
        f'<row r="{n}"><c r="XFD{n}" t="inlineStr"><is><t>x</t></is></c></row>' for n in range(1, 5000)
    ),
    "has 16,384 empty cells a row": lambda: raw_xlsx(["<row>" + '<c s="1"/>' * 16_384 + "</row>"] * 200),
    "unpacks to 125 MB": lambda: raw_xlsx(["<row><c><v>1</v></c></row>" * 2000] * 2500),
    "has a cell of 60 MB": lambda: raw_xlsx(["<row><c t='inlineStr'><is><t>", *[LONG] * 60, "</t></is></c></row>"]),
    "has a tag of 60 MB": lambda: raw_xlsx(['<row x="', *[LONG] * 60, '"></row>']),
    "repeats one long text": lambda: raw_xlsx(
        ["<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>"] * 5000,
        {"xl/sharedStrings.xml": f"<sst {XMLNS}><si><t>{'A' * 30_000}</t></si></sst>"},
    ),
    "nests without end": lambda: raw_xlsx("<a>" * 100_000),
    "grows by entities": lambda: raw_xlsx(
        "", {"xl/sharedStrings.xml": '<!DOCTYPE a [<!ENTITY b "bbbb">]><sst><si><t>&b;</t></si></sst>'}
    ),
    "has only empty rows": lambda: raw_xlsx(["<row/>" * 2000] * 500),
    "repeats an ODS row a million times": lambda: ods(
        ods_table(ods_row(ods_cell("a"), more=' table:number-rows-repeated="1048576"'))
    ),
    "repeats an ODS cell 16,384 times": lambda: ods(
        ods_table(ods_row(ods_cell("a", table_number_columns_repeated="16384")))
    ),
    "has a million cells": lambda: ("email" + "," * 480 + "x\n").encode() + (b"a" + b"," * 480 + b"x\n") * 9000,
    "has one row of nine million cells": lambda: b"email,x\n" + b"x," * 4_500_000,
    "has only line ends": lambda: b"\n" * 9_000_000,
    "never closes a quotation mark": lambda: b'email,x\n"' + b"a\n" * 4_500_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_within_bounds(kind):
    content = HOSTILE[kind]()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
    with pytest.raises(SheetError):
        read_sheet(content)
    assert time.thread_time() - began < 20  # of this thread's own time; a second or two on an idle machine
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kB


def test_the_limits_are_those_of_the_place_that_reads():
    content = xlsx([["a", "b"]] * 30)
    for limits in (Limits(max_rows=20), Limits(max_cells=50), Limits(max_characters=50), Limits(max_bytes=100)):
        with pytest.raises(SheetError):
            read_sheet(content, limits)


WHOLE = (xlsx([["a", 1], ["b", 2]]), ods(ods_table(ods_row(ods_cell("a")))))


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_workbook_with_broken_bytes_is_read_or_refused(data):
    content = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_sheet(bytes(content))
    except SheetError:
        return
