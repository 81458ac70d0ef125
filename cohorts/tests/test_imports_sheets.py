"""Sheets into enrollments, by the command and in the browser."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cohorts.enrollment.leaving import leave_team
from cohorts.enrollment.services import save_note
from cohorts.imports.columns import guess_mapping
from cohorts.imports.reading import read_table
from cohorts.imports.services import import_rows, start_import
from cohorts.models import Enrollment, ImportBatch
from cohorts.signup_form.labels import LABELS
from cohorts.signup_form.topic_names import join_topics, split_topics, topic_key
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.reference_data import country_code, language_code
from mentorship.core.sheets import SheetError
from mentorship.core.ui.templatetags.ui import lines_by_text
from mentorship.devtools.testing.factories import CohortFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db

MENTEES = """id,emails,team_size,country,utc_offset,title,description,keywords,mentors_wanted,status
p1,ana@example.org; ben@example.org,2,Nepal,+5:45,Rivers,About rivers,Water; GIS,2,graduated
p2,cleo@example.org,1,United Kingdom,+0,Soil,,Soil,1,
p3,,1,Kenya,+3,Nobody's project,,,1,
"""


def run(cohort, text, role="mentee", **options):
    table = read_table(text.encode())
    return import_rows(cohort=cohort, role=role, table=table, mapping=guess_mapping(table.headers, role), **options)


@pytest.fixture
def cohort():
    return CohortFactory(slug="seeds-3", status="draft")


def test_every_row_is_imported_or_reported(cohort):
    result = run(cohort, MENTEES)
    assert (result.created, result.rejected) == (2, [(4, "This row has no email address.")])
    assert result.ignored == ["team_size", "status"]
    rivers = Enrollment.objects.get(external_id="p1")
    assert [p.email for p in rivers.people] == ["ana@example.org", "ben@example.org"]
    assert (rivers.country, rivers.time_zone, rivers.mentors_wanted) == ("NP", "Asia/Kathmandu", 2)
    assert {t.name for t in rivers.topics.all()} == {"Water", "GIS"}
    assert (rivers.status, rivers.shares_address) == ("applied", False)
    assert not OutboxMessage.objects.exists()


def test_a_second_import_changes_only_what_changed_in_the_sheet(cohort, cast):
    run(cohort, MENTEES)
    save_note(enrollment=Enrollment.objects.get(external_id="p2"), note="Ask her.", by=cast.owner)
    entries = AuditEntry.objects.count()
    assert run(cohort, MENTEES).unchanged == 2
    assert AuditEntry.objects.count() == entries
    result = run(cohort, MENTEES.replace("About rivers", "About lakes"))
    assert (result.created, result.updated, result.unchanged) == (0, 1, 1)
    assert Enrollment.objects.get(external_id="p2").note == "Ask her."
    assert Enrollment.objects.filter(cohort=cohort).count() == 2


def test_a_sheet_puts_nobody_back_into_a_team_that_they_left(cohort):
    run(cohort, MENTEES)
    rivers = Enrollment.objects.get(external_id="p1")
    leave_team(enrollment=rivers, member=rivers.members.get().user)
    assert run(cohort, MENTEES).unchanged == 2
    assert not rivers.members.exists()


def test_without_ids_rows_are_matched_by_address_and_title(cohort):
    sheet = "email,title,goals\nana@example.org,One,first\nana@example.org,Two,second\n"
    assert run(cohort, sheet).created == 2
    assert run(cohort, sheet.replace("second", "third")).updated == 1


def test_a_repeated_row_is_reported(cohort):
    result = run(cohort, "email,title\nana@example.org,One\nANA@example.org,One\n")
    assert (result.created, result.rejected) == (1, [(3, "This is the same application as in line 2.")])


def test_a_rejected_row_does_not_stop_the_others(cohort):
    result = run(
        cohort, "email,capacity\nana@example.org,2\nnowhere,1\nben@example.org,many\ncleo@example.org,1\n", "mentor"
    )
    assert result.created == 2
    assert result.rejected == [
        (3, "“nowhere” isn't an email address. It should look like name@example.org."),
        (4, "Places: “many” isn't a whole number."),
    ]


def test_values_that_fit_no_field_are_added_to_the_note_once(cohort):
    sheet = "email,country,utc_offset,languages,type\nana@example.org,India / France,+99,English; Elvish,dancing\n"
    for _ in range(2):
        result = run(cohort, sheet, "mentor")
    note = Enrollment.objects.get().note
    assert [note.count(word) for word in ("India / France", "+99", "Elvish", "dancing")] == [1, 1, 1, 1]
    assert Enrollment.objects.get().languages == ["en"]
    assert len(result.warnings) == 4


def test_a_number_out_of_range_becomes_the_nearest_with_a_warning(cohort):
    result = run(cohort, "email,mentors_wanted\nana@example.org,0\n")
    assert result.warnings == [(2, "Mentors wanted: “0” is read as 1.")]
    assert Enrollment.objects.get().mentors_wanted == 1


def test_a_known_person_is_recognised_and_not_overwritten(cohort, cast):
    run(cohort, "email,name\nMENTOR@example.org,Somebody Else\n", "mentor")
    assert Enrollment.objects.get(cohort=cohort).user == cast.mentor
    assert User.objects.get(pk=cast.mentor.pk).full_name == "Mona"


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffemail,name\nana@example.org,Ana\n".encode(),
        b"email;name\r\nana@example.org;Ana\r\n",
        b"email\tname\nana@example.org\tAna",
        b'"email","name"\n"ana@example.org","Ana"\n\n\n',
    ],
)
def test_sheets_of_every_kind_are_read(content):
    assert read_table(content).rows == [["email", "name"], ["ana@example.org", "Ana"]]


def test_xlsx_is_read():
    book, file = Workbook(), io.BytesIO()
    book.active.append(["email", "capacity", None])
    book.active["C1"] = "name"
    book.active.append(["ana@example.org", 2, "Ána"])
    book.save(file)
    assert read_table(file.getvalue()).rows == [["email", "capacity", "name"], ["ana@example.org", "2", "Ána"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"email\n", "no rows"),
        (b"\n,,\n", "file is empty"),
        (b"ana@example.org,Ana\nben@example.org,Ben\n", "Line 1 holds an address already"),
        (b"a\0b\nc\n", "not a text file"),
        (b"PK\x03\x04no archive", "can't be opened"),
        (b"a" * (11 * 1024 * 1024), "larger than 10 MB"),
        (b"email\n" + b"a@example.org\n" * 10_001, "more than 10,000 rows"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content, said):
    with pytest.raises(SheetError, match=said):
        read_table(content)


@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda content: b"PK\x03\x04" + content))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_file_is_read_or_refused(content):
    try:
        table = read_table(content)
    except SheetError:
        return
    assert len(table.rows) > 1


def test_questions_of_the_sign_up_form_are_recognised_as_headers():
    asked = [name for name in LABELS if name != "shares_address"]
    for role in ("mentor", "mentee"):
        found = guess_mapping([LABELS[name] for name in asked], role)
        other = {"mentor": {"mentors_wanted", "title", "description"}, "mentee": {"capacity"}}[role]
        assert set(found.values()) == set(asked) - other


def test_the_command_prints_the_result_of_each_row(cohort, tmp_path, capsys):
    path = tmp_path / "mentees.csv"
    path.write_text(MENTEES)
    call_command("import_enrollments", "seeds-3", str(path), "--role", "mentee", "--dry-run")
    assert "2 created" in capsys.readouterr().out
    assert not Enrollment.objects.exists()
    assert not User.objects.exists()
    call_command("import_enrollments", "seeds-3", str(path), "--role", "mentee", "--status", "accepted", "--consented")
    printed = capsys.readouterr().out
    assert "3 rows: 2 created, 0 updated, 0 unchanged, 1 rejected." in printed
    assert "line 4 rejected: This row has no email address." in printed
    assert set(Enrollment.objects.values_list("status", "shares_address")) == {("accepted", True)}
    call_command("import_enrollments", "seeds-3", str(path), "--role", "mentee", "--json")
    assert json.loads(capsys.readouterr().out)["unchanged"] == 2


def test_the_command_maps_headers_and_refuses_what_makes_no_sense(cohort, tmp_path):
    path = tmp_path / "mentors.csv"
    path.write_text("Wohin schreiben,Was kannst du\nana@example.org,Soil\n")
    with pytest.raises(CommandError, match="Choose the column"):
        call_command("import_enrollments", "seeds-3", str(path), "--role", "mentor")
    for wrong, said in [
        ("Nirgends=email", "no column"),
        ("Was kannst du=luck", "isn't a field"),
        ("email", "HEADER=FIELD"),
    ]:
        with pytest.raises(CommandError, match=said):
            call_command("import_enrollments", "seeds-3", str(path), "--role", "mentor", "--map", wrong)
    with pytest.raises(CommandError, match="no cohort"):
        call_command("import_enrollments", "nowhere", str(path), "--role", "mentor")
    with pytest.raises(CommandError, match="can't be read"):
        call_command("import_enrollments", "seeds-3", str(tmp_path / "none.csv"), "--role", "mentor")
    call_command(
        "import_enrollments",
        "seeds-3",
        str(path),
        "--role",
        "mentor",
        "--map",
        "Wohin schreiben=email",
        "--map",
        "Was kannst du=topics",
    )
    assert [t.name for t in Enrollment.objects.get().topics.all()] == ["Soil"]


def upload(client, cohort, text):
    file = SimpleUploadedFile("sheet.csv", text.encode(), "text/csv")
    return client.post(reverse("cohorts:import-create", args=[cohort.slug]), {"role": "mentee", "file": file})


def test_a_sheet_is_uploaded_previewed_and_applied_and_rejected_rows_are_downloaded(client, cast):
    client.force_login(cast.coordinator)
    url = upload(client, cast.cohort, MENTEES.replace("emails", "Mails").replace("Nobody's", "=Nobody's")).url
    page = client.get(url)
    assert page.status_code == 422
    assert "Choose the column with the email addresses" in page.content.decode()
    columns = {name: field for name, _header, field, _samples in page.context["columns"]} | {"column-1": "email"}
    answer = client.post(url, {**columns, "status": "accepted"})
    preview, seen = answer.content.decode(), answer.context["digest"]
    assert "2 new" in preview
    assert "This row has no email address." in preview
    assert "line 4" in preview
    assert Enrollment.objects.filter(cohort=cast.cohort).count() == 2  # the cast's

    for _ in range(2):
        client.post(url, {**columns, "status": "accepted", "apply": "1", "seen": seen})
    assert Enrollment.objects.filter(cohort=cast.cohort).count() == 4
    assert ImportBatch.objects.get().status == "applied"
    assert "sheet.csv imported" in client.get(url).content.decode()
    rejected = client.get(f"{url}rejected.csv").content.decode().splitlines()
    assert rejected[0].endswith(",reason")
    assert rejected[1].startswith("p3,")
    assert "'=Nobody" in rejected[1]


def test_an_unreadable_file_is_reported_at_the_field(client, cast):
    client.force_login(cast.coordinator)
    answer = upload(client, cast.cohort, "email\n")
    assert answer.status_code == 422
    assert "no rows below its headers" in answer.content.decode()


def test_only_coordinators_import(client, cast):
    client.force_login(cast.coordinator)
    urls = [reverse("cohorts:import-create", args=[cast.cohort.slug]), upload(client, cast.cohort, MENTEES).url]
    for user in (cast.viewer, cast.stranger, cast.mentor, cast.contact):
        client.force_login(user)
        for url in (*urls, f"{urls[1]}rejected.csv"):
            assert client.get(url).status_code == 404, (url, user)
        assert client.post(urls[1], {"apply": "1", "status": "applied"}).status_code == 404


def test_names_of_places_and_languages():
    assert [country_code(n) for n in ("Kenya", "the netherlands", "UK", "Türkiye", "ke", "Atlantis")] == [
        "KE",
        "NL",
        "GB",
        "TR",
        "KE",
        "",
    ]
    assert [language_code(n) for n in ("English", "español", "SW", "Elvish")] == ["en", "es", "sw", ""]


def test_topics_are_the_same_without_case_and_dots():
    assert split_topics("R; r , Open  data.\nOpen data;;C++") == ["R", "Open data", "C++"]
    assert topic_key("  Fair  Data. ") == "fair data"


def test_a_topic_keeps_its_list_in_brackets():
    assert split_topics("Imaging (MRI, EEG; CT), Ethics (of care)") == ["Imaging (MRI, EEG; CT)", "Ethics (of care)"]
    assert split_topics("Energy, carbon; Maps", of_sheet=True) == ["Energy, carbon", "Maps"]
    assert split_topics("Energy, carbon", of_sheet=True) == ["Energy", "carbon"]
    assert split_topics("1) Maths, 2) Physics; (a\nb), c") == ["1) Maths", "2) Physics", "(a", "b)", "c"]


@pytest.mark.parametrize(
    ("typed", "topics"),
    [
        ('"Energy, carbon", Maps', ["Energy, carbon", "Maps"]),
        ("“Energy, carbon”; „Wasser, Luft“", ["Energy, carbon", "Wasser, Luft"]),
        ('"Hidden" curriculum, 5" pipes', ['"Hidden" curriculum', '5" pipes']),
        ('"Pipes, 5"", steel"', ['Pipes, 5", steel']),
        ('"Energy, carbon', ['"Energy', "carbon"]),
        ('""", "', []),
    ],
)
def test_a_topic_in_quotation_marks_keeps_its_comma_and_is_joined_as_it_is_split(typed, topics):
    assert split_topics(typed) == topics
    for between in (", ", "; "):
        assert split_topics(join_topics(topics, between), of_sheet=between == "; ") == topics


