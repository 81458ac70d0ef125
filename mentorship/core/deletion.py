"""Delete rows that other rows may need."""

from django.db import models, transaction
from django.db.models import ProtectedError, RestrictedError

from mentorship.core.errors import ServiceError

NAMED = 3


def delete_row(row: models.Model) -> None:
    """Delete a row. Raises ServiceError naming the rows that need it, such as the sponsorship of a group."""
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, RestrictedError) as error:
        raise ServiceError(f"{row} can't be deleted. {why_kept(error)}") from error


def why_kept(error: ProtectedError | RestrictedError) -> str:
    """The rows that prevent a deletion, in sentences for the person who asked."""
    objects = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
    by_kind: dict[str, list[str]] = {}
    for found in sorted(objects, key=lambda one: (one._meta.label, one.pk)):
        by_kind.setdefault(str(found._meta.verbose_name), []).append(str(found))
    kinds = [f"{kind} ({_listed(names)})" for kind, names in by_kind.items()]
    return f"It is used by: {', '.join(kinds)}. Change or delete that first."


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
