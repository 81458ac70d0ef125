"""Runs: requested, computed once, retried, and following the policy of the cohort."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matching.engine import run_result
from matching.engine import services as engine_services
from matching.models import MatchRun
from matching.policy import services as policy_services
from matching.tests.enrolled import mentee, mentor
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import CohortFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(status="matching", programme__code_of_conduct_url="https://example.org/kind")


@pytest.fixture(autouse=True)
def no_wake_up(monkeypatch):
    """A lost wake-up changes nothing; tests about it look at the calls."""
    woken = []
    monkeypatch.setattr("matching.tasks.work_out_run.delay", woken.append)
    return woken


def ready_run(cohort):
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    return run


def test_a_requested_run_is_worked_out_once(cohort, no_wake_up, django_capture_on_commit_callbacks):
    waiting, one = mentee(cohort), mentor(cohort)
    with django_capture_on_commit_callbacks(execute=True):
        run = engine_services.request_run(cohort=cohort, by=None)
    assert no_wake_up == [run.pk]
    assert engine_services.work_run(run.pk)
    assert not engine_services.work_run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.matched, run.certified, run.unmatched) == ("ready", 1, True, [])
    assert [(p.mentee, p.mentor, p.kind) for p in run.proposals.all()] == [(waiting, one, "chosen")]


def test_asking_twice_makes_one_run(cohort):
    first = engine_services.request_run(cohort=cohort, by=None)
    assert engine_services.request_run(cohort=cohort, by=None) == first
    engine_services.work_run(first.pk)
    assert engine_services.request_run(cohort=cohort, by=None).number == 2


def test_a_run_that_can_not_be_worked_out_says_why(cohort):
    run = engine_services.request_run(cohort=cohort, by=None)
    engine_services.work_run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == ("failed", "Nobody is waiting for a match: accept mentees first.")


@pytest.mark.expects_errors
def test_an_unexpected_error_ends_on_the_run_too(cohort, monkeypatch):
    mentee(cohort), mentor(cohort)
    monkeypatch.setattr(run_result.solver, "solve_for", lambda problem, objective: 1 / 0)
    run = engine_services.request_run(cohort=cohort, by=None)
    engine_services.work_run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.proposals.count()) == ("failed", 0)


def test_the_sweep_takes_up_what_no_worker_has(cohort):
    mentee(cohort), mentor(cohort)
    lost = engine_services.request_run(cohort=cohort, by=None)
    assert engine_services.sweep_runs(timezone.now() + timedelta(seconds=30)) == 1
    lost.refresh_from_db()
    assert lost.status == "ready"


def test_a_worker_whose_claim_was_taken_over_stores_nothing(cohort):
    mentee(cohort), mentor(cohort)
    run = engine_services.request_run(cohort=cohort, by=None)
    MatchRun.objects.filter(pk=run.pk).update(status="working", started_at=timezone.now())
    run.refresh_from_db()
    MatchRun.objects.filter(pk=run.pk).update(started_at=timezone.now() + timedelta(minutes=11))
    engine_services._work(run)
    run.refresh_from_db()
    assert (run.status, run.proposals.count()) == ("working", 0)


def test_nothing_is_matched_in_a_cohort_that_is_over():
    with pytest.raises(ServiceError, match="nobody is matched"):
        engine_services.request_run(cohort=CohortFactory(status="completed"), by=None)


def test_weights_are_those_of_the_cohort(cohort, cast):
    topic = TopicFactory(name="Soil", key="soil")
    far, near = mentor(cohort, "Far", time_zone="Asia/Tokyo"), mentor(cohort, "Near")
    far.topics.add(topic)
    mentee(cohort).topics.add(topic)
    policy_services.save_weights(
        cohort=cohort, weights={"hours": 10}, require_common_language=True, by=cast.coordinator
    )
    assert [p.mentor for p in ready_run(cohort).proposals.filter(kind="chosen")] == [near]
