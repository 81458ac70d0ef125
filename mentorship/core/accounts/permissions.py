"""Access to pages by role. Querysets decide about access to single objects; hidden ones give 404."""

from collections.abc import Collection
from copy import copy
from typing import Any, TypeVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404
from django.http.request import HttpRequest
from django.http.response import HttpResponseBase

from mentorship.core.accounts.models import User, WorkspaceRole

M = TypeVar("M", bound=Model)
# Rights that are not roles in a workspace.
OPERATOR, PARTNER = "operator", "partner"


def roles_of(user: Any, *, editing: bool = False) -> QuerySet[WorkspaceRole]:
    """The workspace roles of `user`; with `editing` only those that may change things."""
    if not getattr(user, "is_authenticated", False):
        return WorkspaceRole.objects.none()
    roles = WorkspaceRole.objects.filter(user=user)
    if (only := getattr(user, "only_workspace", None)) is not None:
        roles = roles.filter(workspace_id=only)
    return roles.filter(role__in=WorkspaceRole.EDITORS) if editing else roles


def workspaces_of(user: Any, *, editing: bool = False) -> QuerySet[WorkspaceRole, int]:
    """The ids of the workspaces where `user` has a role, for `workspace_id__in=`."""
    return roles_of(user, editing=editing).values_list("workspace_id", flat=True)


def held_roles(user: Any) -> list[tuple[int, str]]:
    """Workspace and role of each role of `user`; of the reader of a page read once (`ReaderRolesMiddleware`)."""
    kept: list[list[tuple[int, str]]] | None = getattr(user, "roles_kept", None)
    if kept:
        return kept[0]
    found = list(roles_of(user).values_list("workspace_id", "role"))
    if kept is not None:
        kept.append(found)
    return found


def narrowed_to(user: User, workspace_id: int) -> User:
    """The person with their role in one workspace alone, for a page about it. It never widens what they may."""
    narrowed = copy(user)
    narrowed.only_workspace, narrowed.roles_kept = workspace_id, []  # type: ignore[attr-defined]
    return narrowed


def has_role(user: Any, workspace_id: int | None = None, *, among: Collection[str] | None = None) -> bool:
    """Whether `user` has a role, one `among` these, in a workspace or in any."""
    return any(
        (workspace_id is None or where == workspace_id) and (among is None or role in among)
        for where, role in held_roles(user)
    )


def may_edit(user: Any, workspace_id: int) -> bool:
    """Whether `user` is a coordinator or owner there."""
    return has_role(user, workspace_id, among=WorkspaceRole.EDITORS)


def roles_held(user: User) -> set[str]:
    """The kinds of rights that somebody holds: operator, owner, coordinator, viewer, partner."""
    held = set(roles_of(user).values_list("role", flat=True))
    if user.is_staff or user.is_superuser:
        held.add(OPERATOR)
    contacts = User._meta.get_field("partner_contacts").related_model
    if contacts._default_manager.filter(user=user).exists():  # type: ignore[union-attr]
        held.add(PARTNER)
    return held


def get_visible_or_404(queryset: QuerySet[M], **lookup: Any) -> M:
    """The one object of a queryset that is already restricted to what the reader may see."""
    try:
        return queryset.get(**lookup)
    except ObjectDoesNotExist as error:
        raise Http404 from error


class CoordinatorRequiredMixin(LoginRequiredMixin):
    """Pages for operators and people with any role in a workspace; everybody else gets 404.

    Viewers may read; unsafe methods are for coordinators and owners. Which objects they reach is decided by
    `visible_to(user)` and `editable_by(user)`.
    """

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            editing = request.method not in ("GET", "HEAD", "OPTIONS")
            among = WorkspaceRole.EDITORS if editing else None
            if not (request.user.is_superuser or has_role(request.user, among=among)):
                raise Http404
        return super().dispatch(request, *args, **kwargs)
