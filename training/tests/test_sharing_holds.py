"""Sessions that others may come to, and the seats that are kept for them."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.devtools.testing.pages import SURE
from training.booking import links
from training.booking.errors import FullError
from training.booking.services import cancel_booking
from training.models import GuestOrganisation, SeatHold, TrainingGuest
from training.sessions.planned_mail import planned_training_mails
from training.sessions.sweep import sweep_training
from training.sharing.services import (
    add_organisation,
    answer_share,
    renew_organisation_link,
    share_session,
    stop_sharing,
)
from training.tests.slots import SITE, book, mails, mentors, new_session, path_in, taken


@pytest.fixture
def session(cast):
    return new_session(cast.cohort, seats=4)


@pytest.fixture
def sister(cast):
    return add_organisation(cohort=cast.cohort, name="Open Makers", by=cast.coordinator)


def path(link):
    return link.removeprefix(SITE)


def test_another_cohort_of_the_programme_comes_at_once(cast, session):
    sibling = CohortFactory(programme=cast.programme)
    (mentor,) = mentors(sibling, 1)
    with pytest.raises(ServiceError):
        book(session, mentor)
    hold = share_session(session=session, to=sibling, by=cast.coordinator)
    assert book(session, mentor).hold == hold


def test_another_programme_comes_when_its_coordinators_accept(client, cast, session):
    (theirs,) = mentors(cast.other_cohort, 1)
    hold = share_session(session=session, to=cast.other_cohort.programme, seats=2, by=cast.coordinator)
    assert hold.status == "asked"
    (mail,) = mails("hello@example.org", "offers seats")
    with pytest.raises(ServiceError):
        book(session, theirs)
    client.force_login(cast.stranger)
    page = path_in(mail, "/cohorts/")
    assert "Accept" in client.get(page).content.decode()
    answer = reverse("training:share-answer", args=[cast.other_cohort.slug, hold.pk])
    client.post(answer)  # without an answer, which declined it for good
    client.post(answer, {"answer": "yes"})
    assert book(session, theirs).hold == hold
    assert client.post(answer, {"answer": "no"}, follow=True).status_code == 200
    hold.refresh_from_db()
    assert hold.status == "accepted"  # somebody has booked


def test_nobody_else_accepts_for_a_programme(client, cast, session):
    hold = share_session(session=session, to=cast.other_cohort.programme, by=cast.coordinator)
    for user in (cast.coordinator, cast.owner, cast.mentor):
        client.force_login(user)
        for cohort in (cast.cohort, cast.other_cohort):
            url = reverse("training:share-answer", args=[cohort.slug, hold.pk])
            assert client.post(url, {"answer": "yes"}).status_code == 404
    hold.refresh_from_db()
    assert hold.status == "asked"


def test_held_seats_are_kept_from_others_until_their_date(cast, session):
    sibling = CohortFactory(programme=cast.programme)
    until = timezone.now() + timedelta(days=3)
    share_session(session=session, to=sibling, seats=3, until=until, by=cast.coordinator)
    first, second, third = mentors(cast.cohort, 3)
    (theirs,) = mentors(sibling, 1)
    book(session, first)
    with pytest.raises(FullError):
        book(session, second)
    assert book(session, second, wait=True).status == "waitlisted"
    assert book(session, theirs).status == "booked"
    with time_machine.travel(until + timedelta(minutes=1), tick=False):
        sweep_training(timezone.now())
        assert session.bookings.get(status="offered").enrollment == second
        assert book(session, third).status == "booked"
    assert taken(session) == 4


def test_planned_offers_are_those_that_the_sweep_makes_when_a_hold_ends(cast):
    session = new_session(cast.cohort, seats=2)
    sibling = CohortFactory(programme=cast.programme)
    until = timezone.now() + timedelta(days=3)
    share_session(session=session, to=sibling, seats=1, until=until, by=cast.coordinator)
    first, second, third = mentors(cast.cohort, 3)
    book(session, first)
    for enrollment in (second, third):
        assert book(session, enrollment, wait=True).status == "waitlisted"
    planned = [mail for mail in planned_training_mails(cast.coordinator, timezone.now()) if "seat" in mail.what]
    assert [(mail.at, mail.to.partition(",")[0]) for mail in planned] == [(until, str(second.user))]
    with time_machine.travel(until + timedelta(minutes=1), tick=False):
        sweep_training(timezone.now())
    assert session.bookings.get(status="offered").enrollment == second
    assert OutboxMessage.objects.filter(key=planned[0].key).exists()


def test_others_do_not_take_the_seats_of_the_own_cohort_twice(cast):
    session = new_session(cast.cohort, seats=2)
    sibling = CohortFactory(programme=cast.programme)
    share_session(session=session, to=sibling, seats=1, by=cast.coordinator)
    for enrollment in mentors(sibling, 2):
        book(session, enrollment)  # one on the held seat, one on a free one
    with pytest.raises(FullError):
        book(session, mentors(cast.cohort, 1)[0])
    assert taken(session) == 2


def test_no_more_seats_are_held_than_are_free(cast, session):
    book(session, cast.mentor_enrollment)
    with pytest.raises(ServiceError, match="Only 3 seats"):
        share_session(session=session, to=CohortFactory(programme=cast.programme), seats=4, by=cast.coordinator)
    assert not SeatHold.objects.exists()


def test_declined_seats_are_offered_to_the_waitlist(cast):
    session = new_session(cast.cohort, seats=1)
    hold = share_session(session=session, to=cast.other_cohort.programme, seats=1, by=cast.coordinator)
    book(session, cast.mentor_enrollment, wait=True)
    answer_share(hold=hold, accept=False, by=cast.stranger)
    assert session.bookings.get().status == "offered"
    with pytest.raises(ServiceError, match="declined"):
        answer_share(hold=hold, accept=True, by=cast.stranger)


def test_sharing_ends_only_when_none_of_their_people_has_a_seat(cast, session):
    sibling = CohortFactory(programme=cast.programme)
    hold = share_session(session=session, to=sibling, by=cast.coordinator)
    (theirs,) = mentors(sibling, 1)
    booking = book(session, theirs)
    with pytest.raises(ServiceError, match="booked or wait"):
        stop_sharing(hold=hold, by=cast.coordinator)
    cancel_booking(booking=booking, by=theirs.user)
    stop_sharing(hold=hold, by=cast.coordinator)
    with pytest.raises(ServiceError):
        book(session, theirs)


def test_a_guest_proves_the_address_and_books_without_an_account(client, cast, session, sister):
    share_session(session=session, to=sister, seats=1, by=cast.coordinator)
    page = path(links.ORGANISATION.url(sister.pk, sister.link_number))
    assert "Listening" in client.get(page).content.decode()
    said = {"name": "Ishaan", "email": "Ishaan@makers.example.org", "time_zone": "Asia/Kolkata"}
    assert client.post(page, {**said, "email": "nonsense"}).status_code == 422
    for _ in range(2):
        assert client.post(page, said).status_code == 200
    (mail,) = mails("ishaan@makers.example.org")
    confirm = path_in(mail, "/training/confirm/")
    assert "Is this you?" in client.get(confirm).content.decode()
    assert not TrainingGuest.objects.exists()
    client.post(confirm)  # the button without a tick
    assert not TrainingGuest.objects.exists()
    own = client.post(confirm, {"me": "yes"}).url
    client.post(own, {"session": session.pk, "do": "book"})
    booking = session.bookings.get()
    assert (booking.name, booking.status, booking.affiliation) == ("Ishaan", "booked", "Open Makers")
    assert "your time (Kolkata)" in mails("ishaan@makers.example.org", "Your seat")[0].full_text
    assert "your seat" in client.get(own).content.decode()
    client.post(own, {"session": session.pk, "do": "cancel"})
    assert taken(session) == 0


def test_strangers_get_few_mails_by_the_link_of_an_organisation_and_none_of_their_words(client, sister, settings):
    settings.LIMITS = {**settings.LIMITS, "sign_up_by_source_and_address": "1/h"}
    page = path(links.ORGANISATION.url(sister.pk, sister.link_number))
    said = {"name": "Pills at pills.example", "email": "ana@example.org", "time_zone": "UTC"}
    assert client.post(page, said).status_code == 200
    again = client.post(page, said)
    assert (again.status_code, "several emails" in again.content.decode()) == (422, True)
    (mail,) = mails("ana@example.org")
    assert "pills" not in f"{mail.subject} {mail.body_text}".lower()


def test_a_guest_sees_and_books_what_is_open_to_them_and_nothing_else(client, cast, session, sister):
    share_session(session=session, to=sister, by=cast.coordinator)
    closed = new_session(cast.cohort, training="Coordinators only")
    guest = TrainingGuest.objects.create(organisation=sister, name="Ishaan", email="i@makers.example.org")
    own = path(links.GUEST.url(guest.pk))
    page = client.get(own).content.decode()
    assert "Listening" in page
    assert "Coordinators only" not in page
    assert client.post(own, {"session": closed.pk, "do": "book"}).status_code == 404


def test_a_new_link_switches_off_the_one_before_and_a_confirmation_is_good_for_three_days(client, cast, sister):
    old = path(links.ORGANISATION.url(sister.pk, sister.link_number))
    new = path(renew_organisation_link(organisation=sister, by=cast.coordinator))
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    confirm = path(links.GUEST_CONFIRM.url(sister.pk, "Ishaan", "i@example.org", "UTC"))
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        assert client.get(confirm).status_code == 404


def test_coordinators_share_on_a_page(client, cast, session):
    client.force_login(cast.coordinator)
    url = reverse("training:share-list", args=[cast.cohort.slug, session.pk])
    sibling = CohortFactory(programme=cast.programme)
    assert client.post(url, {"seats": 1}).status_code == 422
    assert client.post(url, {"cohort": sibling.pk, "guest": "Open Makers"}).status_code == 422
    assert client.post(url, {"programme": "no-such"}).status_code == 422
    assert client.post(url, {"cohort": cast.other_cohort.pk}).status_code == 422
    assert client.post(url, {"cohort": sibling.pk, "seats": 9}).status_code == 422
    assert client.post(url, {"guest": "Open Makers", "seats": 2}).status_code == 302
    assert client.post(url, {"programme": cast.other_cohort.programme.slug}).status_code == 302
    sister = GuestOrganisation.objects.get()
    page = client.get(url).content.decode()
    assert links.ORGANISATION.url(sister.pk, 1) in page
    client.post(reverse("training:guest-link-renew", args=[cast.cohort.slug, session.pk, sister.pk]), SURE)
    assert links.ORGANISATION.url(sister.pk, 2) in client.get(url).content.decode()
    hold = session.holds.get(guest=sister)
    client.post(reverse("training:share-delete", args=[cast.cohort.slug, session.pk, hold.pk]), SURE)
    assert not session.holds.filter(guest=sister).exists()


def test_a_person_with_two_ways_in_books_by_their_own_cohort(cast, session):
    share_session(session=session, to=cast.other_cohort.programme, by=cast.coordinator)
    answer_share(hold=session.holds.get(), accept=True, by=cast.stranger)
    both = EnrollmentFactory(cohort=cast.other_cohort, user=cast.mentor, role="mentor")
    there = book(session, both)
    assert there.hold is not None
    cancel_booking(booking=there, by=cast.mentor)
    assert book(session, cast.mentor_enrollment).hold is None
