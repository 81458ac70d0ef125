"""The scores that a run keeps, and changes by hand when it is run again."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from matching.board import services as board_services
from matching.board.services import undo_last_change
from matching.board.state import read_state
from matching.engine import run_result
from matching.engine import services as engine_services
from matching.engine.score_table import factors_of, score_table_of, shares_of_run
from matching.models import MatchPin, MatchRun
from matching.scoring import blocks
from matching.tests.board_market import make, mentor_of, pairs
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    RoleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(status="matching")


def test_every_score_of_a_run_is_kept(market):
    run, mentees, mentors = market
    table = score_table_of(run)
    for p in run.proposals.all():
        assert table.score(p.mentee_id, p.mentor_id) == pytest.approx(p.score, abs=1e-6)
    values = factors_of(run, mentees[0].pk, [m.pk for m in mentors])
    shares = shares_of_run(run)
    for mentor in mentors:
        parts = sum(v.value * shares.get(name, 0) for name, v in values[mentor.pk].items())
        assert parts == pytest.approx(table.score(mentees[0].pk, mentor.pk), abs=0.005)


def test_what_insisting_costs_is_what_a_new_run_around_the_pair_then_loses(market):
    run, mentees, mentors = market
    table = score_table_of(run)
    for mentee in mentees[:3]:
        for mentor in mentors:
            if (mentee.pk, mentor.pk) in pairs(run):
                assert table.insist(mentee.pk, mentor.pk) == (0, 0, 0)
                continue
            pin = board_services.set_pin(mentee=mentee, mentor=mentor, kind="lock", by=None)
            again, _ = engine_services.run_now(cohort=run.cohort, by=None)
            pin.delete()
            people, _, score = table.insist(mentee.pk, mentor.pk)
            assert people == run.matched - again.matched
            assert round(score * 1_000_000) == run.total_points - again.total_points


def test_what_rules_a_pair_out_is_kept_with_it(cohort):
    own = EnrollmentFactory(cohort=cohort)
    EnrollmentFactory(cohort=cohort, role="mentor", user=own.user)
    other = EnrollmentFactory(cohort=cohort, role="mentor", languages=["pt"])
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    table = score_table_of(run)
    assert table.bar(own.pk, other.pk) == "no shared language"
    assert table.best_mentors(own.pk) == []
    assert table.insist(own.pk, other.pk) is None
    with pytest.raises(ServiceError, match="no shared language"):
        make(run, "choose", own, other)


@pytest.fixture
def large(market, monkeypatch):
    """A run that counts as one of a large cohort: it keeps two mentors of each mentee."""
    monkeypatch.setattr(blocks, "MOST_KEPT", 3)
    monkeypatch.setattr(blocks, "LEAST_KEPT", 2)
    monkeypatch.setattr(blocks, "KEPT", 2)
    monkeypatch.setattr(run_result, "MOST_COMPARED", 3)
    return engine_services.run_now(cohort=market[0].cohort, by=None)[0]


def test_a_large_cohort_keeps_the_best_mentors_of_each_mentee(market, large):
    run, mentees, mentors = market
    whole, table = score_table_of(run), score_table_of(large)
    assert pairs(large) == pairs(run)
    assert (whole.best_only, table.best_only) == (0, 2)
    for mentee in mentees:
        assert table.best_mentors(mentee.pk) == whole.best_mentors(mentee.pk)[:2]
        for mentor in table.mentors_of(mentee.pk):
            assert table.score(mentee.pk, mentor) == whole.score(mentee.pk, mentor)
            assert table.insist(mentee.pk, mentor) == whole.insist(mentee.pk, mentor)
        assert factors_of(large, mentee.pk, table.mentors_of(mentee.pk)).keys() == {*table.mentors_of(mentee.pk)}
    for mentor in mentors:
        assert table.best_mentees(mentor.pk) == whole.best_mentees(mentor.pk)


def test_mentors_beyond_the_kept_ones_can_be_locked_for_the_next_run(market, large, client):
    _, mentees, mentors = market
    table = score_table_of(large)
    mentee = mentees[0]
    beyond = next(m for m in mentors if not table.has(mentee.pk, m.pk))
    with pytest.raises(ServiceError, match=r"keeps the 2 best mentors of each mentee, without .* Lock the pair"):
        make(large, "choose", mentee, beyond)
    client.force_login(RoleFactory(workspace=large.cohort.programme.workspace, role="coordinator").user)
    address = reverse("matching:candidate-list", args=[large.cohort.slug, large.number, mentee.pk])
    assert "the 2 best" in client.get(address).text
    assert client.get(address, {"q": str(beyond.user)}).context["beyond"] == [beyond]
    make(large, "lock", mentee, beyond)
    again, _ = engine_services.run_now(cohort=large.cohort, by=None)
    assert (mentee.pk, beyond.pk) in pairs(again)


def run_anew(client, run, **data):
    return client.post(reverse("matching:run-create", args=[run.cohort.slug]), data)


@pytest.fixture
def swapped(client, market):
    """Two mentees whose mentors were swapped by hand, and the coordinator who did it."""
    run, mentees, _ = market
    client.force_login(RoleFactory(workspace=run.cohort.programme.workspace, role="coordinator").user)
    state = read_state(run)
    one, other = [m for m in mentees if state.mentors_of.get(m.pk)][:2]
    make(run, "swap", one, mentor_of(run, one), other, mentor_of(run, other))
    return run, {(one.pk, mentor_of(run, one).pk), (other.pk, mentor_of(run, other).pk)}


def test_running_again_asks_before_a_swap_is_found_anew(client, swapped):
    run, _ = swapped
    page = run_anew(client, run)
    assert page.status_code == 200
    assert "You made 2 pairs by hand and did not lock them" in page.text
    assert "Lock 2 pairs and run again" in page.text
    assert MatchRun.objects.count() == 1


def test_the_command_says_that_it_decides_anew_about_changes_by_hand(swapped, capsys):
    run, _ = swapped
    call_command("propose_matches", run.cohort.slug)
    assert "2 pairs made by hand and not locked: this run decides about them anew." in capsys.readouterr().err


def test_a_swap_is_kept_as_a_lock_of_the_next_run(client, swapped):
    run, by_hand = swapped
    run_anew(client, run, confirmed="yes")
    assert set(MatchPin.objects.filter(kind="lock").values_list("mentee_id", "mentor_id")) == by_hand
    engine_services.work_run(MatchRun.objects.get(number=2).pk)
    assert by_hand <= pairs(MatchRun.objects.get(number=2))


def test_a_swap_is_found_anew_where_the_coordinator_says_so(client, swapped):
    run, _ = swapped
    run_anew(client, run, confirmed="other")
    assert MatchRun.objects.count() == 2
    assert not MatchPin.objects.exists()


def test_nothing_is_asked_where_the_changes_by_hand_are_locked_or_undone(client, swapped):
    run, _ = swapped
    undo_last_change(run=run, version=read_state(run).version, by=None)
    assert run_anew(client, run).status_code == 302
    assert MatchRun.objects.count() == 2


def test_a_swap_made_while_a_run_was_worked_out_is_not_lost(client, market):
    run, mentees, _ = market
    client.force_login(RoleFactory(workspace=run.cohort.programme.workspace, role="coordinator").user)
    later = MatchRun.objects.create(cohort=run.cohort, number=2, weights=run.weights)
    one, other = [m for m in mentees if read_state(run).mentors_of.get(m.pk)][:2]
    make(run, "swap", one, mentor_of(run, one), other, mentor_of(run, other))
    by_hand = {(one.pk, mentor_of(run, one).pk), (other.pk, mentor_of(run, other).pk)}
    engine_services.work_run(later.pk)
    lost = by_hand - pairs(later)
    assert lost
    board = client.get(reverse("matching:board", args=[run.cohort.slug])).text
    assert "made by hand while this run was being worked out are not in it" in board
    assert "Lock 2 pairs and run again" in run_anew(client, run).text
    run_anew(client, run, confirmed="yes")
    assert set(MatchPin.objects.filter(kind="lock").values_list("mentee_id", "mentor_id")) == by_hand
