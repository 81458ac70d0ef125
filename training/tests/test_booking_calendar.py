"""Sessions in calendars: the files behind links, those in mails, and feeds."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from cohorts.calendar.links import calendar_link
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.devtools.testing.files.calendars import invitation_in, read_calendar
from training.booking import links
from training.booking.services import cancel_booking
from training.sessions.services import cancel_session, save_session
from training.tests.slots import SITE, book, mails, new_session, path_in

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def mentor():
    cohort = CohortFactory(name="Seeds, 9; ü", programme__name="Open Seeds")
    return EnrollmentFactory(cohort=cohort, role="mentor", user__time_zone="Asia/Kathmandu")


def file_of(client, booking):
    answer = client.get(links.ICS.url(booking.pk).removeprefix(SITE))
    assert answer["Content-Type"].startswith("text/calendar; charset=utf-8; method=")
    calendar = read_calendar(answer.content.decode())
    (event,) = calendar.inside
    return calendar, event


def feed_of(client, user):
    return read_calendar(client.get(calendar_link(user).removeprefix(SITE)).content.decode())


@pytest.mark.parametrize(
    ("starts", "berlin", "kathmandu"),
    [
        (datetime(2027, 3, 27, 9, 15, tzinfo=UTC), "10:15", "15:00"),  # the day before the clocks change
        (datetime(2027, 3, 29, 9, 15, tzinfo=UTC), "11:15", "15:00"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "02:30", "06:15"),  # the hour that autumn has twice
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "02:30", "07:15"),
    ],
)
def test_calendar_times_are_right_across_daylight_saving(client, mentor, starts, berlin, kathmandu):
    booking = book(new_session(mentor.cohort, starts_at=starts, minutes=90), mentor)
    _, event = file_of(client, booking)
    assert event.moment("DTSTART") == starts
    assert event.moment("DTEND") == starts + timedelta(minutes=90)
    assert f"{event.moment('DTSTART').astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == berlin
    assert f"{event.moment('DTSTART').astimezone(ZoneInfo('Asia/Kathmandu')):%H:%M}" == kathmandu
    assert f"{kathmandu} your time (Kathmandu)" in mails(mentor.user.email)[0].full_text


def test_the_mail_leads_to_a_file_with_the_joining_link(client, mentor):
    book(new_session(mentor.cohort, joining_link="https://call.example.org/a,b;c"), mentor)
    answer = client.get(path_in(mails(mentor.user.email)[0], "/training/calendar/"))
    calendar = read_calendar(answer.content.decode())
    (event,) = calendar.inside
    assert calendar.one("METHOD") == "REQUEST"
    assert event.one("STATUS") == "CONFIRMED"
    assert event.one("URL") == "https://call.example.org/a,b;c"
    assert event.text("SUMMARY") == "Listening (Seeds, 9; ü)"
    assert "https://call.example.org/a,b;c" in event.text("DESCRIPTION")


def test_the_mails_of_a_booking_and_of_its_end_carry_the_file(mentor):
    def attached(mail):
        calendar, _ = invitation_in(mail)
        return calendar.text("METHOD"), calendar.inside[0].text("UID"), int(calendar.inside[0].text("SEQUENCE"))

    booking = book(new_session(mentor.cohort), mentor)
    cancel_booking(booking=booking, by=mentor.user)
    # In no order: a machine's clock may be set back between the two.
    found = {method: (uid, number) for method, uid, number in map(attached, mails(mentor.user.email))}
    (came, number), (went, higher) = found["REQUEST"], found["CANCEL"]
    assert (came, higher > number) == (went, True)


def test_a_changed_session_keeps_its_uid_and_increases_its_sequence(client, mentor):
    session = new_session(mentor.cohort)
    booking = book(session, mentor)
    _, before = file_of(client, booking)
    session.refresh_from_db()
    session.starts_at += timedelta(hours=2)
    save_session(session=session, provider="Listening Ltd", training="Listening", by=None)
    _, after = file_of(client, booking)
    assert after.one("UID") == before.one("UID")
    assert int(after.one("SEQUENCE")) > int(before.one("SEQUENCE"))
    assert after.moment("DTSTART") == before.moment("DTSTART") + timedelta(hours=2)


def test_change_and_cancellation_across_daylight_saving(client, mentor):
    """From the day before Europe moves its clocks to the day after, seen from UTC+5:45."""
    session = new_session(mentor.cohort, starts_at=datetime(2027, 3, 27, 9, 15, tzinfo=UTC), minutes=90)
    booking = book(session, mentor)
    _, first = file_of(client, booking)
    session.refresh_from_db()
    session.starts_at = datetime(2027, 3, 29, 8, 15, tzinfo=UTC)
    save_session(session=session, provider="Listening Ltd", training="Listening", by=None)
    _, moved = file_of(client, booking)
    session.refresh_from_db()
    cancel_session(session=session, reason="", by=None)
    calendar, off = file_of(client, booking)
    events = (first, moved, off)
    assert len({event.one("UID") for event in events}) == 1
    numbers = [int(event.one("SEQUENCE")) for event in events]
    assert numbers == sorted(set(numbers))
    clocks = [
        (
            f"{e.moment('DTSTART').astimezone(ZoneInfo('Europe/Berlin')):%d %H:%M}",
            f"{e.moment('DTSTART').astimezone(ZoneInfo('Asia/Kathmandu')):%d %H:%M}",
        )
        for e in events
    ]
    assert clocks == [("27 10:15", "27 15:00"), ("29 10:15", "29 14:00"), ("29 10:15", "29 14:00")]
    assert (calendar.one("METHOD"), off.one("STATUS")) == ("CANCEL", "CANCELLED")
    assert "14:00 your time (Kathmandu)" in mails(mentor.user.email, "Changed")[0].full_text


@pytest.mark.parametrize("how", ["booking", "session"])
def test_cancelled_events_are_removed_from_files_and_feeds(client, mentor, how):
    session = new_session(mentor.cohort)
    booking = book(session, mentor)
    _, before = file_of(client, booking)
    if how == "booking":
        cancel_booking(booking=booking, by=mentor.user)
    else:
        cancel_session(session=session, reason="", by=None)
    calendar, event = file_of(client, booking)
    assert calendar.one("METHOD") == "CANCEL"
    assert event.one("UID") == before.one("UID")
    assert int(event.one("SEQUENCE")) > int(before.one("SEQUENCE"))
    (in_feed,) = feed_of(client, mentor.user).inside
    assert (in_feed.one("UID"), in_feed.one("STATUS")) == (before.one("UID"), "CANCELLED")


def test_booking_again_after_cancelling_increases_the_sequence(client, mentor):
    session = new_session(mentor.cohort)
    booking = book(session, mentor)
    cancel_booking(booking=booking, by=mentor.user)
    _, cancelled = file_of(client, booking)
    book(session, mentor)
    calendar, again = file_of(client, booking)
    assert calendar.one("METHOD") == "REQUEST"
    assert int(again.one("SEQUENCE")) > int(cancelled.one("SEQUENCE"))


def test_the_feed_has_what_one_booked_and_the_calls_of_ones_cohort(client, mentor):
    secret = "https://call.example.org/secret"
    new_session(mentor.cohort, joining_link=secret)  # a slot of a training that they did not take
    call = new_session(mentor.cohort, provider="", training="Cohort call", kind="call", joining_link=secret, seats=50)
    (event,) = feed_of(client, mentor.user).inside
    assert (event.text("SUMMARY"), event.one("STATUS")) == ("Cohort call (Seeds, 9; ü)", "TENTATIVE")
    assert "secret" not in event.text("DESCRIPTION")
    client.force_login(mentor.user)
    assert "Cohort call" in client.get(reverse("cohorts:calendar-detail")).content.decode()
    book(call, mentor)
    (event,) = feed_of(client, mentor.user).inside
    assert event.one("STATUS") == "CONFIRMED"
    assert event.one("URL") == secret


def test_waiting_people_do_not_see_the_joining_link(client, mentor):
    session = new_session(mentor.cohort, seats=1, joining_link="https://call.example.org/secret")
    book(session, EnrollmentFactory(cohort=mentor.cohort, role="mentor"))
    booking = book(session, mentor, wait=True)
    _, event = file_of(client, booking)
    assert event.one("STATUS") == "TENTATIVE"
    assert not event.has("URL")
    assert "secret" not in event.text("DESCRIPTION")


def test_forged_addresses_find_nothing(client, mentor):
    booking = book(new_session(mentor.cohort), mentor)
    good = links.ICS.url(booking.pk).removeprefix(SITE)
    assert client.get(good.replace("calendar/", "calendar/9")).status_code == 404
    assert client.get(f"/training/calendar/{links.CHOOSE.sign(booking.pk)}/").status_code == 404
