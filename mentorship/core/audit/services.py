"""Write and read the audit trail."""

from collections.abc import Iterable
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from mentorship.core.audit.append_only import Reason, trail_may_change
from mentorship.core.audit.models import AuditEntry, ReadEntry
from mentorship.core.audit.verbs import Verb

if TYPE_CHECKING:
    from mentorship.core.accounts.models import User


def record(*, verb: Verb, target: Model, workspace_id: int | None, by: "User | None", **data: Any) -> AuditEntry:
    """Add an entry in the caller's transaction. `by=None` means the system; `data` must be plain JSON."""
    return AuditEntry.objects.create(**_fields(verb, target, workspace_id, by, data))


def record_many(
    *, verb: Verb, targets: Iterable[Model], workspace_id: int | None, by: "User | None", **data: Any
) -> None:
    """Add one entry for each target with one statement."""
    AuditEntry.objects.bulk_create([AuditEntry(**_fields(verb, t, workspace_id, by, data)) for t in targets])


def record_readings(
    *,
    kind: ReadEntry.Kind,
    way: ReadEntry.Way,
    by: "User | None",
    workspace_id: int,
    read: Iterable[tuple[Model, int | None]],
) -> None:
    """Note that somebody is about to see what people told in confidence: each row with the id of who told it.

    Call it before the answer is made. `by=None` is an operator at the console. Once a day for each person, kind and
    way is enough, so opening a page again adds nothing; nor does reading one's own.
    """
    now = timezone.now()
    by_id = by.pk if by else None
    entries = [
        ReadEntry(
            day=now.astimezone(UTC).date(),
            at=now,
            workspace_id=workspace_id,
            reader_id=by_id,
            about_id=about_id,
            kind=kind,
            way=way,
            object_type=row._meta.label_lower,
            object_id=str(row.pk),
        )
        for row, about_id in read
        if about_id is not None and about_id != by_id
    ]
    # Existing entries are left out first: a page that is opened again writes nothing.
    same = ReadEntry.objects.filter(day=now.astimezone(UTC).date(), reader_id=by_id, kind=kind, way=way)
    known = set(same.values_list("object_type", "object_id", "about_id")) if entries and by else set()
    new = [entry for entry in entries if (entry.object_type, entry.object_id, entry.about_id) not in known]
    ReadEntry.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)


def delete_entries(entries: QuerySet[Any]) -> int:
    """Delete entries, or readings, whose time is over. Nothing else deletes one. Returns how many."""
    with trail_may_change(Reason.RETENTION):
        number: int = entries._raw_delete(entries.db)
    return number


def history_of(target: Model) -> QuerySet[AuditEntry]:
    """The entries about one object, newest first, with their actors."""
    return AuditEntry.objects.filter(object_type=target._meta.label_lower, object_id=str(target.pk)).select_related(
        "actor"
    )


def _fields(verb: Verb, target: Model, workspace_id: int | None, by: "User | None", data: dict[str, Any]) -> dict:
    return {
        "verb": verb,
        "object_type": target._meta.label_lower,
        "object_id": str(target.pk),
        "workspace_id": workspace_id,
        "actor": by,
        "data": data,
    }
