"""Sheets with a row for each person of a team."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from cohorts.imports.columns import guess_mapping
from cohorts.imports.reading import read_table
from cohorts.imports.services import import_rows
from cohorts.imports.teams import FOR_ALL, ONE_TEAM, SEPARATE
from mentorship.devtools.testing.factories import CohortFactory

pytestmark = pytest.mark.django_db
TEAM = "Name,Email,Title,Country,Topics\nAda,ada@example.org,Soil,DE,maps\nBo,bo@example.org,soil ,KE,rain\n"


@pytest.fixture
def cohort():
    return CohortFactory(status="draft")


def run(cohort, text, decision="", role="mentee", **options):
    table = read_table(text.encode())
    mapping = guess_mapping(table.headers, role, cohort)
    decisions = {FOR_ALL: decision} if decision else {}
    return import_rows(cohort=cohort, role=role, table=table, mapping=mapping, decisions=decisions, **options)


def teams(cohort):
    return [(e.title, [p.email.partition("@")[0] for p in e.people]) for e in cohort.enrollments.order_by("pk")]


def test_people_with_the_same_project_are_separate_and_named_until_somebody_says_that_they_are_a_team(cohort):
    result = run(cohort, TEAM + "Cy,cy@example.org,Air,,\n")
    assert (result.created, result.rejected) == (3, [])
    assert "Ada and Bo (lines 2 and 3) have the same project, “Soil”. They are separate" in result.warnings[0][1]
    assert [people for _, people in teams(cohort)] == [["ada"], ["bo"], ["cy"]]


def test_rows_of_one_team_are_joined_and_nothing_that_they_say_is_lost(cohort):
    result = run(cohort, TEAM, ONE_TEAM)
    assert (result.created, result.rejected) == (1, [])
    assert "Bo (line 3) joins this team" in result.warnings[0][1]
    assert teams(cohort) == [("Soil", ["ada", "bo"])]
    team = cohort.enrollments.get()
    assert "Bo: Country: Kenya" in team.note
    assert {topic.name for topic in team.topics.all()} == {"maps", "rain"}
    again = run(cohort, TEAM)  # one team in the cohort: nobody is asked again
    assert (again.unchanged, again.asked, again.rejected) == (1, [], [])


def test_rows_that_are_no_team_stay_separate_applications(cohort):
    assert run(cohort, TEAM, SEPARATE).created == 2
    assert [people for _, people in teams(cohort)] == [["ada"], ["bo"]]
    again = run(cohort, TEAM)
    assert (again.unchanged, again.asked) == (2, [])


def test_the_same_title_and_id_is_one_team_and_the_same_id_alone_is_asked_about(cohort):
    assert run(cohort, "id,email,title\n7,ada@example.org,Soil\n7,bo@example.org,Soil\n").created == 1
    result = run(cohort, "id,email\n8,cy@example.org\n8,di@example.org\n")
    assert (result.created, len(result.rejected), len(result.asked)) == (0, 2, 1)
    assert "the same id, “8”" in result.asked[0][1]
    assert run(cohort, "id,email,title\n9,ed@example.org,A\n9,fi@example.org,B\n").created == 2


def test_a_title_that_somebody_else_has_already_is_named(cohort):
    run(cohort, "email,title\nada@example.org; bo@example.org,Soil\n")
    result = run(cohort, "email,title\ncy@example.org,Soil\n")
    assert "has an application with the same project title" in result.warnings[0][1]


def test_the_page_asks_and_the_command_can_be_told(client, cast, tmp_path, capsys):
    client.force_login(cast.coordinator)
    sheet = SimpleUploadedFile("x.csv", TEAM.encode())
    url = client.post(reverse("cohorts:import-create", args=[cast.cohort.slug]), {"role": "mentee", "file": sheet}).url
    page = client.get(url)
    assert "Same project, several people" in page.content.decode()
    sent = {name: field for name, _h, field, _s in page.context["columns"]} | {"status": "applied", "row-2": "team"}
    page = client.post(url, sent)
    assert '<option value="team" selected>' in page.content.decode()
    client.post(url, {**sent, "apply": "1", "seen": page.context["digest"]})
    assert ("Soil", ["ada", "bo"]) in teams(cast.cohort)
    path = tmp_path / "x.csv"
    path.write_text(TEAM.replace("oil", "and"))
    call_command("import_enrollments", cast.cohort.slug, str(path), "--role", "mentee", "--same-project", "separate")
    assert "2 created" in capsys.readouterr().out
