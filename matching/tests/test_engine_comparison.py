"""In a large cohort the aims of a run are compared once somebody asks, and a run says what it is at."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.board.places import places_of_board
from matching.board.state import read_state
from matching.engine import run_result
from matching.engine import services as engine_services
from matching.engine.comparison import request_comparison, work_comparison
from matching.models import MatchRun
from matching.tests.board_market import make_market
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr("matching.tasks.work_out_comparison.delay", lambda run_id: None)
    monkeypatch.setattr(run_result, "MOST_COMPARED", 3)
    return make_market(CohortFactory(status="matching"))[0]


def compared(run):
    run.refresh_from_db()
    return set(run.findings["comparison"])


def test_the_aims_of_a_large_cohort_are_compared_on_demand(run, client):
    assert compared(run) == {"total"}
    client.force_login(RoleFactory(workspace=run.cohort.programme.workspace, role="coordinator").user)
    board = reverse("matching:board", args=[run.cohort.slug])
    assert "Compare with the other goals" in client.get(board).text
    client.post(reverse("matching:run-compare-aims", args=[run.cohort.slug, run.number]))
    assert "The goals are being compared" in client.get(board).text
    work_comparison(run.pk)
    assert compared(run) == {"total", "fairest", "stable"}
    assert run.comparing_since is None
    request_comparison(run=run, by=None)
    assert MatchRun.objects.get().comparing_since is None
    text = client.get(board).text
    assert "Compare with the other goals" not in text
    assert "Mentees per mentor" in text


def test_a_comparison_without_a_worker_is_made_by_the_sweep(run):
    request_comparison(run=run, by=None)
    assert engine_services.sweep_runs(timezone.now()) == 0
    assert engine_services.sweep_runs(timezone.now() + timedelta(minutes=11)) == 1
    assert len(compared(run)) == 3


def test_aims_are_not_compared_where_people_have_changed(run):
    EnrollmentFactory(cohort=run.cohort)
    EnrollmentFactory(cohort=run.cohort, role="mentor")
    request_comparison(run=run, by=None)
    work_comparison(run.pk)
    assert compared(run) == {"total"}
    assert "Run again to compare" in run.findings["comparison_note"]


def test_the_loads_are_those_of_the_board_as_it_is_now(run):
    loads = places_of_board(read_state(run)).loads
    assert sum(mentors for _, mentors in loads) == 4
    assert sum(mentees * mentors for mentees, mentors in loads) == 5
    run.proposals.filter(kind="chosen").first().delete()
    assert sum(mentees * mentors for mentees, mentors in places_of_board(read_state(run)).loads) == 4


def test_a_run_tells_what_it_is_at(run, monkeypatch):
    monkeypatch.setattr(engine_services, "TELL_EVERY", 0)
    said = []
    tell = engine_services.Progress.__call__

    def heard(self, words):
        tell(self, words)
        said.append(MatchRun.objects.first().progress)

    monkeypatch.setattr(engine_services.Progress, "__call__", heard)
    again, _ = engine_services.run_now(cohort=run.cohort, by=None)
    assert said[0] == "reading sign-ups"
    assert "scoring pairs: 100%" in said
    assert again.progress == ""
