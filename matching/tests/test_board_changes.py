"""Changes on the board: what each costs, that it is exactly that, undo, versions, and who is left for later."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from cohorts.models import Enrollment
from matching.board.candidates import alternatives_for_mentor, best_others, cheapest_way
from matching.board.change_plan import ChangeRequest, limits_passed, plan_change
from matching.board.pair_words import describe_pairs
from matching.board.reader import BoardReader
from matching.board.services import StaleError, change_board, undo_last_change
from matching.board.state import read_state
from matching.engine import services as engine_services
from matching.engine.score_table import score_table_of
from matching.models import BoardChange, HeldBack, MatchPin, MatchRun
from matching.pauses.services import pause_mentor
from matching.policy import services as policy_services
from matching.tests.board_market import make, mentor_of, pairs
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(status="matching")


# --- changes ---


def test_a_swap_costs_exactly_what_was_said_and_is_undone_in_one_step(market, cast):
    run, (a, b, *_), _ = market
    before, was = pairs(run), read_state(run).figures()
    wish = ChangeRequest("swap", a.pk, mentor_of(run, a).pk, b.pk, mentor_of(run, b).pk)
    plan = plan_change(read_state(run), wish)
    old = mentor_of(run, a), mentor_of(run, b)
    change_board(run=run, wish=wish, version=0, by=cast.coordinator)
    assert (mentor_of(run, a), mentor_of(run, b)) == (old[1], old[0])
    now = read_state(run)
    assert now.figures() == plan.after
    assert plan.cost.score == pytest.approx(was.total - now.figures().total)
    assert now.cost() == plan.against_best[1]
    assert now.cost().score >= 0
    undo_last_change(run=run, version=1, by=cast.coordinator)
    assert pairs(run) == before
    assert read_state(run).cost().is_none
    with pytest.raises(ServiceError, match="nothing to undo"):
        undo_last_change(run=run, version=2, by=None)


def test_undo_goes_back_step_by_step(market):
    run, (a, b, *_), __ = market
    before = pairs(run)
    make(run, "lock", a, mentor_of(run, a))
    make(run, "hold", b)
    undo_last_change(run=run, version=2, by=None)
    assert not HeldBack.objects.exists()
    assert MatchPin.objects.count() == 1
    undo_last_change(run=run, version=3, by=None)
    assert not MatchPin.objects.exists()
    assert pairs(run) == before


def test_a_mentor_with_a_free_place_is_chosen_at_once(market):
    run, mentees, mentors = market
    make(run, "hold", mentees[0])
    free = next(m for m in mentors if not read_state(run).is_full(m.pk))
    mover = mentees[1] if mentor_of(run, mentees[1]) != free else mentees[2]
    make(run, "choose", mover, free)
    assert mentor_of(run, mover) == free
    run.refresh_from_db()
    assert run.hand_changes == 2


def test_any_mentor_can_be_chosen_and_the_intro_has_words_for_it(cohort):
    """Also one whom the engine never put into words."""
    mentee = EnrollmentFactory(cohort=cohort)
    mentors = [EnrollmentFactory(cohort=cohort, role="mentor") for _ in range(12)]
    last = mentors[-1]
    mentee.topics.add(topic := TopicFactory(programme=cohort.programme, name="Soil", key="soil"))
    EnrollmentFactory(cohort=cohort)
    for one in mentors[:-1]:
        one.topics.add(topic)
    # Nobody ranks the last one among the best, and its own best are the two mentees there are.
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    run.proposals.filter(mentor=last).delete()
    make(run, "choose", mentee, last)
    proposal = run.proposals.get(kind="chosen", mentee=mentee)
    assert proposal.why == "They share about 14 waking hours a day, are both in Europe and both speak English."
    assert sum(f["part"] for f in proposal.factors) == pytest.approx(proposal.score, abs=0.01)


def test_a_full_mentor_can_be_chosen_by_a_swap_or_by_taking_the_place(market):
    run, mentees, _ = market
    a, b = mentees[:2]
    theirs = mentor_of(run, b)
    with pytest.raises(ServiceError, match="no free place"):
        make(run, "choose", a, theirs)
    way, refused = cheapest_way(read_state(run), a.pk, theirs.pk)
    assert (way.wish.do, refused) == ("swap", "")
    make(run, "take", a, theirs, b)
    assert mentor_of(run, a) == theirs
    assert not run.proposals.filter(kind="chosen", mentee=b).exists()
    reader = BoardReader(run)
    assert b.pk in reader.ids(state="unmatched")
    assert reader.rows([b.pk])[0].reasons == ["Their mentor was removed by hand. Choose another one, or run again."]
    assert reader.summary().cost.matched == 1


def test_a_mentor_is_moved_to_a_mentee_without_one(market):
    run, (a, b, *_), _ = market
    one, two = mentor_of(run, a), mentor_of(run, b)
    make(run, "take", a, two, b)
    make(run, "swap", a, two, b, None)
    assert mentor_of(run, b) == two
    assert not run.proposals.filter(kind="chosen", mentee=a).exists()
    make(run, "choose", a, one)
    assert read_state(run).cost().is_none


def test_forbidding_takes_the_pair_off_the_board(market):
    run, (a, *_), _ = market
    old = mentor_of(run, a)
    plan = plan_change(read_state(run), ChangeRequest("forbid", a.pk, old.pk))
    assert plan.cost.short == "1 fewer matched"
    make(run, "forbid", a, old)
    assert MatchPin.objects.get().kind == "forbid"
    assert not run.proposals.filter(kind="chosen", mentee=a).exists()
    with pytest.raises(ServiceError, match="is forbidden"):
        make(run, "choose", a, old)
    make(run, "free", a, old)
    make(run, "choose", a, old)
    assert mentor_of(run, a) == old


def test_what_is_locked_stays_and_a_new_run_keeps_it(market):
    run, (a, b, *_), _ = market
    mine, theirs = mentor_of(run, a), mentor_of(run, b)
    make(run, "swap", a, mine, b, theirs)
    make(run, "lock", a, theirs)
    with pytest.raises(ServiceError, match="is locked"):
        make(run, "swap", a, theirs, b, mine)
    with pytest.raises(ServiceError, match="is locked"):
        make(run, "hold", a)
    again, _ = engine_services.run_now(cohort=run.cohort, by=None)
    assert mentor_of(again, a) == theirs


def test_who_is_left_for_later_stays_out_until_brought_back(market):
    run, (a, b, *_), __ = market
    make(run, "hold", a)
    make(run, "hold", None, mentor_of(run, b))
    assert len(pairs(run)) == 3
    assert a.pk not in BoardReader(run).everyone
    assert {e.pk for e in BoardReader(run).held()} == {a.pk, *HeldBack.objects.values_list("enrollment", flat=True)}
    again, _ = engine_services.run_now(cohort=run.cohort, by=None)
    assert a.pk not in score_table_of(again).row
    assert len(score_table_of(again).mentors) == 3
    make(again, "bring_back", a)
    third, _ = engine_services.run_now(cohort=run.cohort, by=None)
    assert a.pk in score_table_of(third).row


def test_nobody_is_proposed_past_the_rules_by_hand(market):
    run, (a, b, *_), mentors = market
    outside = EnrollmentFactory(cohort=run.cohort, role="mentor", user__full_name="Late")
    for wish, words in (
        (ChangeRequest("choose", a.pk, outside.pk), "no score for"),
        (ChangeRequest("choose", a.pk, mentor_of(run, a).pk), "proposed for “A” already"),
        (ChangeRequest("swap", a.pk, mentor_of(run, a).pk, a.pk, 0), "two different mentees"),
        (
            ChangeRequest("swap", a.pk, mentor_of(run, b).pk, b.pk, mentor_of(run, a).pk),
            "not proposed for “A” any more",
        ),
        (ChangeRequest("free", a.pk, mentors[0].pk), "neither locked nor forbidden"),
        (ChangeRequest("bring_back", a.pk), "not left for later"),
        (ChangeRequest("choose", a.pk, 0), "A pair is"),
        (ChangeRequest("dance", a.pk), "no such change"),
    ):
        with pytest.raises(ServiceError, match=words):
            change_board(run=run, wish=wish, version=0, by=None)
    assert not BoardChange.objects.exists()
    mentors[3].status = "withdrawn"
    mentors[3].save()
    free = read_state(run)
    with pytest.raises(ServiceError, match="Di is withdrawn"):
        plan_change(free, ChangeRequest("choose", a.pk, mentors[3].pk))


def test_a_mentor_who_pauses_is_not_proposed(market):
    run, (a, b, *_), _ = market
    theirs = mentor_of(run, b)
    pause_mentor(enrollment=theirs, by=None)
    with pytest.raises(ServiceError, match="paus"):
        make(run, "take", a, theirs, b)


def test_who_has_an_intro_or_a_confirmed_run_is_not_moved(market):
    run, (a, b, *_), __ = market
    mine, theirs = mentor_of(run, a), mentor_of(run, b)
    make(run, "swap", a, mine, b, theirs)
    MatchFactory(mentee=a, mentor=theirs, run=run)
    with pytest.raises(ServiceError, match="has been written"):
        make(run, "hold", a)
    with pytest.raises(ServiceError, match="has been written"):
        undo_last_change(run=run, version=1, by=None)
    MatchRun.objects.filter(pk=run.pk).update(status="confirmed")
    with pytest.raises(ServiceError, match="can't be changed any more"):
        make(run, "swap", b, mine, a, theirs)


def test_too_low_a_score_is_said_and_allowed(market, cast):
    run, (a, *_), __ = market
    policy_services.save_weights(
        cohort=run.cohort,
        weights=run.weights,
        require_common_language=True,
        by=cast.coordinator,
        rules={"least_score": 0.2},
    )
    again, _ = engine_services.run_now(cohort=run.cohort, by=None)
    again.findings["rules"]["least_score"] = 0.99
    again.save()
    way, _ = cheapest_way(read_state(again), a.pk, best_others(read_state(again), a.pk)[0].person.pk)
    assert "below the minimum of 0.99" in limits_passed(plan_change(read_state(again), way.wish))[0]


def test_a_limit_that_is_passed_by_hand_is_said(market, cast):
    run, *_ = market
    CohortFactory(programme=run.cohort.programme, starts_on="2026-01-01")  # since then, everybody here is new
    policy_services.save_weights(
        cohort=run.cohort,
        weights=run.weights,
        require_common_language=True,
        by=cast.coordinator,
        rules={"most_first_timers": 1},
    )
    again, _ = engine_services.run_now(cohort=run.cohort, by=None)
    assert again.matched == 4
    waiting = BoardReader(again).ids(state="unmatched")[0]
    di = next(pk for pk, somebody in read_state(again).people.items() if somebody.name == "Di")
    plan = plan_change(read_state(again), ChangeRequest("choose", waiting, di))
    assert limits_passed(plan) == ["Di would have 2; the limit is 1 first-time mentees per mentor."]


# --- the best others of both sides ---


def test_both_sides_have_their_best_others_and_what_stopped_them(market):
    run, (a, *_), _ = market
    state = read_state(run)
    others = best_others(state, a.pk)
    table = score_table_of(run)
    allowed = [pk for pk in table.best_mentors(a.pk) if (a.pk, pk) not in state.chosen]
    assert [o.person.pk for o in others] == allowed[:3]
    assert all(o.why and o.against for o in others)
    mine = mentor_of(run, a)
    theirs = alternatives_for_mentor(state, mine.pk)
    wanted = [pk for pk in table.best_mentees(mine.pk) if (pk, mine.pk) not in state.chosen]
    assert [o.person.pk for o in theirs] == wanted[:3]
    assert all("with" in o.against and o.insist.score >= 0 for o in theirs)


def test_reasons_that_are_worked_out_when_somebody_looks_are_those_that_a_run_writes(market):
    run, _, _ = market
    for proposal in run.proposals.select_related("mentor"):
        proposal.delete()
        (found,) = describe_pairs(run, proposal.mentee_id, [proposal.mentor_id]).values()
        assert (found.told, found.reasons) == (proposal.why, proposal.reasons)
        assert [f["phrase"] for f in found.factors] == [f["phrase"] for f in proposal.factors]
        assert found.score == pytest.approx(proposal.score, abs=1e-6)


def test_reasons_say_that_a_sign_up_has_changed_since_the_run(market):
    run, (a, *_), _ = market
    best = best_others(read_state(run), a.pk)
    changed, same = best[0].person, best[1].person
    Enrollment.objects.filter(pk=same.pk).update(note="Call them")
    changed.topics.clear()
    found = {o.person: o.why for o in best_others(read_state(run), a.pk)}
    assert found[changed].endswith(" One of the two sign-ups has changed since this run.")
    assert found[same] == best[1].why
    kept = describe_pairs(run, a.pk, [mentor_of(run, a).pk])
    assert not any(one.changed for one in kept.values())  # what the run wrote goes by what it read


# --- two at once ---


def test_a_change_on_an_old_version_is_refused_with_what_changed(market, cast):
    run, (a, b, *_), _ = market
    make(run, "hold", b, by=cast.coordinator)
    with pytest.raises(StaleError) as refused:
        change_board(run=run, wish=ChangeRequest("hold", a.pk), version=0, by=None)
    assert [(c.words, c.by) for c in refused.value.changes] == [("left “B” for later", cast.coordinator)]
    assert HeldBack.objects.count() == 1
    with pytest.raises(StaleError):
        undo_last_change(run=run, version=0, by=None)


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_the_same_moment_one_is_refused():
    cohort = CohortFactory(status="matching")
    teams = [EnrollmentFactory(cohort=cohort), EnrollmentFactory(cohort=cohort)]
    EnrollmentFactory(cohort=cohort, role="mentor", capacity=2)
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    together, told = Barrier(2), []

    def hold(team):
        together.wait()
        try:
            told.append(change_board(run=run, wish=ChangeRequest("hold", team.pk), version=0, by=None).number)
        except StaleError as error:
            told.append(len(error.changes) * -1)
        finally:
            connection.close()

    both = [Thread(target=hold, args=[team]) for team in teams]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(told) == [-1, 1]
    assert HeldBack.objects.count() == 1
