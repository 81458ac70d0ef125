"""The board after something changed elsewhere: a match, a place, a pause, somebody who left."""

import pytest
from django.db import transaction

from cohorts.models import Enrollment
from matching.board import services as board_services
from matching.board.places import one_more_place, places_of_board
from matching.board.reader import BoardReader
from matching.board.state import read_state
from matching.consent.services import confirm_previewed
from matching.engine import services as engine_services
from matching.intro.capacity import place_facts
from matching.intro.services import preview_fingerprint, unconfirmed_proposals
from matching.models import AskedPair, Match, MatchProposal, MatchRun
from matching.pauses.services import pause_mentor
from matching.tests.board import url
from matching.tests.board_market import make, make_market, mentor_of
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_wake_up")]


@pytest.fixture
def market(cohort):
    return make_market(cohort)


def taken_elsewhere(mentee, mentor):
    MatchFactory(mentee=EnrollmentFactory(cohort=mentee.cohort, title="Elsewhere"), mentor=mentor)


CHANGES = (
    (taken_elsewhere, "has no free place: "),
    (
        lambda mentee, mentor: MatchFactory(
            mentee=mentee, mentor=EnrollmentFactory(cohort=mentee.cohort, role="mentor")
        ),
        "is matched with ",
    ),
    (lambda mentee, mentor: MatchFactory(mentee=mentee, mentor=mentor), "are matched already"),
    (lambda mentee, mentor: Enrollment.objects.filter(pk=mentor.pk).update(status="withdrawn"), "is withdrawn"),
    (lambda mentee, mentor: Enrollment.objects.filter(pk=mentor.pk).update(capacity=0), "takes nobody at the moment"),
    (lambda mentee, mentor: pause_mentor(enrollment=mentor, by=None), "is paused"),
    (
        lambda mentee, mentor: board_services.set_pin(mentee=mentee, mentor=mentor, kind="forbid", by=None),
        "is forbidden",
    ),
)


def test_a_pair_that_can_not_be_made_any_more_is_named_with_the_reason(market):
    run, mentees, mentors = market
    a = next(m for m in mentees if mentor_of(run, m) != mentors[3])  # with a mentor of one place
    pair = a.pk, mentor_of(run, a).pk
    assert read_state(run).untrue == {}
    for change, words in CHANGES:
        with transaction.atomic():
            change(a, Enrollment.objects.get(pk=pair[1]))
            state, reader = read_state(run), BoardReader(run)
            assert list(state.untrue) == [pair], words
            assert words in state.untrue[pair]
            assert reader.ids(state="untrue") == [a.pk]
            assert reader.to_confirm() == len(mentees) - 1
            assert reader.group_of(a.pk) == ("matched" if a.pk in state.matched_with else "waiting")
            transaction.set_rollback(True)


def test_average_and_lowest_score_are_those_of_the_pairs_that_can_still_be_made(market):
    run, *_ = market
    before = BoardReader(run).summary().figures
    state = read_state(run)
    (mentee, mentor) = min(state.chosen, key=lambda pair: state.chosen[pair])
    Enrollment.objects.filter(pk=mentee).update(status="withdrawn")
    after = BoardReader(run).summary().figures
    assert (after.places, after.points) == (before.places - 1, before.points - state.chosen[mentee, mentor])
    assert after.lowest >= before.lowest


def test_of_too_many_pairs_for_a_mentor_the_locked_one_stays_then_the_best(market):
    run, mentees, mentors = market
    both = mentors[3]  # takes two
    theirs = [m for m in mentees if m.pk in read_state(run).mentees_of[both.pk]]
    assert len(theirs) == 2
    Enrollment.objects.filter(pk=both.pk).update(capacity=1)
    best, weak = sorted(theirs, key=lambda m: -read_state(run).chosen[m.pk, both.pk])
    assert list(read_state(run).untrue) == [(weak.pk, both.pk)]
    board_services.set_pin(mentee=weak, mentor=both, kind="lock", by=None)
    assert list(read_state(run).untrue) == [(best.pk, both.pk)]


