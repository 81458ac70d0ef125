"""Short files of one or two names in any alphabet, whose encoding nothing tells."""

import pytest

from mentorship.core.sheets import read_sheet

NAMES = [
    ("windows-1252", ["Zoë Müller", "José Núñez"]), ("windows-1252", ["François"]),
    ("windows-1250", ["Łukasz Żak"]), ("windows-1250", ["Jiří Dvořák"]),
    ("windows-1251", ["Дмитрий Иванов"]), ("koi8-r", ["Дмитрий Иванов"]),
    ("windows-1253", ["Γιώργος Παπαδόπουλος"]), ("windows-1253", ["Ελένη Νικολάου"]),
    ("windows-1254", ["Şükrü Çağlar"]), ("windows-1254", ["Gülşah Işık"]), ("windows-1254", ["İbrahim Öz"]),
    ("windows-1255", ["דוד כהן", "מרים לוי"]), ("windows-1255", ["מרים לוי"]),
    ("windows-1256", ["محمد علي"]), ("windows-1256", ["فاطمة حسن"]), ("windows-1257", ["Jānis Bērziņš"]),
    ("cp874", ["สมชาย ใจดี"]), ("cp874", ["มาลี"]),
    ("cp932", ["山田太郎"]), ("cp932", ["佐藤 花子"]), ("cp932", ["ヤマダ タロウ"]),
    ("cp949", ["김민수"]), ("gb18030", ["王伟", "李娜"]), ("big5", ["陳大文"]),
    ("mac-roman", ["Zoë Müller", "José Núñez"]),
]  # fmt: skip


def sheet_of(names: list[str]) -> str:
    rows = [f"{name},p{n}@example.org,Soil" for n, name in enumerate(names)]
    return "\n".join(["Name,Email,Title", *rows])


@pytest.mark.parametrize(("encoding", "names"), NAMES)
def test_the_encoding_of_a_few_names_is_found(encoding, names):
    sheet = read_sheet(sheet_of(names).encode(encoding))
    assert [row.cells[0] for row in sheet.rows[1:]] == names
    assert next(iter(sheet.looks.items())) == (encoding, ", ".join(names))


def test_where_the_alphabet_is_in_doubt_it_is_said_and_the_likely_ones_are_shown():
    sheet = read_sheet(sheet_of(["דוד כהן"]).encode("windows-1255"))
    assert "doesn’t say which alphabet" in sheet.notes[0]
    assert sheet.looks["windows-1255"] == "דוד כהן"
    assert sheet.looks["windows-1253"] == "γεγ λδο"


def test_a_file_that_tells_its_encoding_raises_no_question():
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        sheet = read_sheet(sheet_of(["Zoë"]).encode(encoding))
        assert (sheet.looks, sheet.notes) == ({}, [])


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("sep=^\nName^Email\nAda, Vogt^ada@example.org\n", "^"),
        ("sep=~\nName~Email\nAda~ada@example.org\n", "~"),
        ("Name^Email\nAda, Vogt^ada@example.org\n", "^"),
        ("Name:Email:Title\nAda:ada@example.org:Soil\n", ":"),
        ("Name;Email:\nAda;ada@example.org\n", ";"),
    ],
)
def test_unusual_separators_are_read(text, delimiter):
    sheet = read_sheet(text.encode())
    assert sheet.delimiter == delimiter
    assert "ada@example.org" in sheet.rows[1].cells


def test_a_colon_in_the_text_of_one_column_separates_nothing():
    sheet = read_sheet(b"Email (one per line):\nada@example.org\nbo@example.org\n")
    assert [row.cells for row in sheet.rows][1:] == [["ada@example.org"], ["bo@example.org"]]
