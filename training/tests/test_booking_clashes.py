"""No person is booked for two things at once without having been asked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from cohorts.calendar.clashes import ClashError
from cohorts.models import TeamMember
from matching.events.services import answer_invitation, plan_event
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory
from mentorship.devtools.testing.pages import text_in
from training.booking import links
from training.booking.services import cancel_booking, fill_from_waitlist, lock_sessions
from training.models import TrainingBooking
from training.sharing.services import share_session
from training.tests.slots import SITE, book, mails, new_session

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def february(time_machine):
    time_machine.move_to(datetime(2027, 2, 1, 12, tzinfo=UTC))


@pytest.fixture
def mentor(cast):
    return cast.mentor_enrollment


def at(cohort, training, hours=0, **fields):
    return new_session(cohort, training=training, starts_at=NOON + timedelta(hours=hours), minutes=60, **fields)


def test_two_trainings_at_the_same_time_are_asked_about_and_back_to_back_is_fine(cast, mentor):
    book(at(cast.cohort, "Listening"), mentor)
    with pytest.raises(ClashError, match="You’re already going to “Listening"):
        book(at(cast.cohort, "Asking", 0.5), mentor)
    assert mentor.training_bookings.get().status == "booked"
    book(at(cast.cohort, "Asking later", 1), mentor)
    book(at(cast.cohort, "Asking earlier", -1), mentor)
    assert mentor.training_bookings.booked().count() == 3


def test_the_page_asks_and_books_only_what_was_answered(client, cast, mentor):
    book(at(cast.cohort, "Listening"), mentor)
    other = at(cast.cohort, "Asking")
    client.force_login(cast.mentor)
    url = reverse("training:my-slot-list")
    asked = client.post(url, {"session": other.pk, "do": "book"})
    assert asked.status_code == 409
    words = text_in(asked)
    assert "You’re already going to “Listening (Seeds 9)”, Tuesday 2 March, 12:00 (UTC)" in words
    assert "I know, book it anyway" in words
    assert not other.bookings.exists()
    answer = {"session": other.pk, "do": "book", "answered": asked.context["clash"].answered}
    third = at(cast.cohort, "Something else")
    book(third, mentor, answered=list(answer["answered"].split()))
    assert client.post(url, answer).status_code == 409, "of the third one nobody had told them"
    cancel_booking(booking=third.bookings.get(), by=cast.mentor)
    assert client.post(url, answer).status_code == 302
    assert other.bookings.get().status == "booked"


def test_the_link_of_a_mail_asks_too(client, cast, mentor):
    book(at(cast.cohort, "Listening"), mentor)
    other = at(cast.cohort, "Asking")
    path = links.CHOOSE.url(mentor.pk).removeprefix(SITE)
    assert client.post(path, {"session": other.pk, "do": "book"}).status_code == 409


def test_a_second_seat_in_one_session_through_another_cohort_is_asked_about(cast, mentor):
    elsewhere = CohortFactory(programme=cast.programme)
    second = EnrollmentFactory(cohort=elsewhere, role="mentor", user=mentor.user)
    session = at(cast.cohort, "Listening", seats=5)
    share_session(session=session, to=elsewhere, seats=0, until=None, by=cast.coordinator)
    book(session, mentor)
    with pytest.raises(ClashError):
        book(session, second)
    assert session.bookings.count() == 1


def test_a_training_and_an_event_at_the_same_time_are_asked_about_both_ways(client, cast, mentor):
    fields = {"name": "Speed mentoring", "starts_at": NOON, "minutes": 15, "rounds": 4}
    event = plan_event(cohort=cast.cohort, by=cast.coordinator, fields=fields)
    session = at(cast.cohort, "Listening", 0.5)
    answer_invitation(event=event, enrollment=mentor, coming=True, by=cast.mentor)
    with pytest.raises(ClashError, match="Speed mentoring"):
        book(session, mentor)
    answer_invitation(event=event, enrollment=mentor, coming=False, by=cast.mentor)
    book(session, mentor)
    client.force_login(cast.mentor)
    url = reverse("matching:my-event", args=[event.pk])
    asked = client.post(url, {"do": "come"})
    assert asked.status_code == 409
    assert "I’ll take part anyway" in text_in(asked)
    client.post(url, {"do": "come", "answered": asked.context["clash"].answered})
    assert event.rsvps.get().status == "coming"


def test_a_seat_that_becomes_free_is_not_given_to_somebody_who_is_elsewhere_by_now(cast, mentor):
    fields = {"name": "Speed mentoring", "starts_at": NOON, "minutes": 15, "rounds": 4, "tables": 1}
    event = plan_event(cohort=cast.cohort, by=cast.coordinator, fields=fields)
    first, third = EnrollmentFactory.create_batch(2, cohort=cast.cohort, role="mentor")
    for one in (first, mentor, third):
        answer_invitation(event=event, enrollment=one, coming=True, by=None)
    book(at(cast.cohort, "Listening"), mentor)
    answer_invitation(event=event, enrollment=first, coming=False, by=None)
    assert [event.rsvps.get(enrollment=one).status for one in (first, mentor, third)] == [
        "not_coming",
        "waiting",
        "coming",
    ]


def test_an_offer_in_the_same_training_is_given_up_only_after_they_were_asked(cast, mentor):
    full, other = at(cast.cohort, "Listening", seats=1), at(cast.cohort, "Listening", 48)
    holder = EnrollmentFactory(cohort=cast.cohort, role="mentor")
    book(full, holder)
    book(full, mentor, wait=True)
    cancel_booking(booking=full.bookings.get(enrollment=holder), by=None)
    offer = full.bookings.get(enrollment=mentor)
    assert offer.status == "offered"
    with pytest.raises(ClashError, match="We’re holding a seat for you on Tuesday 2 March, 12:00") as asked:
        book(other, mentor)
    book(other, mentor, answered=asked.value.answered.split())
    offer.refresh_from_db()
    assert offer.status == "cancelled"
    assert TrainingBooking.objects.seated().get(enrollment=mentor).session == other


def test_an_offer_says_which_seat_in_the_same_training_it_would_replace(cast, mentor):
    full, own = at(cast.cohort, "Listening", seats=1), at(cast.cohort, "Listening", 48)
    holder = EnrollmentFactory(cohort=cast.cohort, role="mentor")
    book(full, holder)
    book(own, mentor)
    book(full, mentor, wait=True)
    cancel_booking(booking=full.bookings.get(enrollment=holder), by=None)
    fill_from_waitlist(lock_sessions(full.pk)[full.pk], datetime.now(UTC))
    (mail,) = mails("mentor@example.org", "A seat for you")
    assert "If you take it, you give up your seat on Thursday 4 March, 12:00 (UTC)" in mail.full_text
    book(full, mentor)
    assert TrainingBooking.objects.seated().get(enrollment=mentor).session == full


def test_all_who_take_part_count_and_where_the_others_are_is_not_told(cast):
    team = EnrollmentFactory(cohort=cast.cohort, title="Maps of soils")
    member = UserFactory(full_name="Bo Lind")
    TeamMember.objects.create(enrollment=team, user=member)
    event = plan_event(
        cohort=cast.cohort, by=None, fields={"name": "May", "starts_at": NOON, "rounds": 4, "minutes": 10}
    )
    own = EnrollmentFactory(cohort=cast.cohort, role="mentor", user=member)
    book(at(cast.cohort, "Listening"), own)
    with pytest.raises(ClashError, match=r"^Bo Lind is busy at that time\.$") as clash:
        answer_invitation(event=event, enrollment=team, coming=True, by=team.user)
    answer_invitation(event=event, enrollment=team, coming=True, by=team.user, answered=clash.value.answered.split())
    assert team.speed_rsvps.get().status == "coming"


def test_whoever_moves_a_session_or_an_event_onto_something_else_is_told_who_is_there(client, cast, mentor):
    book(at(cast.cohort, "Listening"), mentor)
    other = at(cast.cohort, "Asking", 3)
    book(other, mentor)
    fields = {
        "name": "May",
        "starts_at": NOON + timedelta(hours=3),
        "rounds": 4,
        "minutes": 10,
        "seats": 9,
        "tables": 9,
    }
    event = plan_event(cohort=cast.cohort, by=None, fields={**fields, "starts_at": NOON + timedelta(hours=9)})
    answer_invitation(event=event, enrollment=mentor, coming=True, by=mentor.user)
    client.force_login(cast.coordinator)
    edits = {
        reverse("training:session-edit", args=[cast.cohort.slug, other.pk]): "2027-03-02T12:30",
        reverse("matching:event-edit", args=[cast.cohort.slug, event.pk]): "2027-03-02T15:30",
    }
    for url, moment in edits.items():
        form = client.get(url).context["form"]
        said = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
        asked = client.post(url, {**said, "starts_at": moment})
        assert f"{mentor.user} is somewhere else at the new time." in text_in(asked), url
