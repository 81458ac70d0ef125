"""The rules that give the seats: on examples, on made-up cohorts, and against trying out every seating."""

import random
from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from cohorts.selection.algorithm import Applicant, Quota, lot, select
from cohorts.selection.track_assignment import IF_NECESSARY, NO, YES

TRACKS = ("Tuesday", "Wednesday", "Friday")


@st.composite
def cohorts(draw, most=8):
    """A few applicants, up to three tracks, up to two quotas."""
    tracks = {track: draw(st.integers(0, 3)) for track in TRACKS[: draw(st.integers(1, 3))]}
    applicants = [
        Applicant(
            id=number,
            points=draw(st.integers(0, 2)),
            priority=draw(st.booleans()),
            override=draw(st.sampled_from([False, False, True])),
            groups={"country": draw(st.sampled_from(["KE", "DE", ""])), "division": draw(st.sampled_from(["X", "Y"]))},
            availability={track: draw(st.sampled_from([YES, IF_NECESSARY, NO])) for track in tracks},
        )
        for number in range(draw(st.integers(0, most)))
    ]
    quota = st.builds(Quota, st.just("country"), st.sampled_from([None, "KE"]), st.integers(0, 3)) | st.builds(
        Quota, st.just("division"), st.sampled_from([None, "X"]), st.integers(0, 3)
    )
    return applicants, tracks, draw(st.lists(quota, max_size=2, unique_by=lambda q: (q.attribute, q.value)))


def accepted(result):
    return {o.id for o in result.outcomes if o.outcome == "accepted"}


def keeps_the_quotas(people, quotas):
    for quota in quotas:
        counts = Counter(p.groups.get(quota.attribute) for p in people)
        values = [quota.value] if quota.value else [v for v in counts if v]
        if any(counts[v] > quota.most for v in values):
            return False
    return True


def best_seating(people, tracks):
    """The most yes seats with everybody seated, by trying out everything; None where that is not possible."""
    best = None
    for seats in product(tracks, repeat=len(people)):
        if any(seats.count(track) > number for track, number in tracks.items()):
            continue
        answers = [p.availability.get(track, NO) for p, track in zip(people, seats, strict=True)]
        if NO not in answers:
            best = max(best or 0, answers.count(YES))
    return best


def possible(people, tracks, quotas):
    return keeps_the_quotas(people, quotas) and best_seating(people, tracks) is not None


@given(cohorts(most=6))
@settings(max_examples=60, deadline=None)
def test_selection_agrees_with_brute_force(given_cohort):
    applicants, tracks, quotas = given_cohort
    let_in = []
    order = sorted(applicants, key=lambda a: (not a.override, not a.priority, -a.points, lot("s", a.id)))
    for applicant in order:
        if possible([*let_in, applicant], tracks, quotas):
            let_in.append(applicant)
    result = select(applicants, tracks, quotas, "s")
    assert accepted(result) == {a.id for a in let_in}
    assert [o.id for o in result.outcomes] == [a.id for a in order]
    yes = sum(applicants[o.id].availability.get(o.track) == YES for o in result.outcomes if o.track)
    assert yes == (best_seating(let_in, tracks) or 0)


@given(cohorts(most=25), st.text(max_size=5))
@settings(max_examples=60, deadline=None)
def test_seats_and_quotas_are_kept_and_no_seat_stays_empty_that_somebody_could_take(given_cohort, seed):
    applicants, tracks, quotas = given_cohort
    result = select(applicants, tracks, quotas, seed)
    by_id = {a.id: a for a in applicants}
    taken = Counter(o.track for o in result.outcomes if o.outcome == "accepted")
    assert all(taken[track] <= seats for track, seats in tracks.items())
    assert set(taken) <= set(tracks)
    assert all(by_id[o.id].availability[o.track] != NO for o in result.outcomes if o.track)
    inside = [by_id[i] for i in accepted(result)]
    assert keeps_the_quotas(inside, quotas)
    for outcome in result.outcomes:
        assert outcome.reasons
        left_out = by_id[outcome.id]
        if outcome.outcome == "waitlisted" and keeps_the_quotas([*inside, left_out], quotas) and len(inside) < 7:
            assert best_seating([*inside, left_out], tracks) is None


@given(cohorts(most=15), st.randoms(use_true_random=False), st.text(max_size=5))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_sheet_does_not_matter(given_cohort, rng, seed):
    applicants, tracks, quotas = given_cohort
    shuffled = rng.sample(applicants, len(applicants))
    assert select(shuffled, tracks, quotas, seed) == select(applicants, tracks, quotas, seed)


