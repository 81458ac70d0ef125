"""Delete data past its time, in small steps; count it; say beforehand how much would go."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils import timezone

from mentorship.operations.models import DeletionCount
from mentorship.operations.retention.classes import CLASSES, RetentionClass

logger = logging.getLogger(__name__)

# Rows in one transaction, and transactions of one class in one sweep: nobody waits long for a lock. The rest is
# for the next sweep.
BATCH, BATCHES = 200, 5
# A class that has nothing left is looked at again after this; no sweep pays for what an installation holds.
REST = timedelta(hours=1)
SHOWN = timedelta(days=30)


class RetentionError(Exception):
    """Raised if classes could not be deleted; the others were. The log has the reasons."""


@dataclass(frozen=True)
class RetentionLine:
    """One class as it stands: how many are past their time, and how many were deleted in the last 30 days."""

    kind: RetentionClass
    due: int | None
    lately: int


def retention_lines(now: datetime | None = None) -> list[RetentionLine]:
    """Every class with what would be deleted now. Changes nothing."""
    now = now or timezone.now()
    since = now.date() - SHOWN
    lately = dict(DeletionCount.objects.filter(on__gte=since).order_by().values_list("key").annotate(Sum("number")))
    return [RetentionLine(kind, _due(kind, now), lately.get(kind.key, 0)) for kind in CLASSES]


def _due(kind: RetentionClass, now: datetime) -> int | None:
    if kind.days is None or not kind.parts:
        return None
    before = now - timedelta(days=kind.days)
    return sum(part.count(before) for part in kind.parts)


def sweep_old_data(now: datetime) -> int:
    """Delete some of the data past its time, class by class. Raises RetentionError if one failed."""
    yesterday = now.date() - timedelta(days=1)
    done = DeletionCount.objects.filter(on__gte=yesterday).order_by().values_list("key").annotate(Max("done_at"))
    rested = {key for key, at in done if at and at > now - REST}
    gone, failed = 0, []
    for kind in CLASSES:
        if kind.key in rested:
            continue
        try:
            gone += delete_some(kind, now)
        except Exception:  # one class must not keep the others
            logger.exception("What is past its time could not be deleted: %s", kind.title)
            failed.append(kind.title)
    if failed:
        raise RetentionError(", ".join(failed))
    return gone


def delete_some(kind: RetentionClass, now: datetime) -> int:
    """Delete some batches of a class that is past its time, and count them. Returns how many rows."""
    if kind.days is None or not kind.parts:
        return 0
    before, gone = now - timedelta(days=kind.days), 0
    for number, is_last in _batches(kind, before, now.date()):
        gone += number
        if is_last:
            DeletionCount.objects.filter(key=kind.key, on=now.date()).update(done_at=now)
    if gone:
        logger.info("Deleted because its time was over: %s, %s", kind.title, gone)
    return gone


def delete_all(kind: RetentionClass, now: datetime) -> int:
    """Delete all of a class that is past its time, batch by batch. Returns how many rows."""
    gone = 0
    while number := delete_some(kind, now):
        gone += number
    return gone


def _batches(kind: RetentionClass, before: datetime, on: date) -> Iterator[tuple[int, bool]]:
    """Each batch as one transaction with its count; and whether nothing is left after it."""
    parts = list(kind.parts)
    for _turn in range(BATCHES):
        with transaction.atomic():
            number = parts[0].delete(before, BATCH)
            if number < BATCH:
                parts.pop(0)
            DeletionCount.objects.get_or_create(key=kind.key, on=on)
            DeletionCount.objects.filter(key=kind.key, on=on).update(number=F("number") + number, done_at=None)
        yield number, not parts
        if not parts:
            return
