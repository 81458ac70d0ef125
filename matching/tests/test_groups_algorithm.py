"""Goal groups: who joins which."""

import random
from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.groups.algorithm import GroupToFill, fill_groups, group_gaps

TALK, PATCH, CLOUD = 1, 2, 3
GOALS = [GroupToFill(TALK), GroupToFill(PATCH), GroupToFill(CLOUD)]
WISHES = st.lists(st.sampled_from([TALK, PATCH, CLOUD]), unique=True, max_size=3)


def people(start, *wishes):
    return {start + number: list(wish) for number, wish in enumerate(wishes)}


def sizes(filled):
    return Counter(filled.mentors.values()), Counter(filled.mentees.values())


@settings(deadline=None, max_examples=25)
@given(st.lists(WISHES, max_size=9), st.lists(WISHES, max_size=30))
def test_nobody_is_where_they_did_not_ask_to_be_and_no_group_outgrows_its_mentors(mentor_wishes, mentee_wishes):
    mentors, mentees = people(100, *mentor_wishes), people(200, *mentee_wishes)
    filled = fill_groups(GOALS, mentors, mentees)
    assert all(group in mentors[p] for p, group in filled.mentors.items())
    assert all(group in mentees[p] for p, group in filled.mentees.items())
    at_mentors, at_mentees = sizes(filled)
    for goal in GOALS:
        assert at_mentors[goal.key] <= 3
        assert at_mentees[goal.key] <= goal.mentees_for(at_mentors[goal.key])
    asked = {p for side in (mentors, mentees) for p, wish in side.items() if wish}
    assert set(filled.unplaced) == asked - set(filled.mentors) - set(filled.mentees)
    # Who is left over found every group they asked for full.
    for p in filled.unplaced:
        for key in mentees.get(p, []):
            assert at_mentees[key] == GroupToFill(key).mentees_for(at_mentors[key])


def test_eight_mentees_come_with_three_mentors():
    goal = GroupToFill(TALK)
    assert [goal.mentees_for(n) for n in range(5)] == [0, 3, 6, 8, 8]
    assert [goal.mentors_for(n) for n in (0, 1, 3, 4, 6, 7, 8, 20)] == [0, 1, 1, 2, 2, 3, 3, 3]


def test_mentors_go_where_mentees_wait():
    mentors = people(100, [TALK, PATCH], [TALK, PATCH], [TALK, PATCH])
    mentees = people(200, *[[PATCH]] * 6, [TALK], [TALK])
    filled = fill_groups(GOALS, mentors, mentees)
    assert sizes(filled) == (Counter({PATCH: 2, TALK: 1}), Counter({PATCH: 6, TALK: 2}))
    assert filled.unplaced == []


def test_people_get_what_they_would_like_best_where_there_is_room():
    mentors = people(100, [TALK], [PATCH])
    mentees = people(200, *[[TALK, PATCH]] * 3, *[[PATCH, TALK]] * 3)
    filled = fill_groups(GOALS, mentors, mentees)
    assert filled.mentees == {200: TALK, 201: TALK, 202: TALK, 203: PATCH, 204: PATCH, 205: PATCH}


@pytest.mark.parametrize("seed", range(10))
def test_the_mentees_places_are_the_best_of_all(seed):
    """Against every way to place them: the most people, then the least regret (0, 1, 3 for the first three choices)."""
    dice = random.Random(seed)
    goals = [
        GroupToFill(TALK, 1, 2, mentors=(101,)),
        GroupToFill(PATCH, 1, 1, mentors=(102,)),
        GroupToFill(CLOUD, 1, 1, mentors=(103,)),
    ]
    mentees = {200 + n: dice.sample([TALK, PATCH, CLOUD], dice.randint(1, 3)) for n in range(5)}
    best = (0, 0)
    for way in product([None, TALK, PATCH, CLOUD], repeat=5):
        chosen = {p: g for p, g in zip(mentees, way, strict=True) if g}
        count = Counter(chosen.values())
        if all(g in mentees[p] for p, g in chosen.items()) and all(count[g.key] <= g.mentee_places for g in goals):
            best = max(best, (len(chosen), -sum(2 ** mentees[p].index(g) - 1 for p, g in chosen.items())))
    found = fill_groups(goals, {}, mentees).mentees
    assert (len(found), -sum(2 ** mentees[p].index(g) - 1 for p, g in found.items())) == best


def test_who_was_placed_stays_and_takes_a_place():
    goals = [GroupToFill(TALK, 1, 2, mentors=(101,), mentees=(201,)), GroupToFill(PATCH, closed=True)]
    filled = fill_groups(goals, people(102, [PATCH]), {201: [PATCH], 202: [TALK], 203: [TALK, PATCH]})
    assert filled.mentees[201] == TALK
    assert len([p for p in (202, 203) if p in filled.mentees]) == 1
    assert filled.mentors == {101: TALK}


def test_nobody_is_mentor_and_mentee_of_one_group():
    own = {200: 100}
    filled = fill_groups(GOALS, people(100, [TALK], [PATCH]), people(200, [TALK, PATCH], [TALK]), own)
    assert (filled.mentors[100], filled.mentees) == (TALK, {200: PATCH, 201: TALK})
    assert fill_groups(GOALS, people(100, [TALK]), people(200, [TALK]), own).unplaced == [200]


def test_the_order_of_the_input_is_irrelevant():
    mentors, mentees = people(100, [TALK, PATCH], [PATCH]), people(200, *[[PATCH, TALK, CLOUD]] * 14)
    backwards = fill_groups(GOALS[::-1], dict(reversed(mentors.items())), dict(reversed(mentees.items())))
    assert backwards == fill_groups(GOALS, mentors, mentees)


def test_weak_groups_are_named_with_what_they_lack():
    mentors = people(100, [PATCH], [PATCH], [PATCH])
    mentees = people(200, *[[TALK]] * 5, *[[PATCH]] * 8)
    filled = fill_groups(GOALS, mentors, mentees)
    weak = {w.key: (w.mentors, w.mentees, w.waiting) for w in group_gaps(GOALS, filled, mentees)}
    assert weak == {TALK: (2, 0, 5), CLOUD: (1, 3, 0)}


def test_a_closed_group_is_never_weak():
    goals = [GroupToFill(TALK, closed=True)]
    assert group_gaps(goals, fill_groups(goals, {}, {}), {}) == []
