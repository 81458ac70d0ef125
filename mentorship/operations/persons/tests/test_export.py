"""Exports of a person hand out all that is kept about them."""

import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from cohorts.models import PendingSignup
from mentorship.core.accounts.people.merging import merge_people
from mentorship.core.audit.models import AuditEntry
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MessageFactory,
    UserFactory,
)
from mentorship.operations.persons.erase import erase_person
from mentorship.operations.persons.export import export, export_zip
from mentorship.operations.persons.subject import find_subject
from mentorship.operations.persons.tests.traces import (
    EMAIL,
    NAME,
    PHRASE,
    SECOND,
    traces,
)
from training.booking.services import book_seat
from training.sharing.services import add_organisation, confirm_guest, share_session
from training.tests.slots import new_session

pytestmark = pytest.mark.django_db


def test_an_export_has_what_every_app_keeps_about_the_person(person):
    found = export(find_subject(EMAIL))
    assert set(found["sections"]) >= {
        "Account",
        "Addresses",
        "Sign-ups",
        "Teams",
        "Answers at sign-up",
        "Files",
        "Sign-ups to be confirmed",
        "Reviews",
        "Emails not wanted",
        "Mailings",
        "Trainings and calls",
        "What they thought of trainings",
        "Trainings and calls with their team",
        "Matches",
        "Proposed matches",
        "Check-ins",
        "Answers in check-ins",
        "Cases",
        "Graduations",
        "Blocked addresses",
        "Speaks for partners",
        "Hours given",
        "Emails to them",
        "What was done about them",
        "What they did",
        "What they wrote instead of answering",
        "Written by them: reviews",
    }
    assert [mail["subject"] for mail in found["sections"]["Emails to them"]][-1] == "You two"
    assert found["sections"]["Sign-ups"][0]["description"] == PHRASE
    assert {entry["verb"] for entry in found["sections"]["What they did"]} == {"booked", "signed in"}


def test_an_export_leaves_out_secrets_and_what_tells_of_others(person, cast):
    person.set_password("a secret of theirs")
    person.save()
    text = json.dumps(export(find_subject(EMAIL)), default=str)
    assert person.password not in text
    assert "owner" not in json.dumps(export(find_subject(EMAIL))["sections"]["Reviews"], default=str)
    assert "note" not in export(find_subject(EMAIL))["sections"]["Sign-ups"][0]


def test_an_address_that_somebody_only_claims_hands_out_and_erases_nothing(person, cast):
    claimed = ("waits@canary.example", EMAIL)
    for email in claimed:
        EmailAddress.objects.create(user=cast.mentee, email=email, verified=False)
        MessageFactory(to=[email], body_text=PHRASE)
    PendingSignup.objects.create(cohort=cast.cohort, role="mentor", email=claimed[0], answers={"goals": PHRASE})
    copy = export(find_subject(cast.mentee.email))
    assert copy["person"] == [cast.mentee.email]
    assert PHRASE not in json.dumps(copy, default=str)
    erase_person(email=claimed[0])
    cast.mentee.refresh_from_db()
    assert cast.mentee.is_active
    assert not PendingSignup.objects.filter(email=claimed[0]).exists()


def test_the_archive_holds_the_files_under_safe_names(person):
    archive = zipfile.ZipFile(io.BytesIO(export_zip(find_subject(EMAIL))))
    (name,) = [n for n in archive.namelist() if n.startswith("files/")]
    assert ".." not in name
    assert archive.read(name) == PHRASE.encode()
    listed = json.loads(archive.read("person.json"))["sections"]["Files"]
    assert listed[0]["file"] == name


def test_an_export_is_found_by_any_address_and_has_those_who_were_merged(person, cast):
    other = UserFactory(email=SECOND, full_name="Zaina Q.")
    EnrollmentFactory(user=other, cohort=CohortFactory(), description="as somebody else")
    merge_people(keep=person, other=other, by=None)
    found = export(find_subject(SECOND))
    assert found["person"] == sorted([EMAIL, SECOND])
    assert len(found["sections"]["Account"]) == 2
    assert "as somebody else" in {row["description"] for row in found["sections"]["Sign-ups"]}


def test_a_guest_without_an_account_is_found_by_the_address(cast):
    sister = add_organisation(cohort=cast.cohort, name="Sister", by=cast.owner)
    session = new_session(cast.cohort)
    share_session(session=session, to=sister, by=cast.owner)
    guest = confirm_guest(organisation=sister, name=NAME, email=EMAIL, time_zone="UTC")
    book_seat(session=session, guest=guest, by=None)
    sections = export(find_subject(EMAIL))["sections"]
    assert sections["As a guest at trainings"][0]["name"] == NAME
    assert sections["Trainings and calls"][0]["status"] == "booked"
    report = erase_person(email=EMAIL)
    assert ("As a guest at trainings", 1) in {(line.what, line.number) for line in report.lines}
    assert traces() == []
    session.refresh_from_db()
    assert session.taken == 0


def test_people_take_along_what_is_kept_about_them_and_nobody_else_does(client, person, cast):
    path = reverse("my-data")
    assert client.get(path).status_code == 302
    client.force_login(person)
    assert path in client.get(reverse("accounts:profile")).content.decode()
    answer = client.get(path)
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("person.json"))["person"] == [EMAIL]
    assert AuditEntry.objects.filter(verb="took a copy of their data", actor=person).count() == 1
