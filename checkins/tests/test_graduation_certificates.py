"""Graduation: what counts, who ends early, certificates."""

import io
import zipfile
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from django.urls import reverse
from pypdf import PdfReader

from checkins.graduation.certificates import certificates_pdf
from checkins.graduation.links import confirm_link
from checkins.graduation.progress import graduation_progress
from checkins.graduation.services import ask_mentors, end_early, graduate, issue_certificates
from checkins.models import Graduation
from checkins.models.certificate_numbers import ids_behind
from checkins.tests.rows import NOW, criterion, path, say
from cohorts.models import Enrollment
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.personal_data import ERASED
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory
from mentorship.devtools.testing.files.papers import NAMES, fonts_of, lines_of, text_of
from mentorship.devtools.testing.links import without_signatures
from training.models import TrainingBooking, TrainingSession
from training.sessions.services import create_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_team_graduates_person_by_person(client, cast, checkin):
    second = cast.mentee_enrollment.members.create(user=UserFactory(full_name="Bea *x* #panic()")).user
    criterion(cast, "mentor", "The mentor says yes")
    criterion(cast, "survey", "Check-in", wave=checkin.wave)
    say(checkin, have_met="regularly")
    assert ask_mentors(cohort=cast.cohort, by=cast.coordinator) == 1
    link = path(confirm_link(cast.match))
    assert without_signatures(link) in without_signatures(OutboxMessage.objects.get(kind="graduation").full_text)
    client.get(link)
    assert client.post(link).status_code == 422  # neither who is ready, nor that nobody is
    assert not Graduation.objects.exists()
    client.post(link, {"ready": [cast.mentee.pk, second.pk]})
    assert [g.user for g in Graduation.objects.all()] == [cast.mentee]  # the other has not answered
    cast.match.refresh_from_db()
    assert cast.match.status == "active"
    with pytest.raises(ServiceError, match="Check-in"):
        graduate(enrollment=cast.mentee_enrollment, user=second, by=cast.coordinator)
    graduate(enrollment=cast.mentee_enrollment, user=second, by=cast.coordinator, anyway=True)
    cast.match.refresh_from_db()
    assert cast.match.status == "graduated"
    assert Enrollment.objects.get(pk=cast.mentee_enrollment.pk).status == "completed"
    assert issue_certificates(cohort=cast.cohort, by=cast.coordinator) == 2
    assert issue_certificates(cohort=cast.cohort, by=cast.coordinator) == 0
    one = Graduation.objects.get(user=second)
    assert "This certificate is valid" in client.get(one.get_absolute_url()).content.decode()
    pdf = client.get(reverse("checkins:certificate-file", args=[one.pk]))

    assert "#panic()" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    client.force_login(cast.viewer)
    archive = client.get(reverse("checkins:certificates-zip", args=[cast.cohort.slug])).content
    assert len(zipfile.ZipFile(io.BytesIO(archive)).namelist()) == 2


def test_who_ends_early_has_a_reason_and_no_certificate(client, cast, checkin):
    with pytest.raises(ServiceError):
        end_early(enrollment=cast.mentee_enrollment, user=cast.mentee, reason=" ", by=cast.coordinator)
    ended = end_early(enrollment=cast.mentee_enrollment, user=cast.mentee, reason="New job", by=cast.coordinator)
    cast.match.refresh_from_db()
    assert (cast.match.status, cast.match.ended_reason) == ("ended", "New job")
    assert client.get(ended.get_absolute_url()).status_code == 404
    assert client.get(reverse("checkins:certificate-file", args=[ended.pk])).status_code == 404


def test_sessions_of_the_round_count_also_where_another_round_holds_them(cast, checkin):
    criterion(cast, "sessions", "Two calls", number=2)
    elsewhere = create_session(
        cohort=cast.other_cohort,
        provider="Us",
        training="Talk",
        seats=9,
        starts_at=NOW + timedelta(days=1),
        by=cast.stranger,
    )
    here = [
        create_session(
            cohort=cast.cohort,
            provider="Us",
            training=f"Call {n}",
            seats=9,
            kind="call",
            starts_at=NOW + timedelta(days=n),
            by=cast.coordinator,
        )
        for n in (1, 2)
    ]
    for session in (elsewhere, *here):
        TrainingBooking.objects.create(session=session, enrollment=cast.mentee_enrollment, attended=True)
    TrainingSession.objects.filter(pk=here[1].pk).update(cancelled_at=NOW)
    after = NOW + timedelta(days=3)
    (standing,) = graduation_progress(cast.cohort, now=after)[0].standings
    assert standing.met
    TrainingSession.objects.filter(pk=elsewhere.pk).update(cancelled_at=NOW)
    assert not graduation_progress(cast.cohort, now=after)[0].ready


