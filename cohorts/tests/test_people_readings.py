"""Readings of private needs are on record: who, whose, when and how, never the words."""

import csv
import io
import json

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse

from cohorts.models import SignupFile, SignupQuestion
from mentorship.core.audit.models import AuditEntry, ReadEntry
from mentorship.core.audit.services import record_readings
from mentorship.devtools.testing.factories import EnrollmentFactory, RoleFactory
from mentorship.operations.persons.export import export
from mentorship.operations.persons.subject import find_subject

pytestmark = pytest.mark.django_db
WORDS = "A sign language interpreter"


@pytest.fixture
def person(cast):
    """A person with private needs, beside one without."""
    EnrollmentFactory(cohort=cast.cohort, user__full_name="Nobody Needy")
    return EnrollmentFactory(cohort=cast.cohort, user__full_name="Yara Nwosu", private_needs=WORDS)


def readings() -> list[tuple[str, str, str, str]]:
    rows = ReadEntry.objects.order_by("pk").select_related("reader", "about")
    return [(str(row.reader or ""), str(row.about), row.kind, row.way) for row in rows]


def test_each_way_to_read_private_needs_leaves_one_entry_a_day(client, cast, person):
    slug, coordinator = cast.cohort.slug, str(cast.coordinator)
    detail = reverse("cohorts:enrollment-detail", args=[slug, person.pk])
    people = reverse("cohorts:people-list", args=[slug])
    on_page, in_file = (coordinator, "Yara Nwosu", "needs", "page"), (coordinator, "Yara Nwosu", "needs", "file")
    client.force_login(cast.coordinator)
    client.get(people)  # the list shows none
    assert readings() == []
    for _ in range(2):
        assert WORDS in client.get(detail).content.decode()
    assert readings() == [on_page]
    assert WORDS in client.get(reverse("cohorts:enrollment-edit", args=[slug, person.pk])).content.decode()
    for kind in ("csv", "xlsx"):
        client.get(f"{people}?format={kind}")
    assert readings() == [on_page, in_file]
    assert WORDS not in json.dumps(list(ReadEntry.objects.values()), default=str)


def test_nothing_is_noted_of_who_does_not_read_them_and_of_ones_own(client, cast, person):
    client.force_login(cast.viewer)
    client.get(reverse("cohorts:enrollment-detail", args=[cast.cohort.slug, person.pk]))
    client.get(reverse("cohorts:people-list", args=[cast.cohort.slug]) + "?format=csv")
    RoleFactory(workspace=cast.programme.workspace, user=person.user, role="coordinator")
    client.force_login(person.user)
    client.get(reverse("cohorts:enrollment-detail", args=[cast.cohort.slug, person.pk]))
    assert readings() == []


def test_a_private_question_counts_with_its_file(client, cast):
    one = EnrollmentFactory(cohort=cast.cohort, user__full_name="Yara Nwosu")
    kept = SignupFile(cohort=cast.cohort, enrollment=one, name="letter.pdf", size=3)
    kept.file.save("letter.pdf", ContentFile(b"abc"))
    question = SignupQuestion.objects.create(
        cohort=cast.cohort, role="mentee", key="letter", kind="file", text="A letter?", seen_by="private"
    )
    one.answers.create(question=question, value=str(kept.pk))
    client.force_login(cast.coordinator)
    client.get(reverse("cohorts:enrollment-detail", args=[cast.cohort.slug, one.pk]))
    client.get(reverse("cohorts:answer-file-download", args=[cast.cohort.slug, kept.pk])).getvalue()
    assert [way for _reader, _about, _kind, way in readings()] == ["page", "file"]


def test_the_copy_of_a_person_says_when_their_needs_were_read_and_an_operators_copy_is_on_record(client, cast, person):
    client.force_login(cast.coordinator)
    client.get(reverse("cohorts:enrollment-detail", args=[cast.cohort.slug, person.pk]))
    (row,) = export(find_subject(person.user.email))["sections"]["Who read what they told in confidence"]
    assert (row["kind"], row["way"], row["about"]) == ("needs", "page", "Yara Nwosu")
    assert "reader" not in row
    call_command("export_person", person.user.email)
    assert readings()[-1] == ("", "Yara Nwosu", "needs", "file")
    assert AuditEntry.objects.filter(verb="took a copy of their data", actor=None, object_id=person.user_id).exists()


def test_owners_read_the_log_and_nobody_else_does(client, cast, person):
    url = reverse("cohorts:reading-list", args=[cast.programme.slug])
    client.force_login(cast.owner)
    assert "Nothing has been read yet" in client.get(url).content.decode()
    record_readings(
        kind=ReadEntry.Kind.NEEDS,
        way=ReadEntry.Way.PAGE,
        by=cast.coordinator,
        workspace_id=cast.programme.workspace_id,
        read=[(person, person.user_id)],
    )
    record_readings(
        kind=ReadEntry.Kind.CONCERN,
        way=ReadEntry.Way.PAGE,
        by=cast.coordinator,
        workspace_id=cast.programme.workspace_id,
        read=[(person, cast.mentee.pk)],
    )
    page = client.get(url).content.decode()
    assert all(word in page for word in ("Yara Nwosu", "Conduct concern", "The coordinator"))
    assert "Tariq Anwar" not in page  # whose concern it is only its readers know
    assert "No results" in client.get(url, {"q": "Tariq"}).content.decode()
    assert client.get(url, {"kind": "concern"}).context["page_obj"].paginator.count == 1
    rows = list(csv.reader(io.StringIO(client.get(url, {"format": "csv"}).content.decode())))
    assert [row[3:5] for row in rows[1:]] == [
        [f"conduct concern {person.pk}", ""],
        ["private needs", f"Yara Nwosu ({person.user.email})"],
    ]
    for other in (cast.coordinator, cast.viewer, cast.mentee, cast.contact, cast.stranger):
        client.force_login(other)
        assert client.get(url).status_code == 404
