"""Training status: who is trained, until when, and what they get for it."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.devtools.testing.files.papers import NAMES, fonts_of, lines_of
from training.attendance.certificate import certificate_of, certificate_pdf
from training.attendance.services import save_attendance
from training.attendance.training_status import training_status_of, was_trained
from training.booking import links
from training.booking.attendees import attendee_of
from training.booking.services import cancel_booking
from training.models import Training, TrainingBooking, TrainingFeedback
from training.sessions.sweep import sweep_training
from training.tests.slots import SITE, book, mails, mentors, new_session, path_in, team


@pytest.fixture
def session(cast):
    return new_session(cast.cohort)


def status(*enrollments):
    found = training_status_of([e.pk for e in enrollments])
    return [found[e.pk].status for e in enrollments]


def attend(session, *came):
    with time_machine.travel(session.starts_at + timedelta(hours=1), tick=False):
        save_attendance(session=session, came=[b.pk for b in came], by=None)


def test_from_no_slot_to_trained(cast, session):
    other = EnrollmentFactory(cohort=cast.cohort, role="mentor")
    assert status(cast.mentor_enrollment, other) == ["none", "none"]
    bookings = [book(session, cast.mentor_enrollment), book(session, other)]
    assert status(cast.mentor_enrollment, other) == ["booked", "booked"]
    attend(session, bookings[0])
    assert status(cast.mentor_enrollment, other) == ["attended", "none"]
    assert training_status_of([other.pk])[other.pk].label == "did not come"


def test_cancelled_seats_and_calls_do_not_count_as_training(cast, session):
    cancel_booking(booking=book(session, cast.mentor_enrollment), by=cast.mentor)
    call = new_session(cast.cohort, training="Cohort call", kind="call", provider="")
    booking = book(call, cast.mentor_enrollment)
    attend(call, booking)
    assert status(cast.mentor_enrollment) == ["none"]


def test_it_counts_in_later_rounds_until_a_refresher_is_due(cast, session):
    attend(session, book(session, cast.mentor_enrollment))
    rounds = [
        CohortFactory(programme=cast.programme, starts_on=date(2027 + n, 9, 1), ends_on=date(2028 + n, 1, 1))
        for n in range(3)
    ]
    again = [EnrollmentFactory(cohort=c, user=cast.mentor, role="mentor") for c in rounds]
    assert status(*again) == ["attended"] * 3
    Training.objects.update(refresher_rounds=2)
    assert status(*again) == ["attended", "refresher", "refresher"]
    as_mentee = EnrollmentFactory(cohort=rounds[0], user=cast.mentor)
    assert status(as_mentee) == ["none"]


def test_the_people_list_and_mailings_filter_by_it(client, cast, session):
    book(session, cast.mentor_enrollment)
    (idle,) = mentors(cast.cohort, 1, user__full_name="Idle Ivo")
    client.force_login(cast.coordinator)
    people = reverse("cohorts:people-list", args=[cast.cohort.slug])
    page = client.get(people, {"training": "booked"}).content.decode()
    assert "Mona" in page
    assert "Idle Ivo" not in page
    assert "Idle Ivo" in client.get(people, {"training": "none", "role": "mentor"}).content.decode()
    assert idle.user.full_name not in client.get(people, {"training": "attended"}).content.decode()


def test_queries_do_not_grow_with_people(cast, session, django_assert_max_num_queries):
    people = mentors(cast.cohort, 30)
    for one in people[:2]:
        book(session, one)
    with django_assert_max_num_queries(4):
        training_status_of([e.pk for e in people])


def test_thanks_bring_the_two_questions_and_the_certificate_once(client, cast, session):
    (absent,) = mentors(cast.cohort, 1)
    booking = book(session, cast.mentor_enrollment)
    book(session, absent)
    attend(session, booking)
    with time_machine.travel(session.starts_at + timedelta(hours=5), tick=False):
        for _ in range(2):
            sweep_training(timezone.now())
    (mail,) = mails("mentor@example.org", "Thank you")
    assert not mails(absent.user.email, "Thank you")
    ask = path_in(mail, "/training/feedback/")
    assert client.post(ask, {"words": "Shorter, please"}).status_code == 422
    client.post(ask, {"score": "2", "words": "Shorter"})
    client.post(ask, {"score": "4", "words": "Shorter, please"})
    assert TrainingFeedback.objects.get().score == 4
    client.force_login(cast.coordinator)
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Shorter, please" in page
    certificate = path_in(mail, "/training/certificate/")
    assert "took part in “Listening”" in client.get(certificate).content.decode()


def test_the_certificate_shows_any_name_literally(client, cast, session):
    cast.mentor.full_name = 'Ana #panic("x") $y$ नेपाल [*]'
    cast.mentor.save()
    booking = book(session, cast.mentor_enrollment)
    attend(session, booking)
    answer = client.get(links.CERTIFICATE.url(booking.pk).removeprefix(SITE), {"format": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    (page,) = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    text = page.extract_text()
    assert 'Ana #panic("x") $y$' in text
    assert "Listening" in text
    assert "3 hours" in text


def test_a_certificate_of_attendance_has_fonts_for_any_name(cast, session):
    booking = TrainingBooking.objects.with_attendance().get(pk=book(session, cast.mentor_enrollment).pk)
    found = certificate_of(attendee_of(booking, None), "https://x.example.org")
    named = replace(found, name=" ".join(NAMES), training="Wxyz" * 30)
    pdf = certificate_pdf(named)
    assert fonts_of(pdf) == set(NAMES.values()) - {"NotoSansCJKsc", "NotoSansCJKkr"}  # one of the three on a page
    assert max(len(line) for line in lines_of(pdf)) < 100
    assert "<pdfaid:part>2<" in pypdf.PdfReader(io.BytesIO(pdf)).xmp_metadata.stream.get_data().decode()


@pytest.mark.usefixtures("no_server_fonts")
def test_a_certificate_with_letters_that_no_font_has_leads_back_to_its_page(client, cast, session):
    cast.mentor.full_name = "Ana 𒀀"
    cast.mentor.save()
    booking = book(session, cast.mentor_enrollment)
    attend(session, booking)
    address = links.CERTIFICATE.url(booking.pk).removeprefix(SITE)
    answer = client.get(address, {"format": "pdf"}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "Print this page" in answer.content.decode()


def test_hours_in_words(cast, session):
    session.minutes = 90
    session.save()
    booking = TrainingBooking.objects.with_attendance().get(pk=book(session, cast.mentor_enrollment).pk)
    found = certificate_of(attendee_of(booking, None), "https://x.example.org")
    assert found.hours == "1 hour and 30 minutes"
    assert certificate_pdf(found).startswith(b"%PDF")


def test_absent_people_get_no_certificate_and_no_feedback_form(client, cast, session):
    booking = book(session, cast.mentor_enrollment)
    attend(session)
    for link in (links.CERTIFICATE.url(booking.pk), links.FEEDBACK.url(booking.pk)):
        assert client.get(link.removeprefix(SITE)).status_code == 404


def test_each_member_of_a_team_who_attended_gets_thanks_and_a_certificate(client, cast, session):
    Training.objects.update(roles="mentee")
    enrollment, (bo, cy) = team(cast.cohort, "Bo Beta", "Cy Gamma")
    booking = book(session, enrollment)
    after = session.starts_at + timedelta(hours=5)
    with time_machine.travel(after, tick=False):
        save_attendance(session=session, came=[], members=[(booking.pk, bo.pk)], by=None)
        for _ in range(2):
            sweep_training(timezone.now())
        (mail,) = mails(bo.email, "Thank you")
        assert mail.to == [bo.email]
        assert "Dear Bo" in mail.full_text
        for absent in (enrollment.user, cy):
            assert not mails(absent.email, "Thank you")
        certificate = path_in(mail, "/training/certificate/")
        assert "Bo Beta" in client.get(certificate).content.decode()
        client.post(path_in(mail, "/training/feedback/"), {"score": "5", "words": "Mine"})
        assert client.get(links.CERTIFICATE.url(booking.pk).removeprefix(SITE)).status_code == 404
        save_attendance(session=session, came=[booking.pk], members=[(booking.pk, bo.pk)], by=None)
        sweep_training(timezone.now())
        (mail,) = mails(enrollment.user.email, "Thank you")
        client.post(path_in(mail, "/training/feedback/"), {"score": "2", "words": ""})
        assert dict(TrainingFeedback.objects.values_list("user__full_name", "score")) == {"Bo Beta": 5, "Lia Lead": 2}
        _what_they_see(client, enrollment, (bo, cy), certificate)
        save_attendance(session=session, came=[booking.pk], by=None)
        assert client.get(certificate).status_code == 404


def _what_they_see(client, enrollment, members, certificate):
    """Check the certificates that people see: each their own; by the link of a team, those of all its members."""
    shared = client.get(links.CHOOSE.url(enrollment.pk).removeprefix(SITE)).content.decode()
    assert "Certificate of Lia Lead" in shared
    assert certificate in shared
    assert "/training/feedback/" not in shared
    for user, there in zip((enrollment.user, *members), (True, True, False), strict=True):
        client.force_login(user)
        page = client.get(reverse("training:my-slot-list")).content.decode()
        assert ("you were there" in page) == there
        assert page.count("/training/certificate/") == there
        assert (certificate in page) == (user == members[0])
    client.logout()


def test_what_somebody_attended_in_a_team_counts_for_them_and_not_for_the_lead(cast, session):
    Training.objects.update(roles="mentee")
    enrollment, (bo,) = team(cast.cohort, "Bo Beta")
    booking = book(session, enrollment)
    with time_machine.travel(session.starts_at + timedelta(hours=1), tick=False):
        save_attendance(session=session, came=[], members=[(booking.pk, bo.pk)], by=None)
    later = CohortFactory(programme=cast.programme, starts_on=date(2028, 9, 1), ends_on=date(2028, 12, 1))
    again = [EnrollmentFactory(cohort=later, user=user) for user in (bo, enrollment.user)]
    assert status(*again) == ["attended", "none"]
    assert [was_trained(later, "mentee", user.email) for user in (bo, enrollment.user)] == [True, False]
    assert not was_trained(later, "mentor", bo.email)