def test_many_certificates_come_in_parts(client, cast, checkin, monkeypatch):
    monkeypatch.setattr("checkins.graduation.views.certificates.CERTIFICATES_PER_PART", 2)
    for number in range(3):
        enrollment = EnrollmentFactory(cohort=cast.cohort, user__full_name=f"Graduate {number}")
        graduate(enrollment=enrollment, user=enrollment.user, by=cast.coordinator, anyway=True)
    client.force_login(cast.coordinator)
    page = client.get(reverse("checkins:graduation-list", args=[cast.cohort.slug])).content.decode()
    assert page.count("part 2 of 2") == 2
    zips = reverse("checkins:certificates-zip", args=[cast.cohort.slug])
    names = [len(zipfile.ZipFile(io.BytesIO(client.get(f"{zips}?part={n}").content)).namelist()) for n in (1, 2)]
    assert names == [2, 1]

    pdfs = reverse("checkins:certificates-pdf", args=[cast.cohort.slug])
    parts = [PdfReader(io.BytesIO(client.get(f"{pdfs}?part={n}").content)) for n in (1, 2)]
    pages = [page.extract_text() for part in parts for page in part.pages]
    assert [len(part.pages) for part in parts] == [2, 1]
    assert [f"Graduate {n}" in text for n, text in enumerate(pages)] == [True, True, True]


def test_certificates_of_people_of_all_scripts_come_in_one_file(client, cast, checkin):
    for name in NAMES:
        enrollment = EnrollmentFactory(cohort=cast.cohort, user__full_name=name, title="Wxyz" * 30)
        graduate(enrollment=enrollment, user=enrollment.user, by=cast.coordinator, anyway=True)
    client.force_login(cast.coordinator)
    pdf = client.get(reverse("checkins:certificates-pdf", args=[cast.cohort.slug])).content
    assert len(PdfReader(io.BytesIO(pdf)).pages) == len(NAMES)
    assert fonts_of(pdf) == set(NAMES.values())
    assert len(pdf) < 400_000
    assert text_of(pdf).count("Wxyz" * 30) == len(NAMES)
    assert max(len(line) for line in lines_of(pdf)) < 120


@pytest.mark.parametrize("letter", ["W", "王", "ก", "ab cd "])
def test_a_certificate_with_the_longest_name_and_title_is_one_page(cast, checkin, letter):
    name, title = (letter * 300)[:200].strip(), (letter * 300)[:300].strip()
    enrollment = EnrollmentFactory(cohort=cast.cohort, user__full_name=name, title=title)
    graduate(enrollment=enrollment, user=enrollment.user, by=cast.coordinator, anyway=True)
    pdf, left_out = certificates_pdf(list(Graduation.objects.all()))
    assert (len(PdfReader(io.BytesIO(pdf)).pages), left_out) == (1, [])


def test_files_of_certificates_are_named_for_the_person_in_any_script(client, cast, checkin):
    for name in ("Zoë O'Hara", "王小明", "தமிழ் செல்வன்", "🌱"):
        enrollment = EnrollmentFactory(cohort=cast.cohort, user__full_name=name)
        graduate(enrollment=enrollment, user=enrollment.user, by=cast.coordinator, anyway=True)
    client.force_login(cast.coordinator)
    archive = client.get(reverse("checkins:certificates-zip", args=[cast.cohort.slug])).content
    names = {name[12:-13] for name in zipfile.ZipFile(io.BytesIO(archive)).namelist()}
    assert names == {"zoe-o-hara", "王小明", "தமிழ்-செல்வன்", "person"}
    one = Graduation.objects.get(name="王小明")
    answer = client.get(reverse("checkins:certificate-file", args=[one.pk]))
    assert quote(f"certificate-王小明-{str(one.pk)[:8]}.pdf") in answer["Content-Disposition"]


def test_chinese_characters_on_a_certificate_are_written_as_where_the_person_lives(client, cast, checkin):
    for country in ("JP", "TW", "CN"):
        enrollment = EnrollmentFactory(cohort=cast.cohort, user__full_name="直樹", country=country)
        graduate(enrollment=enrollment, user=enrollment.user, by=cast.coordinator, anyway=True)
    pdf, left_out = certificates_pdf(list(Graduation.objects.with_people()))
    assert fonts_of(pdf) == {"NotoSans", "NotoSansCJKjp", "NotoSansCJKtc", "NotoSansCJKsc"}
    assert left_out == []


def test_a_typed_number_leads_to_the_certificate_and_nothing_else_does(client, cast):
    one = Graduation.objects.create(
        enrollment=cast.mentee_enrollment, user=cast.mentee, status="graduated", name="Tariq", decided_on=NOW.date()
    )
    assert ids_behind(one.number) == (
        UUID(one.id.hex[:12].ljust(32, "0")),
        UUID(one.id.hex[:12].ljust(32, "f")),
    )
    check = reverse("checkins:certificate-check")
    for typed in (one.number, one.number.lower().replace("-", " ").replace("0", "o"), f"https://x.org/{one.pk}/"):
        assert client.get(check, {"number": typed})["Location"] == one.get_absolute_url()
    assert client.get(check, {"number": "1F2E-3D4C-5B6A"}).status_code == 404
    assert client.get(check, {"number": "Tariq"}).status_code == 422
    Graduation.objects.update(name=ERASED)
    assert client.get(check, {"number": one.number}).status_code == 404
