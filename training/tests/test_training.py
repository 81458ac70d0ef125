"""Slots and seats of mentor training."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from mentorship.testing.factories import EnrollmentFactory
from training.models import TrainingSession
from training.services import TrainingError, book_seat, cancel_booking, create_session


def new_session(cohort, **fields):
    fields = {"seats": 2, "starts_at": timezone.now() + timedelta(days=7), **fields}
    return create_session(cohort=cohort, provider="Listening Ltd", training="Listening", by=None, **fields)


@pytest.fixture
def session(cast):
    return new_session(cast.cohort)


def taken(session):
    session.refresh_from_db()
    assert session.taken == session.bookings.count()
    return session.taken


def test_booking_twice_takes_one_seat(cast, session):
    first = book_seat(session=session, enrollment=cast.mentor_enrollment, by=cast.mentor)
    assert book_seat(session=session, enrollment=cast.mentor_enrollment, by=cast.mentor) == first
    assert taken(session) == 1


def test_a_full_session_says_so(cast, session):
    for _ in range(2):
        mentor = EnrollmentFactory(cohort=cast.cohort, role="mentor")
        book_seat(session=session, enrollment=mentor, by=mentor.user)
    with pytest.raises(TrainingError, match="last seat"):
        book_seat(session=session, enrollment=cast.mentor_enrollment, by=cast.mentor)
    assert taken(session) == 2


def test_cancelling_gives_the_seat_back_once(cast, session):
    booking = book_seat(session=session, enrollment=cast.mentor_enrollment, by=cast.mentor)
    cancel_booking(booking=booking, by=cast.mentor)
    cancel_booking(booking=booking, by=cast.mentor)
    assert taken(session) == 0


@pytest.mark.parametrize("change", [{"role": "mentee"}, {"status": "waitlisted"}])
def test_only_accepted_mentors_book(cast, session, change):
    enrollment = EnrollmentFactory(cohort=cast.cohort, **{"role": "mentor", **change})
    with pytest.raises(TrainingError, match="accepted mentors"):
        book_seat(session=session, enrollment=enrollment, by=enrollment.user)


def test_what_has_begun_is_over_for_booking(cast):
    session = new_session(cast.cohort, starts_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(TrainingError, match="has begun"):
        book_seat(session=session, enrollment=cast.mentor_enrollment, by=cast.mentor)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_oversell(cast):
    session = new_session(cast.cohort, seats=3)
    mentors = EnrollmentFactory.create_batch(12, cohort=cast.cohort, role="mentor")

    def book(enrollment):
        try:
            book_seat(session=session, enrollment=enrollment, by=enrollment.user)
            return "seat"
        except TrainingError:
            return "full"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(book, mentors))
    assert (outcomes.count("seat"), outcomes.count("full")) == (3, 9)
    assert taken(session) == 3


def test_coordinators_add_and_edit_slots(client, cast):
    client.force_login(cast.coordinator)
    url = reverse("training:session-create", args=[cast.cohort.slug])
    data = {"training": "Listening", "provider": "Listening Ltd", "starts_at": "2027-02-01T09:00", "minutes": 180}
    assert client.post(url, {**data, "seats": 0}).status_code == 422
    assert client.post(url, {**data, "seats": 20}).status_code == 302
    session = TrainingSession.objects.get()
    assert (session.starts_at.isoformat(), session.training.name) == ("2027-02-01T09:00:00+00:00", "Listening")
    edit = reverse("training:session-edit", args=[cast.cohort.slug, session.pk])
    assert "Listening Ltd" in client.get(edit).content.decode()
    assert client.post(edit, {**data, "training": "Asking", "seats": 10}).status_code == 302
    session.refresh_from_db()
    assert (session.training.name, session.seats) == ("Asking", 10)


def test_fewer_seats_than_taken_is_refused_beside_the_field(client, cast, session):
    book_seat(session=session, enrollment=cast.mentor_enrollment, by=cast.mentor)
    other = EnrollmentFactory(cohort=cast.cohort, role="mentor")
    book_seat(session=session, enrollment=other, by=other.user)
    client.force_login(cast.coordinator)
    answer = client.post(
        reverse("training:session-edit", args=[cast.cohort.slug, session.pk]),
        {
            "training": "Listening",
            "provider": "Listening Ltd",
            "starts_at": "2027-02-01T09:00",
            "minutes": 60,
            "seats": 1,
        },
    )
    assert answer.status_code == 422
    assert "2 people booked already" in answer.content.decode()


def test_a_mentor_books_and_gives_back_on_their_page(client, cast, session):
    client.force_login(cast.mentor)
    client.post(reverse("training:book", args=[session.pk]))
    assert "your seat" in client.get(reverse("training:mine")).content.decode()
    client.post(reverse("training:cancel", args=[session.bookings.get().pk]))
    assert taken(session) == 0


def test_strangers_neither_see_nor_book(client, cast, session):
    for user in (cast.stranger, cast.mentee, cast.contact):
        client.force_login(user)
        assert client.get(reverse("training:sessions", args=[cast.cohort.slug])).status_code == 404
        assert client.post(reverse("training:book", args=[session.pk])).status_code == 404
    booking = book_seat(session=session, enrollment=cast.mentor_enrollment, by=cast.mentor)
    client.force_login(cast.mentee)
    assert client.post(reverse("training:cancel", args=[booking.pk])).status_code == 404
    assert taken(session) == 1


def test_only_who_booked_sees_the_joining_link(client, cast):
    session = new_session(cast.cohort, joining_link="https://call.example.org/secret")
    client.force_login(cast.mentor)
    assert "call.example.org" not in client.get(reverse("training:mine")).content.decode()
    book_seat(session=session, enrollment=cast.mentor_enrollment, by=cast.mentor)
    assert "call.example.org" in client.get(reverse("training:mine")).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(client, cast, django_assert_max_num_queries):
    client.force_login(cast.viewer)
    for _ in range(2):
        for _ in range(4):
            session = new_session(cast.cohort, seats=50)
            for mentor in EnrollmentFactory.create_batch(3, cohort=cast.cohort, role="mentor"):
                book_seat(session=session, enrollment=mentor, by=mentor.user)
        with django_assert_max_num_queries(15):
            client.get(reverse("training:sessions", args=[cast.cohort.slug]))
