"""The dates of a cohort by every clock, and the feed of them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from cohorts.calendar import ics
from cohorts.calendar.feed import calendar_text, shared_dates_of
from cohorts.calendar.ics import event_uid
from cohorts.calendar.links import calendar_link
from cohorts.calendar.services import renew_calendar_link
from cohorts.mailings.weekly_dates import dates_between
from cohorts.models import CohortDate, Enrollment
from mentorship.core.ui.moments import event_in_words
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory
from mentorship.devtools.testing.files.calendars import read_calendar
from mentorship.devtools.testing.pages import SURE

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def berlin():
    return CohortFactory(time_zone="Europe/Berlin", name="Seeds 9", programme__name="Open Seeds")


def call(cohort, **fields):
    return CohortDate.objects.create(
        cohort=cohort, **{"name": "Kick-off", "on": date(2027, 2, 8), "time": time(15), "minutes": 60, **fields}
    )


def unfolded(text):
    read_calendar(text)
    return text.replace("\r\n ", "").split("\r\n")


def feed_of(client, user):
    return client.get(calendar_link(user).removeprefix("http://127.0.0.1:8000"))


def test_dates_keep_their_local_time_across_daylight_saving(berlin):
    winter, summer = call(berlin), call(berlin, on=date(2027, 4, 5))
    assert winter.starts_at == datetime(2027, 2, 8, 14, tzinfo=UTC)
    assert summer.starts_at == datetime(2027, 4, 5, 13, tzinfo=UTC)
    lines = unfolded(calendar_text([winter, summer], NOW))
    assert [x for x in lines if x.startswith("DT")] == [
        "DTSTAMP:20270201T120000Z",
        "DTSTART:20270208T140000Z",
        "DTEND:20270208T150000Z",
        "DTSTAMP:20270201T120000Z",
        "DTSTART:20270405T130000Z",
        "DTEND:20270405T140000Z",
    ]


def test_a_time_in_the_hour_skipped_in_spring_is_one_hour_later(berlin):
    skipped = call(berlin, on=date(2027, 3, 28), time=time(2, 30))
    assert skipped.starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_date_without_a_time_is_a_whole_day_in_every_zone(berlin):
    day = call(berlin, time=None, minutes=None)
    lines = unfolded(calendar_text([day], NOW))
    assert "DTSTART;VALUE=DATE:20270208" in lines
    assert "TRANSP:TRANSPARENT" in lines
    assert not [x for x in lines if x.startswith("DTEND")]


def test_an_event_keeps_its_uid_and_raises_its_sequence_when_edited(berlin, settings):
    settings.SITE_URL = "https://mentors.example.org:8443"
    what = call(berlin)
    CohortDate.objects.filter(pk=what.pk).update(sequence=3, on=date(2027, 2, 9))
    lines = unfolded(calendar_text(CohortDate.objects.all(), NOW))
    assert f"UID:date-{what.pk}@mentors.example.org" in lines
    assert "SEQUENCE:3" in lines
    assert "DTSTART:20270209T140000Z" in lines


def test_texts_are_escaped_in_the_feed(berlin):
    what = call(
        berlin,
        name="Maps, soil; and \\ more\r\nATTENDEE:mailto:x@example.org",
        link="https://meet.example.org/a?b=1,2",
    )
    lines = unfolded(calendar_text([what], NOW))
    assert "SUMMARY:Maps\\, soil\\; and \\\\ more\\nATTENDEE:mailto:x@example.org (Seeds 9)" in lines
    assert not [x for x in lines if x.startswith("ATTENDEE")]
    assert "DESCRIPTION:Seeds 9 of Open Seeds\\nhttps://meet.example.org/a?b=1\\,2" in lines
    assert "URL:https://meet.example.org/a?b=1,2" in lines


@pytest.mark.parametrize("name", ["x" * 120, "é" * 120, "数" * 120, "🌱" * 120, "a" + "🌱数é" * 30])
def test_lines_are_folded_at_75_octets_between_characters(berlin, name):
    text = calendar_text([call(berlin, name=name)], NOW)
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    for line in text.split("\r\n"):
        assert len(line.encode()) <= 75
        line.encode().decode()
    assert f"SUMMARY:{name} (Seeds 9)" in unfolded(text)


@pytest.mark.parametrize("name", ["山田\u3000さくら", "کتاب\u200cخانه", "ශ්\u200dරී", "👩\u200d🔬", "Soil\u00a0maps"])
def test_names_keep_their_joiners_and_wide_spaces(berlin, name):
    assert f"SUMMARY:{name} (Seeds 9)" in unfolded(calendar_text([call(berlin, name=f"{name}\x07")], NOW))


def test_only_accepted_people_and_their_teams_get_the_dates(berlin):
    call(berlin)
    call(berlin, name="Team only", shared=False)
    call(CohortFactory(), name="Elsewhere")
    lead = EnrollmentFactory(cohort=berlin, status="completed")
    member = UserFactory()
    lead.members.create(user=member)
    for user in (lead.user, member):
        assert [d.name for d in shared_dates_of(user)] == ["Kick-off"]
    for status in ("applied", "waitlisted", "declined", "withdrawn"):
        Enrollment.objects.update(status=status)
        assert not shared_dates_of(member).exists()


def test_the_training_of_mentors_is_in_the_dates_of_mentors_only(berlin):
    call(berlin, name="Mentor training", key=CohortDate.TRAINING)
    mentee, mentor = EnrollmentFactory(cohort=berlin), EnrollmentFactory(cohort=berlin, role="mentor")
    assert [len(shared_dates_of(one.user)) for one in (mentee, mentor)] == [0, 1]
    (one,) = dates_between(berlin, date(2027, 2, 1), date(2027, 2, 28))
    assert (one.is_for(["mentee"]), one.is_for(["mentor"])) == (False, True)


def test_a_date_is_listed_once_for_a_person_with_two_enrollments(berlin):
    call(berlin)
    user = EnrollmentFactory(cohort=berlin, role="mentor").user
    EnrollmentFactory(cohort=berlin, user=user)
    assert shared_dates_of(user).count() == 1


def test_the_feed_opens_with_its_link_and_without_sign_in(client, berlin):
    call(berlin)
    user = EnrollmentFactory(cohort=berlin).user
    answer = feed_of(client, user)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Kick-off (Seeds 9)" in answer.content.decode()
    for token in ("nonsense", f"{user.pk}-0.AAAA", f"{user.pk}-0"):
        assert client.get(reverse("cohorts:calendar-feed", args=[token])).status_code == 404


def test_a_renewed_link_replaces_the_old_one(client, berlin):
    user = EnrollmentFactory(cohort=berlin).user
    old = calendar_link(user)
    assert calendar_link(user) == old
    new = renew_calendar_link(user=user, by=user)
    assert new != old
    assert feed_of(client, user).status_code == 200
    assert client.get(old.removeprefix("http://127.0.0.1:8000")).status_code == 404


def test_a_switched_off_account_has_no_feed(client, berlin):
    user = EnrollmentFactory(cohort=berlin).user
    user.is_active = False
    user.save()
    assert feed_of(client, user).status_code == 404


def test_the_feed_takes_a_constant_number_of_queries(client, berlin, django_assert_num_queries):
    user = EnrollmentFactory(cohort=berlin).user
    for _ in range(2):
        for n in range(10):
            call(berlin, on=date(2027, 2, 8) + timedelta(days=n))
            call(EnrollmentFactory(user=user).cohort)
        with django_assert_num_queries(
            9
        ):  # one is this test's own: the link; three of sessions, one of events, one of pairs
            feed_of(client, user)


def test_the_page_lists_upcoming_dates_and_renews_the_link(client, berlin, time_machine_at):
    call(berlin, link="https://meet.example.org/kick-off")
    call(berlin, name="Long over", on=date(2027, 1, 1))
    user = EnrollmentFactory(cohort=berlin).user
    url = reverse("cohorts:calendar-detail")
    assert client.get(url).status_code == 302
    client.force_login(user)
    page = client.get(url).content.decode()
    assert "https://meet.example.org/kick-off" in page
    assert "Long over" not in page
    assert calendar_link(user) in page
    client.post(url)
    assert calendar_link(user) in page, "one press asks first"
    client.post(url, SURE)
    assert calendar_link(user) in client.get(url).content.decode()
    assert calendar_link(user) not in page
    client.force_login(UserFactory())
    assert "No dates ahead" in client.get(url).content.decode()


@pytest.fixture
def time_machine_at(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_a_moment_names_the_cohorts_time_only_where_it_differs_from_the_readers(berlin):
    what = call(berlin, time=time(20))
    assert event_in_words(what.starts, what.tz, ZoneInfo("Europe/Paris")) == "Monday 8 February, 20:00 (Berlin)"
    assert (
        event_in_words(what.starts, what.tz, ZoneInfo("Asia/Kathmandu"))
        == "Monday 8 February, 20:00 (Berlin), Tuesday 00:45 your time (Kathmandu)"
    )
    assert (
        event_in_words(what.starts, what.tz, ZoneInfo("Africa/Nairobi"))
        == "Monday 8 February, 20:00 (Berlin), 22:00 your time (Nairobi)"
    )
    whole_day = call(berlin, time=None)
    assert event_in_words(whole_day.starts, whole_day.tz, ZoneInfo("Asia/Kathmandu")) == "Monday 8 February"


def test_other_apps_add_to_the_feed_and_to_the_page(client, berlin, time_machine_at):
    call(berlin)
    user = EnrollmentFactory(cohort=berlin).user
    at = datetime(2027, 2, 3, 9, 15, tzinfo=UTC)

    def events_of(person):
        return [
            ics.CalendarEvent(event_uid("test", person.pk), 4, "Walk, and talk", at, 45, cohort="Seeds 9"),
            ics.CalendarEvent(event_uid("off", person.pk), 1, "Called off", at, status=ics.CANCELLED),
        ]

    with ics.CALENDAR_EVENTS.replaced_by({"test": events_of}):
        calendar = read_calendar(feed_of(client, user).content.decode())
        client.force_login(user)
        page = client.get(reverse("cohorts:calendar-detail")).content.decode()
    assert [event.text("SUMMARY") for event in calendar.inside] == [
        "Kick-off (Seeds 9)",
        "Walk, and talk",
        "Called off",
    ]
    assert calendar.inside[1].moment("DTEND") == at + timedelta(minutes=45)
    assert page.index("Walk, and talk") < page.index("Kick-off")
    assert "Called off" not in page
