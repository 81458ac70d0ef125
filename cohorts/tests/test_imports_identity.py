"""Rows of a sheet find their application, and applying an import does what the preview said."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, OperationalError
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cohorts.enrollment.services import save_note
from cohorts.imports import services as imports_services
from cohorts.imports.columns import guess_mapping
from cohorts.imports.planning import ImportOptions
from cohorts.imports.reading import read_table
from cohorts.imports.services import PreviewChangedError, apply_import, import_rows, plan_batch, start_import
from cohorts.models import Enrollment, ImportBatch, SignupQuestion
from mentorship.devtools.testing.factories import CohortFactory, UserFactory
from mentorship.operations.sweep import PARTS

pytestmark = pytest.mark.django_db
ADA = "id,name,email,title,description\n7,Ada Vogt,ada@example.org,Soil,Ada wrote this\n"


@pytest.fixture
def cohort():
    return CohortFactory(status="draft")


def run(cohort, text, role="mentee", **options):
    table = read_table(text.encode())
    return import_rows(cohort=cohort, role=role, table=table, mapping=guess_mapping(table.headers, role), **options)


def applications(cohort):
    return {
        (e.user.email, e.title): (e.external_id, e.description)
        for e in cohort.enrollments.select_related("user").order_by("pk")
    }


def test_an_id_that_another_person_has_already_is_not_used(cohort):
    run(cohort, ADA)
    result = run(cohort, ADA.replace("Ada Vogt,ada", "Bo Li,bo").replace("Soil,Ada", "Air,Bo"))
    assert (result.created, result.updated) == (1, 0)
    assert "belongs to Ada Vogt already" in result.warnings[0][1]
    assert applications(cohort) == {
        ("ada@example.org", "Soil"): ("7", "Ada wrote this"),
        ("bo@example.org", "Air"): ("", "Bo wrote this"),
    }


@pytest.mark.parametrize("name", ["Ada Vogt", "ÁDA VOGT", "Ada", ""])
def test_an_id_with_a_new_address_is_asked_about_and_changes_nothing(cohort, name):
    run(cohort, ADA)
    sheet = ADA.replace("Ada Vogt,ada@", f"{name},ada.vogt@").replace("wrote this", "wrote that")
    result = run(cohort, sheet)
    assert (result.created, result.updated, result.unchanged, len(result.rejected)) == (0, 0, 0, 1)
    assert result.asked == result.rejected
    assert "ada@example.org" in result.asked[0][1]
    assert "ada.vogt@example.org" in result.asked[0][1]
    assert applications(cohort) == {("ada@example.org", "Soil"): ("7", "Ada wrote this")}


def test_ids_that_recur_in_a_sheet_are_no_ids(cohort):
    sheet = "name,email,id\nAda,ada@example.org,4.91702E+11\nBo,bo@example.org,4.91702E+11\nCy,cy@example.org,0012\n"
    result = run(cohort, sheet, "mentor")
    assert (result.created, result.rejected) == (3, [])
    assert [line for line, _ in result.warnings] == [2, 3]
    assert result.warnings[0][1] == "The id “4.91702E+11” is in several rows (2, 3), so it isn't used."
    assert sorted(cohort.enrollments.values_list("external_id", flat=True)) == ["", "", "0012"]
    assert run(cohort, sheet, "mentor").unchanged == 3


def test_a_second_export_with_new_numbers_finds_its_people_again(cohort):
    first = "id,name,email,title\n1,Ada,ada@example.org,A\n2,Bo,bo@example.org,B\n3,Cy,cy@example.org,C\n"
    run(cohort, first)
    before = applications(cohort)
    result = run(cohort, "id,name,email,title\n1,Bo,bo@example.org,B\n2,Cy,cy@example.org,C\n9,Ada,ada@example.org,A\n")
    assert (result.created, result.updated, result.unchanged) == (0, 0, 3)
    assert len(result.warnings) == 3
    assert applications(cohort) == before


def test_two_projects_of_one_person_keep_their_ids_apart(cohort):
    sheet = "id,email,title\n1,ada@example.org,A\n2,ada@example.org,B\n"
    assert run(cohort, sheet).created == 2
    assert run(cohort, sheet.replace("1,", "X,").replace("2,", "1,").replace("X,", "2,")).unchanged == 2
    assert run(cohort, sheet.replace("2,", "1,")).unchanged == 2  # an id that recurs: found by title
    assert {title: id_ for (_, title), (id_, _) in applications(cohort).items()} == {"A": "1", "B": "2"}


def test_a_number_that_a_spreadsheet_shortened_does_not_rename_an_application(cohort):
    run(cohort, "id,email,title\n4.91702E+11,ada@example.org,A\n")
    result = run(cohort, "id,email,title\n4.91702E+11,ada@example.org,B\n")
    assert (result.created, result.updated) == (1, 0)
    assert set(applications(cohort)) == {("ada@example.org", "A"), ("ada@example.org", "B")}


def test_a_team_in_another_order_stays_one_team(cohort):
    for ids in ("id,", ""):
        run(cohort, f"{ids}email,title\n{ids and '5,'}ana{ids[:2]}@example.org;ben{ids[:2]}@example.org,T{ids}\n")
        result = run(
            cohort, f"{ids}email,title\n{ids and '5,'}ben{ids[:2]}@example.org;ana{ids[:2]}@example.org,T{ids}\n"
        )
        assert (result.created, result.updated, result.unchanged) == (0, 0, 1)
    assert cohort.enrollments.count() == 2


def test_a_sheet_without_titles_updates_the_one_application_there_is(cohort):
    run(cohort, ADA)
    assert run(cohort, "email,description\nada@example.org,new\n").updated == 1
    assert applications(cohort) == {("ada@example.org", "Soil"): ("7", "new")}


def test_a_row_without_title_or_id_of_somebody_with_several_applications_is_named(cohort):
    run(cohort, "email,title\nada@example.org,A\nada@example.org,B\n")
    result = run(cohort, "email,description\nada@example.org,new\n")
    assert result.rejected == [(2, "This person has several applications: a title must say which one it is.")]


def batch_of(cast, text, role="mentee"):
    return start_import(cohort=cast.cohort, role=role, filename="x.csv", content=text.encode(), by=cast.owner)


def test_the_page_asks_about_an_id_with_another_address_and_does_as_told(client, cast):
    run(cast.cohort, ADA)
    client.force_login(cast.coordinator)
    url = reverse("cohorts:import-create", args=[cast.cohort.slug])
    sheet = SimpleUploadedFile("x.csv", ADA.replace("ada@", "ada.vogt@").encode())
    url = client.post(url, {"role": "mentee", "file": sheet}).url
    page = client.get(url)
    assert "Same id, another address" in page.content.decode()
    about = cast.cohort.enrollments.get(external_id="7")
    assert reverse("cohorts:enrollment-detail", args=[cast.cohort.slug, about.pk]) in page.content.decode()
    assert 'name="apply"' not in page.content.decode()  # no row to import yet
    sent = {name: field for name, _h, field, _s in page.context["columns"]} | {"status": "applied", "row-2": "other"}
    page = client.post(url, sent)
    assert "1 new" in page.content.decode()
    assert '<option value="other" selected>' in page.content.decode()
    client.post(url, {**sent, "apply": "1", "seen": page.context["digest"]})
    assert applications(cast.cohort)["ada.vogt@example.org", "Soil"] == ("", "Ada wrote this")


def test_options_count_in_the_preview_as_they_do_when_it_is_applied(client, cast):
    sheet = "email,name\nx@example.org,Xi\n"
    run(cast.cohort, sheet, "mentor")
    batch = batch_of(cast, sheet, "mentor")
    mapping = guess_mapping(batch.rows[0], "mentor")
    plain, agreed = (ImportOptions(mapping=mapping, consented=consented) for consented in (False, True))
    assert [row.outcome for row in plan_batch(batch, plain).rows] == ["unchanged"]
    (row,) = plan_batch(batch, agreed).rows
    assert (row.outcome, row.changes) == ("updated", "Consent to share the address")
    with pytest.raises(PreviewChangedError):
        apply_import(batch=batch, options=agreed, seen=plan_batch(batch, plain).digest, by=cast.owner)
    assert not Enrollment.objects.get(user__email="x@example.org").shares_address

    client.force_login(cast.coordinator)
    url = reverse("cohorts:import-detail", args=[cast.cohort.slug, batch.pk])
    seen = client.get(url).context["digest"]
    sent = {"column-0": "email", "column-1": "full_name", "status": "applied", "consented": "on"}
    page = client.post(url, {**sent, "apply": "1", "seen": seen})
    assert "1 changed" in page.content.decode()  # shown first, not done
    assert not Enrollment.objects.get(user__email="x@example.org").shares_address
    client.post(url, {**sent, "apply": "1", "seen": page.context["digest"]})
    assert Enrollment.objects.get(user__email="x@example.org").shares_address


def test_own_answers_that_change_are_in_the_preview(cast):
    SignupQuestion.objects.create(cohort=cast.cohort, role="mentor", key="day", kind="short", text="Day")
    table = read_table(b"email,Day\nx@example.org,Friday\n")
    mapping = {"email": "email", "Day": "question:day"}
    given = {"cohort": cast.cohort, "role": "mentor", "mapping": mapping}
    import_rows(table=table, **given)
    assert import_rows(table=table, dry_run=True, **given).unchanged == 1
    other = read_table(b"email,Day\nx@example.org,Monday\n")
    said = import_rows(table=other, dry_run=True, **given)
    assert said == import_rows(table=other, **given)
    assert said.changes == [(2, "Own questions")]


def test_a_change_in_the_cohort_between_preview_and_import_is_noticed(cast):
    run(cast.cohort, ADA)
    batch = batch_of(cast, ADA.replace("wrote this", "wrote that"))
    options = ImportOptions(mapping=guess_mapping(batch.rows[0], "mentee"))
    seen = plan_batch(batch, options).digest
    Enrollment.objects.filter(external_id="7").update(description="Corrected by hand")
    with pytest.raises(PreviewChangedError):
        apply_import(batch=batch, options=options, seen=seen, by=cast.owner)
    assert ImportBatch.objects.get().status == "uploaded"
    save_note(enrollment=Enrollment.objects.get(external_id="7"), note="Ask her.", by=cast.owner)
    apply_import(batch=batch, options=options, seen=plan_batch(batch, options).digest, by=cast.owner)
    row = Enrollment.objects.get(external_id="7")
    assert (row.description, row.note) == ("Ada wrote that", "Ask her.")


def working(cast, monkeypatch, text, role="mentor"):
    """A sheet that a worker is about to write, one row at a time."""
    monkeypatch.setattr(imports_services, "ROWS_PER_TRANSACTION", 1)
    monkeypatch.setattr(imports_services, "MAX_ROWS_IN_REQUEST", 0)
    monkeypatch.setattr("cohorts.tasks.work_out_import.delay", lambda pk: None)
    batch = batch_of(cast, text, role)
    options = ImportOptions(mapping=guess_mapping(batch.rows[0], role))
    return apply_import(batch=batch, options=options, seen=plan_batch(batch, options).digest, by=cast.owner)


def test_a_row_that_changes_while_a_worker_writes_is_rejected_and_named(cast, monkeypatch):
    run(cast.cohort, "email,goals\nx@example.org,old\ny@example.org,old\n", "mentor")
    batch = working(cast, monkeypatch, "email,goals\nx@example.org,new\ny@example.org,new\n")
    Enrollment.objects.filter(user__email="y@example.org").update(goals="by hand")
    batch = imports_services.continue_import(batch.pk)
    assert (batch.status, batch.result["updated"]) == ("applied", 1)
    assert [line for line, _ in batch.result["rejected"]] == [3]
    assert "changed after the preview" in batch.result["rejected"][0][1]
    assert Enrollment.objects.get(user__email="y@example.org").goals == "by hand"
    assert batch.plan == []


@pytest.mark.expects_errors
def test_an_import_that_cannot_go_on_ends_as_failed_and_blocks_no_other(client, cast, monkeypatch):
    bad = working(cast, monkeypatch, "email\na@example.org\nb@example.org\n")
    good = working(cast, monkeypatch, "email\nc@example.org\n")
    real = imports_services._import_piece

    def breaks(cohort, role, piece, *args):
        if piece[0].row.said.email == "b@example.org":
            raise DataError("value too long for type character varying(200)\nDETAIL: b@example.org")
        return real(cohort, role, piece, *args)

    monkeypatch.setattr(imports_services, "_import_piece", breaks)
    assert PARTS["sheets gone on with"](timezone.now() + timedelta(minutes=3)) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.done, good.status) == ("failed", 1, "applied")
    assert bad.failure == "An unexpected error: value too long for type character varying(200)."
    client.force_login(cast.coordinator)
    page = client.get(reverse("cohorts:import-detail", args=[cast.cohort.slug, bad.pk])).content.decode()
    assert "Stopped after 1 of 2 rows" in page
    assert "value too long" in page
    assert PARTS["sheets gone on with"](timezone.now() + timedelta(minutes=6)) == 0


def test_while_the_database_is_away_an_import_stays_and_others_go_on(cast, monkeypatch):
    first = working(cast, monkeypatch, "email\na@example.org\n")
    second = working(cast, monkeypatch, "email\nc@example.org\n")
    real = imports_services._next_piece

    def away(batch_id, plan):
        if batch_id == first.pk:
            raise OperationalError("database is locked")
        return real(batch_id, plan)

    monkeypatch.setattr(imports_services, "_next_piece", away)
    PARTS["sheets gone on with"](timezone.now() + timedelta(minutes=3))
    assert set(ImportBatch.objects.values_list("pk", "status")) == {(first.pk, "working"), (second.pk, "applied")}


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "1", "2", "3"]),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["", "T", "U"]),
        st.sampled_from(["", "Ada", "Bo"]),
        st.sampled_from(["", "x", "y"]),
    ),
    min_size=1,
    max_size=6,
)


@given(sheets=st.lists(ROWS, min_size=1, max_size=3), role=st.sampled_from(["mentor", "mentee"]))
@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_whatever_is_in_a_sheet_the_import_does_what_the_preview_said_and_loses_nobody(cast, sheets, role):
    imports_services.ROWS_PER_TRANSACTION, before = 2, imports_services.ROWS_PER_TRANSACTION
    cohort = CohortFactory()
    try:
        for rows in sheets:
            lines = [f"{i},{a}@example.org,{t},{n},{g}" for i, a, t, n, g in rows]
            text = "\n".join(["id,email,title,name,goals" if role == "mentee" else "id,email,x,name,goals", *lines])
            people = set(cohort.enrollments.values_list("pk", "user"))
            said = run(cohort, text, role, dry_run=True)
            assert said == run(cohort, text, role)
            assert people <= set(cohort.enrollments.values_list("pk", "user"))  # nobody's became somebody else's
            again = run(cohort, text, role)
            assert (again.created, again.updated) == (0, 0)
    finally:
        imports_services.ROWS_PER_TRANSACTION = before


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{'N' * 260},cy@example.org,T", "has 260 characters; at most 200 fit"),
        (f"Cy,{'c' * 64}@{'d' * 63}.{'e' * 63}.{'f' * 63}.example.org,T", "characters; at most 254 fit"),
        (f"Ana;{'N' * 201},cy@example.org;dy@example.org,T", "has 201 characters"),
    ],
)
def test_what_the_database_cannot_hold_is_named_and_stops_no_other_row(cast, row, reason):
    batch = batch_of(cast, f"name,email,title\nOk,ok@example.org,T\n{row}\n")
    options = ImportOptions(mapping=guess_mapping(batch.rows[0], "mentee"))
    plan = plan_batch(batch, options)
    assert [one.outcome for one in plan.rows] == ["created", "rejected"]
    assert reason in plan.rows[1].reason
    batch = apply_import(batch=batch, options=options, seen=plan.digest, by=cast.owner)
    assert (batch.status, batch.result["created"]) == ("applied", 1)


def test_nothing_that_is_cut_is_cut_without_a_word(cohort):
    sheet = "email,id,pronouns,title,keywords\nx@example.org,{},{},{},{}\n".format(
        "i" * 90, "p" * 70, "t" * 310, "k" * 130
    )
    result = run(cohort, sheet)
    assert len(result.warnings) == 4
    row = cohort.enrollments.get()
    assert all(text in row.note for text in ("i" * 90, "p" * 70, "t" * 310, "k" * 130))
    assert run(cohort, sheet).unchanged == 1


def test_two_people_with_one_address_are_not_merged_without_a_word(cohort):
    table = read_table(
        b"email,name,title\nours@x.example.org,Ann Lee,One\nours@x.example.org,Bob Roe,Two\n"
        b",,\nOURS@x.example.org,,Three\n"
    )
    mapping = guess_mapping(table.headers, "mentee")
    result = import_rows(cohort=cohort, role="mentee", table=table, mapping=mapping)
    assert (result.created, cohort.enrollments.first().user.full_name) == (3, "Ann Lee")
    note = "ours@x.example.org is the address of Ann Lee, so the name “Bob Roe” isn't used. It is in the note."
    assert result.warnings == [(3, note)]
    assert cohort.enrollments.get(title="Two").note == "Another name for ours@x.example.org: Bob Roe"
    assert import_rows(cohort=cohort, role="mentee", table=table, mapping=mapping).unchanged == 3


def test_a_name_that_is_not_used_for_a_known_person_is_named(cohort):
    UserFactory(email="ada@x.example.org", full_name="Ada Vogt")
    table = read_table(b"email,name\nada@x.example.org,Ada Vogt-Smith\n")
    mapping = guess_mapping(table.headers, "mentor")
    result = import_rows(cohort=cohort, role="mentor", table=table, mapping=mapping)
    assert [text for _, text in result.warnings] == [
        "ada@x.example.org is the address of Ada Vogt, so the name “Ada Vogt-Smith” isn't used."
    ]


def test_an_application_of_somebody_who_is_in_a_team_already_is_named(cohort):
    run(cohort, 'email,name,title\n"ada@x.example.org; bo@x.example.org",Ada;Bo,Rivers\n')
    sheet = "email,name,title\nbo@x.example.org,Bo,Rivers\n"
    result = run(cohort, sheet)
    team = cohort.enrollments.get(user__full_name="Ada")
    note = f"Bo is in the team “{team}” already; this is an application of their own."
    assert (result.created, result.warnings) == (1, [(2, note)])
    assert run(cohort, sheet).warnings == []
