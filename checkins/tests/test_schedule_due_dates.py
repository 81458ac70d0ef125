"""Due dates of check-ins."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from checkins.schedule.due_dates import (
    add_months,
    mail_morning,
    mail_morning_after,
    morning,
    next_morning,
    plus_days,
)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 15), 3, date(2027, 4, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 11, 29), 3, date(2028, 2, 29)),
        (date(2027, 10, 31), 1, date(2027, 11, 30)),
        (date(2027, 12, 31), 12, date(2028, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_are_calendar_months(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        # Summer time begins or ends in between, on two different dates.
        ("Europe/Berlin", datetime(2027, 2, 1, 12, tzinfo=UTC), datetime(2027, 5, 1, 7, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 9, 1, 12, tzinfo=UTC), datetime(2027, 12, 1, 14, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2027, 2, 1, 12, tzinfo=UTC), datetime(2027, 5, 1, 3, 15, tzinfo=UTC)),
        # Late in the evening in UTC it is the next day in Auckland already.
        ("Pacific/Auckland", datetime(2027, 2, 1, 23, tzinfo=UTC), datetime(2027, 5, 1, 21, tzinfo=UTC)),
    ],
)
def test_due_is_nine_in_the_morning_of_the_persons_own_day(zone, start, expected):
    assert morning(add_months(start.astimezone(ZoneInfo(zone)).date(), 3), ZoneInfo(zone)) == expected


def test_what_nobody_chose_is_asked_on_monday_instead_of_sunday():
    berlin, auckland = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
    sunday = date(2027, 5, 2)
    assert mail_morning(sunday, berlin) == datetime(2027, 5, 3, 7, tzinfo=UTC)
    assert mail_morning(date(2027, 5, 1), berlin) == datetime(2027, 5, 1, 7, tzinfo=UTC)
    assert morning(sunday, berlin) == datetime(2027, 5, 2, 7, tzinfo=UTC), "somebody chose it"
    # Sunday morning in Auckland is still Saturday in UTC.
    assert mail_morning_after(datetime(2027, 4, 30, 21, tzinfo=UTC), 1, auckland) == datetime(
        2027, 5, 2, 21, tzinfo=UTC
    )
    assert next_morning(datetime(2027, 5, 1, 12, tzinfo=UTC), berlin) == datetime(2027, 5, 3, 7, tzinfo=UTC)


def test_days_keep_the_time_of_the_clock_over_a_change():
    before = datetime(2027, 10, 28, 7, tzinfo=UTC)  # nine in Berlin in summer
    assert plus_days(before, 7, ZoneInfo("Europe/Berlin")) == datetime(2027, 11, 4, 8, tzinfo=UTC)
