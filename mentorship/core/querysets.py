"""The base queryset of rows that belong to a workspace."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.accounts.permissions import held_roles, workspaces_of

M = TypeVar("M", bound=models.Model)
Q = TypeVar("Q", bound=models.QuerySet[Any])


def found_by_any(rows: Q, *conditions: models.Q) -> Q:
    """The rows for which one of these conditions holds, each row once.

    Every condition is looked up by an index of its own. For an OR across tables a database reads all rows, and DISTINCT
    compares every column of them.
    """
    first, *others = (rows.model._base_manager.filter(one).order_by().values("pk") for one in conditions)
    return rows.filter(pk__in=first.union(*others))


def _workspaces(user: Any, *, editing: bool) -> Any:
    """The workspaces of a user for `__in`: as numbers where the roles are read once for a page, else as a query.

    A database plans better with numbers.
    """
    if getattr(user, "roles_kept", None) is None:
        return workspaces_of(user, editing=editing)
    return sorted({pk for pk, role in held_roles(user) if not editing or role in WorkspaceRole.EDITORS})


class WorkspaceQuerySet(models.QuerySet[M]):
    """Rows of the workspaces in which a user has a role; subclasses with other readers override `visible_to`.

    `workspace_path` is the lookup that leads from a row to its workspace, `shown_with` what every page needs with it.
    """

    workspace_path: ClassVar[str] = "workspace"
    shown_with: ClassVar[tuple[str, ...]] = ()

    def visible_to(self, user: Any) -> Self:
        """Rows of the workspaces where the user has a role."""
        return self._in_workspaces_of(user, editing=False)

    def editable_by(self, user: Any) -> Self:
        """Rows of the workspaces where the user is coordinator or owner."""
        return self._in_workspaces_of(user, editing=True)

    def _in_workspaces_of(self, user: Any, *, editing: bool) -> Self:
        found = self.filter(**{f"{self.workspace_path}_id__in": _workspaces(user, editing=editing)})
        return found.select_related(*self.shown_with) if self.shown_with else found
