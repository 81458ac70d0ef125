"""Skip, restore or postpone one message that is not written yet."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage, PlannedChange
from mentorship.core.outbox.planned.planned_mail import PlannedMail


def put_off(keys: Collection[str], now: datetime) -> set[str]:
    """Keys among these whose messages were moved to after `now`: their writer waits until then.

    A reminder written later has the facts of that day, and is not written at all if its reason has gone.
    """
    if not keys:
        return set()
    moved = PlannedChange.objects.filter(key__in=keys, left_out=False, due_at__gt=now)
    return set(moved.values_list("key", flat=True))


@transaction.atomic
def leave_out(*, planned: PlannedMail, by: User) -> PlannedChange:
    """Skip the message. Its row will be written as cancelled, so that it is recorded and can still be queued by hand.

    Raises ServiceError if it is already written.
    """
    change = _lock(planned, by)
    if not change.left_out:
        change.left_out = True
        _save(change, Verb.LEFT_OUT, by)
    return change


@transaction.atomic
def send_after_all(*, planned: PlannedMail, by: User) -> PlannedChange:
    """Undo `leave_out`. Raises ServiceError if it is already written."""
    change = _lock(planned, by)
    if change.left_out:
        change.left_out = False
        _save(change, Verb.TO_BE_SENT_AFTER_ALL, by)
    return change


@transaction.atomic
def move_planned(*, planned: PlannedMail, due_at: datetime, by: User) -> PlannedChange:
    """Send the message at `due_at` (UTC); at its planned moment if that is what `due_at` says.

    Raises ServiceError if it is already written, or if this is earlier than planned, or too late to make sense.
    """
    if due_at < planned.planned_at:
        raise ServiceError("It can leave later than planned, not earlier.")
    if planned.until and due_at >= planned.until:
        raise ServiceError(f"By then {planned.until_why}.")
    change = _lock(planned, by)
    moved = due_at if due_at > planned.planned_at else None
    if change.due_at != moved:
        before, change.due_at = change.due_at or planned.planned_at, moved
        _save(change, Verb.MOVED, by, before=before.isoformat(), after=due_at.isoformat())
    return change


def _lock(planned: PlannedMail, by: User) -> PlannedChange:
    """The row of this message, a new one if nothing was decided yet."""
    fields = {"workspace_id": planned.workspace_id, "by": by}
    change, _ = PlannedChange.objects.select_for_update(of=("self",)).get_or_create(key=planned.key, defaults=fields)
    if OutboxMessage.objects.filter(key=planned.key).exists():
        raise ServiceError("It is written by now. Look at the message itself.")
    return change


def _save(change: PlannedChange, verb: Verb, by: User, **data: str) -> None:
    entry = record(verb=verb, target=change, workspace_id=change.workspace_id, by=by, key=change.key, **data)
    change.by, change.at = by, entry.at
    change.save(update_fields=["left_out", "due_at", "by", "at"])
