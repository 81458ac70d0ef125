"""Attendance: ticked, or taken over from the meeting tool's list."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import words_in
from training.attendance.meeting_list import Candidate, ListedPerson, match_people, name_key, read_list
from training.attendance.payer_attendance import payer_attendance_of
from training.attendance.services import apply_meeting_list, read_meeting_list, save_attendance
from training.booking.services import cancel_booking
from training.models import AttendanceImport, MemberAttendance
from training.tests.slots import book, mentors, new_session, taken, team

ZOOM = """Topic,ID,Duration (Minutes)
Mentor training,123,182

Name (Original Name),User Email,Duration (Minutes),Guest
Mona,mentor@example.org,100,No
Mona (she/her),mentor@example.org,80,No
Zoë Ånderson,,170,Yes
Zoe Anders,,12,Yes
Notetaker,,182,Yes
"""


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
    client.post(url, {"came": [mona.pk, zoe.pk], "final": "1"})
    assert said(session) == {"Mona": True, "Anderson Zoë": True, "Kwame Boateng": False}
    client.post(url, {"came": [zoe.pk], "final": "1"})
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


def test_a_meeting_list_is_matched_previewed_and_applied(client, cast, over):
    session, (_mona, _zoe, _third) = over
    client.force_login(cast.coordinator)
    upload = reverse("training:meeting-list-create", args=[cast.cohort.slug, session.pk])
    assert client.post(upload, {"file": SimpleUploadedFile("a.csv", b"x,y\n1,2\n")}).status_code == 422
    answer = client.post(upload, {"file": SimpleUploadedFile("zoom.csv", ZOOM.encode())})
    page = client.get(answer.url).content.decode()
    assert "2 sure, 2 to decide" in page
    assert not session.bookings.exclude(attended=None).exists()
    rows = AttendanceImport.objects.get().rows
    assert [(r["name"], r["minutes"], r["sure"]) for r in rows] == [
        ("Mona", 180, True),
        ("Zoë Ånderson", 170, True),
        ("Zoe Anders", 12, False),
        ("Notetaker", 182, False),
    ]
    assert rows[3]["key"] == ""
    client.post(answer.url, {"final": "1", "row-2": "", "row-3": ""})
    assert said(session) == {"Mona": True, "Anderson Zoë": True, "Kwame Boateng": False}


def test_coordinators_decide_about_doubtful_names(cast, over):
    session, (_mona, _zoe, third) = over
    found = read_meeting_list(session=session, data=b"Name,Email\nK. B.,\n", by=cast.coordinator)
    for _ in range(2):
        apply_meeting_list(found=found, decided={0: f"b{third.pk}"}, final=False, by=cast.coordinator)
    assert said(session) == {"Mona": None, "Anderson Zoë": None, "Kwame Boateng": True}
    apply_meeting_list(found=found, decided={0: "b999999"}, final=False, by=cast.coordinator)  # nobody of this session


@pytest.mark.parametrize(
    ("data", "first"),
    [
        ("Full Name\tEmail\tIn-Meeting Duration\nAna\tA@x.org\t1h 5m 3s\n".encode("utf-16"), ("Ana", "a@x.org", 65)),
        (b"First name,Last name,Email,Duration\nAna,Sousa,a@x.org,45 min\n", ("Ana Sousa", "a@x.org", 45)),
        (b"\xef\xbb\xbfName;Email;Minutes\nJos\xc3\xa9;j@x.org;01:05:30\n", ("José", "j@x.org", 65)),
        ("Name,Duration\nJosé,?\n".encode("cp1252"), ("José", "", None)),
    ],
)
def test_the_files_of_several_tools_are_read(data, first):
    assert read_list(data)[0] == ListedPerson(*first)


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"Name\n", b"\0" * 50, b"Name,x\n" + b"z" * 2_000_001])
def test_a_file_that_is_no_list_is_refused(data):
    with pytest.raises(ValueError, match=r"\w"):
        read_list(data)


def test_a_name_that_two_people_have_is_never_a_sure_match():
    two = [Candidate("b1", "Li Wei", ("a@x.org",), True), Candidate("b2", "Li Wei", ("b@x.org",), True)]
    (row,) = match_people([ListedPerson("Li Wei", "", 60)], two)
    assert not row["sure"]
    (row,) = match_people([ListedPerson("Li", "b@x.org", 60)], two)
    assert (row["key"], row["sure"]) == ("b2", True)


def test_names_are_the_same_in_any_order_case_and_with_any_accents():
    assert name_key("Sousa, Ana (she/her)") == name_key("ana SOUSÁ")
    assert name_key("Ana") != name_key("Anna")


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
    client.post(url, {"came": [booking.pk, key(booking, "Bo Beta")], "final": "1"})
    assert told(client, session) == {"Lia Lead": "attended", "Bo Beta": "attended", "Cy Gamma": "did not come"}
    client.post(url, {"came": [key(booking, "Cy Gamma")], "final": "1"})
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
    client.post(url, {"came": [booking.pk, *both], "final": "1"})
    booking.enrollment.members.get(user__full_name="Bo Beta").delete()
    booking.enrollment.members.create(user=EnrollmentFactory(user__full_name="Fay Phi").user)
    page = client.get(url).content.decode()
    assert (page.count('name="came"'), page.count('name="came_too"')) == (2, 2)
    assert "left the team" in page
    client.post(url, {"came": [booking.pk, both[1]], "came_too": [both[0]], "final": "1"})
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
    client.post(url, {"walked_in": [eve, f"{ants.pk}-{cast.mentee.pk}", f"{ants.pk + 99}-1"], "final": "1"})
    assert told(client, session) == {
        "Lia Lead": "did not come",
        "Bo Beta": "did not come",
        "Cy Gamma": "did not come",
        "Dan Delta": "not noted",
        "Eve Epsilon": "attended",
    }
    assert taken(session) == 1
    cancel_booking(booking=booking, by=None, late=True)
    client.post(url, {"came": [key(booking, "Bo Beta")], "final": "1"})
    page = client.get(url).content.decode()  # their seat was given back, and one of them came after all
    assert "Bo Beta" in page
    assert MemberAttendance.objects.attended().count() == 1


def test_members_of_teams_are_found_on_the_meeting_list(client, cast, call):
    session, booking = call
    client.force_login(cast.coordinator)
    upload = reverse("training:meeting-list-create", args=[cast.cohort.slug, session.pk])
    sheet = b"Name,Email\nB.,bo@example.org\nEve Epsilon,\nLiam Lead,\n"
    decide = client.post(upload, {"file": SimpleUploadedFile("a.csv", sheet)}).url
    page = client.get(decide).content.decode()
    assert "2 sure, 1 to decide, 2 booked and not on the list" in page
    assert "Cy Gamma, Bees" in words_in(page)
    client.post(decide, {"final": "1", "row-2": f"b{key(booking, 'Cy Gamma')}"})
    assert told(client, session) == {
        "Lia Lead": "did not come",
        "Bo Beta": "attended",
        "Cy Gamma": "attended",
        "Dan Delta": "not noted",
        "Eve Epsilon": "attended",
    }


def test_a_refused_list_keeps_its_ticks(client, cast, call):
    session, booking = call
    client.force_login(cast.coordinator)
    type(session).objects.filter(pk=session.pk).update(starts_at=timezone.now() + timedelta(hours=1))
    url = reverse("training:attendance-edit", args=[cast.cohort.slug, session.pk])
    answer = client.post(url, {"came": [key(booking, "Cy Gamma")], "final": "1"})
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
        client.post(url, {"came": [], "final": "1"})

    ask()
    with CaptureQueriesContext(connection) as one:
        ask()
    with time_machine.travel(session.starts_at - timedelta(days=1), tick=False):
        for n in range(4):
            book(session, team(cast.cohort, f"Mo{n} X", f"Ny{n} Y", title=f"Team {n}")[0])
    with django_assert_max_num_queries(len(one)):
        ask()
