"""Roles in a programme's team: grant, revoke, invite."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from cohorts.models import Programme
from mentorship.core.accounts.models import User, Workspace, WorkspaceRole
from mentorship.core.accounts.sign_in.second_factor import ask_team
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.links import absolute_url
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail

TEAM_RULE = "team of a programme"


@transaction.atomic
def grant_role(*, workspace: Workspace, user: User, role: str, by: User | None) -> WorkspaceRole:
    """Give a person a role in a workspace, or change theirs. Raises ServiceError if no owner would be left."""
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    current = WorkspaceRole.objects.filter(workspace=workspace, user=user).first()
    if current and current.role == WorkspaceRole.Role.OWNER and role != WorkspaceRole.Role.OWNER:
        _keep_an_owner(workspace, current)
    granted, _ = WorkspaceRole.objects.update_or_create(workspace=workspace, user=user, defaults={"role": role})
    ask_team(workspace)
    record(verb=Verb.GRANTED, target=granted, workspace_id=workspace.pk, by=by, role=role, user=user.pk)
    return granted


@transaction.atomic
def revoke_role(*, role: WorkspaceRole, by: User) -> None:
    """Take a role away. Raises ServiceError for the last owner."""
    Workspace.objects.select_for_update().get(pk=role.workspace_id)
    if role.role == WorkspaceRole.Role.OWNER:
        _keep_an_owner(role.workspace, role)
    record(verb=Verb.REVOKED, target=role, workspace_id=role.workspace_id, by=by, role=role.role, user=role.user_id)
    role.delete()


@transaction.atomic
def invite_to_team(*, programme: Programme, user: User, role: str, by: User) -> WorkspaceRole:
    """Give a person a role and tell them by mail how to sign in."""
    granted = grant_role(workspace=programme.workspace, user=user, role=role, by=by)
    send_mail(
        "cohorts/team_invitation",
        {
            "person": user,
            "programme": programme,
            "role": granted.get_role_display(),
            "by": by,
            "password_url": absolute_url("account_reset_password"),
        },
        sender=programme.sender,
        key=f"team-invitation:{granted.pk}:{role}",
        kind="invitation",
        why=f"{by} made {user} {granted.get_role_display()} of {programme}.",
        to=[user],
        audience={"rule": TEAM_RULE, "workspace": programme.workspace_id},
    )
    return granted


def still_in_team(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """People with a role in the workspace of each message. One query."""
    roles = WorkspaceRole.objects.filter(workspace__in={m.audience["workspace"] for m in messages})
    found: dict[int, set[int]] = {}
    for workspace_id, user_id in roles.values_list("workspace_id", "user_id"):
        found.setdefault(workspace_id, set()).add(user_id)
    return {
        m.pk: StillFor(people=found.get(m.audience["workspace"], set()), gone="no longer in the team of the programme")
        for m in messages
    }


@transaction.atomic
def demand_second_factor(*, programme: Programme, demanded: bool, by: User) -> None:
    """Have everybody in the team sign in with a second factor, or no longer. They get some days to set one up."""
    changed = Workspace.objects.filter(pk=programme.workspace_id).exclude(demands_second_factor=demanded)
    if changed.update(demands_second_factor=demanded):
        ask_team(Workspace.objects.get(pk=programme.workspace_id))
        verb = Verb.DEMANDED_A_SECOND_FACTOR if demanded else Verb.NO_SECOND_FACTOR_DEMANDED
        record(verb=verb, target=programme, workspace_id=programme.workspace_id, by=by)


def is_owner(user: User, programme: Programme) -> bool:
    """Whether somebody owns the programme; only owners change its team."""
    return programme.workspace.roles.filter(user=user, role=WorkspaceRole.Role.OWNER).exists()


def _keep_an_owner(workspace: Workspace, leaving: WorkspaceRole) -> None:
    owners = WorkspaceRole.objects.filter(workspace=workspace, role=WorkspaceRole.Role.OWNER)
    if not owners.exclude(pk=leaving.pk).exists():
        raise ServiceError("A programme needs an owner. Make somebody else owner first.")
