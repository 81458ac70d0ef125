"""Where a sweep looks: at everything, or only where something has changed since the last one.

Most of what is due has a column with its moment, and is found by an index. But some parts ask a question of all that is
under way, such as whether one of the two of a pair has left. In a large installation that costs more, minute by
minute, than all that ever changes. There these parts look at the programmes in which something happened, which an
entry of the audit trail or a mail that left tells, and at everything once an hour.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone

from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.health import record_heartbeat
from mentorship.core.outbox.models import Heartbeat, OutboxMessage

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])

ALL_AGAIN = timedelta(hours=1)
# An entry is seen when its transaction ends. What takes longer is found within the hour.
SETTLED = timedelta(minutes=10)
# The last sweeps that went through, by the moment at which they began: any, and one that looked at everything.
LOOKED, LOOKED_AT_ALL = "sweep looked", "sweep looked at all"
LARGE, SMALL = "large", "small"
_PERSON = "accounts.user"


@dataclass(frozen=True)
class Changes:
    """Where something changed since a moment (UTC): the ids of workspaces and of people."""

    since: datetime
    workspaces: frozenset[int]
    people: frozenset[int]


_changes: ContextVar[Changes | None] = ContextVar("changes", default=None)


def changes_to_look_at() -> Changes | None:
    """The changes since the last sweep; None where everything is to be looked at."""
    return _changes.get()


def where_changed(rows: Rows, workspace: str, person: str = "") -> Rows:
    """The rows of programmes, and of people, of which something changed; all where the sweep looks at everything.

    `workspace` and `person` are the lookups that lead from a row to their ids.
    """
    changes = _changes.get()
    if changes is None:
        return rows
    found = Q(**{f"{workspace}__in": changes.workspaces})
    if person:
        found |= Q(**{f"{person}__in": changes.people})
    return rows.filter(found)


@contextmanager
def looking(now: datetime | None, is_large: Callable[[], bool]) -> Iterator[None]:
    """Choose where a sweep looks, and note that it has looked, unless it raises. `is_large` is asked once an hour."""
    began = now or timezone.now()
    seen = {one.name: one for one in Heartbeat.objects.filter(name__in=(LOOKED, LOOKED_AT_ALL))}
    everything, last = seen.get(LOOKED_AT_ALL), seen.get(LOOKED)
    is_recent = everything is not None and timedelta(0) <= began - everything.at < ALL_AGAIN
    is_partial = is_recent and everything is not None and everything.note == LARGE
    # Without the first note the sweep after the one that looked at everything has not gone through.
    since = (last or everything or Heartbeat(at=began)).at
    token = _changes.set(_changes_since(since - SETTLED) if is_partial else None)
    try:
        yield
    finally:
        _changes.reset(token)
    large = is_partial or (not is_recent and is_large())
    if not is_recent:
        record_heartbeat(LOOKED_AT_ALL, note=LARGE if large else SMALL, now=began)
    if large:
        record_heartbeat(LOOKED, now=began)


def _changes_since(since: datetime) -> Changes:
    """Two queries, each by an index of moments."""
    whose = Case(When(object_type=_PERSON, then="object_id"), default=Value(""))
    entries = AuditEntry.objects.filter(at__gte=since).order_by().values_list("workspace", whose).distinct()
    sent = OutboxMessage.objects.filter(sent_at__gte=since).order_by().values_list("workspace", flat=True).distinct()
    found = list(entries)
    workspaces = {workspace for workspace, _ in found} | set(sent)
    return Changes(since, frozenset(workspaces - {None}), frozenset(int(pk) for _, pk in found if pk))
