"""Attendance, ticked on the roll."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory
from training.attendance.payer_attendance import payer_attendance_of
from training.attendance.services import save_attendance
from training.booking.services import cancel_booking
from training.models import MemberAttendance
from training.tests.slots import book, mentors, new_session, taken, team


@pytest.fixture
def over(cast):
    """A session that began an hour ago, with three who booked it."""
    start = timezone.now() + timedelta(days=10)
    session = new_session(cast.cohort, starts_at=start, seats=10)
    zoe = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="Anderson Zoë")
    third = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="Kwame Boateng")
    bookings = [book(session, one) for one in (cast.mentor_enrollment, zoe, third)]
    with time_machine.travel(start + timedelta(hours=1), tick=False):
        yield session, bookings


def said(session):
    return dict(session.bookings.values_list("enrollment__user__full_name", "attended"))


def test_attendance_is_recorded_during_the_call_and_completed_at_its_end(client, cast, over):
    session, (mona, zoe, _third) = over
    client.force_login(cast.coordinator)
    url = reverse("training:attendance-edit", args=[cast.cohort.slug, session.pk])
    assert client.get(url).content.decode().count('name="came"') == 3
    client.post(url, {"came": [mona.pk]})
    assert said(session) == {"Mona": True, "Anderson Zoë": None, "Kwame Boateng": None}
    asked = client.post(url, {"came": [mona.pk, zoe.pk], "final": "1"}).content.decode()
    assert "Nobody ticked them: Kwame Boateng." in asked  # nobody is a no-show before their name was seen
    assert said(session)["Kwame Boateng"] is None
    client.post(url, {"came": [mona.pk, zoe.pk], "final": "1", "confirmed": "yes"})
    assert said(session) == {"Mona": True, "Anderson Zoë": True, "Kwame Boateng": False}
    client.post(url, {"came": [zoe.pk], "final": "1", "confirmed": "yes"})
    assert said(session) == {"Mona": False, "Anderson Zoë": True, "Kwame Boateng": False}


def test_people_without_a_seat_are_recorded_and_take_none(client, cast, over):
    session, _ = over
    (walker,) = mentors(cast.cohort, 1)
    stranger = EnrollmentFactory(cohort=cast.other_cohort, role="mentor")
    client.force_login(cast.coordinator)
    url = reverse("training:attendance-edit", args=[cast.cohort.slug, session.pk])
    client.post(url, {"walked_in": [walker.pk, stranger.pk]})
    assert session.bookings.get(enrollment=walker).attended
    assert not session.bookings.filter(enrollment=stranger).exists()
    session.refresh_from_db()
    assert session.taken == 3


def test_attendance_is_refused_before_the_session_begins(cast):
    session = new_session(cast.cohort)
    booking = book(session, cast.mentor_enrollment)
    with pytest.raises(ServiceError, match="not begun"):
        save_attendance(session=session, came=[booking.pk], by=cast.coordinator)


def test_only_coordinators_of_the_programme_take_attendance(client, cast, over):
    session, (mona, *_) = over
    for user in (cast.mentor, cast.stranger, cast.viewer):
        client.force_login(user)
        for name in ("training:attendance-edit", "training:meeting-list-create"):
            url = reverse(name, args=[cast.cohort.slug, session.pk])
            assert client.post(url, {"came": [mona.pk], "final": "1"}).status_code == 404
    assert said(session)["Mona"] is None


# --- teams ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def call(cast):
    """A call that began an hour ago, with a team of three in one seat; another team has not answered."""
    start = timezone.now() + timedelta(days=10)
    session = new_session(cast.cohort, provider="", training="Call", kind="call", starts_at=start, seats=10)
    enrollment, _ = team(cast.cohort, "Bo Beta", "Cy Gamma")
    booking = book(session, enrollment)
    team(cast.cohort, "Eve Epsilon", lead="Dan Delta", title="Ants")
    with time_machine.travel(start + timedelta(hours=1), tick=False):
        yield session, booking


def told(client, session):
    """The words about each person in the coordinators' list, by name."""
    lines = client.get(session.get_absolute_url(), {"format": "csv"}).content.decode().splitlines()[1:]
    return {line.split(",")[0]: line.split(",")[4] for line in lines}


def key(booking, name):
    return f"{booking.pk}-{booking.enrollment.members.get(user__full_name=name).user_id}"


def test_each_member_of_a_team_is_ticked_and_the_team_takes_one_seat(client, cast, call):
    session, booking = call
    client.force_login(cast.coordinator)
    url = reverse("training:attendance-edit", args=[cast.cohort.slug, session.pk])
    page = client.get(url).content.decode()
    assert page.count('name="came"') == 3
    assert page.index("Lia Lead") < page.index("Bo Beta") < page.index("Cy Gamma")
    client.post(url, {"came": [key(booking, "Bo Beta"), f"{booking.pk}-{cast.mentee.pk}", "7-", "²"]})
    assert told(client, session) == {"Lia Lead": "booked", "Bo Beta": "attended", "Cy Gamma": "booked"}
    client.post(url, {"came": [booking.pk, key(booking, "Bo Beta")], "final": "1", "confirmed": "yes"})
    assert told(client, session) == {"Lia Lead": "attended", "Bo Beta": "attended", "Cy Gamma": "did not come"}
    client.post(url, {"came": [key(booking, "Cy Gamma")], "final": "1", "confirmed": "yes"})
    assert told(client, session) == {"Lia Lead": "did not come", "Bo Beta": "did not come", "Cy Gamma": "attended"}
    assert taken(session) == 1
    missed = client.get(session.get_absolute_url(), {"status": "missed"}).content.decode()
    assert "Bo Beta" in missed
    assert "Cy Gamma" not in missed
    assert "Lia Lead" in client.get(session.get_absolute_url(), {"q": "gamma"}).content.decode()


