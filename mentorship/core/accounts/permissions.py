"""Access to pages by role. Querysets decide about access to single objects; hidden ones give 404."""

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
    return roles.filter(role__in=WorkspaceRole.EDITORS) if editing else roles


def workspaces_of(user: Any, *, editing: bool = False) -> QuerySet[WorkspaceRole, int]:
    """The ids of the workspaces where `user` has a role, for `workspace_id__in=`."""
    return roles_of(user, editing=editing).values_list("workspace_id", flat=True)


def may_edit(user: Any, workspace_id: int) -> bool:
    """Whether `user` is a coordinator or owner there."""
    return roles_of(user, editing=True).filter(workspace_id=workspace_id).exists()


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
            if not (request.user.is_superuser or roles_of(request.user, editing=editing).exists()):
                raise Http404
        return super().dispatch(request, *args, **kwargs)
