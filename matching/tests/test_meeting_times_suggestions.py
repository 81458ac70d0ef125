"""Times that suit people in several time zones."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from cohorts.weekly_hours import WeeklyHours
from matching.meeting_times.shared_daytime import Clock, shared_daytime
from matching.meeting_times.suggestions import Suggestion, suggest


def test_summer_time_and_quarter_hour_zones_come_out_right():
    before, after = (
        suggest(["Europe/Berlin", "Asia/Kathmandu"], day)[0] for day in (date(2027, 3, 22), date(2027, 3, 29))
    )
    for found in (before, after):
        local = [found.starts.astimezone(ZoneInfo(z)) for z in ("Europe/Berlin", "Asia/Kathmandu")]
        assert [9 <= moment.hour < 18 for moment in local] == [True, True]
    said = Suggestion(datetime(2027, 3, 29, 8, 0, tzinfo=UTC)).on_clocks(["Europe/Berlin", "Asia/Kathmandu"])
    assert said == "Mon 29 Mar, 10:00 Berlin time = 13:45 Kathmandu time"
    assert (
        Suggestion(datetime(2027, 3, 26, 8, 0, tzinfo=UTC)).on_clocks(["Europe/Berlin"])
        == "Fri 26 Mar, 09:00 Berlin time"
    )


def test_the_other_side_of_the_date_line_is_another_day():
    zones = ["America/Los_Angeles", "Asia/Tokyo"]
    found = suggest(zones, date(2027, 2, 1))
    assert found
    said = found[0].on_clocks(zones)
    assert said.count(" Feb, ") == 2, said


@given(
    zones=st.lists(
        st.sampled_from(
            [
                "UTC",
                "Asia/Kathmandu",
                "Asia/Kolkata",
                "Europe/Lisbon",
                "America/New_York",
                "America/St_Johns",
                "Pacific/Auckland",
                "Pacific/Kiritimati",
                "Pacific/Pago_Pago",
                "Australia/Lord_Howe",
                "Africa/Nairobi",
            ]
        ),
        min_size=1,
        max_size=4,
    ),
    first=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
)
def test_every_suggestion_is_a_working_day_and_a_decent_hour_for_everybody(zones, first):
    off = {first + timedelta(days=1), first + timedelta(days=2)}
    found = suggest(zones, first, day_off=off.__contains__)
    for suggestion in found:
        for zone in zones:
            begins = suggestion.starts.astimezone(ZoneInfo(zone))
            ends = (suggestion.starts + timedelta(minutes=suggestion.minutes)).astimezone(ZoneInfo(zone))
            assert begins.date() == ends.date() >= first
            assert begins.weekday() < 5
            assert begins.date() not in off
            assert begins.hour >= 7
            assert (ends.hour, ends.minute) <= (22, 0)
    assert all(a.starts < b.starts for a, b in pairwise(found))
    assert len(found) == 3 or len(set(zones)) > 1


def test_no_times_are_suggested_without_time_zones():
    assert suggest([], date(2027, 1, 20)) == []


@settings(max_examples=15)
@given(
    weeks=st.lists(
        st.builds(
            WeeklyHours,
            st.frozensets(st.integers(0, 167), min_size=30, max_size=120),
            st.sampled_from(["UTC", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"]),
        ),
        min_size=1,
        max_size=3,
    ),
    first=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
)
def test_every_suggestion_lies_in_the_hours_of_everybody_through_summer_time(weeks, first):
    for found in suggest([Clock(week.zone, week) for week in weeks], first):
        ends = found.starts + timedelta(minutes=found.minutes)
        assert all(week.covers(found.starts, ends) for week in weeks)
        assert all(found.starts.astimezone(ZoneInfo(week.zone)).date() >= first for week in weeks)


def test_shared_daytime_suits_every_time_zone():
    window = shared_daytime(["Africa/Nairobi", "Europe/Berlin"], date(2027, 2, 1))
    assert window.on_clock("Africa/Nairobi") == "11:00–18:00 Nairobi time"
    assert window.on_clock("Europe/Berlin") == "09:00–16:00 Berlin time"
    across = shared_daytime(["Pacific/Auckland", "America/Los_Angeles"], date(2027, 2, 1))
    assert across.on_clock("Pacific/Auckland") == "09:00–15:00 Auckland time"
    assert across.on_clock("America/Los_Angeles") == "12:00–18:00 Los Angeles time"
    assert (
        shared_daytime(["Europe/London", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"], date(2027, 2, 1))
        is None
    )
