"""The calendar file of a suggested meeting."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from cohorts.models import Enrollment
from matching.intro.mails import intro_mail
from matching.meeting_times.links import meeting_link
from matching.meeting_times.suggestions import Suggestion
from matching.models import Match
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.files.calendars import read_calendar

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def cohort(db):
    return CohortFactory(status="matching")


def calendar_of(client, link):
    return client.get(link.removeprefix(SITE))


def test_the_calendar_file_of_the_first_time_is_a_tentative_invitation(client, cohort):
    team = EnrollmentFactory(cohort=cohort, title="Soil, maps; and more", time_zone="Asia/Kathmandu")
    one = EnrollmentFactory(cohort=cohort, role="mentor", user__full_name="Ada O'Obi")
    text = intro_mail(team, [SimpleNamespace(mentor=one, reasons=[])], today=date(2027, 1, 20)).text
    link = next(word for word in text.split() if word.endswith("meeting.ics"))
    response = calendar_of(client, link)
    assert response.headers["Content-Type"].startswith("text/calendar")
    calendar = read_calendar(response.content.decode())
    assert calendar.one("METHOD") == "REQUEST"
    (event,) = calendar.inside
    assert event.one("STATUS") == "TENTATIVE"
    assert event.attendees == [
        (str(team.user), team.user.email, "TENTATIVE"),
        ("Ada O'Obi", one.user.email, "TENTATIVE"),
    ]
    starts = event.moment("DTSTART")
    assert Suggestion(starts).on_clocks(["Asia/Kathmandu", "Europe/Berlin"]) in text
    assert event.moment("DTEND") - starts == timedelta(minutes=30)
    assert event.one("ORGANIZER") == "mailto:hello@example.org"
    assert "Ada O'Obi" in event.text("SUMMARY")
    assert f"{SITE}/my/pairs/{team.pk}/" in event.text("DESCRIPTION")


def test_another_suggested_time_moves_the_meeting_and_the_end_of_the_pair_cancels_it(client, cohort, time_machine):
    time_machine.move_to(datetime(2027, 2, 1, 9, tzinfo=UTC))
    match = MatchFactory(mentee__cohort=cohort)
    link, other = (
        meeting_link(match.mentee_id, [match.mentor_id], datetime(2027, 2, day, 9, tzinfo=UTC)) for day in (2, 4)
    )
    first = read_calendar(calendar_of(client, link).content)
    time_machine.shift(timedelta(minutes=2))
    moved = read_calendar(calendar_of(client, other).content)
    Match.objects.update(status="ended")
    time_machine.shift(timedelta(minutes=2))
    off = read_calendar(calendar_of(client, other).content)
    assert [c.one("METHOD") for c in (first, moved, off)] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [calendar.inside[0] for calendar in (first, moved, off)]
    assert len({event.one("UID") for event in events}) == 1
    numbers = [int(event.one("SEQUENCE")) for event in events]
    assert numbers == sorted(set(numbers))
    assert moved.inside[0].moment("DTSTART") == datetime(2027, 2, 4, 9, tzinfo=UTC)


def test_a_meeting_names_no_address_that_its_owner_keeps_back(client, cohort):
    match = MatchFactory(mentee__cohort=cohort, mentee__shares_address=False)
    link = meeting_link(match.mentee_id, [match.mentor_id], datetime(2027, 2, 2, 9, tzinfo=UTC))
    file = calendar_of(client, link).content.decode()
    assert match.mentee.user.email not in file
    assert match.mentor.user.email in file.replace("\r\n ", "")


def test_changed_links_to_a_meeting_are_refused_and_the_page_of_erased_people_leads_on(client, cohort):
    match = MatchFactory(mentee__cohort=cohort)
    link = meeting_link(match.mentee_id, [match.mentor_id], datetime(2027, 2, 2, 9, tzinfo=UTC))
    assert calendar_of(client, link.replace("20270202", "20270203")).status_code == 404
    mentor_pk = match.mentor_id
    match.delete()
    Enrollment.objects.filter(pk=mentor_pk).delete()
    gone = calendar_of(client, link)
    assert gone.status_code == 410
    words = gone.content.decode()
    assert "Sign in to see your matches" in words, "the page leads on"
    assert cohort.programme.contact_email in words
