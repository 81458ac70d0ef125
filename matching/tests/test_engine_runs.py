"""Runs, what is fixed by hand, confirming with its intros, and the status of a match."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from matching.board import services as board_services
from matching.engine import run_result
from matching.engine import services as engine_services
from matching.intro.services import confirm_run, unconfirmed_proposals
from matching.models import Match, MatchPin, MatchRun
from matching.pairs import services as pairs_services
from matching.policy import services as policy_services
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox import send_mail
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(status="matching", programme__code_of_conduct_url="https://example.org/kind")


@pytest.fixture(autouse=True)
def no_wake_up(monkeypatch):
    """A wake-up that is lost changes nothing; tests that are about it look at what was called."""
    woken = []
    monkeypatch.setattr("matching.tasks.work_out_run.delay", woken.append)
    return woken


def mentor(cohort, name="Ada", **fields):
    return EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=name, **fields)


def mentee(cohort, title="Soil maps", **fields):
    return EnrollmentFactory(cohort=cohort, title=title, **fields)


def ready_run(cohort):
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    return run


# --- runs ---


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
    now = timezone.now()
    lost = engine_services.request_run(cohort=cohort, by=None)
    assert engine_services.sweep_runs(now) == 0
    assert engine_services.sweep_runs(now + timedelta(seconds=30)) == 1
    MatchRun.objects.filter(pk=lost.pk).update(status="working", started_at=now - timedelta(minutes=11))
    lost.proposals.all().delete()
    assert engine_services.sweep_runs(now) == 1
    lost.refresh_from_db()
    assert lost.status == "ready"


def test_the_sweep_gives_up_on_a_run_that_breaks_its_workers(cohort):
    run = engine_services.request_run(cohort=cohort, by=None)
    now = timezone.now() + timedelta(hours=2)
    MatchRun.objects.filter(pk=run.pk).update(status="working", started_at=now - timedelta(minutes=11))
    assert engine_services.sweep_runs(now) == 0
    run.refresh_from_db()
    assert run.status == "failed"


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


# --- by hand ---


def test_a_lock_past_the_places_is_refused(cohort):
    one = mentor(cohort)
    board_services.set_pin(mentee=mentee(cohort), mentor=one, kind="lock", by=None)
    with pytest.raises(ServiceError, match="Ada takes 1"):
        board_services.set_pin(mentee=mentee(cohort, "Other"), mentor=one, kind="lock", by=None)


def test_a_mentee_has_no_more_locks_than_mentors_wanted(cohort):
    team = mentee(cohort)
    board_services.set_pin(mentee=team, mentor=mentor(cohort), kind="lock", by=None)
    with pytest.raises(ServiceError, match="as many mentors"):
        board_services.set_pin(mentee=team, mentor=mentor(cohort, "Bo"), kind="lock", by=None)


def test_a_pair_is_locked_or_forbidden_never_both(cohort):
    team, one = mentee(cohort), mentor(cohort)
    board_services.set_pin(mentee=team, mentor=one, kind="lock", by=None)
    board_services.set_pin(mentee=team, mentor=one, kind="forbid", by=None)
    assert MatchPin.objects.get().kind == "forbid"
    board_services.remove_pin(mentee=team, mentor=one, by=None)
    assert not MatchPin.objects.exists()


def test_people_of_two_cohorts_are_no_pair(cohort):
    with pytest.raises(ServiceError, match="same cohort"):
        board_services.set_pin(mentee=mentee(cohort), mentor=mentor(CohortFactory()), kind="lock", by=None)


# --- confirming ---


def test_confirming_makes_a_match_and_one_intro_for_team_and_mentors(cohort):
    team = mentee(cohort, mentors_wanted=2)
    member = team.members.create(user=EnrollmentFactory(cohort=cohort, role="expert").user)
    both = [mentor(cohort), mentor(cohort, "Bo")]
    matches = confirm_run(run=ready_run(cohort), by=None)
    assert {m.mentor for m in matches} == set(both)
    message = OutboxMessage.objects.get()
    assert {m.intro for m in matches} == {message}
    addresses = {team.user.email, member.user.email, both[0].user.email, both[1].user.email}
    # Whoever answers, answers to all of them.
    assert (set(message.to), len(message.to), set(message.reply_to), message.cc) == (addresses, 4, addresses, [])
    assert message.kind == "intro"
    assert history_of(matches[0]).filter(verb="introduced").exists()


def test_the_intro_leaves_once_and_reaches_both_sides(cohort, mailoutbox):
    team, one = mentee(cohort), mentor(cohort)
    confirm_run(run=ready_run(cohort), by=None)
    deliver_all_due()
    deliver_all_due()
    (mail,) = mailoutbox
    assert set(mail.to) == {team.user.email, one.user.email}
    assert Match.objects.get().intro.status == "sent"


def test_confirming_twice_has_one_effect(cohort):
    mentee(cohort), mentor(cohort)
    run = ready_run(cohort)
    assert len(confirm_run(run=run, by=None)) == 1
    assert confirm_run(run=run, by=None) == []
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (1, 1)


def test_some_may_be_confirmed_now_and_the_rest_later(cohort):
    one, two = mentee(cohort, "One"), mentee(cohort, "Two")
    mentor(cohort, capacity=2)
    run = ready_run(cohort)
    assert [m.mentee for m in confirm_run(run=run, by=None, mentee_ids=[two.pk])] == [two]
    run.refresh_from_db()
    assert run.status == "ready"
    assert [m.mentee for m in confirm_run(run=run, by=None)] == [one]
    run.refresh_from_db()
    assert (run.status, OutboxMessage.objects.count()) == ("confirmed", 2)


def test_a_confirmation_that_is_rolled_back_leaves_nothing(cohort):
    mentee(cohort), mentor(cohort)
    run = ready_run(cohort)
    with pytest.raises(RuntimeError), transaction.atomic():
        confirm_run(run=run, by=None)
        raise RuntimeError
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_an_intro_that_can_not_be_written_leaves_no_match(cohort, monkeypatch):
    mentee(cohort, "One"), mentee(cohort, "Two"), mentor(cohort, capacity=2)
    run = ready_run(cohort)
    written = []

    def fails_the_second_time(**fields):
        written.append(fields)
        if len(written) == 2:
            raise RuntimeError
        return real(**fields)

    real = send_mail.enqueue
    monkeypatch.setattr(send_mail, "enqueue", fails_the_second_time)
    with pytest.raises(RuntimeError):
        confirm_run(run=run, by=None)
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda team, one: MatchFactory(mentee=mentee(team.cohort, "Else"), mentor=one),
            "Ada takes 1, and would have 2",
        ),
        (lambda team, one: type(one).objects.filter(pk=one.pk).update(status="withdrawn"), "Ada is withdrawn"),
        (lambda team, one: board_services.set_pin(mentee=team, mentor=one, kind="forbid", by=None), "forbidden by now"),
        (lambda team, one: MatchFactory(mentee=team, mentor=mentor(team.cohort, "Bo")), "wants 1, and would have 2"),
    ],
)
def test_what_changed_since_the_run_stops_the_whole_confirmation(cohort, change, words):
    team, one = mentee(cohort), mentor(cohort)
    other, _ = mentee(cohort, "Other"), mentor(cohort, "Spare")
    run = ready_run(cohort)
    ((_, (proposal,)),) = [group for group in unconfirmed_proposals(run) if group[0] == team]
    if proposal.mentor != one:  # both mentors are alike; make the test about the pair it names
        board_services.set_pin(mentee=team, mentor=one, kind="lock", by=None)
        run = ready_run(cohort)
    change(team, one)
    before = Match.objects.count()
    with pytest.raises(ServiceError, match=words):
        confirm_run(run=run, by=None)
    assert Match.objects.count() == before
    assert not OutboxMessage.objects.filter(key__startswith="intro:").exists()
    assert other.title == "Other"


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_the_same_moment_write_one_intro():
    cohort = CohortFactory(status="matching")
    mentee(cohort), mentor(cohort)
    run = ready_run(cohort)
    together, made = Barrier(2), []

    def confirm():
        together.wait()
        try:
            made.append(len(confirm_run(run=run, by=None)))
        finally:
            connection.close()

    both = [Thread(target=confirm) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(made) == [0, 1]
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (1, 1)


# --- the status of a match ---


def test_a_match_moves_on_and_the_trail_says_so(cast):
    pairs_services.set_match_status(match=cast.match, to="active", by=cast.coordinator)
    ended = pairs_services.set_match_status(match=cast.match, to="ended", by=cast.coordinator, reason="Moved away")
    assert ended.ended_reason == "Moved away"
    assert [e.verb for e in history_of(ended)][:2] == ["made ended", "made active"]
    with pytest.raises(ServiceError, match="is ended"):
        pairs_services.set_match_status(match=cast.match, to="graduated", by=cast.coordinator)


def test_an_ended_match_goes_on_only_while_its_place_is_free(cast):
    pairs_services.set_match_status(match=cast.match, to="ended", by=None)
    MatchFactory(mentee=mentee(cast.cohort, "New"), mentor=cast.mentor_enrollment)
    with pytest.raises(ServiceError, match="no free place"):
        pairs_services.set_match_status(match=cast.match, to="active", by=None)