def test_a_team_costs_as_much_as_one_whoever_of_it_came(cast, call):
    session, booking = call
    members = [tuple(map(int, key(booking, name).split("-"))) for name in ("Bo Beta", "Cy Gamma")]
    for came, there, used in (([], members, 1), ([booking.pk], members, 1), ([booking.pk], [], 1), ([], [], 0)):
        assert save_attendance(session=session, came=came, members=there, by=None)[0] == len(came) + len(there)
        (party,) = payer_attendance_of([session.pk])[session.pk]
        assert (party.booked, party.came, party.missed) == (1, used, 1 - used)


def test_later_members_are_no_no_shows_and_former_members_keep_their_record(client, cast, call):
    session, booking = call
    client.force_login(cast.coordinator)
    url = reverse("training:attendance-edit", args=[cast.cohort.slug, session.pk])
    both = [key(booking, "Bo Beta"), key(booking, "Cy Gamma")]
    client.post(url, {"came": [booking.pk, *both], "final": "1", "confirmed": "yes"})
    booking.enrollment.members.get(user__full_name="Bo Beta").delete()
    booking.enrollment.members.create(user=EnrollmentFactory(user__full_name="Fay Phi").user)
    page = client.get(url).content.decode()
    assert (page.count('name="came"'), page.count('name="came_too"')) == (2, 2)
    assert "left the team" in page
    client.post(url, {"came": [booking.pk, both[1]], "came_too": [both[0]], "final": "1", "confirmed": "yes"})
    assert told(client, session) == {
        "Lia Lead": "attended",
        "Cy Gamma": "attended",
        "Fay Phi": "joined later",
        "Bo Beta": "attended",
    }
    client.post(url, {"came_too": [key(booking, "Fay Phi")]})  # and yet they were there
    assert told(client, session)["Fay Phi"] == "attended"


def test_members_of_a_team_without_a_seat_are_recorded(client, cast, call):
    session, booking = call
    client.force_login(cast.coordinator)
    url = reverse("training:attendance-edit", args=[cast.cohort.slug, session.pk])
    ants = cast.cohort.enrollments.get(title="Ants")
    eve = f"{ants.pk}-{ants.members.get().user_id}"
    client.post(
        url, {"walked_in": [eve, f"{ants.pk}-{cast.mentee.pk}", f"{ants.pk + 99}-1"], "final": "1", "confirmed": "yes"}
    )
    assert told(client, session) == {
        "Lia Lead": "did not come",
        "Bo Beta": "did not come",
        "Cy Gamma": "did not come",
        "Dan Delta": "not noted",
        "Eve Epsilon": "attended",
    }
    assert taken(session) == 1
    cancel_booking(booking=booking, by=None, late=True)
    client.post(url, {"came": [key(booking, "Bo Beta")], "final": "1", "confirmed": "yes"})
    page = client.get(url).content.decode()  # their seat was given back, and one of them came after all
    assert "Bo Beta" in page
    assert MemberAttendance.objects.attended().count() == 1


def test_a_refused_list_keeps_its_ticks(client, cast, call):
    session, booking = call
    client.force_login(cast.coordinator)
    type(session).objects.filter(pk=session.pk).update(starts_at=timezone.now() + timedelta(hours=1))
    url = reverse("training:attendance-edit", args=[cast.cohort.slug, session.pk])
    answer = client.post(url, {"came": [key(booking, "Cy Gamma")], "final": "1", "confirmed": "yes"})
    assert answer.status_code == 422
    assert f'value="{key(booking, "Cy Gamma")}" checked' in answer.content.decode()
    assert not MemberAttendance.objects.exists()


def test_many_teams_cost_as_many_queries_as_one(client, cast, call, django_assert_max_num_queries):
    session, _ = call
    client.force_login(cast.coordinator)
    url = reverse("training:attendance-edit", args=[cast.cohort.slug, session.pk])

    def ask():
        for path in (url, session.get_absolute_url()):
            client.get(path)
        client.post(url, {"came": [], "final": "1", "confirmed": "yes"})

    ask()
    with CaptureQueriesContext(connection) as one:
        ask()
    with time_machine.travel(session.starts_at - timedelta(days=1), tick=False):
        for n in range(4):
            book(session, team(cast.cohort, f"Mo{n} X", f"Ny{n} Y", title=f"Team {n}")[0])
    with django_assert_max_num_queries(len(one)):
        ask()
