"""Schedules of speed mentoring: what always holds, and how good they are."""

import random
from collections import Counter
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.events.day.rotation import Schedule, make_schedule, reschedule

TABLES = st.integers(1, 6)
PEOPLE = st.integers(1, 20)
SEEDS = st.integers(0, 5)


def some_scores(people, tables, seed=0):
    dice = random.Random(seed)
    return {(p, t): dice.random() for p in people for t in tables}


def ids(people, tables):
    return list(range(1, people + 1)), list(range(101, 101 + tables))


def assert_sound(schedule):
    """No pair twice, and nobody at two tables in one round."""
    assert max(Counter(schedule.pairs).values(), default=1) == 1
    for table in schedule.rounds:
        seated = Counter(mentee for group in table.values() for mentee in group)
        assert max(seated.values(), default=1) == 1


@settings(deadline=None, max_examples=25)
@given(PEOPLE, TABLES, st.data(), SEEDS)
def test_mentees_meet_a_new_mentor_in_every_round_at_even_tables(people, tables, data, seed):
    rounds = data.draw(st.integers(1, tables))
    mentees, mentors = ids(people, tables)
    schedule = make_schedule(mentees, mentors, rounds, scores=some_scores(mentees, mentors, seed), seed=seed)
    assert_sound(schedule)
    assert len(schedule.rounds) == rounds
    for table in schedule.rounds:
        sizes = [len(table[mentor]) for mentor in mentors]
        assert sum(sizes) == people
        assert max(sizes) - min(sizes) <= 1


@settings(deadline=None, max_examples=20)
@given(PEOPLE, TABLES, st.integers(1, 8), st.integers(1, 4), SEEDS)
def test_tables_hold_no_more_than_their_seats_and_who_misses_a_round_misses_fairly(people, tables, rounds, seats, seed):
    mentees, mentors = ids(people, tables)
    schedule = make_schedule(mentees, mentors, rounds, seats=seats, seed=seed)
    assert_sound(schedule)
    assert all(len(group) <= seats for table in schedule.rounds for group in table.values())
    met = Counter(mentee for mentee, _ in schedule.pairs)
    # Seats of all rounds, or everybody has met everybody: no seat stays empty while somebody could take it.
    if rounds <= tables:
        assert sum(met.values()) == min(tables * seats, people) * rounds
    assert max(met[m] for m in mentees) - min(met[m] for m in mentees) <= 1


@settings(deadline=None, max_examples=20)
@given(PEOPLE, TABLES, SEEDS, st.randoms(use_true_random=False))
def test_the_same_people_and_seed_give_the_same_schedule_in_any_order(people, tables, seed, dice):
    mentees, mentors = ids(people, tables)
    scores = some_scores(mentees, mentors)
    first = make_schedule(mentees, mentors, min(3, tables), scores=scores, seed=seed)
    dice.shuffle(mentees)
    dice.shuffle(mentors)
    assert make_schedule(mentees, mentors, min(3, tables), scores=scores, seed=seed) == first


def test_another_seed_gives_another_schedule():
    mentees, mentors = ids(12, 4)
    plans = {str(make_schedule(mentees, mentors, 3, seed=seed)) for seed in range(6)}
    assert len(plans) > 1


@pytest.mark.parametrize("seed", range(12))
def test_a_small_schedule_is_the_best_of_all(seed):
    """Against every schedule there is: four mentees, three mentors, two rounds, tables that differ by one at most."""
    mentees, mentors = ids(4, 3)
    scores = some_scores(mentees, mentors, seed)
    best = 0.0
    for ways in product(permutations(mentors, 2), repeat=4):
        sizes = [Counter(way[r] for way in ways) for r in range(2)]
        if all(max(s[m] for m in mentors) - min(s[m] for m in mentors) <= 1 for s in sizes):
            best = max(best, sum(scores[p, t] for p, way in zip(mentees, ways, strict=True) for t in way))
    found = make_schedule(mentees, mentors, 2, scores=scores, seed=seed).total(scores)
    assert found == pytest.approx(best, abs=0.005)  # scores count in thousandths


def random_rotation(mentees, mentors, rounds, dice):
    """A rotation by hand: shuffled groups that go one table on."""
    people = dice.sample(mentees, len(mentees))
    size = len(mentors)
    return Schedule(
        [{mentors[j]: people[(j - r) % size :: size] for j in range(size)} for r in range(rounds)],
    )


def test_the_schedule_scores_far_better_than_random_groups():
    mentees, mentors = ids(40, 8)
    scores = some_scores(mentees, mentors, 7)
    ours = make_schedule(mentees, mentors, 4, scores=scores).total(scores)
    by_hand = [random_rotation(mentees, mentors, 4, random.Random(n)) for n in range(20)]
    assert_sound(by_hand[0])
    assert ours > 1.3 * max(one.total(scores) for one in by_hand)


@settings(deadline=None, max_examples=20)
@given(st.integers(4, 18), st.integers(2, 6), st.data(), SEEDS)
def test_absent_people_are_not_seated_and_past_rounds_stay(people, tables, data, seed):
    mentees, mentors = ids(people, tables)
    rounds = data.draw(st.integers(1, tables))
    done = data.draw(st.integers(0, rounds))
    gone = data.draw(st.sets(st.sampled_from(mentees + mentors), max_size=3))
    late = data.draw(st.sets(st.integers(50, 53)))
    plan = make_schedule(mentees, mentors, rounds, seed=seed)
    new = reschedule(plan, done, gone, late, seed=seed)
    assert_sound(new)
    assert new.rounds[:done] == plan.rounds[:done]
    assert len(new.rounds) == rounds
    for table in new.rounds[done:]:
        seated = {mentee for group in table.values() for mentee in group}
        assert not gone & (seated | set(table))
        assert seated <= (set(mentees) | late) - gone


def test_latecomers_are_seated_in_all_remaining_rounds():
    mentees, mentors = ids(9, 4)
    new = reschedule(make_schedule(mentees, mentors, 4), 1, absent={3}, late={50})
    assert new.of_mentee(50)[0] is None
    assert None not in new.of_mentee(50)[1:]
    assert new.of_mentee(3)[1:] == [None, None, None]


def test_tables_stay_even_after_a_mentor_leaves():
    mentees, mentors = ids(12, 4)
    new = reschedule(make_schedule(mentees, mentors, 3), 1, absent={102})
    for table in new.rounds[1:]:
        assert 102 not in table
        assert sum(len(group) for group in table.values()) == 12
        assert max(map(len, table.values())) - min(map(len, table.values())) <= 1


def test_the_schedule_is_empty_without_people():
    assert make_schedule([], [101], 2).rounds == [{101: []}, {101: []}]
    assert make_schedule([1], [], 2).rounds == [{}, {}]
