"""The list of a meeting tool: uploaded, its names confirmed, and saved as attendance once it was seen."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import words_in
from training.attendance.payer_attendance import payer_attendance_of
from training.attendance.thanks import thank_attendees
from training.attendance.training_status import NONE, training_of_mentors, training_status_of
from training.meeting_list.services import apply_meeting_list, presences_of, read_meeting_list, save_names
from training.models import AttendanceImport
from training.tests.slots import book, new_session, team

ZOOM = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
812,Mentor training,07/10/2026 09:00:00 AM,07/10/2026 12:00:00 PM,host@example.org,180,4

Name (Original Name),User Email,Duration (Minutes),Guest
Mona,mentor@example.org,100,No
Mona (she/her),mentor@example.org,80,No
Zoë Ånderson (Host),,170,Yes
Mona,,5,Yes
Kwame Boateng,kwame@example.org,12,Yes
Zoe Anders,,30,Yes
Notetaker,,182,Yes
"""


@pytest.fixture
def over(cast):
    """A session of three hours that ended an hour ago, with four who booked it."""
    start = timezone.now() + timedelta(days=10)
    session = new_session(cast.cohort, starts_at=start, seats=10)
    people = {"Anderson Zoë": "zoe@example.org", "Kwame Boateng": "kwame@example.org", "Ada Abe": "ada@example.org"}
    others = [
        EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name=name, user__email=email)
        for name, email in people.items()
    ]
    bookings = [book(session, one) for one in (cast.mentor_enrollment, *others)]
    with time_machine.travel(start + timedelta(hours=4), tick=False):
        yield session, bookings


def page_of(name, session, *numbers):
    return reverse(f"training:{name}", args=[session.cohort.slug, session.pk, *numbers])


def upload(client, session, text):
    file = SimpleUploadedFile("list.csv", text if isinstance(text, bytes) else text.encode())
    return client.post(page_of("meeting-list-create", session), {"file": file})


def said(session):
    rows = session.bookings.values_list("enrollment__user__full_name", "attended", "minutes_present")
    return {name: (attended, minutes) for name, attended, minutes in rows}


def test_a_list_is_read_confirmed_checked_and_only_then_saved(client, cast, over):
    session, (mona, zoe, kwame, ada) = over
    client.force_login(cast.coordinator)
    assert upload(client, session, b"x,y\n1,2\n").status_code == 422
    names = upload(client, session, ZOOM).url
    page = client.get(names).content.decode()
    assert "2 of 6 recognised" in words_in(page)
    assert f'value="b{zoe.pk}" selected' in page  # the same name is proposed
    assert page.count("Choose a person") == 1  # a name that is alike is not
    assert "Kwame Boateng" not in [row["name"] for row in AttendanceImport.objects.get().rows if not row["sure"]]
    answers = {"row-1": f"b{zoe.pk}", "row-2": f"b{mona.pk}", "row-5": "nobody"}
    refused = client.post(names, {**answers, "row-4": ""})
    assert refused.status_code == 422
    assert "Choose who this is" in refused.content.decode()
    review = client.post(names, {**answers, "row-4": "nobody"}).url
    page = words_in(client.get(review).content.decode())
    assert "2 there long enough, 1 not, 1 not on the list" in page
    assert "There for less than 135 minutes" in page
    assert not session.bookings.exclude(attended=None).exists()
    keys = {
        f"of-b{b.pk}": word for b, word in ((mona, "attended"), (zoe, "attended"), (kwame, "left_early"), (ada, ""))
    }
    client.post(review, {"minutes": 135, **keys})
    assert said(session) == {
        "Mona": (True, 180),
        "Anderson Zoë": (True, 170),
        "Kwame Boateng": (False, 12),
        "Ada Abe": (None, None),  # not on the list, and nobody said that she did not come
    }
    client.post(review, {"minutes": 135, **keys, "all_missed": "1"})
    assert said(session)["Ada Abe"] == (False, None)


def test_who_was_there_too_briefly_gets_no_certificate_and_is_no_no_show(client, cast, over):
    session, (mona, _zoe, kwame, _ada) = over
    client.force_login(cast.coordinator)
    found = read_meeting_list(
        session=session, data=b"Name,Email,Minutes\nK,kwame@example.org,12\n", by=cast.coordinator
    )
    apply_meeting_list(found=found, said={f"b{kwame.pk}": "left_early"}, needed=135, by=cast.coordinator)
    assert thank_attendees(timezone.now()) == 0
    status = training_status_of([kwame.enrollment_id])[kwame.enrollment_id]
    assert (status.label, status.missed) == ("not there long enough", False)
    assert training_of_mentors(cast.cohort)[kwame.enrollment_id] == NONE
    (payer,) = payer_attendance_of([session.pk])[session.pk]
    assert (payer.came, payer.missed) == (1, 0)
    page = words_in(client.get(session.get_absolute_url(), {"status": "left_early"}).content.decode())
    assert "Kwame Boateng" in page
    assert "12 of 180 minutes" in page
    assert mona.name not in page
    # The coordinator knows better: the minimum is theirs, and so is each single case.
    url = page_of("meeting-list-apply", session, found.pk)
    assert "1 there long enough" in words_in(client.get(url, {"minutes": 10}).content.decode())
    assert client.get(url, {"minutes": "-1"}).status_code == 422
    client.post(url, {"minutes": 10, f"of-b{kwame.pk}": "attended"})
    session.refresh_from_db()
    assert (session.credit_minutes, said(session)["Kwame Boateng"]) == (10, (True, 12))
    assert thank_attendees(timezone.now()) == 1


