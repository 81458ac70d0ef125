"""Mails about bookings reach only those who are still in their cohort."""

from datetime import timedelta

import pytest
from django.core import mail

from cohorts.enrollment.services import set_enrollment_status
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import UserFactory
from training.booking.services import cancel_booking
from training.models import TrainingBooking
from training.sessions.services import save_session
from training.tests.slots import book, mentors, new_session

pytestmark = pytest.mark.django_db


def test_a_moved_session_mails_no_mentor_who_withdrew(cast):
    session = new_session(cast.cohort)
    gone, here = mentors(cast.cohort, 2)
    for one in (gone, here):
        book(session, one)
    set_enrollment_status(enrollment=gone, to="withdrawn", by=None)
    TrainingBooking.objects.filter(enrollment=gone).update(status="booked")  # no sweep has freed the seat yet
    session.starts_at += timedelta(hours=2)
    save_session(session=session, provider="Listening Ltd", training="Listening", by=None)
    changed = OutboxMessage.objects.filter(key__startswith="training-changed:")
    assert [message.to for message in changed] == [[here.user.email]]


def test_whoever_withdraws_before_a_mail_about_their_seat_is_sent_does_not_get_it(cast):
    (one,) = mentors(cast.cohort, 1)
    book(new_session(cast.cohort), one)
    set_enrollment_status(enrollment=one, to="withdrawn", by=None)
    deliver_all_due()
    assert not [message for message in mail.outbox if one.user.email in message.to]


def test_mails_about_a_teams_seat_show_no_address_whose_owner_did_not_agree(cast):
    call = new_session(cast.cohort, training="Office hours", kind="office")
    member = cast.mentee_enrollment.members.create(user=UserFactory()).user
    book(call, cast.mentee_enrollment)
    booked = OutboxMessage.objects.get(key__startswith="training-booked:")
    assert (booked.to, booked.bcc) == ([cast.mentee.email], [member.email])
    (file,) = booked.attachments.all()
    assert member.email not in bytes(file.content).decode().replace("\r\n ", "")
    deliver_all_due()
    (sent,) = [m for m in mail.outbox if m.bcc == [member.email]]
    assert member.email not in str(sent.message())


def test_a_free_seat_is_offered_to_nobody_who_withdrew(cast):
    session = new_session(cast.cohort, seats=1)
    first, gone, here = mentors(cast.cohort, 3)
    booking = book(session, first)
    for one in (gone, here):
        book(session, one, wait=True)
    set_enrollment_status(enrollment=gone, to="withdrawn", by=None)
    TrainingBooking.objects.filter(enrollment=gone).update(status="waitlisted")
    cancel_booking(booking=booking, by=None)
    assert TrainingBooking.objects.get(status="offered").enrollment == here
