"""Delete rows that other rows may need."""

from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, RestrictedError

from mentorship.core.errors import ServiceError

NAMED = 3
# So many rows one behind the other keep each other; more are a circle.
DEEPEST = 20


def delete_row(row: models.Model) -> None:
    """Delete a row. Raises ServiceError naming the rows that need it, such as the sponsorship of a group."""
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, RestrictedError) as error:
        raise ServiceError(f"{row} can't be deleted. {why_kept(error)}") from error


def delete_with_dependents(rows: models.QuerySet[Any], *, workspace_id: int, depth: int = 0) -> None:
    """Delete rows of a workspace, and before them every row that protects them, step by step.

    Raises ServiceError, with nothing deleted, if one of those belongs to another workspace. The caller has a
    transaction.
    """
    while True:
        try:
            with transaction.atomic():
                rows.delete()
            return
        except (ProtectedError, RestrictedError) as error:
            if depth == DEEPEST:
                raise
            for model, ids in _ids_by_model(error).items():
                found = model._base_manager.filter(pk__in=ids)
                _refuse_others(found, workspace_id, error)
                delete_with_dependents(found, workspace_id=workspace_id, depth=depth + 1)


def _refuse_others(rows: models.QuerySet[Any], workspace_id: int, error: ProtectedError | RestrictedError) -> None:
    path = getattr(rows.model._default_manager.all(), "workspace_path", "")
    if path and rows.filter(**{f"{path}__isnull": False}).exclude(**{f"{path}_id": workspace_id}).exists():
        raise ServiceError(f"This can't be deleted. {why_kept(error)}")


def _ids_by_model(error: ProtectedError | RestrictedError) -> dict[type[models.Model], list[Any]]:
    found: dict[type[models.Model], list[Any]] = {}
    for row in _kept_by(error):
        found.setdefault(type(row), []).append(row.pk)
    return found


def _kept_by(error: ProtectedError | RestrictedError) -> set[models.Model]:
    return error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects


def why_kept(error: ProtectedError | RestrictedError) -> str:
    """The rows that prevent a deletion, in sentences for the person who asked."""
    by_kind: dict[str, list[str]] = {}
    for found in sorted(_kept_by(error), key=lambda one: (one._meta.label, one.pk)):
        by_kind.setdefault(str(found._meta.verbose_name), []).append(str(found))
    kinds = [f"{kind} ({_listed(names)})" for kind, names in by_kind.items()]
    return f"It is used by: {', '.join(kinds)}. Change or delete that first."


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
