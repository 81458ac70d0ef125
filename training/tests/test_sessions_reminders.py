"""Reminders and invitations that are due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mentorship.core.outbox.models import MailTemplate
from mentorship.devtools.testing.factories import EnrollmentFactory
from training.booking.services import cancel_booking
from training.models import Training
from training.sessions.invitations import people_to_invite, send_invitations
from training.sessions.reminders import plan_reminders
from training.sessions.services import save_session
from training.sessions.sweep import sweep_training
from training.tests.slots import book, mails, mentors, new_session, path_in

START = datetime(2027, 3, 30, 9, tzinfo=UTC)


@pytest.fixture
def booked(cast):
    with time_machine.travel(START - timedelta(days=20), tick=False):
        session = new_session(cast.cohort, starts_at=START, joining_link="https://call.example.org/x")
        return session, book(session, cast.mentor_enrollment)


def sweep_at(moment):
    with time_machine.travel(moment, tick=False):
        sweep_training(timezone.now())


def reminders(address="mentor@example.org"):
    return [m.subject.split(":")[0] for m in mails(address) if m.key.startswith("training-reminder")]


def test_reminders_are_sent_once_a_week_and_once_a_day_before(booked):
    sweep_at(START - timedelta(days=7, minutes=1))
    assert reminders() == []
    for moment in (timedelta(days=7), timedelta(days=3), timedelta(hours=24), timedelta(hours=2), timedelta(minutes=1)):
        for _ in range(2):
            sweep_at(START - moment)
    assert reminders() == ["In a week", "Tomorrow"]
    assert "https://call.example.org/x" in mails("mentor@example.org", "Tomorrow")[0].full_text
    sweep_at(START)
    assert len(reminders()) == 2


def test_a_missed_weekly_reminder_is_not_sent_on_the_last_day(booked):
    sweep_at(START - timedelta(hours=5))
    assert reminders() == ["Today"]


def test_recent_bookings_and_cancelled_ones_get_no_reminder(cast, booked):
    session, booking = booked
    late = mentors(cast.cohort, 1)[0]
    with time_machine.travel(START - timedelta(days=5), tick=False):
        book(session, late)
        cancel_booking(booking=booking, by=cast.mentor)
    sweep_at(START - timedelta(days=4))
    assert reminders() == []
    assert reminders(late.user.email) == []
    sweep_at(START - timedelta(hours=12))
    assert reminders(late.user.email) == ["Tomorrow"]


def test_a_moved_session_gets_new_reminders(cast, booked):
    session, _ = booked
    sweep_at(START - timedelta(days=6))
    with time_machine.travel(START - timedelta(days=6), tick=False):
        session.refresh_from_db()
        session.starts_at = START + timedelta(days=7)
        save_session(session=session, provider="Listening Ltd", training="Listening", by=cast.coordinator)
    sweep_at(START + timedelta(days=2))
    assert reminders() == ["In 6 days", "In 5 days"]


def test_invitations_are_previewed_and_sent_once_to_people_without_a_slot(client, cast):
    session = new_session(cast.cohort)
    book(session, cast.mentor_enrollment)
    nepal = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__time_zone="Asia/Kathmandu")
    client.force_login(cast.coordinator)
    url = reverse("training:training-invite", args=[cast.cohort.slug, session.training_id])
    page = client.get(url).content.decode()
    assert nepal.user.full_name in page
    assert "Mona" not in page
    client.post(url, {"words": "See you there!", "preview": "1"})
    assert not mails(nepal.user.email)
    for _ in range(2):
        client.post(url, {"words": "See you there!"})
    (mail,) = mails(nepal.user.email)
    assert "your time (Kathmandu)" in mail.full_text
    assert "See you there!" in mail.full_text
    client.logout()
    own = path_in(mail, "/training/choose/")
    client.post(own, {"session": session.pk, "do": "book"})
    assert people_to_invite(cast.cohort, session.training) == []


def test_experienced_people_are_invited_where_welcome(cast):
    session = new_session(cast.cohort)
    booking = book(session, cast.mentor_enrollment)
    session.bookings.update(attended=True)
    again = new_session(cast.cohort, training="Listening", starts_at=timezone.now() + timedelta(days=30))
    cancel_booking(booking=booking, by=cast.mentor, late=True)
    assert cast.mentor_enrollment in people_to_invite(cast.cohort, again.training)
    Training.objects.update(experienced_welcome=False)
    again.training.refresh_from_db()
    assert cast.mentor_enrollment not in people_to_invite(cast.cohort, again.training)


def test_invitations_use_the_template_of_the_cohort(cast):
    of = {"workspace": cast.programme.workspace, "scope": cast.cohort.scope}
    for kind in ("booked", "invite"):
        MailTemplate.objects.create(
            **of, kind=f"training/{kind}", subject=f"Our {kind}, {{name}}", body="Hi {name}: {choose}"
        )
    session = new_session(cast.cohort)
    (other,) = mentors(cast.cohort, 1)
    book(session, cast.mentor_enrollment)
    send_invitations(cohort=cast.cohort, training=session.training, words="", by=cast.coordinator, now=timezone.now())
    (booked,), (asked,) = mails("mentor@example.org", "Our booked, Mona"), mails(other.user.email, "Our invite")
    assert booked.full_text.startswith("Hi Mona: http")
    assert (booked.scope, asked.scope) == (cast.cohort.scope, cast.cohort.scope)


def test_the_invitation_to_a_training_has_the_programmes_words_for_roles(cast):
    type(cast.programme).objects.update(mentor_label="advisor", mentee_label="intern")
    session = new_session(cast.cohort)
    Training.objects.update(roles="mentor mentee", experienced_welcome=True)
    (other,) = mentors(cast.cohort, 1)
    training = Training.objects.get(pk=session.training_id)
    cohort = type(cast.cohort).objects.get(pk=cast.cohort.pk)
    send_invitations(cohort=cohort, training=training, words="", by=cast.coordinator, now=timezone.now())
    (mail,) = mails(other.user.email)
    assert "advisors, interns" in mail.full_text
    assert "Experienced advisors are welcome." in mail.full_text


def test_no_reminder_leaves_on_a_sunday():
    monday = datetime(2027, 3, 8, 9, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    found = [one.at for one in plan_reminders(1, monday, monday - timedelta(days=30), zone)]
    assert found == [datetime(2027, 3, 1, 9, tzinfo=UTC), datetime(2027, 3, 6, 9, tzinfo=UTC)]
    sunday = datetime(2027, 3, 7, 9, tzinfo=UTC)  # somebody chose it
    found = [one.at for one in plan_reminders(1, sunday, sunday - timedelta(days=30), zone)]
    assert found == [datetime(2027, 2, 28, 9, tzinfo=UTC), datetime(2027, 3, 6, 9, tzinfo=UTC)]
