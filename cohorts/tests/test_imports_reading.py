"""The table is found wherever it stands in a file, and how it was read can be corrected."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from cohorts.imports.columns import guess_mapping
from cohorts.imports.reading import read_file, read_table
from cohorts.imports.services import KEPT_FOR, import_rows, sweep_imports
from cohorts.models import ImportBatch, SignupQuestion
from mentorship.core.errors import ServiceError
from mentorship.core.sheets import ReadingChoice, SheetError
from mentorship.devtools.testing.factories import CohortFactory

HEAD, ADA = "Name,E-mail,Topics", "Ada Vogt,ada@example.org,soil"
TABLE = [["Name", "E-mail", "Topics"], ["Ada Vogt", "ada@example.org", "soil"]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{HEAD}\n{ADA}\n", 1),
        (f"\n\n\n{HEAD}\n{ADA}\n", 4),
        (f",,\n, ,\n{HEAD}\n{ADA}\n", 3),
        (f"Applicants of spring,,\n{HEAD}\n{ADA}\n", 2),
        (f"Applicants of spring\n\nAs of 3 May\n{HEAD}\n{ADA}\n", 4),
        (f"Applicants,ask: lead@example.org,\n{HEAD}\n{ADA}\n", 2),
        (f"sep=,\n{HEAD}\n{ADA}\n", 2),
        (f"\ufeffsep=,\r\n\r\n{HEAD}\r\n{ADA}\r\n", 3),
        (f'"sep=,"\n{HEAD}\n{ADA}\n', 2),
        (f"sep=,,,\r{HEAD}\r{ADA}\r", 2),
        (f"{HEAD},,\n{ADA},,\n,,,,\n,,,,\n", 1),
        (f"{HEAD}\n\n\n{ADA}\n\n", 1),
        (f"{HEAD}\n{ADA}\n{HEAD}\n", 1),
        (f"{HEAD}\r{ADA}\r", 1),
        (f"{HEAD}\r\n{ADA}\n", 1),
        ("Name;E-mail;Topics\nAda Vogt;ada@example.org;soil\n", 1),
        ("sep=;\nName;E-mail;Topics\nAda Vogt;ada@example.org;soil\n", 2),
        ("Name|E-mail|Topics\nAda Vogt|ada@example.org|soil\n", 1),
        ("sep=|\nName|E-mail|Topics\nAda Vogt|ada@example.org|soil\n", 2),
        ("Name\tE-mail\tTopics\nAda Vogt\tada@example.org\tsoil\n", 1),
        ("Applicants, all, of, spring\nName;E-mail;Topics\nAda Vogt;ada@example.org;soil\n", 2),
        ("\u00a0Name\u00a0,E-mail\u200b,\ufeffTopics\nAda\u00a0Vogt,\u00a0ada@example.org,soil\u00a0\n", 1),
        (' Name ,"E-mail" , Topics\n"Ada Vogt",ada@example.org,soil\n', 1),
        ('Name,"E-mail",Topics\n"Ada Vogt",ada@example.org,"soil"', 1),
        ('"Name,E-mail,Topics"\n"Ada Vogt,ada@example.org,soil"\n', 1),
        ('"Name;""E-mail"";Topics"\n\n" ""Ada Vogt"";ada@example.org;soil"\n', 1),
        (f"{HEAD}\n{ADA}\nNAME,e-mail,Topics\n", 1),
    ],
)
def test_the_table_is_found_wherever_it_stands(text, line):
    table = read_table(text.encode())
    assert table.rows == TABLE
    assert table.lines[0] == line
    assert table.lines[1] > line


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("email\na@x.org;b@x.org\nc@x.org;d@x.org\n", [["email"], ["a@x.org;b@x.org"], ["c@x.org;d@x.org"]]),
        ("email\na@x.org,b@x.org\n", [["email"], ["a@x.org,b@x.org"]]),
        (
            "name;email\nKa, Li;a@x.org, b@x.org\nMo, Ni;c@x.org, d@x.org\n",
            [["name", "email"], ["Ka, Li", "a@x.org, b@x.org"], ["Mo, Ni", "c@x.org, d@x.org"]],
        ),
        (
            "Name;E-mail;Hours, days, weeks, at most\nAda;a@x.org;4,5\nBo;b@x.org;3,5\nCy;c@x.org;1,2\n",
            [
                ["Name", "E-mail", "Hours, days, weeks, at most"],
                ["Ada", "a@x.org", "4,5"],
                ["Bo", "b@x.org", "3,5"],
                ["Cy", "c@x.org", "1,2"],
            ],
        ),
        (
            "Name,E-mail,Topics\nAda,a@x.org\nBo,b@x.org,air; water\nCy,c@x.org,a; b\nDi,d@x.org,a; b,more\n",
            [
                ["Name", "E-mail", "Topics", "Column D (no name)"],
                ["Ada", "a@x.org", "", ""],
                ["Bo", "b@x.org", "air; water", ""],
                ["Cy", "c@x.org", "a; b", ""],
                ["Di", "d@x.org", "a; b", "more"],
            ],
        ),
    ],
)
def test_the_separator_is_not_taken_from_within_cells(text, rows):
    assert read_table(text.encode()).rows == rows


def test_headers_that_hold_separators_and_line_ends_stay_whole():
    header = 'Name;"E-mail; private, please";"Topics (first, second;\nthird)"'
    text = f'{header}\nAda;ada@example.org;soil\nBo;bo@example.org;"a, b"\n'
    table = read_table(text.encode())
    assert table.headers == ["Name", "E-mail; private, please", "Topics (first, second; third)"]
    assert table.lines == [1, 3, 4]


def test_headers_as_forms_write_them_are_recognised():
    headers = [
        "Your name *",
        "E-mail address:",
        "Topics (first, second, third)",
        "Hours?",
        "Country of residence [required]",
    ]
    assert list(guess_mapping(headers, "mentee").values()) == [
        "full_name",
        "email",
        "topics",
        "hours_per_month",
        "country",
    ]


def test_a_header_in_other_words_is_the_fullest_row_above_the_people():
    text = "Liste,,\nWie heisst du,Wohin schreiben,Was\nAda,ada@example.org,soil\n"
    assert read_table(text.encode()).headers == ["Wie heisst du", "Wohin schreiben", "Was"]


def test_repeated_and_missing_headers_get_names_and_cells_beyond_are_named():
    read = read_file(b"E-mail,Topics,Topics,\nada@example.org,soil,air,x,lost\nbo@example.org,,,,\n")
    assert read.table.headers == ["E-mail", "Topics", "Topics (2)", "Column D (no name)", "Column E (no name)"]
    assert read.table.rows[1] == ["ada@example.org", "soil", "air", "x", "lost"]
    assert any("Several columns are called “Topics”" in note for note in read.notes)
    assert any("Line 2: “x, lost” is beyond" in note for note in read.notes)


def test_what_is_not_read_is_named():
    read = read_file(f"Applicants of spring,,\n{HEAD}\n{ADA}\n{HEAD}\n".encode())
    assert read.notes == [
        "“Applicants of spring” is above the column names and is not read.",
        "The column names are repeated in line 4; left out.",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file is empty"),
        (b"\n,,\n", "file is empty"),
        (b"email\n", "no rows below"),
        (b"Ada,ada@example.org\nBo,bo@example.org\n", "Line 1 holds an address already"),
        (b"\n\nAda,ada@example.org\n", "Line 3 holds an address already"),
        (b'Name,E-mail\nAda,"ada@example.org\nBo,bo@example.org\n', "quotation mark opens"),
        (b'Name,E-mail\n"Ada" Vogt,ada@example.org\n', "after a text in quotation marks"),
    ],
)
def test_a_file_without_a_table_is_refused_with_the_reason(content, reason):
    with pytest.raises(SheetError, match=reason):
        read_table(content)


def book(sheets):
    """An XLSX: name → (state, rows)."""
    made, file = Workbook(), io.BytesIO()
    made.remove(made.active)
    for name, (state, rows) in sheets.items():
        sheet = made.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    made.save(file)
    return file.getvalue()


def test_the_visible_sheet_with_the_people_is_read_and_the_others_are_named():
    content = book(
        {
            "old": ("hidden", [["Name", "E-mail"], ["Old", "old@example.org"]]),
            "secret": ("veryHidden", [["Name", "E-mail"], ["Old", "old@example.org"]]),
            "empty": ("visible", []),
            "Read me": ("visible", [["How to fill this in"], ["One row for each person"]]),
            "People": ("visible", TABLE),
        }
    )
    read = read_file(content)
    assert (read.sheet.name, read.table.rows) == ("People", TABLE)
    assert "“old” (hidden)" in read.all_notes[0]
    assert "“Read me”" in read.all_notes[0]
    assert read_file(content, ReadingChoice(sheet="old")).table.rows[1] == ["Old", "old@example.org"]


def test_looking_for_the_people_in_many_sheets_has_an_end(monkeypatch):
    content = book(
        {f"S{n}": ("visible", [["x", "y"], *[["1", "2"]] * 30]) for n in range(60)} | {"People": ("visible", TABLE)}
    )
    assert read_file(content).sheet.name == "People"
    monkeypatch.setattr("mentorship.core.sheets.archive.MAX_ELEMENTS", 1500)
    assert read_file(content).sheet.name == "S0"


def test_where_only_a_hidden_sheet_has_people_the_reason_names_it():
    with pytest.raises(SheetError, match="Hidden sheets are not read: “People”"):
        read_file(book({"People": ("hidden", TABLE), "Notes": ("visible", [["nothing"]])}))


@pytest.fixture
def upload(client, cast):
    client.force_login(cast.coordinator)

    def send(content, name="x.csv", role="mentee"):
        file = SimpleUploadedFile(name, content)
        return client.post(reverse("cohorts:import-create", args=[cast.cohort.slug]), {"role": role, "file": file})

    return send


@pytest.mark.django_db
def test_a_wrong_encoding_is_corrected_in_the_preview(client, upload):
    text = "Name;E-mail\nŁukasz Żak;lu@example.org\nДима;di@example.org\n"
    url = upload(text.replace("Дима", "Dima").encode("windows-1250")).url
    client.post(url, {"read": "1", "encoding": "windows-1252", "delimiter": ";", "header_line": "1"})
    page = client.get(url)
    assert "£ukasz ¯ak" in page.content.decode()
    client.post(url, {"read": "1", "encoding": "windows-1250", "delimiter": ";", "header_line": "1"})
    page = client.get(url)
    assert "Łukasz Żak &lt;lu@example.org&gt;" in page.content.decode()
    assert page.context["reading"].initial["encoding"] == "windows-1250"


@pytest.mark.django_db
def test_another_sheet_separator_or_header_row_is_chosen_in_the_preview(client, upload):
    content = book(
        {
            "a": ("visible", [["x", "E-mail"], ["Names", "Mail"], ["Ada", "ada@example.org"]]),
            "b": ("hidden", [["Name", "E-mail"], ["Bo", "bo@example.org"]]),
        }
    )
    url = upload(content, "x.xlsx").url
    page = client.get(url).content.decode()
    assert "b (hidden)" in page
    client.post(url, {"read": "1", "sheet": "a", "header_line": "2"})
    assert [header for _, header, _, _ in client.get(url).context["columns"]] == ["Names", "Mail"]
    client.post(url, {"read": "1", "sheet": "b", "header_line": "2"})
    assert client.get(url).context["new"] == [(2, "Bo <bo@example.org>")]
    url = upload(b"Name;E-mail\nAda;ada@example.org\n").url
    client.post(url, {"read": "1", "encoding": "utf-8", "delimiter": ",", "header_line": "1"})
    assert [header for _, header, _, _ in client.get(url).context["columns"]] == ["Name;E-mail"]


@pytest.mark.django_db
def test_reading_a_file_otherwise_is_noticed_by_another_tab(client, upload):
    content = book(
        {"a": ("visible", [["E-mail"], ["ada@example.org"]]), "b": ("visible", [["E-mail"], ["bo@example.org"]])}
    )
    url = upload(content, "x.xlsx").url
    seen = client.get(url).context["digest"]
    client.post(url, {"read": "1", "sheet": "b", "header_line": "1"})
    page = client.post(url, {"column-0": "email", "status": "applied", "apply": "1", "seen": seen})
    assert ImportBatch.objects.get().status == "uploaded"
    assert page.context["new"] == [(2, "bo@example.org")]


@pytest.mark.django_db
def test_the_file_is_kept_only_until_it_is_applied_or_a_week_has_passed(client, upload):
    url = upload(b"E-mail\nada@example.org\n").url
    seen = client.get(url).context["digest"]
    client.post(url, {"column-0": "email", "status": "applied", "apply": "1", "seen": seen})
    assert ImportBatch.objects.get().source is None
    url = upload(b"E-mail\nbo@example.org\n").url
    sweep_imports(timezone.now() + KEPT_FOR / 2)
    assert ImportBatch.objects.latest("pk").source is not None
    sweep_imports(timezone.now() + 2 * KEPT_FOR)
    assert ImportBatch.objects.latest("pk").source is None
    page = client.post(url, {"read": "1", "encoding": "utf-8", "delimiter": ",", "header_line": "1"}, follow=True)
    assert "Upload it again" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "hours", "said"),
    [
        ("4", 4, ""),
        ("4.0", 4, ""),
        ("4h", 4, ""),
        ("4 hours", 4, ""),
        ("~4 hrs", 4, ""),
        ("about 4", 4, ""),
        ("0", 0, ""),
        ("4,5", 4, "is read as 4"),
        ("4.5", 4, "is read as 4"),
        ("900", 200, "is read as 200"),
        ("2-4", None, "a whole number"),
        ("2 to 4", None, "a whole number"),
        ("four", None, "a whole number"),
        ("50%", None, "a whole number"),
        ("-3", None, "a whole number"),
        ("1.234,5", None, "a whole number"),
        ("1.000", None, "a whole number"),
        ("NaN", None, "a whole number"),
        ("05.10.2026", None, "is a date"),
        ("2026-10-05", None, "is a date"),
        ("2026-10-05 00:00:00", None, "is a date"),
        ("#REF!", None, "a whole number"),
    ],
)
def test_hours_are_read_or_named(written, hours, said):
    cohort = CohortFactory()
    table = read_table(f'email;hours\nx@example.org;"{written}"\n'.encode())
    result = import_rows(cohort=cohort, role="mentor", table=table, mapping=guess_mapping(table.headers, "mentor"))
    row = cohort.enrollments.get()
    assert row.hours_per_month == hours
    assert [said in text for _, text in result.warnings] == ([True] if said else [])
    assert (written in row.note) == (bool(said) and written != "900")


@pytest.mark.django_db
def test_places_that_are_no_number_are_named_and_not_guessed():
    cohort = CohortFactory()
    table = read_table(
        b"email;capacity\na@example.org;2.5\nb@example.org;1-2\nc@example.org;05.10.2026\nd@example.org;2,0\n"
    )
    result = import_rows(cohort=cohort, role="mentor", table=table, mapping=guess_mapping(table.headers, "mentor"))
    assert [line for line, _ in result.rejected] == [2, 3, 4]
    assert cohort.enrollments.get().capacity == 2


@pytest.mark.django_db
def test_days_and_yes_or_no_are_read_or_named():
    cohort = CohortFactory()
    for key, kind in (("day", "date"), ("tea", "yes_no")):
        SignupQuestion.objects.create(cohort=cohort, role="mentor", key=key, kind=kind, text=key)
    cells = [
        ("2026-10-05", "Yes"),
        ("5.10.2026", "NO"),
        ("05/10/2026", "perhaps"),
        ("25/10/2026", "x"),
        ("10/25/2026", "nein."),
        ("2026-10-05 14:30", "ja"),
        ("soon", ""),
        ("31.02.2026", "TRUE"),
    ]
    rows = [f"p{n}@example.org;{day};{tea}" for n, (day, tea) in enumerate(cells)]
    table = read_table("\n".join(["email;day;tea", *rows]).encode())
    mapping = {"email": "email", "day": "question:day", "tea": "question:tea"}
    result = import_rows(cohort=cohort, role="mentor", table=table, mapping=mapping)
    found = [
        {a.question.key: a.value for a in e.answers.select_related("question")}
        for e in cohort.enrollments.order_by("pk")
    ]
    assert [answers.get("day") for answers in found] == [
        "2026-10-05",
        "2026-10-05",
        None,
        "2026-10-25",
        "2026-10-25",
        "2026-10-05",
        None,
        None,
    ]
    assert [answers.get("tea") for answers in found] == [True, False, None, True, False, True, None, True]
    assert [line for line, _ in result.warnings] == [4, 4, 8, 9]


@pytest.mark.django_db
def test_the_command_says_how_it_read_the_file_and_refuses_one_that_is_too_large(tmp_path, capsys):
    CohortFactory(slug="seeds")
    path: Path = tmp_path / "x.csv"
    path.write_bytes(f"Applicants of spring,,\n{HEAD}\n{ADA}\n".encode())
    call_command("import_enrollments", "seeds", str(path), "--role", "mentee")
    assert "“Applicants of spring” is above the column names" in capsys.readouterr().out
    path.write_bytes(b"a" * (11 * 1024 * 1024))
    for command, options in (("import_enrollments", ["--role", "mentee"]), ("import_matches", [])):
        with pytest.raises(CommandError, match="larger than 10 MB"):
            call_command(command, "seeds", str(path), *options)


@pytest.mark.django_db
def test_a_sheet_that_is_too_large_is_refused_at_the_field(upload):
    page = upload(b"a" * (11 * 1024 * 1024))
    assert page.status_code == 422
    assert page.context["form"].errors["file"] == ["The file is larger than 10 MB."]
    assert issubclass(SheetError, ServiceError)


@pytest.mark.django_db
def test_the_coordinator_picks_the_encoding_by_how_the_names_look(client, upload):
    url = upload("Name;E-mail\nדוד כהן;david@example.org\n".encode("windows-1255")).url
    page = client.get(url).content.decode()
    assert "דוד כהן – Hebrew (Windows-1255)" in page
    assert "ЦЕЦ КДО – Cyrillic (KOI8-R)" in page
    client.post(url, {"read": "1", "encoding": "koi8-r", "delimiter": ";", "header_line": "1"})
    assert "ЦЕЦ КДО &lt;david@example.org&gt;" in client.get(url).content.decode()


@pytest.mark.django_db
def test_a_separator_that_the_file_names_itself_stays_when_it_is_read_again(client, upload):
    url = upload(b"sep=~\nName~E-mail\nAda~ada@example.org\n").url
    page = client.get(url)
    assert "“~”" in page.content.decode()
    client.post(url, {"read": "1", "encoding": "utf-8", "delimiter": "~", "header_line": "2"})
    assert client.get(url).context["new"] == [(3, "Ada <ada@example.org>")]
