from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mentorship.core.timezones import (
    clock_name,
    first_zone,
    known_time_zones,
    offset_name,
    time_zone_choices,
    zone_from_offset,
    zone_from_text,
    zone_name,
    zone_with_offset,
)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("+0", "UTC"),
        ("", "UTC"),
        ("UTC", "UTC"),
        ("+5", "Etc/GMT-5"),
        ("5", "Etc/GMT-5"),
        ("-8", "Etc/GMT+8"),
        ("+5:45", "Asia/Kathmandu"),
        ("+0545", "Asia/Kathmandu"),
        ("5.5", "Asia/Kolkata"),
        ("5,5", "Asia/Kolkata"),
        ("-3.5", "America/St_Johns"),
        ("UTC+3", "Etc/GMT-3"),
        ("gmt -3", "Etc/GMT+3"),
        ("−4", "Etc/GMT+4"),
        ("+14", "Etc/GMT-14"),
        ("-12", "Etc/GMT+12"),
    ],
)
def test_an_offset_becomes_a_zone(text, zone):
    assert zone_from_offset(text) == zone
    ZoneInfo(zone)


@pytest.mark.parametrize("text", ["+99", "noon", "5:17", "5:75", "5:-3", "nan", "inf", "1e308", "+15", "-13", "+5 h"])
def test_an_offset_that_no_place_has_is_refused(text):
    with pytest.raises(ValueError, match="offset from UTC"):
        zone_from_text(text)


def test_a_zone_is_understood_by_its_name():
    assert zone_from_text(" Africa/Nairobi ") == "Africa/Nairobi"
    assert zone_from_text("America/New York") == "America/New_York"


@pytest.mark.parametrize(
    ("zone", "name", "clock"),
    [
        ("Africa/Nairobi", "Nairobi", "Nairobi time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires time"),
        ("US/Eastern", "US Eastern", "US Eastern time"),
        ("Japan", "Japan", "Japan time"),
        ("Etc/GMT-3", "UTC+3", "UTC+3"),
        ("Etc/GMT+5", "UTC-5", "UTC-5"),
        ("Etc/GMT", "UTC", "UTC"),
        ("Etc/UTC", "UTC", "UTC"),
        ("GMT0", "UTC", "UTC"),
        ("UTC", "UTC", "UTC"),
        (ZoneInfo("Asia/Kathmandu"), "Kathmandu", "Kathmandu time"),
    ],
)
def test_a_zone_is_named_by_its_city_or_its_offset(zone, name, clock):
    assert (zone_name(zone), clock_name(zone)) == (name, clock)


def test_the_offset_beside_a_name_is_that_of_the_moment():
    winter, summer = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC)
    assert zone_with_offset("Europe/Berlin", winter) == "Berlin (UTC+1)"
    assert zone_with_offset("Europe/Berlin", summer) == "Berlin (UTC+2)"
    assert zone_with_offset("Etc/GMT-3", summer) == "UTC+3"


def test_names_of_offsets():
    assert [offset_name(m) for m in (0, 60, -210, 345, 690)] == ["UTC", "UTC+1", "UTC-3:30", "UTC+5:45", "UTC+11:30"]


def test_every_zone_that_a_sheet_may_give_can_be_chosen_and_no_name_has_the_sign_of_the_database():
    choices = dict(time_zone_choices())
    assert set(choices) <= known_time_zones()
    assert next(iter(choices)) == "UTC"
    for hours in range(-12, 15):
        assert choices[zone_from_offset(f"{hours:+d}")] == (f"UTC{hours:+d}" if hours else "UTC")
    assert not [name for name in map(zone_name, known_time_zones()) if "GMT" in name]


def test_the_first_zone_that_is_set_counts():
    assert first_zone("", "Africa/Nairobi", "Asia/Tokyo").key == "Africa/Nairobi"
    assert first_zone("", "").key == "UTC"
