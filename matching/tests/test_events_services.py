"""Speed mentoring: seats, invitations, the day itself, and the wishes afterwards."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from matching.engine.history import meeting_wishes
from matching.events.day import event_day, wishes
from matching.events.day.event_day import advance_event_round, mark_arrivals, plan_tables
from matching.events.day.table_plan import stored_schedule
from matching.events.links import EVENT_LINK
from matching.events.services import answer_invitation, invite_to_event
from matching.events.sweep import sweep_events
from matching.groups.links import CHOICE_LINK
from matching.models import MatchPin, SpeedEvent, SpeedWish
from mentorship.core.errors import ServiceError
from mentorship.core.links import TOKEN, meaning_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, TopicFactory, UserFactory
from mentorship.devtools.testing.links import without_signatures

START = datetime(2027, 3, 2, 16, 0, tzinfo=UTC)
BEFORE = START - timedelta(days=9)


@pytest.fixture(autouse=True)
def before_the_event():
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def cohort(cast):
    return spring(cast)


@pytest.fixture
def event(cohort):
    return an_event(cohort)


def spring(cast):
    return CohortFactory(
        programme=cast.programme, name="Spring", slug="spring", status="running", time_zone="Asia/Kathmandu"
    )


def an_event(cohort, **fields):
    words = {"name": "Speed mentoring", "starts_at": START, "rounds": 3, "minutes": 10, "seats": 12, "tables": 4}
    return SpeedEvent.objects.create(cohort=cohort, **{**words, **fields})


def people(cohort, mentees=0, mentors=0):
    return (
        [EnrollmentFactory(cohort=cohort) for _ in range(mentees)],
        [EnrollmentFactory(cohort=cohort, role="mentor") for _ in range(mentors)],
    )


def all_come(event, mentees, mentors):
    for enrollment in (*mentees, *mentors):
        answer_invitation(event=event, enrollment=enrollment, coming=True, by=None)


def path_of(url):
    return url.removeprefix("http://127.0.0.1:8000")


def pks(enrollments):
    return {e.pk for e in enrollments}


def status_of(event, enrollment):
    return event.rsvps.get(enrollment=enrollment).status


def url(name, event):
    return reverse(f"matching:{name}", args=[event.cohort.slug, event.pk])


# Seats


def test_seats_are_never_oversold_and_a_freed_one_goes_to_the_first_on_the_waitlist(event):
    SpeedEvent.objects.update(seats=2)
    (first, second, third, fourth), _ = people(event.cohort, 4)
    for one in (first, second, fourth, third):
        answer_invitation(event=event, enrollment=one, coming=True, by=None)
    assert [status_of(event, e) for e in (first, second, fourth, third)] == ["coming", "coming", "waiting", "waiting"]
    answer_invitation(event=event, enrollment=first, coming=False, by=None)
    assert (status_of(event, fourth), status_of(event, third)) == ("coming", "waiting")
    mail = OutboxMessage.objects.get(kind="event", subject__startswith="You have a seat", to=[fourth.user.email])
    assert mail.to == [fourth.user.email]
    assert "A seat has become free" in mail.full_text
    assert "Tuesday 2 March, 21:45 (Kathmandu), 17:00 your time (Berlin)" in mail.subject + mail.full_text


def test_mentees_and_mentors_have_seats_of_their_own(event):
    SpeedEvent.objects.update(seats=1, tables=1)
    (mentee,), mentors = people(event.cohort, 1, 2)
    all_come(event, [mentee], mentors)
    assert [status_of(event, e) for e in (mentee, *mentors)] == ["coming", "coming", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_answers_take_the_last_seat_once():
    event = an_event(CohortFactory(status="running"), seats=1)
    two, _ = people(event.cohort, 2)
    start = threading.Barrier(2)

    def come(enrollment):
        start.wait()
        try:
            answer_invitation(event=event, enrollment=enrollment, coming=True, by=None)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=[one]) for one in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event.rsvps.values_list("status", flat=True)) == ["coming", "waiting"]


def test_extra_seats_go_to_the_waitlist_and_too_few_are_refused(client, cast, event):
    SpeedEvent.objects.update(seats=1)
    two, _ = people(event.cohort, 2)
    all_come(event, two, [])
    client.force_login(cast.coordinator)
    form = {"name": "Speed mentoring", "starts_at": "2027-03-02T16:00", "rounds": 3, "minutes": 10, "tables": 4}
    page = client.post(url("event-edit", event), {**form, "seats": 2})
    assert "2 people get an email." in page.content.decode()
    assert status_of(event, two[1]) == "waiting"
    client.post(url("event-edit", event), {**form, "seats": 2, "confirmed": "yes"})
    assert status_of(event, two[1]) == "coming"
    page = client.post(url("event-edit", event), {**form, "seats": 1})
    assert page.status_code == 422
    assert "2 mentees are coming already" in page.content.decode()
    assert SpeedEvent.objects.get().seats == 2


def test_nobody_can_come_in_two_roles(event):
    user = UserFactory()
    one, other = (EnrollmentFactory(cohort=event.cohort, user=user, role=role) for role in ("mentor", "mentee"))
    answer_invitation(event=event, enrollment=one, coming=True, by=None)
    with pytest.raises(ServiceError, match="already coming as a mentor"):
        answer_invitation(event=event, enrollment=other, coming=True, by=None)


def test_who_is_not_in_the_cohort_can_not_come(event):
    applied = EnrollmentFactory(cohort=event.cohort, status="applied")
    with pytest.raises(ServiceError, match="in the cohort"):
        answer_invitation(event=event, enrollment=applied, coming=True, by=None)
    with pytest.raises(ServiceError, match="in the cohort"):
        answer_invitation(event=event, enrollment=EnrollmentFactory(), coming=True, by=None)
    assert not event.rsvps.exists()


# Answers by link and page


def test_an_invitation_goes_once_to_everybody_who_has_not_answered(client, cast, event):
    mentees, mentors = people(event.cohort, 2, 1)
    EnrollmentFactory(cohort=event.cohort, status="withdrawn")
    answer_invitation(event=event, enrollment=mentees[0], coming=False, by=None)
    client.force_login(cast.coordinator)
    page = client.post(url("event-do", event), {"do": "invite"}).text
    assert "2 people get an email." in page
    assert not OutboxMessage.objects.filter(kind="event").exists()
    for _ in range(2):
        client.post(url("event-do", event), {"do": "invite", "confirmed": "yes"})
    asked = OutboxMessage.objects.filter(kind="event")
    assert {tuple(m.to) for m in asked} == {(mentees[1].user.email,), (mentors[0].user.email,)}
    links = {meaning_of(token) for mail in asked for token in TOKEN.findall(mail.full_text)}
    assert {(EVENT_LINK, (event.pk, one.pk)) for one in (mentees[1], mentors[0])} <= links


def test_opening_the_invitation_records_nothing_and_one_click_answers(client, event):
    (mentee,), _ = people(event.cohort, 1)
    path = path_of(EVENT_LINK.url(event.pk, mentee.pk))
    assert "Yes, I’ll take part" in client.get(path).content.decode()
    client.post(path)  # the button without a choice
    assert not event.rsvps.exists()
    assert "You have a seat" in client.post(path, {"do": "come"}, follow=True).content.decode()
    assert status_of(event, mentee) == "coming"
    client.post(path, {"do": "not"})
    assert status_of(event, mentee) == "not_coming"


def test_a_changed_link_is_refused(client, event):
    (mentee,), _ = people(event.cohort, 1)
    path = path_of(EVENT_LINK.url(event.pk, mentee.pk))
    assert client.get(path[:-4] + "aaa/").status_code == 404
    groups = path_of(CHOICE_LINK.url(mentee.pk)).split("/")[-2]
    assert client.get(reverse("matching:event-answer", args=[groups])).status_code == 404
    mentee.status = "withdrawn"
    mentee.save()
    assert client.post(path, {"do": "come"}).status_code == 404


def test_people_answer_on_their_own_page_too_and_strangers_do_not(client, event):
    (mentee,), _ = people(event.cohort, 1)
    own = reverse("matching:my-event", args=[event.pk])
    client.force_login(mentee.user)
    client.post(own, {"do": "come"})
    assert status_of(event, mentee) == "coming"
    client.force_login(UserFactory())
    assert client.get(own).status_code == 404


def test_answers_are_refused_after_the_event_has_begun(client, event):
    mentees, mentors = people(event.cohort, 3, 1)
    all_come(event, mentees[:2], mentors)
    plan_tables(event=event, by=None)
    advance_event_round(event=event, seen=0, by=None)
    path = path_of(EVENT_LINK.url(event.pk, mentees[2].pk))
    assert "Anybody who comes late gets a seat" in client.get(path).content.decode()
    assert "has begun" in client.post(path, {"do": "come"}, follow=True).content.decode()
    assert event.rsvps.count() == 3


# The day


def test_check_in_changes_only_what_was_ticked(event, cast):
    mentees, mentors = people(event.cohort, 4, 1)
    all_come(event, mentees[:3], mentors)
    mark_arrivals(event=event, here=pks(mentees[:1]), not_here=set(), by=cast.coordinator)
    mark_arrivals(event=event, here=pks(mentees[3:]), not_here=set(), by=cast.coordinator)  # simply came
    assert set(event.rsvps.filter(seen="here").values_list("enrollment", flat=True)) == pks([mentees[0], mentees[3]])
    mark_arrivals(event=event, here=pks(mentors), not_here=pks(mentees[:1]), by=cast.coordinator, rest_absent=True)
    seen = dict(event.rsvps.values_list("enrollment", "seen"))
    assert [seen[e.pk] for e in (*mentees, *mentors)] == ["absent", "absent", "absent", "here", "here"]


def test_two_phones_at_the_door_do_not_undo_each_other(client, cast, event):
    mentees, _ = people(event.cohort, 3)
    all_come(event, mentees, [])
    client.force_login(cast.coordinator)
    a, b, c = (e.pk for e in mentees)
    client.post(url("event-checkin", event), {"here": [a]})
    client.post(url("event-checkin", event), {"here": [b]})  # this page was loaded before a was ticked
    client.post(url("event-checkin", event), {"here": [b, c], "was": [a, b]})
    assert dict(event.rsvps.values_list("enrollment", "seen")) == {a: "", b: "here", c: "here"}


def test_more_people_than_seats_are_refused_and_the_ticks_stay(client, cast, event):
    SpeedEvent.objects.update(seats=1)
    mentees, _ = people(event.cohort, 2)
    all_come(event, mentees, [])
    client.force_login(cast.coordinator)
    page = client.post(url("event-checkin", event), {"here": list(pks(mentees))})
    assert page.status_code == 422
    text = page.content.decode()
    assert "2 mentees for 1 places" in text
    assert text.count(" checked") == 2
    assert not event.rsvps.filter(seen="here").exists()


def test_the_schedule_prefers_shared_topics_and_keeps_forbidden_pairs_apart(event):
    SpeedEvent.objects.update(rounds=1)
    (soil, maps, other), (knows_maps, knows_soil, third) = people(event.cohort, 3, 3)
    for topic, mentee, mentor in (("Soil", soil, knows_soil), ("Maps", maps, knows_maps)):
        row = TopicFactory(programme=event.cohort.programme, name=topic)
        mentee.topics.add(row)
        mentor.topics.add(row)
    all_come(event, [soil, maps, other], [knows_maps, knows_soil, third])
    pairs = set(plan_tables(event=event, by=None).pairs)
    assert {(soil.pk, knows_soil.pk), (maps.pk, knows_maps.pk)} <= pairs
    MatchPin.objects.create(mentee=soil, mentor=knows_soil, kind="forbid")
    assert (soil.pk, knows_soil.pk) not in plan_tables(event=event, by=None).pairs


def test_before_the_day_all_who_come_are_seated_and_on_the_day_who_is_here(event, cast):
    mentees, mentors = people(event.cohort, 6, 3)
    all_come(event, mentees, mentors)
    assert {mentee for mentee, _ in plan_tables(event=event, by=None).pairs} == pks(mentees)
    mark_arrivals(event=event, here=pks(mentees[:4] + mentors), not_here=(), by=cast.coordinator, rest_absent=True)
    plan = plan_tables(event=event, by=None)
    assert {mentee for mentee, _ in plan.pairs} == pks(mentees[:4])


def test_absent_and_late_people_change_only_future_rounds(event, cast):
    mentees, mentors = people(event.cohort, 7, 4)
    all_come(event, mentees[:6], mentors)
    mark_arrivals(event=event, here=pks(mentees[:6] + mentors), not_here=(), by=cast.coordinator)
    first = plan_tables(event=event, by=None)
    advance_event_round(event=event, seen=0, by=None)
    gone, late = mentees[0], mentees[6]
    mark_arrivals(event=event, here={late.pk}, not_here={gone.pk, mentors[3].pk}, by=cast.coordinator)
    plan = plan_tables(event=event, by=None)
    assert plan.rounds[0] == first.rounds[0]
    for table in plan.rounds[1:]:
        seated = {mentee for group in table.values() for mentee in group}
        assert seated == pks(mentees[1:])
        assert set(table) == pks(mentors[:3])
    assert len(plan.pairs) == len(set(plan.pairs))
    assert stored_schedule(SpeedEvent.objects.get()) == plan


def test_pressing_twice_starts_one_round(event):
    mentees, mentors = people(event.cohort, 2, 2)
    with pytest.raises(ServiceError, match="Make the schedule first"):
        advance_event_round(event=event, seen=0, by=None)
    all_come(event, mentees, mentors)
    plan_tables(event=event, by=None)
    for _ in range(2):
        advance_event_round(event=event, seen=0, by=None)
    event.refresh_from_db()
    assert (event.round_number, event.round_started_at) == (1, BEFORE)
    event_day.return_to_previous_round(event=event, seen=1, by=None)
    event.refresh_from_db()
    assert (event.round_number, event.round_started_at) == (0, None)


def test_the_live_screen_shows_round_timer_and_tables(client, cast, event):
    mentees, mentors = people(event.cohort, 2, 2)
    client.force_login(cast.coordinator)
    assert "when everybody is here" in client.get(url("event-live", event)).content.decode()
    all_come(event, mentees, mentors)
    client.post(url("event-do", event), {"do": "plan"})
    client.post(url("event-do", event), {"do": "next", "seen": 0})
    with time_machine.travel(BEFORE + timedelta(minutes=4), tick=False):
        page = client.get(url("event-live", event))
    text = page.content.decode()
    assert 'data-seconds="360"' in text
    assert "Start round 2" in text
    assert all(str(e.user) in text for e in (*mentees, *mentors))
    state = url("event-state", event)
    assert client.get(state, {"stamp": page.context["stamp"]}).status_code == 204
    client.post(url("event-do", event), {"do": "next", "seen": 1})
    assert "Round 2" in client.get(state, {"stamp": page.context["stamp"]}).content.decode()


def test_the_table_plan_has_a_line_for_each_mentee_and_a_sheet_for_each_mentor(client, cast, event):
    mentees, mentors = people(event.cohort, 5, 3)
    client.force_login(cast.viewer)
    assert "No schedule yet" in client.get(url("event-plan", event)).content.decode()
    all_come(event, mentees, mentors)
    plan = plan_tables(event=event, by=None)
    shown = client.get(url("event-plan", event)).context["plan"]
    assert {mentee.pk for mentee, _ in shown.lines} == pks(mentees)
    seats = {(mentee.pk, table.mentor.pk) for mentee, row in shown.lines for _, table in row if table}
    on_sheets = {(e.pk, mentor.pk) for _, mentor, tables in shown.sheets for t in tables for e in t.mentees}
    assert seats == on_sheets == set(plan.pairs)
    assert [number for number, _, _ in shown.sheets] == [1, 2, 3]
    own = client.get(path_of(EVENT_LINK.url(event.pk, mentees[0].pk))).content.decode()
    assert all(f"Table {t.number}, {t.mentor.user}" in own for _, t in shown.of_mentee(mentees[0]) if t)


# Afterwards


@pytest.fixture
def over(event):
    mentees, mentors = people(event.cohort, 2, 2)
    all_come(event, mentees, mentors)
    plan_tables(event=event, by=None)
    for seen in range(4):
        advance_event_round(event=event, seen=seen, by=None)
    event.refresh_from_db()
    assert event.over
    return event, mentees, mentors


def test_both_sides_name_whom_they_would_continue_with(client, cast, over):
    event, (a, b), (x, y) = over
    client.force_login(cast.coordinator)
    for _ in range(2):
        client.post(url("event-do", event), {"do": "wishes", "confirmed": "yes"})
    assert OutboxMessage.objects.filter(key__startswith="event-wishes").count() == 4
    client.logout()
    for who, whom in ((a, [x.pk, y.pk]), (x, [a.pk]), (y, [b.pk])):
        client.post(path_of(EVENT_LINK.url(event.pk, who.pk)), {"do": "wish", "whom": whom})
    assert meeting_wishes(event.cohort) == {(a.pk, x.pk): 1.0, (a.pk, y.pk): 0.75, (b.pk, y.pk): 0.75}
    client.post(path_of(EVENT_LINK.url(event.pk, a.pk)), {"do": "wish", "whom": [y.pk]})
    assert meeting_wishes(event.cohort) == {(a.pk, x.pk): 0.75, (a.pk, y.pk): 0.75, (b.pk, y.pk): 0.75}
    assert meeting_wishes(cast.cohort) == {}


def test_wishes_for_people_one_did_not_meet_are_refused(client, over):
    event, (a, b), _ = over
    page = client.post(path_of(EVENT_LINK.url(event.pk, a.pk)), {"do": "wish", "whom": [b.pk]}, follow=True)
    assert "only choose from those whom you met" in page.content.decode()
    assert not SpeedWish.objects.exists()


def test_who_did_not_come_met_nobody(event, cast):
    mentees, mentors = people(event.cohort, 2, 1)
    all_come(event, mentees, mentors)
    plan_tables(event=event, by=None)
    mark_arrivals(event=event, here=pks([mentees[0], *mentors]), not_here=(), by=cast.coordinator, rest_absent=True)
    event.refresh_from_db()
    with time_machine.travel(START + timedelta(hours=3), tick=False):
        assert wishes.met_by(event, mentors[0]) == [mentees[0].pk]
        assert wishes.met_by(event, mentees[1]) == []


def test_wishes_are_not_asked_for_before_the_end(event):
    with pytest.raises(ServiceError, match="when the event is over"):
        wishes.ask_wishes(event=event, by=None)


def test_who_is_in_two_teams_and_a_mentor_gets_one_invitation_with_a_part_for_each(cast, event):
    cohort = event.cohort
    both, friend = UserFactory(full_name="Bo"), UserFactory(full_name="Fia")
    lead = EnrollmentFactory(cohort=cohort, user=both, title="Soil maps")
    other = EnrollmentFactory(cohort=cohort, title="Rivers")
    for person in (both, friend):
        other.members.create(user=person, shares_address=True)
    mentor = EnrollmentFactory(cohort=cohort, user=both, role="mentor")
    number = invite_to_event(event=event, by=cast.coordinator)
    sent = list(OutboxMessage.objects.filter(key__startswith="event-invite:"))
    assert number == len(sent) == 2
    assert {frozenset(message.to) for message in sent} == {
        frozenset([both.email]),
        frozenset([friend.email, other.user.email]),
    }
    (theirs,) = [message for message in sent if message.to == [both.email]]
    for one, words in ((lead, "With “Soil maps”:"), (other, "With “Rivers”:"), (mentor, "As mentor:")):
        assert f"{words}\n{without_signatures(EVENT_LINK.url(event.pk, one.pk))}" in without_signatures(
            theirs.full_text
        )
    assert "Dear Bo" in theirs.full_text
    assert invite_to_event(event=event, by=cast.coordinator) == 0
    with time_machine.travel(event.starts_at - timedelta(days=2), tick=False):
        sweep_events(timezone.now())
        nudges = OutboxMessage.objects.filter(key__startswith="event-nudge:")
        assert nudges.count() == 2
        sweep_events(timezone.now())
        assert nudges.count() == 2


def test_who_comes_in_one_role_is_not_asked_again_about_the_other(cast, event):
    person = UserFactory()
    mentor = EnrollmentFactory(cohort=event.cohort, user=person, role="mentor")
    EnrollmentFactory(cohort=event.cohort, user=person, title="Soil maps")
    assert invite_to_event(event=event, by=cast.coordinator) == 1
    answer_invitation(event=event, enrollment=mentor, coming=True, by=person)
    with time_machine.travel(event.starts_at - timedelta(days=2), tick=False):
        sweep_events(timezone.now())
    assert not OutboxMessage.objects.filter(key__startswith="event-nudge:").exists()
