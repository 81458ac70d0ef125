"""Events on the day, without anybody's doing: reminders, calendars, being moved or called off."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.calendar.links import calendar_link
from matching.events import services as events_services
from matching.events.day import wishes
from matching.events.day.event_day import advance_event_round, mark_arrivals, plan_tables
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.events.mails import event_context
from matching.events.planned_mail import planned_mail_of_events
from matching.events.services import answer_invitation, cancel_event
from matching.events.sweep import sweep_events
from matching.groups import services as groups_services
from matching.models import GoalGroup, SpeedEvent
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.devtools.testing.files.calendars import read_calendar
from mentorship.devtools.testing.links import without_signatures

START = datetime(2027, 3, 30, 16, 0, tzinfo=UTC)
SITE = "http://127.0.0.1:8000"


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture(autouse=True)
def weeks_before():
    with at(START - timedelta(days=20)):
        yield


@pytest.fixture
def cohort(cast):
    return CohortFactory(programme=cast.programme, slug="spring", status="matching", time_zone="Asia/Kathmandu")


@pytest.fixture
def event(cohort):
    return SpeedEvent.objects.create(
        cohort=cohort, name="Speed mentoring", starts_at=START, rounds=2, minutes=10, seats=3, tables=3, place="Room 2"
    )


@pytest.fixture
def people(event):
    """Two mentees and two mentors who were asked, of whom the first of each said yes."""
    mentees = [EnrollmentFactory(cohort=event.cohort) for _ in range(2)]
    mentors = [EnrollmentFactory(cohort=event.cohort, role="mentor") for _ in range(2)]
    events_services.invite_to_event(event=event, by=None)
    for one in (mentees[0], mentors[0]):
        answer_invitation(event=event, enrollment=one, coming=True, by=None)
    return mentees, mentors


def mails(subject):
    return OutboxMessage.objects.filter(kind="event", subject__icontains=subject)


def to(found):
    return {address for message in found for address in message.to}


def sweep(moment):
    with at(moment):
        return sweep_events(moment)


def calendar_of(client, event, enrollment):
    link = CALENDAR_LINK.url(event.pk, enrollment.pk).removeprefix(SITE)
    (found,) = (calendar := read_calendar(client.get(link).content.decode())).inside
    return calendar.one("METHOD"), found


# --- by itself ---


def test_people_without_an_answer_are_invited_again_three_days_before(event, people):
    (_, silent_mentee), (_, silent_mentor) = people
    assert sweep(START - timedelta(days=4)) == 0
    for days in (3, 2.5, 2):
        sweep(START - timedelta(days=days))
    asked = mails("there are still seats")
    assert to(asked) == {silent_mentee.user.email, silent_mentor.user.email}
    assert asked.count() == 2


def test_nobody_is_invited_again_without_a_free_seat(event, people):
    SpeedEvent.objects.update(seats=1)
    sweep(START - timedelta(days=2))
    assert to(mails("still seats")) == {people[1][1].user.email}


def test_people_invited_yesterday_or_never_get_no_second_invitation(event):
    EnrollmentFactory(cohort=event.cohort)
    with at(START - timedelta(days=3)):
        events_services.invite_to_event(event=event, by=None)
    EnrollmentFactory(cohort=event.cohort)
    assert sweep(START - timedelta(days=2, hours=1)) == 0


def test_people_who_come_are_reminded_once_the_day_before(event, people):
    (mentee, _), (mentor, _) = people
    for hours in (24, 23, 2):
        sweep(START - timedelta(hours=hours))
    reminded = mails("see you on")
    assert to(reminded) == {mentee.user.email, mentor.user.email}
    assert reminded.count() == 2
    assert "Tuesday 30 March, 21:45 (Kathmandu), 18:00 your time (Berlin)" in reminded[0].full_text
    texts = without_signatures("".join(m.full_text for m in reminded))
    assert without_signatures(EVENT_LINK.url(event.pk, mentee.pk)) in texts


def test_no_reminder_is_sent_after_the_event(event, people):
    assert sweep(START + timedelta(hours=1)) == 0
    assert not mails("see you on")


def test_a_moved_event_is_reminded_of_again(cast, event, people):
    sweep(START - timedelta(hours=20))
    with at(START - timedelta(hours=19)):
        events_services.change_event(event=event, by=cast.coordinator, fields={"starts_at": START + timedelta(days=7)})
    sweep(START + timedelta(days=6, hours=12))
    assert mails("see you on").count() == 4


def test_people_who_met_are_asked_for_wishes_once_after_the_event(event, people, cast):
    plan_tables(event=event, by=None)
    for seen in range(3):
        advance_event_round(event=event, seen=seen, by=None)
    assert sweep(START + timedelta(minutes=30)) == 0
    for hours in (2, 3):
        sweep(START + timedelta(hours=hours))
    (mentee, _), (mentor, _) = people
    assert to(mails("who would you like")) == {mentee.user.email, mentor.user.email}
    assert mails("who would you like").count() == 2
    assert sweep(START + timedelta(days=30)) == 0


def test_nobody_is_asked_for_wishes_where_nobody_came(event, people, cast):
    plan_tables(event=event, by=None)
    mark_arrivals(event=event, here=(), not_here=(), by=cast.coordinator, rest_absent=True)
    assert sweep(START + timedelta(hours=2)) == 0


def test_the_sweep_writes_exactly_the_mails_that_the_list_of_planned_mail_shows(event, people, cast):
    plan_tables(event=event, by=None)
    invited = set(OutboxMessage.objects.values_list("key", flat=True))
    planned = {mail.key: mail.at for mail in planned_mail_of_events(cast.coordinator, timezone.now())}
    assert len(planned) == 6  # two second invitations, two reminders, two questions about wishes
    for moment in sorted(set(planned.values())):
        sweep(moment - timedelta(seconds=1))
        early = set(OutboxMessage.objects.values_list("key", flat=True)) - invited
        assert early == {key for key, at in planned.items() if at < moment}
        sweep(moment)
    assert set(OutboxMessage.objects.values_list("key", flat=True)) - invited == set(planned)


def test_an_event_without_automatic_mails_writes_none(event, people):
    SpeedEvent.objects.update(mails_by_itself=False)
    assert sweep(START - timedelta(days=2)) + sweep(START - timedelta(hours=3)) == 0


# --- moved and called off ---


def test_a_new_time_is_mailed_and_updates_calendars(client, cast, event, people):
    mentee = people[0][0]
    method, before = calendar_of(client, event, mentee)
    assert (method, before.one("STATUS"), before.moment("DTSTART")) == ("REQUEST", "CONFIRMED", START)
    assert before.moment("DTEND") - START == timedelta(minutes=20)
    assert "Room 2" in before.text("DESCRIPTION")
    later = START + timedelta(hours=2)
    events_services.change_event(event=event, by=cast.coordinator, fields={"starts_at": later, "seats": 9})
    assert to(mails("Changed")) == {mentee.user.email, people[1][0].user.email}
    _, after = calendar_of(client, event, mentee)
    assert after.one("UID") == before.one("UID")
    assert int(after.one("SEQUENCE")) > int(before.one("SEQUENCE"))
    assert after.moment("DTSTART") == later
    events_services.change_event(event=event, by=cast.coordinator, fields={"seats": 10})
    assert mails("Changed").count() == 2


def test_a_cancelled_event_leaves_calendars_and_takes_no_answers(client, cast, event, people):
    mentee, silent = people[0]
    client.force_login(cast.coordinator)
    act = reverse("matching:event-do", args=["spring", event.pk])
    assert "2 people get an email." in client.post(act, {"do": "cancel"}).text
    assert not mails("Cancelled").exists()
    for _ in range(2):
        client.post(act, {"do": "cancel", "confirmed": "yes"})
    assert to(mails("Cancelled")) == {mentee.user.email, people[1][0].user.email}
    assert mails("Cancelled").count() == 2
    method, off = calendar_of(client, event, mentee)
    assert (method, off.one("STATUS")) == ("CANCEL", "CANCELLED")
    with pytest.raises(ServiceError):
        answer_invitation(event=event, enrollment=silent, coming=True, by=None)
    assert "is cancelled" in client.get(EVENT_LINK.url(event.pk, mentee.pk).removeprefix(SITE)).text
    assert sweep(START - timedelta(hours=3)) == 0
    assert "cancelled" in client.get(reverse("matching:event-detail", args=["spring", event.pk])).text


def test_an_event_that_has_begun_can_not_be_cancelled(event, people):
    plan_tables(event=event, by=None)
    advance_event_round(event=event, seen=0, by=None)
    with pytest.raises(ServiceError, match="has begun"):
        cancel_event(event=event, by=None)


# --- calendars and own things ---


def test_calendar_feeds_contain_the_events_that_people_answered(client, event, people):
    mentee, silent = people[0]
    feed = read_calendar(client.get(calendar_link(mentee.user).removeprefix(SITE)).content.decode())
    (found,) = [e for e in feed.inside if "Speed mentoring" in e.one("SUMMARY")]
    assert found.one("STATUS") == "CONFIRMED"
    answer_invitation(event=event, enrollment=mentee, coming=False, by=None)
    feed = read_calendar(client.get(calendar_link(mentee.user).removeprefix(SITE)).content.decode())
    (gone,) = [e for e in feed.inside if "Speed mentoring" in e.one("SUMMARY")]
    assert (gone.one("UID"), gone.one("STATUS")) == (found.one("UID"), "CANCELLED")
    assert int(gone.one("SEQUENCE")) > int(found.one("SEQUENCE"))
    assert "Speed mentoring" not in client.get(calendar_link(silent.user).removeprefix(SITE)).content.decode()
    client.force_login(mentee.user)
    assert "Speed mentoring" not in client.get(reverse("cohorts:calendar-detail")).text


def test_there_is_no_calendar_file_without_an_answer(client, event, people):
    link = CALENDAR_LINK.url(event.pk, people[0][1].pk).removeprefix(SITE)
    assert client.get(link).status_code == 404
    assert client.get(link.replace("calendar", "x-calendar")).status_code == 404


def test_people_on_the_waitlist_see_their_position(client, event, people):
    SpeedEvent.objects.update(seats=1)
    waiting = [EnrollmentFactory(cohort=event.cohort) for _ in range(2)]
    for one in waiting:
        answer_invitation(event=event, enrollment=one, coming=True, by=None)
    pages = [client.get(EVENT_LINK.url(event.pk, one.pk).removeprefix(SITE)).text for one in waiting]
    assert "You’re next." in pages[0]
    assert "1 person is ahead of you." in pages[1]


def test_own_events_are_listed_with_the_answer(event, people):
    mentee, silent = people[0]
    assert [(e, r.status) for e, r in events_services.events_for_participant(mentee.user)] == [(event, "coming")]
    assert events_services.events_for_participant(silent.user) == [(event, None)]
    with at(START + timedelta(days=20)):
        assert events_services.events_for_participant(mentee.user) == []


def test_the_own_page_shows_the_current_table_on_the_day(client, event, people):
    mentee = people[0][0]
    plan_tables(event=event, by=None)
    advance_event_round(event=event, seen=0, by=None)
    text = client.get(EVENT_LINK.url(event.pk, mentee.pk).removeprefix(SITE)).text
    assert "Now: round 1" in text
    assert "round 1 of 2, until" in text


def test_coordinators_see_the_wishes(client, cast, event, people):
    (mentee, _), (mentor, other) = people
    answer_invitation(event=event, enrollment=other, coming=True, by=None)
    plan_tables(event=event, by=None)
    for seen in range(3):
        advance_event_round(event=event, seen=seen, by=None)
    wishes.save_wishes(event=event, enrollment=mentee, whom=[mentor.pk, other.pk], by=None)
    wishes.save_wishes(event=event, enrollment=mentor, whom=[mentee.pk], by=None)
    words = [(str(mentee.user), str(mentor.user), True), (str(mentee.user), str(other.user), False)]
    assert wishes.wishes_in_words(event) == words
    for reader, reads in (
        (cast.coordinator, True),
        (cast.viewer, False),
    ):  # whom somebody wished for is not for viewers
        client.force_login(reader)
        page = client.get(reverse("matching:event-detail", args=["spring", event.pk])).text
        assert (f"{mentee.user} and {mentor.user}" in page) == reads


def test_times_are_given_in_both_time_zones_across_summer_time(cohort):
    def start(zone, *moment):
        event = SpeedEvent(pk=1, cohort=cohort, starts_at=datetime(*moment, tzinfo=UTC))
        return event_context(event, EnrollmentFactory(cohort=cohort, time_zone=zone))["when"]

    winter = start("Europe/Berlin", 2027, 3, 27, 22)
    assert winter == "Sunday 28 March, 03:45 (Kathmandu), Saturday 23:00 your time (Berlin)"
    summer = start("Europe/Berlin", 2027, 3, 28, 10)
    assert summer == "Sunday 28 March, 15:45 (Kathmandu), 12:00 your time (Berlin)"
    assert start("", 2027, 3, 28, 10) == "Sunday 28 March, 15:45 (Kathmandu)"


def test_people_are_filtered_by_their_answer_and_their_group(client, cast, event, people):
    (coming, silent), (mentor, _) = people
    group = GoalGroup.objects.create(cohort=event.cohort, name="First talk")
    groups_services.move_to_group(enrollment=silent, to=group, by=cast.coordinator)
    client.force_login(cast.viewer)
    listed = reverse("cohorts:people-list", args=["spring"])

    def found(**query):
        return set(client.get(listed, query).context["page_obj"])

    assert found(event=f"{event.pk}-coming") == {coming, mentor}
    assert found(event=f"{event.pk}-silent", role="mentee") == {silent}
    assert found(goal=group.pk) == {silent}
    assert found(goal="-", role="mentee") == {coming}
    assert found(event="999-coming") == set()  # an unknown choice is not ignored