def test_an_older_run_acts_only_on_what_is_still_true(market, coordinator, cast):
    run, (a, b, c, *_), _ = market
    engine_services.run_now(cohort=run.cohort, by=None)
    gone, mine = mentor_of(run, a), mentor_of(run, b)
    MatchFactory(mentee=c, mentor=gone) if gone.capacity == 1 else pause_mentor(enrollment=gone, by=None)
    with pytest.raises(ServiceError):
        make(run, "swap", a, gone, b, mine)  # would give b the mentor who is not there any more
    page = words_in(coordinator.get(url("board"), {"run": 1}))
    assert "You’re looking at Run 1. Run 2 is newer." in page
    assert f"<s>{gone.user}</s>" in page
    preview = coordinator.get(url("run-preview", 1))
    assert a in [mentee for mentee, _ in preview.context["impossible"]]
    assert a not in [row.mentee for row in preview.context["rows"]]
    coordinator.post(url("run-confirm", 1), {"shown": preview.context["shown"]})
    confirmed = set(Match.objects.filter(run=run).values_list("mentee_id", flat=True))
    assert confirmed == {row.mentee.pk for row in preview.context["rows"]}
    assert a.pk not in confirmed
    assert MatchRun.objects.get(number=1).status == "ready"


def test_a_preview_confirms_nothing_if_something_changed_since(market, cast):
    run, (a, b, *_), _ = market
    shown = preview_fingerprint(run.cohort, unconfirmed_proposals(run))
    make(run, "swap", a, mentor_of(run, a), b, mentor_of(run, b))
    with pytest.raises(ServiceError, match="Somebody changed a pair"):
        confirm_previewed(run=run, by=cast.coordinator, left_out=(), unanswered_too=False, shown=shown)


def test_a_match_made_elsewhere_shows_at_once(market, coordinator):
    run, (a, *_), _ = market
    other = EnrollmentFactory(cohort=run.cohort, role="mentor", user__full_name="Eve")
    MatchFactory(mentee=a, mentor=other)
    response = coordinator.get(url("board"), {"mentee": a.pk})
    row = next(row for row in response.context["rows"] if row.mentee == a)
    assert (row.group, [p.mentor for p in row.pairs if p.matched]) == ("matched", [other])
    assert "with Eve, not by this run" in words_in(response)
    with pytest.raises(ServiceError, match="as many mentors as they want"):
        make(run, "choose", a, next(m for m in market[2] if not read_state(run).is_full(m.pk)))


def test_a_change_replaces_a_pair_that_is_no_longer_possible(market):
    run, mentees, mentors = market
    a = next(m for m in mentees if mentor_of(run, m) != mentors[3])
    gone = mentor_of(run, a)
    Enrollment.objects.filter(pk=mentors[3].pk).update(capacity=5)
    pause_mentor(enrollment=gone, by=None)
    change = make(run, "choose", a, mentors[3])
    assert mentor_of(run, a) == mentors[3]
    assert change.words == f"proposed Di for “{a}” instead of {gone.user}"


def test_places_below_what_is_matched_or_asked_warn(market, coordinator):
    run, (a, b, c, *_), mentors = market
    di = mentors[3]
    MatchFactory(mentee=a, mentor=di), MatchFactory(mentee=b, mentor=di)
    AskedPair.objects.create(mentee=c, mentor=di)
    board = places_of_board(read_state(run))
    assert [m.short_words for m in board.short] == ["Di takes 2, but has 2 matches and 1 pair asked."]
    assert "Di takes 2, but has 2 matches and 1 pair asked." in words_in(coordinator.get(url("board")))
    (fact,) = place_facts([di.pk, a.pk])[di.pk]
    assert (fact.text, fact.word) == ("3 of 2", "attention")
    Enrollment.objects.filter(pk=di.pk).update(capacity=3)
    assert places_of_board(read_state(run)).short == []
    assert place_facts([di.pk])[di.pk][0].word == ""


