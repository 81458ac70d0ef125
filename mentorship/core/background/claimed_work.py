"""Rows that one worker at a time claims and computes. A dead worker's claim is taken over, and errors are stored.

A request writes a row and wakes a worker; the sweep takes the rows that no worker has. `started_at` names the claim:
a result is stored only with the latest one, so a worker that was given up on stores nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mentorship.core.errors import ServiceError, reason_of

logger = logging.getLogger(__name__)

Work = TypeVar("Work", bound="ClaimedWork")

# A row that has waited for longer has lost its wake-up.
WAKES_WITHIN = timedelta(seconds=20)
# A row that a worker has had for longer has lost its worker.
GIVE_UP_AFTER = timedelta(minutes=10)
# After an hour of new workers every ten minutes, another try will not succeed.
LAST_TRY_AFTER = timedelta(hours=1)
CUT_OFF = "The work was interrupted several times. Tell the operator of this installation."


class ClaimedWorkQuerySet(models.QuerySet[Work]):
    def under_way(self) -> Self:
        """Rows that wait for a worker, or that one computes."""
        return self.filter(status__in=self.model.UNDER_WAY)

    def stranded(self, now: datetime) -> Self:
        """Rows that no worker computes: their wake-up was lost, or the worker that claimed them died."""
        waiting = Q(status="queued", created_at__lt=now - WAKES_WITHIN)
        return self.filter(waiting | Q(status="working", started_at__lt=now - GIVE_UP_AFTER)).order_by("pk")

    def claim(self, pk: int) -> Work | None:
        """Claim a row for this worker; None if another one has it, or it is done."""
        now = timezone.now()
        free = Q(status="queued") | Q(status="working", started_at__lt=now - GIVE_UP_AFTER)
        rows = self.model._base_manager.filter(free, pk=pk)
        return self.get(pk=pk) if rows.update(status="working", started_at=now) else None

    def compute(self, pk: int, result_of: Callable[[Work], dict[str, Any]]) -> bool:
        """Claim a row and store its result, as columns. False if another worker has it, or it is done."""
        row = self.claim(pk)
        if row is None:
            return False
        try:
            row.finish(**result_of(row))
        except Exception as error:
            row.fail(error)
        return True


class ClaimedWork(models.Model):
    """Work that was asked for, with its result or the reason why there is none."""

    class Status(models.TextChoices):
        QUEUED = "queued", "waiting"
        WORKING = "working", "working"
        READY = "ready", "ready"
        FAILED = "failed", "failed"

    UNDER_WAY: ClassVar[tuple[str, ...]] = (Status.QUEUED, Status.WORKING)

    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, help_text="When a worker took it; also names that worker's claim.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def store(self, **columns: Any) -> bool:
        """Write to the row, if this worker still has it."""
        mine = type(self)._base_manager.filter(pk=self.pk, status="working", started_at=self.started_at)
        return bool(mine.update(**columns))

    def finish(self, **columns: Any) -> bool:
        """Store the result, if this worker still has the row."""
        return self.store(**{"status": "ready", "finished_at": timezone.now(), **columns})

    def fail(self, error: Exception) -> None:
        """Store why there is no result."""
        self.finish(status="failed", error=reason_of(error))
        if not isinstance(error, ServiceError):
            logger.error("%s failed", self, exc_info=error)

    def take_over(self, now: datetime, work: Callable[[int], bool]) -> int:
        """Work at a stranded row, 1 if this process got it; fail it where that has been tried for an hour."""
        if self.status == "working" and self.created_at < now - LAST_TRY_AFTER:
            self.fail(ServiceError(CUT_OFF))
            return 0
        return int(work(self.pk))
