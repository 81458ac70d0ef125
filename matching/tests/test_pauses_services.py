"""Mentors who pause: nothing new is proposed to them, and what they have goes on."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.people.filters import filter_enrollments
from matching.board.state import mentors_left_out
from matching.engine import services as engine_services
from matching.engine.input import read_pool
from matching.intro.services import confirm_run
from matching.models import MentorPause, RematchWish
from matching.pauses.services import end_pause, pause_mentor, sweep_pauses
from matching.tests.test_rematch_pages import desk_of, url
from matching.tests.test_rematch_services import a_cohort, a_pair, bo
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_wake_up(monkeypatch):
    monkeypatch.setattr("matching.tasks.work_out_search.delay", lambda search_id: None)


@pytest.fixture
def match():
    return a_pair(a_cohort())


@pytest.fixture
def desk(client, match):
    return desk_of(match, client)


def test_a_pausing_mentor_gets_no_proposals_and_keeps_their_matches(match):
    cohort, one = match.mentee.cohort, bo(match)
    EnrollmentFactory(cohort=cohort, title="New")
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    pause_mentor(enrollment=one, by=None, until=date(2127, 5, 12), reason="Parental leave")
    assert read_pool(cohort).mentors == []
    assert mentors_left_out(cohort) == [(one, "paused until 12 May 2127")]
    assert list(filter_enrollments(cohort, {"pause": "yes"})) == [one]
    assert one not in filter_enrollments(cohort, {"pause": "no"})
    with pytest.raises(ServiceError, match="Bo is paused until"):
        confirm_run(run=run, by=None)
    pause_mentor(enrollment=match.mentor, by=None)
    match.refresh_from_db()
    assert match.status == "active"
    assert end_pause(enrollment=one, by=None)
    assert not end_pause(enrollment=one, by=None)
    assert read_pool(cohort).mentors == [one]


def test_a_pause_ends_on_its_day_in_the_cohorts_time_zone(match):
    one = bo(match)
    with time_machine.travel("2027-03-01T12:00Z", tick=False):
        pause_mentor(enrollment=one, by=None, until=date(2027, 3, 5))
        with pytest.raises(ServiceError, match="still to come"):
            pause_mentor(enrollment=one, by=None, until=date(2027, 3, 2))  # it is this day in Auckland already
    with time_machine.travel("2027-03-04T10:59Z", tick=False):
        assert (sweep_pauses(timezone.now()), read_pool(one.cohort).mentors) == (0, [])
    with time_machine.travel("2027-03-04T11:00Z", tick=False):  # midnight in Auckland
        EnrollmentFactory(cohort=one.cohort)
        assert read_pool(one.cohort).mentors == [one], "it is over, swept or not"
        assert (sweep_pauses(timezone.now()), sweep_pauses(timezone.now())) == (1, 0)
    assert MentorPause.objects.get().ended_at


def test_mentors_pause_themselves_and_may_request_rematches(client, match):
    client.force_login(match.mentor.user)
    address = reverse("matching:my-pause", args=[match.mentor_id])
    assert "carry on with my current matches" in client.get(address).text
    assert client.post(address, {"until": "2001-01-01"}).status_code == 422
    client.post(address, {"until": "2127-05-12", "current_too": "on"})
    assert MentorPause.objects.get().words == "paused until 12 May 2127"
    assert RematchWish.objects.open().get().by == match.mentor.user
    client.post(address, {"do": "end"})
    assert MentorPause.objects.get().ended_at
    client.force_login(match.mentee.user)
    assert client.get(address).status_code == 404


def test_coordinators_set_pauses(desk, match):
    assert "Nobody is paused" in desk.get(url("pause-list")).text
    response = desk.post(url("pause-list"), {"mentor": bo(match).pk})
    assert response.url == url("pause-edit", bo(match).pk)
    desk.post(response.url, {"reason": "Leave"})
    assert "Leave" in desk.get(url("pause-list")).text
    assert desk.get(url("pause-edit", match.mentee_id)).status_code == 404
