from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mentorship.core.timezones import (
    SeveralZonesError,
    clock_name,
    first_zone,
    is_skipped,
    known_time_zones,
    listed_zone,
    offset_name,
    offset_of,
    time_zone_choices,
    zone_from_offset,
    zone_from_text,
    zone_name,
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


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        (" Africa/Nairobi ", "Africa/Nairobi"),
        ("America/New York", "America/New_York"),
        ("nairobi", "Africa/Nairobi"),
        ("Buenos  Aires", "America/Argentina/Buenos_Aires"),
        ("Calcutta", "Asia/Kolkata"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("EST5EDT", "America/New_York"),
        ("Etc/Greenwich", "UTC"),
        ("Etc/GMT-3", "Etc/GMT-3"),
        ("NZ", "Pacific/Auckland"),
    ],
)
def test_a_zone_is_understood_by_its_name_and_its_city(text, zone):
    assert zone_from_text(text) == zone


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("Kenya", "Africa/Nairobi"),
        ("Deutschland", "Europe/Berlin"),
        ("Argentina", "America/Argentina/Buenos_Aires"),
        ("Japan", "Asia/Tokyo"),
    ],
)
def test_a_country_on_one_clock_is_a_zone(country, zone):
    assert zone_from_text(country) == zone


@pytest.mark.parametrize("country", ["Portugal", "Brazil", "United States", "España"])
def test_a_country_on_several_clocks_is_not_guessed(country):
    with pytest.raises(SeveralZonesError, match="has more than one time zone"):
        zone_from_text(country)


@pytest.mark.parametrize(
    ("zone", "name", "clock"),
    [
        ("Africa/Nairobi", "Nairobi", "Nairobi time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires time"),
        ("US/Eastern", "New York", "New York time"),
        ("Japan", "Tokyo", "Tokyo time"),
        ("Asia/Calcutta", "Kolkata", "Kolkata time"),
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


def test_the_offset_of_a_zone_is_that_of_the_moment():
    winter, summer = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC)
    assert [offset_of("Europe/Berlin", at) for at in (winter, summer)] == [60, 120]
    assert offset_of("Etc/GMT-3", summer) == 180


def test_names_of_offsets():
    assert [offset_name(m) for m in (0, 60, -210, 345, 690)] == ["UTC", "UTC+1", "UTC-3:30", "UTC+5:45", "UTC+11:30"]


def lines_of(choices):
    return dict(line for value, label in choices for line in (label if isinstance(label, list) else [(value, label)]))


def test_every_zone_that_a_sheet_may_give_can_be_chosen_and_no_name_has_the_sign_of_the_database():
    choices = lines_of(time_zone_choices())
    assert set(choices) <= known_time_zones()
    assert next(iter(choices)) == "UTC"
    for hours in range(-12, 15):
        assert choices[zone_from_offset(f"{hours:+d}")] == (f"UTC{hours:+d}" if hours else "UTC")
    assert not [name for name in map(zone_name, known_time_zones()) if "GMT" in name or "/" in name]


def test_the_list_has_each_city_once_with_its_country_and_its_offset_of_the_day():
    winter, summer = (lines_of(time_zone_choices(datetime(2027, month, 1, tzinfo=UTC))) for month in (1, 7))
    assert winter["Africa/Nairobi"] == summer["Africa/Nairobi"] == "Nairobi, Kenya (UTC+3)"
    assert winter["Europe/Berlin"] == "Berlin, Germany (UTC+1)"
    assert summer["Europe/Berlin"] == "Berlin, Germany (UTC+2)"
    assert winter["Asia/Kathmandu"] == "Kathmandu, Nepal (UTC+5:45)"
    assert not {"Asia/Calcutta", "US/Eastern", "Europe/Belfast", "Etc/Zulu", "EST5EDT"} & set(winter)
    assert {listed_zone(name) for name in known_time_zones()} - set(winter) <= {"Factory", "localtime"}


def test_what_a_zone_is_called_is_understood_again():
    for zone in lines_of(time_zone_choices()):
        assert zone_from_text(zone_name(zone)) == zone


def test_a_time_that_the_clocks_go_over_in_spring_is_noticed():
    berlin = ZoneInfo("Europe/Berlin")
    assert is_skipped(datetime.fromisoformat("2027-03-28T02:30"), berlin)
    assert not is_skipped(datetime.fromisoformat("2027-03-28T03:00"), berlin)
    assert not is_skipped(datetime.fromisoformat("2027-10-31T02:30"), berlin)


def test_the_first_zone_that_is_set_counts():
    assert first_zone("", "Africa/Nairobi", "Asia/Tokyo").key == "Africa/Nairobi"
    assert first_zone("", "").key == "UTC"
