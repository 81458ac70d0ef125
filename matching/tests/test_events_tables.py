"""Speed mentoring on the day and afterwards: arrivals, tables, rounds and wishes."""

from datetime import timedelta

import pytest
import time_machine

from matching.engine.history import meeting_wishes
from matching.events.day import event_day, wishes
from matching.events.day.event_day import advance_event_round, mark_arrivals, plan_tables
from matching.events.day.table_plan import stored_schedule
from matching.events.links import EVENT_LINK
from matching.models import MatchPin, SpeedEvent, SpeedWish
from matching.tests.speed_events import BEFORE, START, all_come, path_of, people, pks, spring, url
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import TopicFactory

pytestmark = pytest.mark.usefixtures("before_the_event")


@pytest.fixture
def cohort(cast):
    return spring(cast)


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
    assert "2 mentees are here, but the event has seats for 1" in text
    assert text.partition("<dialog")[0].count(" checked") == 2
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
    assert "once everybody is here" in client.get(url("event-live", event)).content.decode()
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
    with pytest.raises(ServiceError, match="once the event is over"):
        wishes.ask_wishes(event=event, by=None)
