"""Write and read the audit trail."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet

from mentorship.core.accounts.models import User
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.verbs import Verb


def record(*, verb: Verb, target: Model, workspace_id: int | None, by: User | None, **data: Any) -> AuditEntry:
    """Add an entry in the caller's transaction. `by=None` means the system; `data` must be plain JSON."""
    return AuditEntry.objects.create(**_fields(verb, target, workspace_id, by, data))


def record_many(
    *, verb: Verb, targets: Iterable[Model], workspace_id: int | None, by: User | None, **data: Any
) -> None:
    """Add one entry for each target with one statement."""
    AuditEntry.objects.bulk_create([AuditEntry(**_fields(verb, t, workspace_id, by, data)) for t in targets])


def history_of(target: Model) -> QuerySet[AuditEntry]:
    """The entries about one object, newest first, with their actors."""
    return AuditEntry.objects.filter(object_type=target._meta.label_lower, object_id=str(target.pk)).select_related(
        "actor"
    )


def _fields(verb: Verb, target: Model, workspace_id: int | None, by: User | None, data: dict[str, Any]) -> dict:
    return {
        "verb": verb,
        "object_type": target._meta.label_lower,
        "object_id": str(target.pk),
        "workspace_id": workspace_id,
        "actor": by,
        "data": data,
    }
