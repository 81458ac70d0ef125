"""Sheets that a worker writes: progress, crashes, mended rows, and earlier mappings."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.imports import services as imports_services
from cohorts.imports.columns import guess_mapping
from cohorts.imports.planning import ImportOptions
from cohorts.imports.reading import read_table
from cohorts.imports.services import (
    apply_import,
    continue_import,
    import_rows,
    plan_batch,
    start_import,
    suggest_mapping,
    sweep_imports,
)
from cohorts.models import Cohort, Enrollment, ImportBatch, SignupQuestion
from mentorship.core.audit.services import history_of
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory

pytestmark = pytest.mark.django_db


def sheet(number, bad=()):
    lines = [f"{'nowhere' if n in bad else f'p{n}@example.org'},Person {n},Soil; Topic {n % 7}" for n in range(number)]
    return read_table(("email,name,expertise\n" + "\n".join(lines)).encode())


def uploaded(cast, table):
    content = "\n".join(",".join(row) for row in table.rows).encode()
    return start_import(cohort=cast.other_cohort, role="mentor", filename="x.csv", content=content, by=cast.owner)


def applied(batch, by, mapping=None, **options):
    """Apply what the preview shows."""
    chosen = ImportOptions(mapping=mapping or guess_mapping(batch.rows[0], batch.role), **options)
    return apply_import(batch=batch, options=chosen, seen=plan_batch(batch, chosen).digest, by=by)


def import_as_shown(client, url, sent):
    seen = client.post(url, sent).context["digest"]
    return client.post(url, {**sent, "apply": "1", "seen": seen})


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(imports_services, "ROWS_PER_TRANSACTION", 10)
    monkeypatch.setattr(imports_services, "MAX_ROWS_IN_REQUEST", 20)
    woken = []
    monkeypatch.setattr("cohorts.tasks.work_out_import.delay", woken.append)
    return woken


def test_a_long_sheet_is_imported_by_a_worker_with_progress(
    client, cast, small_pieces, django_capture_on_commit_callbacks
):
    batch = uploaded(cast, sheet(45, bad=(3, 30)))
    with django_capture_on_commit_callbacks(execute=True):
        working = applied(batch, cast.owner)
    assert (working.status, working.total, working.done) == ("working", 45, 0)
    assert small_pieces == [batch.pk]
    done = continue_import(batch.pk)
    assert (done.status, done.done) == ("applied", 45)
    assert (done.result["created"], [line for line, _ in done.result["rejected"]]) == (43, [5, 32])
    assert continue_import(batch.pk).result == done.result
    assert Enrollment.objects.filter(cohort=cast.other_cohort, topics__name="Soil").count() == 43
    assert history_of(cast.other_cohort).filter(verb="imported").count() == 1


def test_after_a_crash_the_sweep_continues_after_the_last_piece(cast, small_pieces, monkeypatch):
    batch = uploaded(cast, sheet(45))
    applied(batch, cast.owner)
    real, pieces = imports_services._import_piece, []

    def dies(*args, **kwargs):
        pieces.append(1)
        if len(pieces) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(imports_services, "_import_piece", dies)
    with pytest.raises(KeyboardInterrupt):
        continue_import(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.done) == ("working", 20)
    assert sweep_imports(timezone.now()) == 0  # perhaps a worker is still at it
    assert sweep_imports(timezone.now() + timedelta(minutes=3)) == 1
    batch.refresh_from_db()
    assert (batch.status, batch.result["created"], batch.result["unchanged"]) == ("applied", 45, 0)


def test_queries_of_a_piece_do_not_grow_with_its_rows(cohort_of, django_assert_max_num_queries):
    for number in (20, 400):
        table = sheet(number)
        with django_assert_max_num_queries(80):
            import_rows(cohort=cohort_of(), role="mentor", table=table, mapping=guess_mapping(table.headers, "mentor"))


def test_no_query_of_a_preview_asks_about_thousands(cohort_of):
    cohort, table = cohort_of(), sheet(1300)  # SQLite refuses such queries, and 10,000 rows make them
    mapping = guess_mapping(table.headers, "mentor")
    with CaptureQueriesContext(connection) as queries:
        import_rows(cohort=cohort, role="mentor", table=table, mapping=mapping, dry_run=True)
    assert max(query["sql"].count("@example.org") for query in queries) <= 500


@pytest.fixture
def cohort_of():
    return CohortFactory


def test_rows_with_errors_come_back_as_a_file_to_mend(client, cast):
    client.force_login(cast.coordinator)
    upload = reverse("cohorts:import-create", args=[cast.cohort.slug])
    text = "email,name\nx@example.org,=HYPERLINK(1)\nnowhere,Ana\n"
    page = client.post(upload, {"role": "mentor", "file": SimpleUploadedFile("x.csv", text.encode())})
    batch = ImportBatch.objects.get()
    import_as_shown(client, page.url, {"column-0": "email", "column-1": "full_name", "status": "applied"})
    answer = client.get(reverse("cohorts:import-rejected-list", args=[cast.cohort.slug, batch.pk]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["email", "name", "reason"],
        ["nowhere", "Ana", "“nowhere” isn't an email address. It should look like name@example.org."],
    ]
    mended = answer.content.decode().replace("nowhere,", "ana@example.org,")
    page = client.post(upload, {"role": "mentor", "file": SimpleUploadedFile("y.csv", mended.encode())})
    import_as_shown(client, page.url, {"column-0": "email", "column-1": "full_name", "status": "applied"})
    assert Enrollment.objects.get(user__email="ana@example.org").user.full_name == "Ana"


def test_columns_are_mapped_once_for_a_cohort_and_for_the_next_round(cast):
    rows = [["Wie heisst du", "Post"], ["Ana", "ana@example.org"]]
    content = "\n".join(",".join(row) for row in rows).encode()
    batch = start_import(cohort=cast.cohort, role="mentor", filename="x.csv", content=content, by=cast.owner)
    mapping = {"Wie heisst du": "full_name", "Post": "email"}
    applied(batch, cast.owner, mapping)
    assert suggest_mapping(cast.cohort, "mentor", rows[0]) == mapping
    assert suggest_mapping(cast.cohort, "mentee", rows[0]) == {}
    following = CohortFactory(programme=cast.programme, repeats=cast.cohort)
    assert suggest_mapping(following, "mentor", ["Post", "Topics"]) == {"Post": "email", "Topics": "topics"}


def test_answers_to_own_questions_come_from_the_sheet(cast):
    cohort = cast.cohort
    for key, kind, text, choices in (
        ("day", "one", "Which day?", ["Monday", "Friday"]),
        ("how", "scale", "How sure?", []),
        ("tea", "yes_no", "Tea?", []),
        ("all", "many", "Which topics?", ["A", "B"]),
    ):
        options = [[choice, choice] for choice in choices]
        SignupQuestion.objects.create(cohort=cohort, role="mentor", key=key, kind=kind, text=text, options=options)
    table = read_table(
        b"email,which day?,How sure?,Tea?,Which topics?\n"
        b"ana@example.org,friday,4,yes,a; B\nben@example.org,Sunday,9,no,C\n",
    )
    mapping = guess_mapping(table.headers, "mentor", cohort)
    result = import_rows(cohort=cohort, role="mentor", table=table, mapping=mapping)
    assert result.created == 2
    ana, ben = (Enrollment.objects.get(user__email=f"{name}@example.org") for name in ("ana", "ben"))
    assert {a.question.key: a.value for a in ana.answers.all()} == {
        "day": "Friday",
        "how": 4,
        "tea": True,
        "all": ["A", "B"],
    }
    assert {a.question.key: a.value for a in ben.answers.all()} == {"tea": False}
    assert all(word in ben.note for word in ("Which day?: Sunday", "How sure?: 9", "Which topics?: C"))
    assert import_rows(cohort=cohort, role="mentor", table=table, mapping=mapping).unchanged == 2


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_import_accepts_no_more_people_than_there_are_seats(dry_run):
    cohort = CohortFactory(mentor_seats=3)
    EnrollmentFactory(cohort=cohort, role="mentor", status="accepted", user__email="p0@example.org")
    table = sheet(5)
    mapping = guess_mapping(table.headers, "mentor")
    result = import_rows(cohort=cohort, role="mentor", table=table, mapping=mapping, status="accepted", dry_run=dry_run)
    assert (result.created, result.updated) == (2, 1)
    assert result.rejected == [(n, "All 3 seats for mentors are taken.") for n in (5, 6)]
    assert Cohort.objects.get(pk=cohort.pk).enrollments.occupying_place().count() == (1 if dry_run else 3)


def test_a_dry_run_reports_the_same_as_the_import(cast):
    table = sheet(12, bad=(4,))
    mapping = guess_mapping(table.headers, "mentor")
    for _ in range(2):
        said = import_rows(cohort=cast.cohort, role="mentor", table=table, mapping=mapping, dry_run=True)
        done = import_rows(cohort=cast.cohort, role="mentor", table=table, mapping=mapping)
        assert said == done
