"""Moments in words: every zone by its name, by any of its keys."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from mentorship.core.ui.forms.time_zone_field import ReaderMomentField
from mentorship.core.ui.moments import event_in_words, on_clock

AT = datetime(2027, 2, 16, 12, 0, tzinfo=UTC)


def shown(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("Etc/GMT-3", "Tue 16 Feb 2027, 15:00 (UTC+3)"),
        ("Etc/GMT+8", "Tue 16 Feb 2027, 04:00 (UTC-8)"),
        ("Africa/Nairobi", "Tue 16 Feb 2027, 15:00 (Nairobi)"),
        ("Asia/Calcutta", "Tue 16 Feb 2027, 17:30 (Kolkata)"),
        ("UTC", "Tue 16 Feb 2027, 12:00 (UTC)"),
    ],
)
def test_a_page_names_the_readers_zone(key, words):
    with timezone.override(ZoneInfo(key)):
        page = shown("{% localtime_tag at %} {% zone %}", at=AT).replace('<span class="m-zone">', "")
    assert words in page.replace("</span>", "")
    assert page.endswith(words.rpartition("(")[2].rstrip(")"))


def test_a_mail_names_the_zone_in_which_it_counts():
    assert on_clock(AT, "Etc/GMT-3") == "Tuesday 16 February, 15:00 (UTC+3)"
    assert shown("{{ at|on_clock:zone }}", at=AT, zone="America/St_Johns") == "Tuesday 16 February, 08:30 (St Johns)"
    assert shown("{{ zone|zone_name }}", zone="Etc/GMT+8") == "UTC-8"


def test_an_event_is_shown_on_its_own_clock_and_then_on_the_readers():
    madrid = ZoneInfo("Europe/Madrid")
    with timezone.override(ZoneInfo("Etc/GMT+8")):
        page = shown("{% event_time at zone %}", at=AT, zone=madrid)
    assert "Tue 16 Feb 2027, 13:00 (Madrid)</time>" in page
    assert "04:00 your time (UTC-8)" in page
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert "your time" not in shown("{% event_time at zone %}", at=AT, zone=madrid)
    assert event_in_words(AT, madrid, ZoneInfo("Pacific/Auckland")) == (
        "Tuesday 16 February, 13:00 (Madrid), Wednesday 01:00 your time (Auckland)"
    )
    assert event_in_words(date(2027, 2, 16), madrid, madrid) == "Tuesday 16 February"


@pytest.mark.parametrize(("key", "hour"), [("Etc/GMT+8", 20), ("Etc/GMT-3", 9), ("Europe/Berlin", 11), ("UTC", 12)])
def test_a_moment_is_typed_on_the_readers_clock_also_where_a_zone_has_no_city(key, hour):
    with timezone.override(key):
        field = ReaderMomentField()
        assert field.clean("2027-03-01T12:00") == datetime(2027, 3, 1, hour, tzinfo=UTC)
        assert field.prepare_value(datetime(2027, 3, 1, hour, tzinfo=UTC)) == "2027-03-01T12:00"
