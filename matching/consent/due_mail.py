"""Decide when the sides of an asked pair are mailed again, for the sweep and for the list of planned mail."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cohorts.models import Enrollment
from matching.models import AskedSide, ConfirmPolicy
from mentorship.core.timezones import after_sunday

REMIND_BEFORE = timedelta(hours=48)


def reminder_due_at(side: AskedSide, policy: ConfirmPolicy) -> datetime | None:
    """Return when a side is reminded; None if it has answered, was reminded already, or needs no reminder.

    People with two days or less to answer get no reminder. One due on a Sunday is sent on Monday morning.
    """
    waiting = side.status == AskedSide.Status.ASKED and not side.reminded_at
    if not waiting or side.answer_by is None or policy.answer_days <= REMIND_BEFORE.days:
        return None
    return after_sunday(side.answer_by - REMIND_BEFORE, side.pair.mentee.cohort.tz)


def silent_at(sides: Iterable[AskedSide]) -> tuple[datetime, AskedSide] | None:
    """Return the first deadline to pass and its side; None if everybody has answered."""
    waiting = [(side.answer_by, side) for side in sides if side.status == AskedSide.Status.ASKED and side.answer_by]
    return min(waiting, key=lambda one: (one[0], one[1].pk), default=None)


def hears_of_the_end(side: AskedSide) -> bool:
    """Whether a side is told if the pair falls through: it was asked, has not declined, and is in the cohort."""
    there = side.enrollment.status == Enrollment.Status.ACCEPTED
    return side.times > 0 and side.status != AskedSide.Status.DECLINED and there
