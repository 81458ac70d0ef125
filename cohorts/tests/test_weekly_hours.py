"""Hours of the week: how they are written and read, and what two people share on both clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from cohorts.signup_form.hours_field import WeekField
from cohorts.weekly_hours import HOURS_A_WEEK, WeeklyHours, tell_same_time

ZONES = ["UTC", "Africa/Nairobi", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"]
weeks = st.builds(
    WeeklyHours, st.frozensets(st.integers(0, HOURS_A_WEEK - 1), min_size=1, max_size=60), st.sampled_from(ZONES)
)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("text", "stored", "words"),
    [
        ("tue 16-20 (Nairobi)", "Tue 16-20 (Africa/Nairobi)", "Tue 16:00–20:00 (Nairobi)"),
        (
            "Monday to Friday: 9:00–12:00 and 14 - 17; Sat. 10-14 (Africa/Nairobi)",
            "Mon-Fri 9-12 14-17, Sat 10-14 (Africa/Nairobi)",
            "Mon–Fri 09:00–12:00 and 14:00–17:00, Sat 10:00–14:00 (Nairobi)",
        ),
        ("Tue & Thu 22-24, Sat-Mon 0-2 (+5:45)", None, "Mon 00:00–02:00, Tue 22:00–24:00, Thu 22:00–24:00, "),
    ],
)
def test_hours_are_read_as_people_write_them(text, stored, words):
    found = WeeklyHours.read(text)
    assert stored in (None, str(found))
    assert found.in_words.startswith(words)


@pytest.mark.parametrize(
    "text", ["", "evenings", "Mon", "9-12", "Mon 12-9", "Mon 9:30-12", "Mon 9-25", "Mon 9-12 (Atlantis)", "Foo 9-12"]
)
def test_what_is_no_hours_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        WeeklyHours.read(text, "Europe/Berlin")
    assert WeeklyHours.stored(text) is None


@pytest.mark.parametrize("text", ["Mon 9-12 ({}x)", "Mon 9-12 {}x (UTC)", "Mon 9-12 (UTC{}x)"])
def test_a_long_run_of_blanks_is_refused_at_once(text):
    with pytest.raises(ValueError, match=r"\w"):
        WeeklyHours.read(text.format(" " * 100_000))


@pytest.mark.parametrize("box", ["", "0", "5-5", "-1-3", "0-169", "٣-٥", "1" * 5_000 + "-2", "x"])
def test_what_is_no_box_of_the_table_is_refused_in_words(box):
    with pytest.raises(ValidationError, match="Choose times from the table"):
        WeekField().clean(([box], "", ""))


def test_hours_without_a_time_zone_are_refused():
    with pytest.raises(ValueError, match="time zone"):
        WeeklyHours.read("Mon 9-12")


@settings(max_examples=10)
@given(week=weeks)
def test_what_is_stored_and_what_is_shown_are_read_back_unchanged(week):
    assert WeeklyHours.read(str(week)) == week
    assert WeeklyHours.read(week.in_words) == week


@settings(max_examples=10)
@given(one=weeks, other=weeks, on=days)
def test_shared_hours_are_the_same_from_both_sides_and_no_more_than_either_gave(one, other, on):
    here, there = one.quarters(on), other.quarters(on)
    assert here.bit_count() == 4 * len(one.hours)
    assert (here & there).bit_count() <= min(here.bit_count(), there.bit_count())
    same = WeeklyHours(one.hours, other.zone)
    assert (same.quarters(on) & there).bit_count() == 4 * len(one.hours & other.hours)


@settings(max_examples=10)
@given(week=weeks, on=days)
def test_the_quarters_of_a_week_are_what_its_own_clock_shows(week, on):
    noon = datetime.combine(on, datetime.min.time(), ZoneInfo(week.zone)) + timedelta(hours=12)
    local, utc = noon.weekday() * 24 + noon.hour, noon.astimezone(UTC)
    quarter = (utc.weekday() * 24 + utc.hour) * 4 + utc.minute // 15
    assert bool(week.quarters(on) >> quarter & 1) == (local in week.hours)
    assert week.covers(noon, noon + timedelta(minutes=30)) == (local in week.hours)


def test_summer_time_moves_the_hours_of_one_side_only():
    berlin, nairobi = WeeklyHours.read("Tue 16-18 (Berlin)"), WeeklyHours.read("Tue 18-20 (Nairobi)")
    winter, summer = (
        (berlin.quarters(on) & nairobi.quarters(on)).bit_count() / 4 for on in (date(2027, 3, 22), date(2027, 3, 29))
    )
    assert (winter, summer) == (2, 1)
    before, after = (datetime(2027, 3, day, 15, tzinfo=UTC) for day in (23, 30))
    assert [berlin.covers(at, at + timedelta(minutes=30)) for at in (before, after)] == [True, True]
    assert [nairobi.covers(at, at + timedelta(minutes=30)) for at in (before, after)] == [True, True]
    early = datetime(2027, 3, 30, 14, tzinfo=UTC)
    assert berlin.covers(early, early + timedelta(minutes=30))
    assert not nairobi.covers(early, early + timedelta(minutes=30))


def test_a_stretch_across_two_hours_needs_both():
    week = WeeklyHours.read("Tue 18-19 (Kathmandu)")  # 5:45 ahead: their hours begin at a quarter past
    begins = datetime(2027, 2, 2, 12, 15, tzinfo=UTC)
    assert week.covers(begins, begins + timedelta(minutes=30))
    assert not week.covers(begins + timedelta(minutes=45), begins + timedelta(minutes=75))


def test_zones_whose_clocks_agree_all_year_tell_the_same_time():
    assert tell_same_time("Europe/Berlin", "Europe/Paris", 2027)
    assert not tell_same_time("Europe/Berlin", "Africa/Lagos", 2027)
