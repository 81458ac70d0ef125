"""Seats: booked, changed, given back, waited for, and never sold twice."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory
from training.booking import links
from training.booking.errors import FullError
from training.booking.services import book_seat, cancel_booking
from training.models import TrainingBooking
from training.sessions.services import cancel_session, save_session
from training.sessions.sweep import sweep_training
from training.tests.slots import SITE, book, mails, mentors, new_session, path_in, taken


@pytest.fixture
def session(cast):
    return new_session(cast.cohort)


def test_booking_twice_takes_one_seat_and_mails_once(cast, session):
    first = book(session, cast.mentor_enrollment)
    assert book(session, cast.mentor_enrollment) == first
    assert taken(session) == 1
    assert len(mails("mentor@example.org", "Your seat")) == 1


def test_a_full_session_says_so(cast, session):
    for mentor in mentors(cast.cohort, 2):
        book(session, mentor)
    with pytest.raises(FullError, match="last seat"):
        book(session, cast.mentor_enrollment)
    assert taken(session) == 2


def test_cancelling_frees_one_seat_and_booking_again_reuses_the_event(cast, session):
    booking = book(session, cast.mentor_enrollment)
    cancel_booking(booking=booking, by=cast.mentor)
    cancel_booking(booking=booking, by=cast.mentor)
    assert taken(session) == 0
    assert len(mails("mentor@example.org", "Cancelled")) == 1
    again = book(session, cast.mentor_enrollment)
    assert again.pk == booking.pk
    assert again.sequence == booking.sequence + 2


@pytest.mark.parametrize("change", [{"role": "mentee"}, {"status": "waitlisted"}])
def test_only_accepted_people_in_the_right_role_book(cast, session, change):
    enrollment = EnrollmentFactory(cohort=cast.cohort, **{"role": "mentor", **change})
    with pytest.raises(ServiceError, match="accepted mentors"):
        book(session, enrollment)


def test_people_of_another_cohort_need_a_shared_session(cast, session):
    stranger = EnrollmentFactory(cohort=cast.other_cohort, role="mentor")
    with pytest.raises(ServiceError, match="open to"):
        book(session, stranger)


def test_a_session_that_has_begun_can_not_be_booked(cast):
    session = new_session(cast.cohort, starts_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(ServiceError, match="has begun"):
        book(session, cast.mentor_enrollment)


def test_booking_another_slot_of_the_training_cancels_the_first(cast, session):
    later = new_session(cast.cohort, starts_at=session.starts_at + timedelta(days=1))
    book(session, cast.mentor_enrollment)
    book(later, cast.mentor_enrollment)
    assert (taken(session), taken(later)) == (0, 1)
    assert "is free for somebody else" in mails("mentor@example.org", "Your seat")[1].full_text


def test_a_full_slot_leaves_the_present_booking_unchanged(cast, session):
    later = new_session(cast.cohort, starts_at=session.starts_at + timedelta(days=1), seats=1)
    book(later, mentors(cast.cohort, 1)[0])
    book(session, cast.mentor_enrollment)
    with pytest.raises(FullError):
        book(later, cast.mentor_enrollment)
    assert (taken(session), taken(later)) == (1, 1)


def test_calls_are_booked_independently(cast):
    for n in (1, 2):
        call = new_session(
            cast.cohort, provider="", training="Cohort call", kind="call", starts_at=timezone.now() + timedelta(days=n)
        )
        book(call, cast.mentor_enrollment)
        book(call, cast.mentee_enrollment)
    assert TrainingBooking.objects.booked().count() == 4


def test_after_the_deadline_only_coordinators_cancel(cast):
    session = new_session(cast.cohort, starts_at=timezone.now() + timedelta(hours=20), change_hours=24)
    other = new_session(cast.cohort, starts_at=timezone.now() + timedelta(hours=70))
    booking = book(session, cast.mentor_enrollment)
    with pytest.raises(ServiceError, match="too late"):
        cancel_booking(booking=booking, by=cast.mentor)
    with pytest.raises(ServiceError, match="too late"):
        book(other, cast.mentor_enrollment)
    assert (taken(session), taken(other)) == (1, 0)
    cancel_booking(booking=booking, by=cast.coordinator, late=True)
    assert taken(session) == 0


def test_the_first_on_the_waitlist_is_offered_the_seat_and_accepts_by_mail(client, cast):
    session = new_session(cast.cohort, seats=1, answer_hours=48)
    holder, first, second = mentors(cast.cohort, 3)
    booking = book(session, holder)
    for waiting in (first, second):
        assert book(session, waiting, wait=True).status == "waitlisted"
    cancel_booking(booking=booking, by=holder.user)
    assert taken(session) == 1
    path = path_in(mails(first.user.email, "A seat for you")[0], "/training/choose/")
    assert not mails(second.user.email)
    assert "I’ll take the seat" in client.get(path).content.decode()
    assert session.bookings.booked().count() == 0
    client.post(path, {"session": session.pk, "do": "book"})
    assert session.bookings.booked().get().enrollment == first
    assert taken(session) == 1


def test_an_offer_nobody_answers_goes_to_the_next_once(cast):
    session = new_session(cast.cohort, seats=1, answer_hours=48)
    holder, first, second = mentors(cast.cohort, 3)
    booking = book(session, holder)
    for waiting in (first, second):
        book(session, waiting, wait=True)
    cancel_booking(booking=booking, by=holder.user)
    with time_machine.travel(timezone.now() + timedelta(hours=49), tick=False):
        for _ in range(2):
            sweep_training(timezone.now())
        assert [m.subject for m in mails(first.user.email)][1:] == ["The seat in Listening has gone to the next person"]
        assert session.bookings.get(status="offered").enrollment == second
    assert taken(session) == 1


def test_an_offer_ends_in_time_to_get_there(cast):
    session = new_session(cast.cohort, seats=1, starts_at=timezone.now() + timedelta(hours=30), answer_hours=48)
    holder, waiting = mentors(cast.cohort, 2)
    booking = book(session, holder)
    book(session, waiting, wait=True)
    cancel_booking(booking=booking, by=holder.user, late=True)
    assert session.bookings.get(status="offered").offer_until == session.starts_at - timedelta(hours=1)


def test_more_seats_are_offered_to_those_who_wait(cast):
    session = new_session(cast.cohort, seats=1)
    holder, waiting = mentors(cast.cohort, 2)
    book(session, holder)
    book(session, waiting, wait=True)
    session.refresh_from_db()
    session.seats = 2
    save_session(session=session, provider="Listening Ltd", training="Listening", by=cast.coordinator)
    assert session.bookings.get(status="offered").enrollment == waiting
    session.seats = 1
    with pytest.raises(ServiceError, match="2 people booked already"):
        save_session(session=session, provider="Listening Ltd", training="Listening", by=cast.coordinator)


def test_withdrawing_from_the_cohort_frees_the_seat(cast):
    session = new_session(cast.cohort, seats=1)
    holder, waiting = mentors(cast.cohort, 2)
    book(session, holder)
    book(session, waiting, wait=True)
    Enrollment.objects.filter(pk=holder.pk).update(status="withdrawn")
    for _ in range(2):
        sweep_training(timezone.now())
    assert session.bookings.seated().get().enrollment == waiting
    assert taken(session) == 1


def test_a_cancelled_session_tells_everybody_and_takes_nobody(cast, session):
    holder, waiting, late = mentors(cast.cohort, 3)
    for one in (holder, late):
        book(session, one)
    book(session, waiting, wait=True)
    for _ in range(2):
        cancel_session(session=session, reason="The trainer is ill.", by=cast.coordinator)
    for one in (holder, waiting):
        (mail,) = mails(one.user.email, "Cancelled: ")
        assert "The trainer is ill." in mail.full_text
    with pytest.raises(ServiceError, match="cancelled"):
        book(session, cast.mentor_enrollment)


def test_a_change_of_the_time_is_told_in_everybodys_own_clock(cast, session):
    enrollment = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__time_zone="Asia/Kathmandu")
    book(session, enrollment)
    session.refresh_from_db()
    session.starts_at = session.starts_at.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
    save_session(session=session, provider="Listening Ltd", training="Listening", by=cast.coordinator)
    (mail,) = mails(enrollment.user.email, "Changed")
    assert "06:00 (UTC), 11:45 your time (Kathmandu)" in mail.full_text


def test_edits_that_do_not_concern_people_send_no_mail(cast, session):
    book(session, cast.mentor_enrollment)
    session.refresh_from_db()
    session.minimum = 1
    save_session(session=session, provider="Listening Ltd", training="Listening", by=cast.coordinator)
    assert not mails("mentor@example.org", "Changed")


def _at_once(number, book_one):
    start, outcomes = threading.Barrier(number), []

    def run(n):
        try:
            start.wait()
            outcomes.append(book_one(n))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_book_exactly_twenty_seats(cast):
    session = new_session(cast.cohort, seats=20)
    people = mentors(cast.cohort, 200)
    # As many at a time as a server lets in; every one of the 200 asks.
    chunks = [people[n::40] for n in range(40)]

    def book_chunk(n):
        said = []
        for enrollment in chunks[n]:
            try:
                said.append(book(session, enrollment).status)
            except FullError:
                said.append("full")
        return said

    outcomes = [word for chunk in _at_once(40, book_chunk) for word in chunk]
    assert (outcomes.count("booked"), outcomes.count("full")) == (20, 180)
    assert session.bookings.booked().count() == 20
    assert taken(session) == 20


@pytest.mark.django_db(transaction=True)
def test_two_people_swapping_slots_at_once_do_not_deadlock(cast):
    one, other = new_session(cast.cohort, seats=4), new_session(cast.cohort, seats=4, minutes=60)
    people = mentors(cast.cohort, 8)
    for n, enrollment in enumerate(people):
        book(one if n % 2 else other, enrollment)
    _at_once(8, lambda n: _try(other if n % 2 else one, people[n]))
    assert taken(one) + taken(other) == 8
    assert TrainingBooking.objects.booked().count() == 8


def _try(session, enrollment):
    try:
        return book(session, enrollment).status
    except ServiceError:
        return "kept"


def test_people_book_change_and_cancel_by_the_link_of_the_mail(client, cast, session):
    path = links.CHOOSE.url(cast.mentor_enrollment.pk).removeprefix(SITE)
    page = client.get(path).content.decode()
    assert "Book" in page
    assert not session.bookings.exists()
    client.post(path, {"session": session.pk, "do": "book"})
    assert "your seat" in client.get(path).content.decode()
    client.post(path, {"session": session.pk, "do": "cancel"})
    assert taken(session) == 0
    assert client.get("/training/choose/1.forged/").status_code == 404
    assert client.post(path, {"session": new_session(cast.other_cohort).pk, "do": "book"}).status_code == 404
    answer = client.post(path, {"session": session.pk, "do": "dance"}, follow=True)
    assert "Tick the box" in answer.content.decode()


def test_booking_for_nobody_is_refused(cast, session):
    with pytest.raises(ServiceError):
        book_seat(session=session, by=cast.coordinator)
