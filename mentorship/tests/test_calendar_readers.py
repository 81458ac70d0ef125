"""Invitations as calendars and mail programs read them: icalendar, ical.js and Python's mail reader.

Booked, moved, changed and cancelled, for trainings, events, meetings of pairs and feeds, with names of other scripts.
"""

from datetime import UTC, datetime, timedelta

import pytest

from cohorts.calendar.links import calendar_link
from cohorts.enrollment.leaving import note_departures
from cohorts.models import CohortDate, TeamMember
from matching.events.services import answer_invitation, cancel_event, change_event, plan_event
from matching.events.sweep import sweep_events
from matching.meeting_times.links import meeting_link
from matching.models import Match
from matching.pairs.meetings import cancel_meeting, change_meeting, set_meeting, sweep_meetings
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    ProgrammeFactory,
    UserFactory,
)
from mentorship.devtools.testing.files.calendars import invitation_in, mail_of, read_by_ical_js, read_calendar
from training.booking.services import book_seat, cancel_booking
from training.sessions.services import cancel_session, create_session, save_session
from training.sessions.sweep import sweep_training

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
START = datetime(2027, 3, 28, 8, 30, tzinfo=UTC)  # the day on which Madrid moves its clocks
PLACE = "Aula 3; Edificio „Ñandú“, Calle Mayor 1, Madrid – 马德里"
LONG = "指导的艺术 – Über das Zuhören, Fragen; und \\ Schweigen 🌱 " * 2


