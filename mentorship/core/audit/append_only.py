"""The trail is added to, never changed: triggers refuse the rest, on SQLite and PostgreSQL.

Three things may still change it: the erasure of a person removes their name, old entries are deleted, and those of
sample data go with it. All say so with `trail_may_change`. Its marker is a row that never leaves its transaction, so
nobody else finds the trail open, and nothing stays open after a crash.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.db import transaction

from mentorship.core.audit.models import TrailOpening
from mentorship.core.frozen_rows import FrozenRows

TABLES = ("audit_auditentry", "audit_readentry")
CLOSED = "NOT EXISTS (SELECT 1 FROM audit_trailopening)"


class Reason(StrEnum):
    """The reasons for which the trail may be changed at all."""

    ERASURE = "erasure of a person"
    RETENTION = "past its time"
    SAMPLE = "sample data"


def frozen_rows(_differs: str) -> Iterator[FrozenRows]:
    """Every entry, from the moment at which it is written."""
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            message = "The audit trail is never changed."
            yield FrozenRows(table, event, CLOSED, message, whole_table=event == "DELETE")


@contextmanager
def trail_may_change(reason: Reason) -> Iterator[None]:
    """Open the trail inside the block, in this transaction only. The caller puts its change on record."""
    with transaction.atomic():
        opening = TrailOpening.objects.create(reason=reason)
        yield
        opening.delete()
