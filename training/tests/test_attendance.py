"""Who came: ticked, or taken over from the meeting tool's list."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from mentorship.testing.factories import EnrollmentFactory
from training.meeting_list import Attendee, Candidate, match_people, name_key, read_list
from training.models import AttendanceImport
from training.services import TrainingError, apply_meeting_list, read_meeting_list, save_attendance
from training.tests.slots import book, mentors, new_session

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


def test_ticks_during_the_call_leave_the_others_open_until_it_is_all(client, cast, over):
    session, (mona, zoe, _third) = over
    client.force_login(cast.coordinator)
    url = reverse("training:attendance", args=[cast.cohort.slug, session.pk])
    assert client.get(url).content.decode().count('name="came"') == 3
    client.post(url, {"came": [mona.pk]})
    assert said(session) == {"Mona": True, "Anderson Zoë": None, "Kwame Boateng": None}
    client.post(url, {"came": [mona.pk, zoe.pk], "final": "1"})
    assert said(session) == {"Mona": True, "Anderson Zoë": True, "Kwame Boateng": False}
    client.post(url, {"came": [zoe.pk], "final": "1"})
    assert said(session) == {"Mona": False, "Anderson Zoë": True, "Kwame Boateng": False}


def test_who_came_without_a_seat_is_noted_and_takes_none(client, cast, over):
    session, _ = over
    (walker,) = mentors(cast.cohort, 1)
    stranger = EnrollmentFactory(cohort=cast.other_cohort, role="mentor")
    client.force_login(cast.coordinator)
    url = reverse("training:attendance", args=[cast.cohort.slug, session.pk])
    client.post(url, {"walked_in": [walker.pk, stranger.pk]})
    assert session.bookings.get(enrollment=walker).attended
    assert not session.bookings.filter(enrollment=stranger).exists()
    session.refresh_from_db()
    assert session.taken == 3


def test_nobody_has_come_before_it_begins(cast):
    session = new_session(cast.cohort)
    booking = book(session, cast.mentor_enrollment)
    with pytest.raises(TrainingError, match="not begun"):
        save_attendance(session=session, came=[booking.pk], by=cast.coordinator)


def test_a_list_is_matched_shown_and_then_taken_over(client, cast, over):
    session, (_mona, _zoe, _third) = over
    client.force_login(cast.coordinator)
    upload = reverse("training:meeting-upload", args=[cast.cohort.slug, session.pk])
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


def test_a_doubtful_one_is_whoever_the_coordinator_says(cast, over):
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
    assert read_list(data)[0] == Attendee(*first)


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"Name\n", b"\0" * 50, b"Name,x\n" + b"z" * 2_000_001])
def test_what_is_no_list_is_refused_in_words(data):
    with pytest.raises(ValueError, match=r"\w"):
        read_list(data)


def test_two_of_one_name_are_never_sure():
    two = [Candidate("b1", "Li Wei", ("a@x.org",), True), Candidate("b2", "Li Wei", ("b@x.org",), True)]
    (row,) = match_people([Attendee("Li Wei", "", 60)], two)
    assert not row["sure"]
    (row,) = match_people([Attendee("Li", "b@x.org", 60)], two)
    assert (row["key"], row["sure"]) == ("b2", True)


def test_names_are_the_same_in_any_order_case_and_with_any_accents():
    assert name_key("Sousa, Ana (she/her)") == name_key("ana SOUSÁ")
    assert name_key("Ana") != name_key("Anna")


def test_only_coordinators_of_the_programme_take_attendance(client, cast, over):
    session, (mona, *_) = over
    for user in (cast.mentor, cast.stranger, cast.viewer):
        client.force_login(user)
        for name in ("training:attendance", "training:meeting-upload"):
            url = reverse(name, args=[cast.cohort.slug, session.pk])
            assert client.post(url, {"came": [mona.pk], "final": "1"}).status_code == 404
    assert said(session)["Mona"] is None
