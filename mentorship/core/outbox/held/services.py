"""Messages held back after a restored backup, because they may have left before: release or drop them, decide anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record, record_many
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.querysets import OutboxQuerySet

HELD, RELEASED, DROPPED = OutboxMessage.Held.HELD, OutboxMessage.Held.RELEASED, OutboxMessage.Held.DROPPED
WORDS = "Held back after a backup was restored."
# How long released messages wait, so that releasing them can be undone.
UNDO_WITHIN = timedelta(minutes=10)


@transaction.atomic
def hold_back(*, until: datetime, written_since: datetime) -> list[OutboxMessage]:
    """Cancel messages due before a moment (UTC), after restoring a backup that can't know which were sent.

    Messages written since another moment count as due before: they were only planned, and were written to be held.
    """
    written = OutboxMessage.objects.due(timezone.now()).filter(created_at__gte=written_since)
    waiting = list(OutboxMessage.objects.due(until) | written)
    held = []
    for message in waiting:
        mine = OutboxMessage.objects.filter(pk=message.pk, status="queued", version=message.version)
        if mine.update(status="cancelled", held=HELD, version=F("version") + 1, last_error=WORDS):
            record(verb=Verb.HELD_BACK, target=message, workspace_id=message.workspace_id, by=None)
            held.append(message)
    return held


@transaction.atomic
def release(*, chosen: OutboxQuerySet, by: User) -> int:
    """Queue messages that were held back or dropped. They leave in some minutes. Returns how many."""
    waiting = chosen.filter(held__in=(HELD, DROPPED), status="cancelled")
    return _change(waiting, Verb.QUEUED_AGAIN, by, status="queued", held=RELEASED, due=timezone.now() + UNDO_WITHIN)


@transaction.atomic
def drop(*, chosen: OutboxQuerySet, by: User) -> int:
    """Decide that messages are not sent. They stay on record. Returns how many."""
    return _change(chosen.filter(held=HELD, status="cancelled"), Verb.CANCELLED, by, status="cancelled", held=DROPPED)


@transaction.atomic
def take_back(*, chosen: OutboxQuerySet, by: User) -> int:
    """Hold back once more messages that were dropped, or released and not yet sent. Returns how many."""
    dropped, released = chosen.filter(held=DROPPED, status="cancelled"), chosen.filter(held=RELEASED, status="queued")
    return _change(dropped | released, Verb.HELD_BACK, by, status="cancelled", held=HELD)


def _change(
    rows: QuerySet[OutboxMessage], verb: Verb, by: User, *, status: str, held: str, due: datetime | None = None
) -> int:
    found: Sequence[OutboxMessage] = list(rows.select_for_update().only("pk", "workspace_id", "version"))
    words = "" if status == "queued" else WORDS
    changes = {"status": status, "held": held, "last_error": words, "version": F("version") + 1}
    if due:
        changes |= {"due_at": due, "attempts": 0}
    # A worker that has read one already can't claim it: its version has changed.
    OutboxMessage.objects.filter(pk__in=[message.pk for message in found]).update(**changes)
    for workspace in {message.workspace_id for message in found}:
        theirs = [message for message in found if message.workspace_id == workspace]
        record_many(verb=verb, targets=theirs, workspace_id=workspace, by=by)
    return len(found)
