"""Speed mentoring at a summit: the public page, strangers who walk in, their tables, and the sign-up afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from matching.events.day.event_day import advance_event_round, plan_tables
from matching.events.day.table_plan import read_table_plan
from matching.events.due_mail import event_mails, read_event_facts
from matching.events.planned_mail import planned_mail_of_events
from matching.events.services import answer_invitation, change_event, invite_to_event, plan_event
from matching.events.sweep import sweep_events
from matching.models import SpeedEvent, SpeedGuest, SpeedRsvp
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.devtools.testing.pages import SURE, words_in

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event(cast):
    fields = {
        "name": "Speed mentoring in Barcelona",
        "place": "Sala Montseny",
        "starts_at": NOW + timedelta(days=1),
        "time_zone": "Europe/Madrid",
        "rounds": 2,
        "minutes": 10,
        "seats": 2,
        "tables": 2,
        "good_to_know": "Step-free entrance\nEnglish",
        "is_public": True,
    }
    return plan_event(cohort=cast.cohort, by=cast.coordinator, fields=fields)


def page_of(event):
    return reverse("matching:event-public", args=[event.code])


def link_of(email):
    message = OutboxMessage.objects.filter(to=[email], subject__startswith="Please confirm").get()
    (line,) = [line for line in message.full_text.splitlines() if "/events/" in line]
    return line.removeprefix("http://127.0.0.1:8000")


def rsvp(client, event, email, name="Gael"):
    client.post(page_of(event), {"full_name": name, "email": email, "about": "A first patch"})
    path = link_of(email)
    client.post(path)  # a mail scanner presses the button
    client.post(path, {"do": "come"})
    return SpeedGuest.objects.get(email=email)


def test_a_stranger_gets_a_seat_once_the_address_is_proved_then_the_waitlist_then_a_freed_seat(client, event, cast):
    shown = words_in(client.get(page_of(event)))
    for words in ("Local time at the venue", "Sala Montseny", "Step-free entrance", "2 seats are left"):
        assert words in shown
    assert "times are in UTC" not in shown
    client.post(page_of(event), {"full_name": "Gael", "email": "Gael@example.org", "about": "A first patch"})
    assert SpeedGuest.objects.get().status == "asked"
    client.post(link_of("gael@example.org"))
    assert SpeedGuest.objects.get().status == "asked"
    one = rsvp(client, event, "gael@example.org")
    assert (one.status, one.proven_at) == ("coming", NOW)
    answer_invitation(event=event, enrollment=cast.mentee_enrollment, coming=True, by=cast.mentee)
    late = rsvp(client, event, "late@example.org", "Lou")
    assert late.status == "waiting"
    assert "Join the waitlist" in words_in(client.get(page_of(event)))
    client.post(link_of("gael@example.org"), {"do": "not"})
    late.refresh_from_db()
    assert late.status == "coming"
    assert OutboxMessage.objects.filter(to=["late@example.org"], subject__startswith="A seat for you").count() == 1
    # Somebody of the cohort answers for their own place; the page does not tell that they are in it.
    client.post(page_of(event), {"full_name": "M", "email": cast.mentee.email, "about": ""})
    assert not SpeedGuest.objects.filter(email=cast.mentee.email).exists()
    assert OutboxMessage.objects.filter(to=[cast.mentee.email], subject__startswith="Please confirm").exists()


def test_without_a_public_page_the_address_is_not_there(client, event, cast):
    event.code = None
    event.save()
    assert client.get(reverse("matching:event-public", args=["abcdefgh"])).status_code == 404
    client.force_login(cast.coordinator)
    poster = reverse("matching:event-poster", args=[cast.cohort.slug, event.pk])
    assert "No public page yet" in words_in(client.get(poster))


def test_walk_ins_are_seated_and_a_no_show_leaves_the_next_rounds(client, event, cast):
    mentors = [cast.mentor_enrollment, EnrollmentFactory(cohort=cast.cohort, role="mentor")]
    for one in mentors:
        SpeedRsvp.objects.create(event=event, enrollment=one, status="coming")
    known = rsvp(client, event, "gael@example.org")
    client.force_login(cast.coordinator)
    poster = client.get(reverse("matching:event-poster", args=[cast.cohort.slug, event.pk])).content.decode()
    assert event.public_url in poster
    assert "m-qr" in poster
    with time_machine.travel(event.starts_at, tick=False):
        client.force_login(cast.coordinator)
        door = reverse("matching:event-checkin", args=[cast.cohort.slug, event.pk])
        somebody = {"add": "1", "new-full_name": "Zoe", "new-role": "mentee", "new-email": ""}
        assert client.post(door, {**somebody, "new-email": "zoe"}).status_code == 422
        client.post(door, somebody)
        with pytest.raises(ServiceError, match="There is no mentor to seat yet"):
            plan_tables(event=event, by=cast.coordinator)
        # Ticks are kept when somebody new is added at the same time, and the Enter key saves them.
        client.post(door, {**somebody, "new-full_name": "", "here": [one.pk for one in mentors]})
        assert set(event.rsvps.values_list("seen", flat=True)) == {"here"}
        zoe = SpeedGuest.objects.get(full_name="Zoe")
        assert (zoe.seen, zoe.status, zoe.walked_in) == ("here", "coming", True)
        client.post(door, {"guest_here": known.pk})
        full = client.post(door, {"add": "1", "new-full_name": "Max", "new-role": "mentee", "new-email": ""})
        assert full.status_code == 422
        assert "3 mentees are here, but the event has seats for 2. Add seats first." in words_in(full)
        plan_tables(event=event, by=cast.coordinator)
        event.refresh_from_db()
        seated = {str(mentee) for tables in read_table_plan(event).rounds for t in tables for mentee in t.mentees}
        assert seated == {"Gael", "Zoe"}
        advance_event_round(event=event, seen=0, by=cast.coordinator)
        client.post(door, {"guest_was": [known.pk, zoe.pk], "guest_here": zoe.pk})
        known.refresh_from_db()
        assert known.seen == "left"
        client.post(reverse("matching:event-do", args=[cast.cohort.slug, event.pk]), {"do": "plan"})
        event.refresh_from_db()
        now, after = read_table_plan(event).rounds
        assert {str(m) for t in now for m in t.mentees} == {"Gael", "Zoe"}
        assert {str(m) for t in after for m in t.mentees} == {"Zoe"}
        live = words_in(client.get(reverse("matching:event-live", args=[cast.cohort.slug, event.pk])))
        assert "Zoe" in live


def test_newcomers_are_offered_the_sign_up_with_what_they_said(client, event, cast):
    guest = rsvp(client, event, "gael@example.org")
    SpeedGuest.objects.filter(pk=guest.pk).update(seen="here")
    later = SpeedEvent.objects.create(cohort=cast.cohort, name="Later", starts_at=NOW, rounds=1, minutes=9, seats=1)
    unproven = {"full_name": "Mallory", "about": "Typed by a stranger", "asked_at": NOW + timedelta(hours=1)}
    SpeedGuest.objects.create(event=later, email=guest.email, **unproven)
    do = reverse("matching:event-do", args=[cast.cohort.slug, event.pk])
    CohortFactory(programme=cast.programme, name="Summer", slug="summer", signup_closes_at=NOW + timedelta(days=30))
    with time_machine.travel(event.ends_at + timedelta(hours=1), tick=False):
        client.force_login(cast.coordinator)
        assert "1 newcomer" in words_in(client.get(event.get_absolute_url()))
        for _ in range(2):
            client.post(do, {"do": "offer", **SURE})
        offer = OutboxMessage.objects.get(to=["gael@example.org"], subject__startswith="After")
        (line,) = [line for line in offer.full_text.splitlines() if "/join/" in line]
        client.logout()
        form = client.get(line.removeprefix("http://127.0.0.1:8000")).content.decode()
    assert 'value="Gael"' in form
    assert "A first patch" in form


def test_mentors_are_told_that_they_host_a_table(event, cast):
    for enrollment in (cast.mentor_enrollment, cast.mentee_enrollment):
        answer_invitation(event=event, enrollment=enrollment, coming=True, by=enrollment.user)
    mails = [
        OutboxMessage.objects.get(to=[one.email], subject__contains="Barcelona") for one in (cast.mentor, cast.mentee)
    ]
    said = [mail.full_text for mail in mails]
    assert ["You host a table" in text for text in said] == [True, False]


def test_a_guest_has_the_event_in_their_calendar_until_they_give_up_the_seat(client, event):
    guest = rsvp(client, event, "gael@example.org")
    page = link_of("gael@example.org")
    (calendar,) = [word for word in client.get(page).content.decode().split('"') if word.endswith("calendar.ics")]
    kept = client.get(calendar.removeprefix("http://127.0.0.1:8000")).content.decode()
    assert "METHOD:REQUEST" in kept
    assert "/events/guest/" not in kept  # others may read a shared calendar
    client.post(page, {"do": "not"})
    mails = OutboxMessage.objects.filter(key__startswith=f"event-guest:{guest.pk}:").order_by("subject")
    seat, left = (mail.attachments.get() for mail in mails)
    assert [bytes(one.content).count(b"METHOD:CANCEL") for one in (seat, left)] == [0, 1]
    assert mails[1].subject.startswith("Your seat is cancelled")
    gone = client.get(calendar.removeprefix("http://127.0.0.1:8000")).content.decode()
    assert "METHOD:CANCEL" in gone
    assert client.get(reverse("matching:event-guest-calendar", args=["x"])).status_code == 404


def test_guests_who_come_are_reminded_once_the_day_before(client, cast):
    fields = {"name": "Fair", "starts_at": NOW + timedelta(days=5), "rounds": 2, "minutes": 10, "is_public": True}
    event = plan_event(cohort=cast.cohort, by=cast.coordinator, fields={**fields, "seats": 2, "tables": 2})
    for name in ("comes", "declines", "waits"):
        rsvp(client, event, f"{name}@example.org")
    client.post(link_of("declines@example.org"), {"do": "not"})
    SpeedGuest.objects.filter(email="waits@example.org").update(status="waiting")
    (planned,) = [one for one in planned_mail_of_events(cast.coordinator, NOW) if "guest" in one.why]
    assert (planned.at, planned.to) == (event.starts_at - timedelta(days=1), "Gael, comes@example.org")
    assert "Fair is on Saturday 6 March" in planned.mail(NOW)[1]
    for minutes in (-1, 0, 1):
        sweep_events(planned.at + timedelta(minutes=minutes))
    reminder = OutboxMessage.objects.get(subject__contains="see you on")
    assert (reminder.to, reminder.key) == (["comes@example.org"], planned.key)
    assert "You move from table to table" in reminder.full_text


def test_on_the_day_seats_are_counted_by_who_is_there(client, event, cast):
    for name, seen in (("A", "absent"), ("B", "here"), ("C", ""), ("D", "here")):
        SpeedGuest.objects.create(event=event, full_name=name, status="coming", seen=seen, walked_in=name == "D")
    client.force_login(cast.coordinator)
    shown = words_in(client.get(event.get_absolute_url()))
    assert 'Mentees here</span><span class="m-stat-value">2</span><span class="m-stat-note">of 2 seats' in shown
    assert "1 still expected" in shown
    assert "2 of 2" in words_in(client.get(reverse("matching:event-list", args=[cast.cohort.slug])))
    change_event(event=event, by=cast.coordinator, fields={"name": "Renamed", "seats": 2})
    with pytest.raises(ServiceError, match="3 mentees are coming already"):
        change_event(event=event, by=cast.coordinator, fields={"seats": 1})


def test_a_guest_takes_a_seat_that_nobody_else_is_asked_to(event, cast):
    invite_to_event(event=event, by=cast.coordinator)
    SpeedEvent.objects.filter(pk=event.pk).update(starts_at=NOW + timedelta(days=9), seats=1)
    event.refresh_from_db()

    def asked_again():
        return {mail.enrollment for mail in event_mails(event, read_event_facts([event])[event.pk], NOW)}

    assert cast.mentee_enrollment in asked_again()
    SpeedGuest.objects.create(event=event, full_name="Gael", status="coming")
    assert cast.mentee_enrollment not in asked_again()
