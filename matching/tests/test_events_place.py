"""An event has a place and a zone: its own clock is first, the reader's second and only where it differs."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from cohorts.models import Programme
from matching.events.links import EVENT_LINK
from matching.events.services import invite_to_event, plan_event
from matching.models import SpeedEvent
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.devtools.testing.pages import text_in

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
START = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)  # 7:30 in Madrid
BOTH = "Tue 2 Mar 2027, 07:30 (Madrid) · Mon 1 Mar, 22:30 your time (Los Angeles)"


@pytest.fixture(autouse=True)
def february(time_machine):
    time_machine.move_to(datetime(2027, 2, 1, 12, tzinfo=UTC))


@pytest.fixture
def event(cast):
    fields = {"name": "Café con mentores", "place": "Aula 3", "starts_at": START, "time_zone": "Europe/Madrid"}
    return plan_event(cohort=cast.cohort, by=cast.coordinator, fields=fields)


@pytest.fixture
def reader(cast):
    cast.mentor_enrollment.time_zone = "America/Los_Angeles"
    cast.mentor_enrollment.save()
    return cast.mentor_enrollment


def test_every_page_shows_the_clock_of_the_event_first(client, cast, event, reader):
    link = EVENT_LINK.url(event.pk, reader.pk).removeprefix(SITE)
    assert f"{BOTH} · Aula 3" in text_in(client.get(link))
    for user, urls in (
        (cast.mentor, [reverse("matching:my-event", args=[event.pk]), reverse("home")]),
        (cast.coordinator, [event.get_absolute_url(), reverse("matching:event-list", args=["seeds-9"])]),
    ):
        user.time_zone = "America/Los_Angeles"
        user.save()
        client.force_login(user)
        for url in urls:
            assert BOTH.split(" · ", maxsplit=1)[0] in text_in(client.get(url)).replace(
                "Tuesday 2 March, 07:30", "Tue 2 Mar 2027, 07:30"
            ), url


def test_a_reader_on_the_same_clock_sees_one_time(client, cast, event):
    cast.mentor.time_zone = "Europe/Paris"
    cast.mentor.save()
    client.force_login(cast.mentor)
    page = text_in(client.get(reverse("matching:my-event", args=[event.pk])))
    assert "Tue 2 Mar 2027, 07:30 (Madrid) · Aula 3" in page
    assert "your time" not in page


def test_mails_name_the_clock_of_the_event_first(cast, event, reader):
    invite_to_event(event=event, by=cast.coordinator)
    mail = OutboxMessage.objects.get(kind="event", to=["mentor@example.org"])
    words = "Tuesday 2 March, 07:30 (Madrid), Monday 22:30 your time (Los Angeles), Aula 3"
    assert words in mail.full_text


def test_the_coordinator_types_the_start_on_the_clock_of_the_event(client, cast):
    cast.coordinator.time_zone = "America/New_York"
    cast.coordinator.save()
    Programme.objects.update(mentee_label="project lead")
    client.force_login(cast.coordinator)
    url = reverse("matching:event-create", args=["seeds-9"])
    assert "In the time zone below" in text_in(client.get(url))
    assert "Seats for project leads" in text_in(client.get(url))
    data = {"name": "Café", "place": "Aula 3", "rounds": 4, "minutes": 12, "seats": 8, "tables": 4}
    data |= {"time_zone": "Europe/Madrid", "starts_at": "2027-03-02T07:30"}
    skipped = client.post(url, {**data, "starts_at": "2027-03-28T02:15"})
    assert skipped.status_code == 422
    assert "The clocks in Madrid go forward over this hour" in text_in(skipped)
    assert 'value="2027-03-28T02:15"' in skipped.content.decode(), "what was typed stays"
    assert client.post(url, {**data, "starts_at": "soon"}).status_code == 422
    assert client.post(url, data).status_code == 302
    event = SpeedEvent.objects.get()
    assert (event.starts_at, event.time_zone) == (START, "Europe/Madrid")
    edit = reverse("matching:event-edit", args=["seeds-9", event.pk])
    page = client.get(edit).content.decode()
    assert 'value="2027-03-02T07:30"' in page
    assert '<option value="Europe/Madrid" selected>' in page
    client.post(edit, {**data, "time_zone": "Asia/Kathmandu"})
    event.refresh_from_db()
    assert event.starts_at == datetime(2027, 3, 2, 1, 45, tzinfo=UTC), "the same clock time, elsewhere"


def test_a_new_event_begins_with_the_zone_of_its_cohort(client, cast):
    cohort = CohortFactory(programme=cast.programme, slug="spring", time_zone="Africa/Nairobi")
    EnrollmentFactory(cohort=cohort)
    client.force_login(cast.coordinator)
    page = client.get(reverse("matching:event-create", args=["spring"])).content.decode()
    assert '<option value="Africa/Nairobi" selected>' in page
    fields = {"name": "Talk", "starts_at": START}
    assert plan_event(cohort=cohort, by=cast.coordinator, fields=fields).time_zone == "Africa/Nairobi"
