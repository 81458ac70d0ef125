"""Decide when the sides of an asked pair are mailed again. The sweep and the list of planned mail both ask here."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cohorts.models import Enrollment
from matching.models import AskedSide, ConfirmPolicy

REMIND_BEFORE = timedelta(hours=48)


def reminder_due_at(side: AskedSide, policy: ConfirmPolicy) -> datetime | None:
    """When a side that has not answered is reminded; None where it is not, or was already.

    Whoever has no more than two days in all needs no reminder.
    """
    waiting = side.status == AskedSide.Status.ASKED and not side.reminded_at
    if not waiting or side.answer_by is None or policy.answer_days <= REMIND_BEFORE.days:
        return None
    return side.answer_by - REMIND_BEFORE


def silent_at(sides: Iterable[AskedSide]) -> tuple[datetime, AskedSide] | None:
    """The deadline that passes first, and whose it is; None where nobody is waited for."""
    waiting = [(side.answer_by, side) for side in sides if side.status == AskedSide.Status.ASKED and side.answer_by]
    return min(waiting, key=lambda one: (one[0], one[1].pk), default=None)


def hears_of_the_end(side: AskedSide) -> bool:
    """Whether a side is told that the pair does not come about: it was asked, has not declined, and is still there."""
    there = side.enrollment.status == Enrollment.Status.ACCEPTED
    return side.times > 0 and side.status != AskedSide.Status.DECLINED and there
