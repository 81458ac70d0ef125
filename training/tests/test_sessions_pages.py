"""The pages of coordinators and of people: who sees what, what a form says, what a list costs."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import SURE, text_in
from training.models import Provider, SeatHold, Training, TrainingFeedback, TrainingSession
from training.sessions.services import cancel_session
from training.sharing.services import add_organisation, share_session
from training.tests.slots import book, mails, mentors, new_session, taken

SLOT = {
    "training": "Listening",
    "provider": "Listening Ltd",
    "starts_at": "2027-02-01T09:00",
    "minutes": 180,
    "seats": 20,
}
OF_COHORT = ["training:session-list", "training:session-plan", "training:catalogue-list"]
EDITING = [
    "training:session-edit",
    "training:session-cancel",
    "training:share-list",
    "training:attendance-edit",
    "training:meeting-list-create",
]


@pytest.fixture
def session(cast):
    return new_session(cast.cohort)


def test_coordinators_add_and_edit_slots_and_calls(client, cast):
    client.force_login(cast.coordinator)
    url = reverse("training:session-create", args=[cast.cohort.slug])
    answer = client.post(url, {**SLOT, "seats": 0})
    assert answer.status_code == 422
    assert "Listening Ltd" in answer.content.decode()
    assert client.post(url, {**SLOT, "minimum": 30}).status_code == 422
    assert client.post(url, SLOT).status_code == 302
    session = TrainingSession.objects.get()
    assert (session.starts_at.isoformat(), session.training.name) == ("2027-02-01T09:00:00+00:00", "Listening")
    edit = reverse("training:session-edit", args=[cast.cohort.slug, session.pk])
    assert "Listening Ltd" in client.get(edit).content.decode()
    assert client.post(edit, {**SLOT, "training": "Asking", "seats": 10, "host": "Ada"}).status_code == 302
    session.refresh_from_db()
    assert (session.training.name, session.seats, session.host) == ("Asking", 10, "Ada")
    call = {**SLOT, "kind": "office", "training": "Office hours", "provider": "", "minutes": 60}
    assert client.post(url, call).status_code == 302
    office = Training.objects.get(kind="office")
    assert (office.provider.name, office.roles) == (cast.programme.name, "mentor mentee")


def test_three_slots_are_added_in_one_form(client, cast):
    client.force_login(cast.coordinator)
    url = reverse("training:session-create", args=[cast.cohort.slug])
    slots = {**SLOT, "second_at": "2027-02-02T14:00", "third_at": SLOT["starts_at"]}
    assert "Another slot starts at this moment." in client.post(url, slots).content.decode()
    assert not TrainingSession.objects.exists()
    client.post(url, {**slots, "third_at": "2027-02-03T18:00"})
    made = TrainingSession.objects.order_by("starts_at")
    assert [s.starts_at.day for s in made] == [1, 2, 3]
    assert len({(s.training_id, s.seats, s.minutes) for s in made}) == 1


def test_the_start_is_typed_on_the_clock_of_the_session_and_shown_on_it_first(client, cast):
    cast.coordinator.time_zone = "America/Los_Angeles"
    cast.coordinator.save()
    client.force_login(cast.coordinator)
    url = reverse("training:session-create", args=[cast.cohort.slug])
    on_site = {**SLOT, "time_zone": "Europe/Madrid", "place": "Aula 3, Calle Mayor 1"}
    assert client.post(url, {**on_site, "starts_at": "2027-03-28T02:30"}).status_code == 422, "Madrid skips this hour"
    assert client.post(url, {**on_site, "starts_at": "2027-03-14T02:30"}).status_code == 302, "Los Angeles does"
    client.post(url, on_site)
    session = TrainingSession.objects.latest("pk")
    assert session.starts_at.isoformat() == "2027-02-01T08:00:00+00:00"
    page = text_in(client.get(session.get_absolute_url()))
    assert "Mon 1 Feb 2027, 09:00 (Madrid) · 00:00 your time (Los Angeles)" in page
    assert "Aula 3, Calle Mayor 1" in page
    edit = client.get(reverse("training:session-edit", args=[cast.cohort.slug, session.pk])).content.decode()
    assert 'value="2027-02-01T09:00"' in edit
    assert re.search(r'<option value="Europe/Madrid"\s+selected>', edit)


def test_fewer_seats_than_taken_is_refused_beside_the_field(client, cast, session):
    for mentor in mentors(cast.cohort, 2):
        book(session, mentor)
    client.force_login(cast.coordinator)
    url = reverse("training:session-edit", args=[cast.cohort.slug, session.pk])
    answer = client.post(url, {**SLOT, "seats": 1})
    assert answer.status_code == 422
    assert "2 people booked already" in answer.content.decode()


def test_a_change_that_people_are_mailed_about_asks_first_and_says_how_many(client, cast, session):
    for mentor in mentors(cast.cohort, 2):
        book(session, mentor)
    client.force_login(cast.coordinator)
    url, before = reverse("training:session-edit", args=[cast.cohort.slug, session.pk]), session.starts_at
    later = {**SLOT, "starts_at": "2027-02-02T10:00"}
    assert "2 people get an email." in client.post(url, later).content.decode()
    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (before, 0)
    assert client.post(url, {**later, "confirmed": "yes"}).status_code == 302
    session.refresh_from_db()
    assert session.starts_at != before
    assert client.post(url, {**later, "notes_link": "https://example.org/notes"}).status_code == 302, "emails nobody"


def test_a_session_is_cancelled_with_a_reason_after_a_second_look(client, cast, session):
    book(session, cast.mentor_enrollment)
    client.force_login(cast.coordinator)
    url = reverse("training:session-cancel", args=[cast.cohort.slug, session.pk])
    assert "1 person gets an email" in client.get(url).content.decode()
    assert client.post(url, {"reason": "x" * 400}).status_code == 422
    client.post(url, {"reason": "Snow"})
    session.refresh_from_db()
    assert session.cancelled_at
    assert "Snow" in client.get(session.get_absolute_url()).content.decode()
    assert "Snow" in mails("mentor@example.org", "Cancelled: ")[0].full_text


def test_coordinators_edit_trainings_and_providers(client, cast, session):
    client.force_login(cast.coordinator)
    new_session(cast.cohort, training="Asking")
    provider = Provider.objects.get()
    url = reverse("training:provider-edit", args=[cast.cohort.slug, provider.pk])
    said = {"name": "Listening Ltd", "contact": "Ada", "price_list": "900 a session", "terms": "Until a week before"}
    assert client.post(url, said).status_code == 302
    url = reverse("training:training-edit", args=[cast.cohort.slug, session.training_id])
    said = {"name": "Listening", "kind": "training", "minutes": 120, "roles": ["mentor", "expert"], "obligatory": "on"}
    assert client.post(url, {**said, "roles": []}).status_code == 422
    assert client.post(url, {**said, "name": "Asking"}).status_code == 422
    assert client.post(url, said).status_code == 302
    page = client.get(reverse("training:catalogue-list", args=[cast.cohort.slug])).content.decode()
    for word in ("900 a session", "Until a week before", "mentors, experts", "obligatory"):
        assert word in page


def test_people_without_a_role_get_404(client, cast, session):
    add_organisation(cohort=cast.cohort, name="Makers", by=cast.coordinator)
    urls = [reverse(name, args=[cast.cohort.slug]) for name in [*OF_COHORT, "training:session-create"]]
    urls += [reverse(name, args=[cast.cohort.slug, session.pk]) for name in ["training:session-detail", *EDITING]]
    urls += [
        reverse("training:training-invite", args=[cast.cohort.slug, session.training_id]),
        reverse("training:training-edit", args=[cast.cohort.slug, session.training_id]),
        reverse("training:provider-edit", args=[cast.cohort.slug, session.training.provider_id]),
    ]
    for user in (cast.stranger, cast.mentee, cast.mentor, cast.contact):
        client.force_login(user)
        assert {client.get(url).status_code for url in urls} == {404}
    client.force_login(cast.coordinator)
    assert {client.get(url).status_code for url in urls} == {200}
    client.force_login(cast.viewer)
    assert [client.get(reverse(name, args=[cast.cohort.slug])).status_code for name in OF_COHORT] == [200] * 3
    assert client.get(session.get_absolute_url()).status_code == 200
    editing = [reverse(name, args=[cast.cohort.slug, session.pk]) for name in EDITING]
    assert {client.get(url).status_code for url in editing} == {404}


def test_a_coordinator_reaches_no_session_through_a_cohort_of_theirs(client, cast):
    theirs = new_session(cast.other_cohort)
    client.force_login(cast.coordinator)
    for slug in (cast.cohort.slug, cast.other_cohort.slug):
        assert client.get(reverse("training:session-detail", args=[slug, theirs.pk])).status_code == 404
        assert client.get(reverse("training:training-edit", args=[slug, theirs.training_id])).status_code == 404


def test_a_mentor_books_changes_waits_and_cancels_on_their_page(client, cast, session):
    client.force_login(cast.mentor)
    mine = reverse("training:my-slot-list")
    client.post(mine, {"session": session.pk, "do": "book"})
    assert "your seat" in client.get(mine).content.decode()
    other = new_session(cast.cohort, starts_at=session.starts_at + timedelta(days=1))
    assert "Change to this one" in client.get(mine).content.decode()
    client.post(mine, {"session": other.pk, "do": "book"})
    assert (taken(session), taken(other)) == (0, 1)
    client.post(mine, {"session": other.pk, "do": "cancel"})
    for mentor in mentors(cast.cohort, 2):
        book(session, mentor)
    assert "Join the waitlist" in client.get(mine).content.decode()
    answer = client.post(mine, {"session": session.pk, "do": "book"}, follow=True)
    assert "last seat" in answer.content.decode()
    client.post(mine, {"session": session.pk, "do": "wait"})
    assert "on the waitlist" in client.get(mine).content.decode()
    client.force_login(cast.mentee)
    assert client.post(mine, {"session": session.pk, "do": "book"}).status_code == 404
    assert "No slots yet" in client.get(mine).content.decode()


def test_only_who_booked_sees_the_joining_link(client, cast):
    session = new_session(cast.cohort, joining_link="https://call.example.org/secret", seats=1)
    client.force_login(cast.mentor)
    mine = reverse("training:my-slot-list")
    assert "call.example.org" not in client.get(mine).content.decode()
    booking = book(session, mentors(cast.cohort, 1)[0])
    book(session, cast.mentor_enrollment, wait=True)
    assert "call.example.org" not in client.get(mine).content.decode()
    booking.delete()
    book(session, cast.mentor_enrollment)
    assert "call.example.org" in client.get(mine).content.decode()
    cancel_session(session=session, reason="", by=cast.coordinator)
    page = client.get(mine).content.decode()
    assert "cancelled" in page


def test_notes_and_recordings_stay_for_everybody_of_the_cohort(client, cast):
    call = new_session(
        cast.cohort,
        training="Cohort call",
        kind="call",
        provider="",
        minutes=60,
        notes_link="https://pad.example.org/notes",
        recording_link="https://film.example.org/1",
    )
    with time_machine.travel(call.starts_at + timedelta(hours=2), tick=False):
        for user, seen in ((cast.mentee, True), (cast.mentor, True), (cast.stranger, False)):
            client.force_login(user)
            page = client.get(reverse("training:my-slot-list")).content.decode()
            assert ("https://pad.example.org/notes" in page) == seen
            assert ("https://film.example.org/1" in page) == seen


def test_the_list_of_bookings_is_searched_filtered_and_exported(client, cast):
    session = new_session(cast.cohort, seats=200)
    for enrollment in mentors(cast.cohort, 60):
        book(session, enrollment)
    formula = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="=cmd()")
    book(session, formula)
    client.force_login(cast.viewer)
    url = session.get_absolute_url()
    page = client.get(url).content.decode()
    assert "61 people" in page
    assert "Cancel seat" not in page  # a viewer only looks
    assert "1–50 of 61" in page
    assert formula.user.email in client.get(url, {"q": "cmd"}).content.decode()
    assert "No results" in client.get(url, {"status": "waitlisted"}).content.decode()
    lines = client.get(url, {"format": "csv"}).content.decode().splitlines()
    assert len(lines) == 62
    assert any(line.startswith("'=cmd()") for line in lines)


def test_a_coordinator_cancels_the_seat_of_somebody(client, cast, session):
    booking = book(session, cast.mentor_enrollment)
    url = reverse("training:booking-cancel", args=[cast.cohort.slug, session.pk, booking.pk])
    client.force_login(cast.viewer)
    assert client.post(url).status_code == 404
    client.force_login(cast.coordinator)
    client.post(url, SURE)
    assert taken(session) == 0
    elsewhere = book(new_session(cast.cohort), cast.mentor_enrollment)
    wrong = reverse("training:booking-cancel", args=[cast.cohort.slug, session.pk, elsewhere.pk])
    assert client.post(wrong, SURE).status_code == 404


def test_feedback_is_shown_without_names(client, cast, session):
    booking = book(session, cast.mentor_enrollment)
    TrainingFeedback.objects.create(booking=booking, score=4, words="More breaks")
    client.force_login(cast.coordinator)
    page = client.get(session.get_absolute_url(), {"status": "waitlisted"}).content.decode()
    assert "More breaks" in page
    assert "Mona" not in page


def test_hours_are_proposed_and_lead_to_a_slot(client, cast):
    EnrollmentFactory(cohort=cast.cohort, role="mentor", time_zone="Asia/Kathmandu")
    nowhere = EnrollmentFactory(cohort=cast.cohort, role="mentor", time_zone="", user__full_name="Clockless")
    client.force_login(cast.coordinator)
    url = reverse("training:session-plan", args=[cast.cohort.slug])
    answer = client.get(url, {"week": "2027-02-11", "minutes": 120, "slots": 1, "start": 9, "end": 18})
    page = answer.content.decode()
    assert "2 of 2 mentors can attend" in page
    assert "Kathmandu" in page
    assert nowhere.user.full_name in page
    assert 'value="2027-02-11"' in page
    slot = answer.context["plan"].slots[0]
    form = client.get(
        reverse("training:session-create", args=[cast.cohort.slug]), {"starts_at": slot.isoformat(), "minutes": "120"}
    ).content.decode()
    assert f'value="{slot:%Y-%m-%dT%H:%M}"' in form
    assert client.get(url, {"week": "nonsense"}).status_code == 422
    assert client.get(url, {"start": 10, "end": 11}).status_code == 422
    nobody = client.get(url, {"minutes": 600, "start": 8, "end": 18, "weekend": "on"}).content.decode()
    assert "can&#x27;t" in nobody or "can't" in nobody


def test_queries_of_lists_do_not_grow_with_rows(client, cast, django_assert_max_num_queries):
    mine = reverse("training:my-slot-list")
    for week in range(2):
        for n in range(4):
            starts = timezone.now() + timedelta(days=10 + 7 * week + n)
            session = new_session(cast.cohort, training=f"Call {n}", kind="call", seats=50, starts_at=starts)
            for mentor in mentors(cast.cohort, 3):
                book(session, mentor)
            book(session, cast.mentor_enrollment)
        share_session(
            session=session,
            to=add_organisation(cohort=cast.cohort, name=f"O{session.pk}", by=cast.owner),
            seats=1,
            by=cast.owner,
        )
        client.force_login(cast.viewer)
        for url in (reverse("training:session-list", args=[cast.cohort.slug]), session.get_absolute_url()):
            with django_assert_max_num_queries(28):
                client.get(url)
        client.force_login(cast.mentor)
        with django_assert_max_num_queries(16):
            client.get(mine)
    assert SeatHold.objects.count() == 2


def test_empty_pages_say_what_to_do(client, cast):
    client.force_login(cast.coordinator)
    for name in OF_COHORT:
        assert client.get(reverse(name, args=[cast.cohort.slug])).status_code == 200
    page = client.get(reverse("training:session-list", args=[cast.cohort.slug])).content.decode()
    assert "No training planned" in page