def test_a_new_topic_is_spelled_as_most_people_of_the_sheet_do(cohort):
    rows = [f"s{n},s{n}@example.org,,{name}" for n, name in enumerate(("GIS", "gis", "GIS", "Maps", "maps"))]
    run(cohort, "\n".join(["id,email,title,keywords", *rows]))
    assert set(cohort.programme.topics.values_list("name", flat=True)) == {"GIS", "Maps"}


def test_a_country_with_several_time_zones_is_asked_about_not_guessed(cohort):
    sheet = "name,email,time zone\nAna,ana@example.org,Brazil\nBen,ben@example.org,Kenya\n"
    result = run(cohort, sheet)
    about = (
        "Brazil has more than one time zone. Write the nearest city instead of “Brazil”; until then it is in the note."
    )
    assert result.warnings == [(2, about)]
    ana, ben = Enrollment.objects.filter(cohort=cohort).order_by("user__email")
    assert (ana.time_zone, ana.note) == ("", "Time zone: Brazil")
    assert ben.time_zone == "Africa/Nairobi"


def test_one_sheet_of_mentors_and_mentees_is_parted_whatever_its_column_of_roles_is_called(client, cast):
    sheet = "name,email,This time you come as\nAna,ana@example.org,Mentor\nBen,ben@example.org,mentee\n"
    sheet += "Cleo,cleo@example.org,\n"
    batch = start_import(
        cohort=cast.cohort, role="mentor", filename="s.csv", content=sheet.encode(), by=cast.coordinator
    )
    assert batch.mapping["This time you come as"] == "role"
    client.force_login(cast.coordinator)
    page = words_in(client.get(reverse("cohorts:import-detail", args=[cast.cohort.slug, batch.pk])))
    assert "This row is a mentee. To import it, upload the sheet again and choose mentees." in page


def test_a_note_about_several_rows_is_shown_once_with_their_lines():
    notes = [(2, "No zone."), (3, "Other."), (4, "No zone."), *((line, "No hours.") for line in range(5, 16))]
    assert lines_by_text(notes) == [
        ("No zone.", "lines 2 and 4"),
        ("Other.", "line 3"),
        ("No hours.", "lines 5, 6, 7, 8, 9, 10, 11, 12 and 3 more"),
    ]