@pytest.fixture(autouse=True)
def march(time_machine):
    time_machine.move_to(datetime(2027, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def cohort():
    programme = ProgrammeFactory(name='Öffnung, "开放" Æther', contact_email="hallo@example.org")
    return CohortFactory(programme=programme, name="Frühjahr, 春天; 9", status="running", time_zone="Europe/Madrid")


@pytest.fixture
def mentor(cohort):
    return EnrollmentFactory(
        cohort=cohort, role="mentor", user__full_name="李小龍, Jörg „Jo“ Müller", user__time_zone="America/Los_Angeles"
    )


def new_session(cohort, hours=0, **fields):
    return create_session(
        cohort=cohort,
        training=LONG[:150],
        starts_at=START + timedelta(hours=hours),
        by=None,
        place=PLACE,
        **{"minutes": 90, "seats": 5, **fields},
    )


def edit(session, **fields):
    session.refresh_from_db()
    for name, value in fields.items():
        setattr(session, name, value)
    save_session(session=session, training=session.training.name, by=None)


def invitations(person):
    """Of all invitations to somebody, oldest first: method, UID, sequence and start, as both readers say alike."""
    mails = [m for m in OutboxMessage.objects.order_by("created_at", "pk") if person.email in m.to and m.attached]
    read = [invitation_in(mail) for mail in mails]
    by_js = read_by_ical_js(*(text for _, text in read))
    found = []
    for (calendar, _), js in zip(read, by_js, strict=True):
        (event,), (other,) = calendar.inside, js["events"]
        assert (calendar.one("METHOD"), event.one("UID")) == (js["method"], other["uid"])
        assert (int(event.one("SEQUENCE")), event.text("SUMMARY")) == (other["sequence"], other["summary"])
        starts = event.moment("DTSTART")
        assert starts.strftime("%Y-%m-%dT%H:%M:%S.000Z") == other["starts"]
        assert (event.text("LOCATION"), event.text("DESCRIPTION")) == (other["location"], other["description"])
        assert [(one["cn"], one["value"].removeprefix("mailto:"), one["partstat"]) for one in other["attendees"]] == (
            event.attendees
        )
        assert other["organizer"]["value"] == "mailto:hallo@example.org"
        assert other["organizer"]["cn"] == "Öffnung, '开放' Æther"
        assert all(one["rsvp"] == "FALSE" for one in other["attendees"]), "nobody is asked to answer a second time"
        found.append((js["method"], other["uid"], other["sequence"], starts))
    return found


def newest(person):
    mail = [m for m in OutboxMessage.objects.order_by("created_at", "pk") if person.email in m.to and m.attached][-1]
    return mail, invitation_in(mail)[0].inside[0]


def test_a_training_is_booked_moved_and_cancelled(cohort, mentor, time_machine):
    session = new_session(cohort)
    booking = book_seat(session=session, enrollment=mentor, by=mentor.user)
    _, event = newest(mentor.user)
    assert event.attendees == [("李小龍, Jörg „Jo“ Müller", mentor.user.email, "ACCEPTED")]
    assert event.text("LOCATION") == PLACE
    assert event.text("SUMMARY") == f"{session.training.name} ({cohort.name})"
    time_machine.shift(60)
    edit(session, starts_at=START + timedelta(days=1))
    time_machine.shift(60)
    edit(session, place="Aula 4")
    time_machine.shift(60)
    cancel_booking(booking=booking, by=mentor.user)
    found = invitations(mentor.user)
    assert [method for method, *_ in found] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert len({uid for _, uid, *_ in found}) == 1
    numbers = [number for *_, number, _ in found]
    assert numbers == sorted(set(numbers))
    assert [starts for *_, starts in found][:2] == [START, START + timedelta(days=1)]
    assert newest(mentor.user)[1].one("STATUS") == "CANCELLED"


def test_whoever_changes_the_slot_gets_the_end_of_the_old_one_and_the_new_one(cohort, mentor):
    first, second = new_session(cohort), new_session(cohort, hours=48)
    book_seat(session=first, enrollment=mentor, by=mentor.user)
    book_seat(session=second, enrollment=mentor, by=mentor.user)
    found = {(method, uid): number for method, uid, number, _ in invitations(mentor.user)}
    old, new = (f"booking-{one.bookings.get().pk}@127.0.0.1" for one in (first, second))
    assert set(found) == {("REQUEST", old), ("CANCEL", old), ("REQUEST", new)}
    assert found["CANCEL", old] > found["REQUEST", old]
    text = OutboxMessage.objects.get(subject__startswith="Cancelled").full_text
    assert "Your seat is now on Tuesday 30 March, 10:30 (Madrid), 01:30 your time (Los Angeles)" in text


@pytest.mark.parametrize("how", ["the session is cancelled", "they leave"])
def test_a_seat_that_ends_otherwise_leaves_the_calendar_too(cohort, mentor, how):
    session = new_session(cohort)
    book_seat(session=session, enrollment=mentor, by=mentor.user)
    if how == "they leave":
        mentor.status = "withdrawn"
        mentor.save()
        sweep_training(datetime.now(UTC))
    else:
        cancel_session(session=session, reason="", by=None)
    (_, uid, first, _), (method, same, second, _) = invitations(mentor.user)
    assert (method, same) == ("CANCEL", uid)
    assert second > first


def plan(cohort, **fields):
    given = {"name": "Schnelles Kennenlernen, 快速", "place": PLACE, "starts_at": START, "rounds": 3, "minutes": 20}
    return plan_event(cohort=cohort, by=None, fields={**given, **fields})


def test_an_event_is_joined_moved_and_cancelled(cohort, mentor, time_machine):
    event = plan(cohort)
    answer_invitation(event=event, enrollment=mentor, coming=True, by=mentor.user)
    time_machine.shift(60)
    change_event(event=event, by=None, fields={"starts_at": START + timedelta(hours=1)})
    time_machine.shift(60)
    change_event(event=event, by=None, fields={"minutes": 15})
    time_machine.shift(60)
    cancel_event(event=event, by=None)
    found = invitations(mentor.user)
    assert [method for method, *_ in found] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert len({uid for _, uid, *_ in found}) == 1
    numbers = [number for *_, number, _ in found]
    assert numbers == sorted(set(numbers))
    mail, _ = newest(mentor.user)
    assert mail_of(mail)["Subject"] == "Cancelled: Schnelles Kennenlernen, 快速"


@pytest.mark.parametrize("how", ["they say no", "they leave"])
def test_whoever_does_not_come_after_all_loses_the_seat_and_the_event_in_the_calendar(cohort, mentor, how):
    event = plan(cohort, tables=1)
    following = EnrollmentFactory(cohort=cohort, role="mentor", user__full_name="Żółć Ørsted")
    for one in (mentor, following):
        answer_invitation(event=event, enrollment=one, coming=True, by=one.user)
    assert not invitations(following.user)
    if how == "they say no":
        answer_invitation(event=event, enrollment=mentor, coming=False, by=mentor.user)
    else:
        mentor.status = "withdrawn"
        mentor.save()
        sweep_events(datetime.now(UTC))
    assert [method for method, *_ in invitations(mentor.user)] == ["REQUEST", "CANCEL"]
    assert [method for method, *_ in invitations(following.user)] == ["REQUEST"]
    assert sweep_events(datetime.now(UTC)) == 0


def test_a_suggested_meeting_is_taken_moved_and_cancelled(client, cohort, mentor, time_machine):
    mentee = EnrollmentFactory(cohort=cohort, title="Böden; 土壤", user__full_name="Ngũgĩ wa Thiong'o")
    MatchFactory(mentee=mentee, mentor=mentor)
    links = [meeting_link(mentee.pk, [mentor.pk], START + timedelta(days=day)) for day in (0, 2)]
    files = []
    for link in (*links, links[1]):
        if len(files) == 2:
            Match.objects.update(status="ended")
        answer = client.get(link.removeprefix(SITE))
        files.append(answer.content)
        assert answer["Content-Type"].startswith("text/calendar; charset=utf-8; method=")
        time_machine.shift(2)
    read = read_by_ical_js(*files)
    assert [(one["method"], one["events"][0]["starts"]) for one in read] == [
        ("REQUEST", "2027-03-28T08:30:00.000Z"),
        ("REQUEST", "2027-03-30T08:30:00.000Z"),
        ("CANCEL", "2027-03-30T08:30:00.000Z"),
    ]
    events = [one["events"][0] for one in read]
    assert len({event["uid"] for event in events}) == 1
    assert [event["sequence"] for event in events] == sorted({event["sequence"] for event in events})
    assert {person["cn"] for person in events[0]["attendees"]} == {"Ngũgĩ wa Thiong'o", "李小龍, Jörg „Jo“ Müller"}
    for file in files:
        read_calendar(file)


@pytest.fixture
def team(cohort, mentor):
    """A team of two with a mentor; the second one shares no address."""
    team = EnrollmentFactory(cohort=cohort, title="Böden; 土壤", user__full_name="Ngũgĩ wa Thiong'o")
    member = UserFactory(full_name="Żółć Ørsted", email="zolc@example.org")
    TeamMember.objects.create(enrollment=team, user=member)
    MatchFactory(mentee=team, mentor=mentor)
    return team


def test_a_meeting_of_a_pair_is_set_moved_and_cancelled(client, team, mentor, time_machine):
    taken = client.get(meeting_link(team.pk, [mentor.pk], START).removeprefix(SITE)).content
    match = Match.objects.get()
    fields = {"starts_at": START + timedelta(days=1), "minutes": 45, "place": PLACE}
    meeting = set_meeting(match=match, by=team.user, fields=fields)
    assert set_meeting(match=match, by=mentor.user, fields=fields) == meeting
    change_meeting(match=match, meeting=meeting, by=mentor.user, fields={**fields, "starts_at": START})
    cancel_meeting(match=match, meeting=meeting, by=team.user)
    cancel_meeting(match=match, meeting=meeting, by=team.user)
    member = team.members.get().user
    for person in (team.user, member, mentor.user):
        found = invitations(person)
        assert [method for method, *_ in found] == ["REQUEST", "REQUEST", "CANCEL"]
        assert {uid for _, uid, *_ in found} == {read_calendar(taken).inside[0].one("UID")}
        numbers = [number for *_, number, _ in found]
        assert numbers == sorted(set(numbers))
        assert numbers[0] >= int(read_calendar(taken).inside[0].one("SEQUENCE"))
    own, others = newest(member)[1].attendees, newest(mentor.user)[1].attendees
    assert member.email in str(own)
    assert member.email not in str(others), "who does not share their address is named to nobody"
    deliver_all_due()
    assert set(OutboxMessage.objects.filter(kind="meeting").values_list("status", "audience__rule")) == {
        ("skipped", "meeting of a pair"),  # it was changed or cancelled before it left
        ("sent", None),
    }


def test_whoever_leaves_the_team_has_its_dates_taken_out_of_their_calendar(team, mentor, time_machine):
    session, event = new_session(team.cohort), plan(team.cohort, starts_at=START + timedelta(days=3))
    session.training.roles = "mentee"
    session.training.save()
    book_seat(session=session, enrollment=team, by=team.user)
    answer_invitation(event=event, enrollment=team, coming=True, by=team.user)
    starts = {"starts_at": START + timedelta(days=5), "minutes": 30, "place": ""}
    set_meeting(match=Match.objects.get(), by=team.user, fields=starts)
    member = team.members.get().user
    before = OutboxMessage.objects.count()
    team.members.all().delete()
    note_departures(enrollment=team, people=[member], by=member, mail=False)
    for _ in range(2):
        for sweep in (sweep_training, sweep_events, sweep_meetings):
            sweep(datetime.now(UTC))
    new = OutboxMessage.objects.order_by("created_at", "pk")[before:]
    assert [mail.to for mail in new] == [[member.email]] * 3
    cancelled = [invitation_in(mail)[0] for mail in new]
    assert [one.one("METHOD") for one in cancelled] == ["CANCEL"] * 3
    had = {uid: number for method, uid, number, _ in invitations_of(member) if method == "REQUEST"}
    for one in cancelled:
        (event,) = one.inside
        assert int(event.one("SEQUENCE")) > had[event.one("UID")]
        assert [address for _, address, _ in event.attendees] == [member.email]
    Match.objects.update(status="ended")
    assert sweep_meetings(datetime.now(UTC)) == 2
    assert newest(mentor.user)[0].subject.startswith("Out of your calendar")


def invitations_of(person):
    """Every invitation that reached somebody, in blind copy as well: method, UID, sequence, start."""
    for mail in OutboxMessage.objects.order_by("created_at", "pk"):
        if person.email in mail.recipients and mail.attached:
            calendar = invitation_in(mail)[0]
            (event,) = calendar.inside
            yield calendar.one("METHOD"), event.one("UID"), int(event.one("SEQUENCE")), event.moment("DTSTART")


def test_the_feed_is_read_with_names_of_any_script(client, cohort, mentor):
    CohortDate.objects.create(
        cohort=cohort, name=f"{LONG[:80]}\r\nX-EVIL:1", on=START.date(), time="09:00", minutes=60, place=PLACE
    )
    book_seat(session=new_session(cohort), enrollment=mentor, by=mentor.user)
    answer_invitation(event=plan(cohort, starts_at=START + timedelta(days=3)), enrollment=mentor, coming=True, by=None)
    answer = client.get(calendar_link(mentor.user).removeprefix(SITE))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = read_calendar(answer.content)
    (js,) = read_by_ical_js(answer.content)
    assert js["method"] is None
    assert not any(event["attendees"] or event["organizer"] for event in js["events"]), "a feed invites nobody"
    assert [event["summary"] for event in js["events"]] == [event.text("SUMMARY") for event in calendar.inside]
    kickoff = next(event for event in js["events"] if event["uid"].startswith("date-"))
    assert kickoff["starts"] == "2027-03-28T07:00:00.000Z", "nine in Madrid, on the day of summer time"
    assert kickoff["summary"] == f"{LONG[:80]}\nX-EVIL:1 ({cohort.name})"
    assert {event["location"] for event in js["events"]} == {PLACE}
