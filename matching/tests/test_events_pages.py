"""The pages of events: who may see and change them, their forms, lists and files."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.events.day.event_day import plan_tables
from matching.models import SpeedEvent
from matching.tests.speed_events import all_come, people, spring, url
from mentorship.core.outbox.models import OutboxMessage

pytestmark = pytest.mark.usefixtures("before_the_event")


@pytest.fixture
def cohort(cast):
    return spring(cast)


EVENT_PAGES = ("event-detail", "event-checkin", "event-plan", "event-live", "event-state")


@pytest.mark.parametrize("name", EVENT_PAGES)
def test_coordinators_see_the_event_and_strangers_do_not(client, cast, event, name):
    for who, status in ((cast.coordinator, 200), (cast.viewer, 200), (cast.stranger, 404), (cast.mentee, 404)):
        client.force_login(who)
        assert client.get(url(name, event)).status_code == status


@pytest.mark.parametrize("do", ["invite", "plan", "next", "wishes"])
def test_viewers_and_strangers_can_not_change_an_event(client, cast, event, do):
    mentees, mentors = people(event.cohort, 2, 2)
    all_come(event, mentees, mentors)
    seats = OutboxMessage.objects.filter(kind="event").count()  # those who come are told that they have a seat
    for who in (cast.viewer, cast.stranger, cast.mentee):
        client.force_login(who)
        assert client.post(url("event-do", event), {"do": do, "seen": 0}).status_code == 404
        assert client.post(url("event-checkin", event), {"here": [mentees[0].pk]}).status_code == 404
    event.refresh_from_db()
    assert (event.schedule, event.round_number) == ([], 0)
    assert OutboxMessage.objects.filter(kind="event").count() == seats


def test_planning_an_event_by_its_form(client, cast, cohort):
    client.force_login(cast.coordinator)
    assert "No events yet" in client.get(reverse("matching:event-list", args=["spring"])).content.decode()
    form = {"name": "May", "starts_at": "2027-05-04T16:00", "rounds": 4, "minutes": 12, "seats": 20, "tables": 5}
    create = reverse("matching:event-create", args=["spring"])
    wrong = client.post(create, {**form, "rounds": 0})
    assert wrong.status_code == 422
    assert 'value="May"' in wrong.content.decode()
    client.post(create, form)
    event = cohort.speed_events.get()
    assert (event.name, event.seats, event.tables, event.schedule) == ("May", 20, 5, [])
    assert "May" in client.get(reverse("matching:event-list", args=["spring"])).content.decode()


def test_the_list_of_answers_is_searched_filtered_and_exported(client, cast, event):
    mentees, mentors = people(event.cohort, 2, 1)
    all_come(event, mentees, mentors)
    client.force_login(cast.viewer)
    page = client.get(url("event-detail", event), {"role": "mentor"})
    assert [r.enrollment for r in page.context["page_obj"]] == mentors
    page = client.get(url("event-detail", event), {"q": mentees[1].user.email})
    assert [r.enrollment for r in page.context["page_obj"]] == [mentees[1]]
    lines = client.get(url("event-detail", event), {"format": "csv"}).content.decode().splitlines()
    assert len(lines) == 4
    assert f"{mentees[0].user},{mentees[0].user.email},mentee,coming,not yet here" in lines[1]


@pytest.mark.parametrize("name", EVENT_PAGES)
def test_event_pages_take_a_constant_number_of_queries(client, cast, event, name):
    client.force_login(cast.coordinator)
    counts = []
    for _ in range(2):
        mentees, mentors = people(event.cohort, 4, 2)
        SpeedEvent.objects.update(seats=50, tables=50)
        all_come(event, mentees, mentors)
        plan_tables(event=event, by=None)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url(name, event))
        counts.append(len(queries))
    assert counts[0] == counts[1]