@given(cohorts(most=12), st.text(max_size=5), st.text(max_size=5))
@settings(max_examples=60, deadline=None)
def test_another_seed_changes_ties_only(given_cohort, one, two):
    applicants, tracks, quotas = given_cohort
    standing = {a.id: a.standing for a in applicants}
    first, second = select(applicants, tracks, quotas, one), select(applicants, tracks, quotas, two)
    assert [standing[o.id] for o in first.outcomes] == [standing[o.id] for o in second.outcomes]
    # Up to the first tie of two people the order, and so who is in, is the same.
    for a, b in zip(first.outcomes, second.outcomes, strict=True):
        if sum(s == standing[a.id] for s in standing.values()) > 1:
            break
        assert (a.id, a.outcome) == (b.id, b.outcome)


@given(cohorts(most=7))
@settings(max_examples=60, deadline=None)
def test_only_people_who_lost_the_lottery_would_be_accepted_with_the_best_lot(given_cohort):
    applicants, tracks, quotas = given_cohort
    result = select(applicants, tracks, quotas, "s")
    by_id = {a.id: a for a in applicants}
    for outcome in result.outcomes:
        if outcome.outcome == "accepted":
            continue
        mine = by_id[outcome.id]
        before = [
            by_id[o.id] for o in result.outcomes if o.outcome == "accepted" and by_id[o.id].standing < mine.standing
        ]
        assert (outcome.rule == "lottery") == possible([*before, mine], tracks, quotas)


def test_override_priority_points_and_lot_in_this_order():
    people = [
        Applicant(1, points=9),
        Applicant(2, points=1, priority=True),
        Applicant(3, override=True),
        Applicant(4, points=5),
        Applicant(5, points=5),
    ]
    result = select(people, {"": 4}, [], "spring")
    assert [o.id for o in result.outcomes][:3] == [3, 2, 1]
    assert [o.rule for o in result.outcomes] == ["let in first", "priority", "points", "lottery", "lottery"]
    assert [o.reasons[0] for o in result.outcomes] == [
        "is let in first",
        "has priority",
        "has 9 points",
        "won the lottery among 2 with 5 points",
        "lost the lottery among 2 with 5 points",
    ]
    assert result.outcomes[-1].reasons[1] == "no seat left"
    assert [o.rank for o in result.outcomes] == [1, 2, 3, 4, 5]
    assert result.outcomes[-1].waitlist == 1


def test_an_override_is_never_over_a_quota_or_the_seats():
    people = [Applicant(n, override=True, groups={"country": "KE"}) for n in range(3)]
    people.append(Applicant(9, groups={"country": "DE"}))
    result = select(people, {"": 3}, [("country", "KE", 2)], "s")
    assert sum(o.outcome == "accepted" for o in result.outcomes if o.id != 9) == 2
    out = next(o for o in result.outcomes if o.outcome == "waitlisted")
    assert out.reasons[1] == "over the quota of 2 for country KE"
    assert 9 in accepted(result)


def test_accepted_people_change_tracks_to_make_room_and_preferred_tracks_are_maximised():
    people = [
        Applicant(1, points=3, availability={"Tuesday": YES, "Friday": IF_NECESSARY}),
        Applicant(2, points=2, availability={"Tuesday": YES}),
        Applicant(3, points=1, availability={"Tuesday": YES}),
        Applicant(4, points=0),
    ]
    result = select(people, {"Tuesday": 1, "Friday": 1}, [], "s")
    assert [(o.outcome, o.track) for o in result.outcomes] == [
        ("accepted", "Friday"),
        ("accepted", "Tuesday"),
        ("waitlisted", None),
        ("waitlisted", None),
    ]
    assert result.outcomes[0].reasons == ("has 3 points", "can attend this track if necessary")
    assert result.outcomes[2].reasons == ("no seat left in a track they can attend",)
    assert result.outcomes[3].reasons == ("can attend none of the tracks",)
    assert [(e.rule, e.let_in, e.kept_out) for e in result.effects] == [
        ("points", (1, 2), ()),
        ("seats", (), (3,)),
        ("availability", (), (4,)),
    ]


def test_people_accepted_before_keep_their_seat_and_count_in_quotas():
    people = [
        Applicant(1, keeps="Tuesday", groups={"country": "KE"}),
        Applicant(2, keeps="Tuesday"),
        Applicant(3, keeps="", availability={"Friday": YES}),
        Applicant(4, points=5, groups={"country": "KE"}, availability={"Friday": YES}),
        Applicant(5, availability={"Tuesday": YES, "Friday": YES}),
    ]
    result = select(people, {"Tuesday": 1, "Friday": 2}, [("country", None, 1)], "s")
    found = {o.id: o for o in result.outcomes}
    assert [found[i].track for i in (1, 2, 3)] == ["Tuesday", "Tuesday", "Friday"]
    assert found[2].reasons == ("was accepted before, although no seat is left",)
    assert found[1].rank is None
    assert found[4].reasons == ("over the quota of 1 for country KE",)
    assert (found[5].outcome, found[5].track) == ("accepted", "Friday")
    assert [(t.name, t.taken, t.most) for t in result.tracks] == [("Tuesday", 2, 1), ("Friday", 2, 2)]