def test_a_second_list_never_takes_credit_away_by_itself(cast, over):
    session, (mona, *_) = over
    for minutes in (170, 20):
        data = f"Name,Email,Minutes\nM,mentor@example.org,{minutes}\n".encode()
        found = read_meeting_list(session=session, data=data, by=cast.coordinator)
        apply_meeting_list(found=found, said={f"b{mona.pk}": "attended"}, needed=135, by=cast.coordinator)
    assert said(session)["Mona"] == (True, 170)
    session.bookings.update(attended=True, minutes_present=None)  # ticked by hand
    (one,) = (p for p in presences_of(found, 135) if p.is_listed)
    assert (one.proposed, one.is_long_enough) == ("attended", False)


def test_nothing_is_saved_before_everybody_on_the_list_is_known(client, cast, over):
    session, (_mona, zoe, *_) = over
    found = read_meeting_list(session=session, data=b"Name,Email\nZo,\n", by=cast.coordinator)
    with pytest.raises(ServiceError, match="First say"):
        apply_meeting_list(found=found, said={f"b{zoe.pk}": "attended"}, needed=0, by=cast.coordinator)
    client.force_login(cast.coordinator)
    names = page_of("meeting-list-names", session, found.pk)
    assert client.get(page_of("meeting-list-apply", session, found.pk)).url.startswith(names)
    answer = client.post(names, {"row-0": "other"})
    assert answer.content.decode().count('<optgroup label="Everyone">') == 1
    found = save_names(found=found, decided={0: "b999999", 7: "nobody"})  # nobody of this session, and no row
    assert "decided" not in found.rows[0]
    client.post(names, {"discard": "1"})
    assert not AttendanceImport.objects.exists()
    assert said(session)["Anderson Zoë"] == (None, None)


def test_a_name_that_two_people_have_is_proposed_for_neither(client, cast, over):
    session, _ = over
    EnrollmentFactory.create_batch(2, cohort=cast.cohort, role="mentor", user__full_name="Li Wei")
    client.force_login(cast.coordinator)
    page = client.get(upload(client, session, "Name\nLi Wei\n").url).content.decode()
    assert page.count("Choose a person") == 1
    assert page.count("Li Wei (no seat)") == 2


def test_members_of_teams_and_people_without_a_seat_are_recorded(client, cast):
    start = timezone.now() + timedelta(days=10)
    session = new_session(cast.cohort, provider="", training="Call", kind="call", starts_at=start, seats=10, minutes=60)
    enrollment, _ = team(cast.cohort, "Bo Beta", "Cy Gamma")
    booking = book(session, enrollment)
    ants, _ = team(cast.cohort, "Eve Epsilon", lead="Dan Delta", title="Ants")
    bo, cy = (enrollment.members.get(user__full_name=name).user_id for name in ("Bo Beta", "Cy Gamma"))
    eve = ants.members.get().user_id
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        client.force_login(cast.coordinator)
        names = upload(client, session, "Name,Email,Minutes\nB.,bo@example.org,60\nEve Epsilon,,50\nCy,,5\n").url
        review = client.post(names, {"row-1": f"e{ants.pk}-{eve}", "row-2": f"b{booking.pk}-{cy}"}).url
        page = client.get(review).content.decode()
        assert "Lia Lead" in page
        sent = {f"of-b{booking.pk}-{bo}": "attended", f"of-b{booking.pk}-{cy}": "left_early"}
        client.post(review, {"minutes": 45, **sent, f"of-e{ants.pk}-{eve}": "attended", f"of-b{booking.pk}": "missed"})
        rows = client.get(session.get_absolute_url(), {"format": "csv"}).content.decode().splitlines()[1:]
    told = {line.split(",")[0]: line.split(",")[4] for line in rows}
    assert told == {
        "Lia Lead": "did not come",
        "Bo Beta": "attended",
        "Cy Gamma": "not long enough",
        "Dan Delta": "not noted",
        "Eve Epsilon": "attended",
    }


def test_only_coordinators_of_the_programme_see_a_list(client, cast, over):
    session, _ = over
    found = read_meeting_list(session=session, data=b"Name\nZo\n", by=cast.coordinator)
    for user in (cast.mentor, cast.stranger, cast.viewer):
        client.force_login(user)
        assert client.get(page_of("meeting-list-create", session)).status_code == 404
        for name in ("meeting-list-names", "meeting-list-apply"):
            assert client.post(page_of(name, session, found.pk), {"discard": "1"}).status_code == 404


def test_many_people_are_asked_about_on_several_pages(client, cast, over):
    session, _ = over
    EnrollmentFactory.create_batch(50, cohort=cast.cohort, role="mentor")
    client.force_login(cast.coordinator)
    rows = "".join(f"Kim {n} Unknown,\n" for n in range(200))
    page = client.get(upload(client, session, f"Name,Email\n{rows}").url).content.decode()
    assert page.count("<option") < 9_000
    assert "more follow on the next page" in words_in(page)