def test_the_places_tell_who_is_full_and_which_one_more_would_match_somebody(market):
    run, mentees, mentors = market
    state = read_state(run)
    board = places_of_board(state, with_favourites=True)
    assert {m.pk for m in board.full} == {m.pk for m in mentors}
    assert sum(m.favourite_of for m in board.mentors) == len(mentees)
    assert board.loads_words == "1 mentor has 2 mentees and 3 have 1."
    late = EnrollmentFactory(cohort=run.cohort, title="Late")
    again, _ = engine_services.run_now(cohort=run.cohort, by=None)
    waiting = [pk for pk in BoardReader(again).everyone if BoardReader(again).group_of(pk) == "waiting"]
    mentor, mentee = one_more_place(read_state(again), waiting)
    assert mentee in waiting
    Enrollment.objects.filter(pk=mentor.pk).update(capacity=mentor.places + 1)
    third, _ = engine_services.run_now(cohort=run.cohort, by=None)
    assert third.matched == again.matched + 1
    assert late.pk in BoardReader(third).everyone


def test_who_was_accepted_since_the_run_is_counted(market, coordinator):
    EnrollmentFactory(cohort=market[0].cohort)
    EnrollmentFactory(cohort=market[0].cohort, role="mentor")
    assert "Accepted after this run: 1 mentee and 1 mentor. Run again" in words_in(coordinator.get(url("board")))


def test_a_run_of_which_nobody_is_left_says_so(market, coordinator):
    Enrollment.objects.filter(pk__in=[m.pk for m in market[1]]).update(status="withdrawn")
    page = coordinator.get(url("board")).text
    assert "Nobody left in this run" in page
    assert "No results" in coordinator.get(url("board"), {"q": "x"}).text


def test_500_rows_come_in_pages_of_bounded_weight_and_queries(coordinator, cohort, django_assert_max_num_queries):
    users = User.objects.bulk_create(UserFactory.build() for _ in range(600))
    people = [
        Enrollment(
            cohort=cohort,
            user=user,
            status="accepted",
            role="mentee" if n < 500 else "mentor",
            capacity=5,
            title=f"Project {n}" * (n < 500),
        )
        for n, user in enumerate(users)
    ]
    Enrollment.objects.bulk_create(people)
    run = MatchRun.objects.create(cohort=cohort, number=1, status="ready", matched=480, findings={"objective": "total"})
    MatchProposal.objects.bulk_create(
        MatchProposal(
            run=run,
            mentee=people[n],
            mentor=people[500 + n % 100],
            score=n / 500,
            factors=[{"key": "hours", "label": "Waking hours", "value": 0.5, "part": 0.5, "phrase": "", "known": True}],
            why="They both speak English.",
            reasons=["both speak English"],
        )
        for n in range(480)
    )
    run.unmatched = [{"mentee": person.pk, "reasons": ["All are full."]} for person in people[480:500]]
    run.save()
    for query in ({"page": 5}, {"mentee": people[100].pk}, {"show": "places"}):
        with django_assert_max_num_queries(48):
            page = coordinator.get(url("board"), query)
        assert len(page.content) < 200_000
    assert page.context["counts"] == {"waiting": 20, "proposed": 480, "matched": 0}
    assert len(page.context["rows"]) == 100


def test_whoever_was_left_without_a_mentor_hears_of_a_place_that_is_free_by_now(market, coordinator):
    _, mentees, mentors = market
    Enrollment.objects.filter(pk=mentors[3].pk).update(capacity=1)
    run, _ = engine_services.run_now(cohort=mentors[0].cohort, by=None)
    (left,) = (m for m in mentees if m.pk in BoardReader(run).told)
    page = words_in(coordinator.get(url("board"), {"mentee": left.pk}))
    assert "All 4 mentors they could have are full." in page
    assert "This is how it was when Run 2 finished" in page
    gone = next(m for m in mentees if m != left)
    mentor = mentor_of(run, gone)
    Enrollment.objects.filter(pk=gone.pk).update(status="withdrawn")
    page = words_in(coordinator.get(url("board"), {"mentee": left.pk}))
    assert f"{mentor.user} has a free place by now. Choose them, or run again." in page
    assert "This is how it was" not in page
    assert "they could have are full" not in page