def test_people_accepted_before_without_a_track_take_a_seat():
    people = [Applicant(1, keeps=""), Applicant(2, points=1, availability={"Tuesday": YES})]
    result = select(people, {"Tuesday": 1}, [], "s")
    assert [(o.outcome, o.track) for o in result.outcomes] == [("accepted", "Tuesday"), ("waitlisted", None)]


@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_people_with_a_track_keep_it_before_people_without_one(seed):
    people = [Applicant(1, keeps="Tuesday"), Applicant(2, keeps=""), Applicant(3, keeps="Friday")]
    result = select(people, {"Tuesday": 1, "Friday": 1}, [], seed)
    assert {o.id: o.reasons for o in result.outcomes if "although" in o.reasons[0]}.keys() == {2}


def test_room_for_everybody_needs_no_lottery():
    result = select([Applicant(n) for n in range(3)], {"": 3}, [], "s")
    assert {o.rule for o in result.outcomes} == {"room for everybody"}
    assert select([], {"": 3}, [], "s").outcomes == ()


def test_duplicate_ids_and_unknown_answers_are_refused():
    with pytest.raises(ValueError, match="same id"):
        select([Applicant(1), Applicant(1)], {"": 3})
    with pytest.raises(ValueError, match="perhaps"):
        select([Applicant(1, availability={"Tuesday": "perhaps"})], {"Tuesday": 3})


def openscapes(number=400):
    """A call as real ones are: divisions of very different size, few points, and not everybody can on every day."""
    rng = random.Random(7)
    divisions = ["NEFSC"] * 12 + ["NWFSC"] * 6 + ["AFSC"] * 4 + [f"Office {n}" for n in range(12)]
    return [
        Applicant(
            n,
            points=rng.choice([0, 1, 1, 2, 2, 3]),
            priority=rng.random() < 0.2,
            groups={"division": rng.choice(divisions)},
            availability={t: rng.choice([YES, YES, IF_NECESSARY, NO]) for t in TRACKS},
        )
        for n in range(number)
    ]


def test_a_call_with_400_applicants():
    people = openscapes()
    result = select(people, dict.fromkeys(TRACKS, 40), [("division", None, 18)], "fall-2027")
    assert [(t.name, t.taken) for t in result.tracks] == [(t, 40) for t in TRACKS]
    division = {p.id: p.groups["division"] for p in people}
    assert Counter(division[i] for i in accepted(result))["NEFSC"] == 18
    assert max(t.taken for t in result.quotas) == 18
    priority = {p.id for p in people if p.priority}
    reasons = {o.id: o.reasons for o in result.outcomes}
    out = {o.id for o in result.outcomes if o.outcome == "waitlisted"}
    assert any("over the quota of 18 for division NEFSC" in reasons[i] for i in priority & out)
    assert all("quota of 18" in str(reasons[i]) or "none of the tracks" in str(reasons[i]) for i in priority & out)
    winners = [o for o in result.outcomes if o.rule == "lottery" and o.outcome == "accepted"]
    assert winners
    assert all("won the lottery among" in o.reasons[0] for o in winners)
    assert sorted(o.waitlist for o in result.outcomes if o.waitlist) == list(range(1, 281))
    inside = [p for p in people if p.id in accepted(result)]
    seats = [track for track in TRACKS for _ in range(40)]
    prices = {YES: 0, IF_NECESSARY: 1, NO: 1000}
    table = [[prices[p.availability[track]] for track in seats] for p in inside]
    cheapest = sum(table[row][column] for row, column in zip(*linear_sum_assignment(table), strict=True))
    attends = {p.id: p.availability for p in people}
    assert sum(attends[o.id][o.track] == IF_NECESSARY for o in result.outcomes if o.track) == cheapest


def test_it_is_quick_enough_for_the_largest_programmes():
    tracks = {f"Track {n}": 100 for n in range(6)}
    rng = random.Random(3)
    people = [
        Applicant(n, availability={t: rng.choice([YES, IF_NECESSARY, NO, NO]) for t in tracks}) for n in range(2000)
    ]
    assert len(accepted(select(people, tracks, [], "s"))) == 600
