"""Hours at which everybody can attend at least one slot."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.sessions.slot_planner import WEEK_HOURS, AcceptableHours, propose_slots, suits

ZONES = [
    "Asia/Kathmandu",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Africa/Nairobi",
    "Australia/Sydney",
    "Asia/Tokyo",
    "America/Sao_Paulo",
    "Pacific/Auckland",
    "America/St_Johns",
    "Pacific/Chatham",
    "Asia/Kolkata",
    "UTC",
]
MONDAYS = [date(2027, 2, 8), date(2027, 3, 22), date(2027, 10, 25), date(2027, 4, 5)]
people = st.dictionaries(st.integers(1, 60), st.sampled_from(ZONES), max_size=25)
acceptable_hours = st.builds(
    lambda start, length, days: AcceptableHours(start, min(24, start + length), tuple(range(days))),
    st.integers(6, 14),
    st.integers(3, 12),
    st.sampled_from([5, 7]),
)


@settings(max_examples=25, deadline=None)
@given(people, st.sampled_from(MONDAYS), st.sampled_from([60, 90, 180]), st.integers(1, 3), acceptable_hours)
def test_proposed_slots_suit_the_people_they_name(zones, monday, minutes, slots, acceptable):
    plan = propose_slots(zones, monday, minutes=minutes, slots=slots, acceptable=acceptable)
    start = datetime.combine(monday, time(), UTC)
    assert len(plan.slots) <= slots
    assert len(set(plan.slots)) == len(plan.slots)
    assert all(start <= s < start + timedelta(hours=WEEK_HOURS) for s in plan.slots)
    for person, zone in zones.items():
        can = tuple(n for n, s in enumerate(plan.slots) if suits(s, minutes, zone, acceptable))
        assert plan.attends[person] == can
        assert (person in plan.cannot) == (not can)
    assert plan == propose_slots(zones, monday, minutes=minutes, slots=slots, acceptable=acceptable)


@settings(max_examples=12, deadline=None)
@given(people, st.sampled_from(MONDAYS), st.integers(1, 2), acceptable_hours)
def test_no_other_hours_reach_more_people(zones, monday, slots, acceptable):
    plan = propose_slots(zones, monday, minutes=180, slots=slots, acceptable=acceptable)
    start = datetime.combine(monday, time(), UTC)
    reach = set()
    for hour in range(WEEK_HOURS):
        moment = start + timedelta(hours=hour)
        reach.add(frozenset(p for p, zone in zones.items() if suits(moment, 180, zone, acceptable)))
    best = max(
        len(frozenset().union(*chosen))
        for n in (1, slots)
        for chosen in combinations(sorted(reach, key=len), min(n, len(reach)))
    )
    assert len(zones) - len(plan.cannot) == best


def test_three_slots_are_as_good_as_trying_all_of_them():
    zones = dict(enumerate(ZONES * 2))
    acceptable = AcceptableHours(10, 14)
    plan = propose_slots(zones, MONDAYS[1], minutes=180, slots=3, acceptable=acceptable)
    start = datetime.combine(MONDAYS[1], time(), UTC)
    masks = {
        frozenset(p for p, z in zones.items() if suits(start + timedelta(hours=h), 180, z, acceptable))
        for h in range(WEEK_HOURS)
    }
    best = max(len(a | b | c) for a, b, c in combinations(masks, 3))
    assert len(zones) - len(plan.cannot) == best


def test_daylight_saving_counts_as_of_the_date():
    acceptable = AcceptableHours(9, 10)
    before = propose_slots({1: "Europe/Berlin"}, date(2027, 3, 22), minutes=60, slots=1, acceptable=acceptable)
    after = propose_slots({1: "Europe/Berlin"}, date(2027, 3, 29), minutes=60, slots=1, acceptable=acceptable)
    assert (before.slots[0].hour, after.slots[0].hour) == (8, 7)


def test_a_zone_at_three_quarters_of_an_hour_can_attend():
    plan = propose_slots(
        {1: "Asia/Kathmandu"}, date(2027, 2, 8), minutes=60, slots=1, acceptable=AcceptableHours(9, 11)
    )
    local = plan.slots[0].astimezone(ZoneInfo("Asia/Kathmandu"))
    assert (local.hour, local.minute) == (9, 45)
    assert not suits(plan.slots[0], 90, "Asia/Kathmandu", AcceptableHours(9, 11))


def test_people_who_can_never_attend_are_listed():
    plan = propose_slots(
        {1: "Asia/Tokyo", 2: "UTC"}, date(2027, 2, 8), minutes=180, slots=1, acceptable=AcceptableHours(9, 12)
    )
    assert len(plan.cannot) == 1
    assert propose_slots({}, date(2027, 2, 8), minutes=60).slots == ()


def test_hours_that_lie_over_midnight_are_not_acceptable():
    assert not suits(datetime(2027, 2, 8, 23, tzinfo=UTC), 120, "UTC", AcceptableHours(0, 24))
    assert suits(datetime(2027, 2, 8, 21, tzinfo=UTC), 120, "UTC", AcceptableHours(0, 24))


@pytest.mark.parametrize(("monday", "slots"), [(date(2027, 2, 9), 3), (date(2027, 2, 8), 4), (date(2027, 2, 8), 0)])
def test_what_can_not_be_planned_is_refused(monday, slots):
    with pytest.raises(ValueError, match=r"Monday|slots"):
        propose_slots({1: "UTC"}, monday, minutes=60, slots=slots)
