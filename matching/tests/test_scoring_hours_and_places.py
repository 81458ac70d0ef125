"""Hours of the week that both gave, and towns of pairs that meet in person, as factors."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohorts.weekly_hours import WeeklyHours
from matching.profiles import MatchProfile
from matching.scoring.nearness import Home, unplaced
from matching.scoring.rules import PairRules
from matching.scoring.scores import score

DAY = date(2027, 2, 1)


def person(key, hours="", offset=0.0, **facts):
    told = {"hours": WeeklyHours.read(hours).quarters(DAY)} if hours else {}
    return MatchProfile(key, utc_offset=offset, facts={**told, **facts})


def hours_of(mentees, mentors):
    return score(mentees, mentors).factors["hours"]


def test_hours_that_both_gave_count_instead_of_waking_hours():
    mentee = person("a", "Tue 16-20 (Nairobi)", 3)
    same, some, none = (
        person("b", "Tue-Wed 13-19 (UTC)"),
        person("c", "Tue 16-18 (Berlin)", 1),
        person("d", "Sat 9-12 (UTC)"),
    )
    scores = score([mentee], [same, some, none], {"hours": 1})
    assert scores.factors["hours"].tolist() == [[4 / 6, 2 / 6, 0]]
    assert [scores.phrases(0, j)["hours"] for j in range(3)] == [
        f"{words} in common" for words in ("4 hours a week", "2 hours a week", "no hour of the week")
    ]
    assert scores.reasons(0, 0).sentence == "They are both free at the same time for 4 hours a week."
    assert scores.reasons(0, 1).sentence == "A weak match: they share only 2 hours a week."
    assert scores.reasons(0, 2).objections == ["no hour of the week suits both"]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("Tue 9-13 (Asia/Kathmandu)", "about 4 hours a week"),
        ("Tue 8-9 (+2)", "1 hour a week"),
        ("Tue 16-20 (Australia/Eucla)", "less than an hour a week"),
    ],
)
def test_hours_of_odd_zones_are_said_as_people_say_them(hours, words):
    scores = score([person("a", "Tue 9-13 (+5:30)", 5.5)], [person("b", hours, 5)], {"hours": 1})
    assert scores.phrases(0, 0)["hours"] == f"{words} in common"


def test_waking_hours_count_where_one_side_gave_no_hours():
    mentee = person("a", "Tue 16-20 (Nairobi)", 3)
    scores = score([mentee, person("q", offset=3)], [person("b", offset=0)])
    assert scores.factors["hours"].tolist() == [[pytest.approx(11 / 14)], [pytest.approx(11 / 14)]]
    assert scores.phrases(0, 0)["hours"] == "about 11 waking hours a day in common"


def test_giving_no_hours_is_no_advantage_over_those_who_gave_some():
    mentee = person("a", "Tue 16-20 (UTC)")
    half, none, silent = person("b", "Tue 16-19 (UTC)"), person("c", "Sat 9-12 (UTC)"), person("d")
    values = hours_of([mentee], [half, none, silent])[0]
    assert values[2] == pytest.approx((values[0] + values[1]) / 2)


def test_the_rule_about_waking_hours_is_still_about_waking_hours():
    mentee, far = person("a", "Tue 6-8 (UTC)"), person("b", "Tue 16-18 (+10)", 10)
    scores = score([mentee], [far], rules=PairRules(least_hours=5))
    assert scores.factors["hours"][0, 0] == 2 / 6
    assert scores.blocked(0, 0) == "too few shared waking hours"
    assert scores.with_rules(PairRules(least_hours=4)).eligible.all()


weeks = st.one_of(st.just(0), st.integers(1, 2**672 - 1))


@settings(max_examples=10)
@given(left=st.lists(weeks, min_size=1, max_size=3), right=st.lists(weeks, min_size=1, max_size=3))
def test_values_of_hours_stay_in_bounds_and_are_the_same_from_both_sides(left, right):
    mentees, mentors = (
        [MatchProfile(f"{side}{n}", utc_offset=0, facts={"hours": bits or None}) for n, bits in enumerate(some)]
        for side, some in (("a", left), ("b", right))
    )
    there, back = hours_of(mentees, mentors), hours_of(mentors, mentees)
    assert ((there >= 0) & (there <= 1)).all()
    both = np.array([[bool(a and b) for b in right] for a in left])
    assert (there == back.T)[both].all()


OTLEY, LEEDS, YORK = (53.905, -1.691), (53.8, -1.55), (53.96, -1.08)


def living(key, name, at=None, country="GB"):
    return MatchProfile(key, region="EU", facts={"place": Home(name, (country, name.lower()), at)})


def test_people_who_meet_in_person_suit_better_the_nearer_they_live():
    mentors = [
        living("b", "otley"),
        living("c", "Leeds", LEEDS),
        living("d", "York", YORK),
        living("e", "Lyon", (45.76, 4.84)),
        living("f", "Ilkley"),
        MatchProfile("g", region="EU"),
    ]
    scores = score([living("a", "Otley", OTLEY)], mentors, {"place": 1})
    same, near, further, abroad, unlisted, _ = scores.factors["place"][0]
    assert (same, near, abroad, unlisted) == (1, 1, 0, 0)
    assert 0.7 < further < 0.95
    assert scores.known["place"].tolist() == [[True] * 5 + [False]], "the continent tells nothing here"
    assert scores.phrases(0, 2)["place"] == "Otley and York, about 40 km apart"
    assert scores.reasons(0, 0).support == ["both live in Otley"]
    assert scores.reasons(0, 1).support == ["live about 15 km apart"]
    assert scores.reasons(0, 3).objections == ["they live about 1,000 km apart"]
    assert scores.reasons(0, 4).objections == [], "nobody knows how far that is"
    assert unplaced(scores.data) == ["Ilkley", "otley"]


def test_without_towns_the_continent_counts():
    scores = score([MatchProfile("a", region="EU")], [MatchProfile("b", region="EU"), MatchProfile("c", region="AF")])
    assert scores.factors["place"].tolist() == [[1, 0]]
    assert scores.reasons(0, 0).support == ["are both in Europe"]
