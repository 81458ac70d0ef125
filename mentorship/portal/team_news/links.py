"""The link of a news mail by which its reader gets it less often, or no more."""

from mentorship.core.accounts.models import User, WorkspaceRole
from mentorship.core.links import LinkError, SignedLink

# Holds the ids of a workspace and a person. It never ends: any old mail lets its reader unsubscribe.
NEWS = SignedLink(
    "team-news-by-link",
    "portal.team-news",
    (int, int),
    max_age=None,
    whose=lambda workspace_id, user_id: User.objects.filter(pk=user_id),
    does="Choose how often you are told what happened",
)


def news_link(role: WorkspaceRole) -> str:
    """The absolute address at which a member of a team chooses how often they get news."""
    return NEWS.url(role.workspace_id, role.user_id)


def read_news_link(token: str) -> WorkspaceRole:
    """The role whose news a link is about. Raises LinkError, also where they are no longer in the team."""
    workspace_id, user_id = NEWS.read(token)
    role = (
        WorkspaceRole.objects.filter(workspace=workspace_id, user=user_id).select_related("workspace", "user").first()
    )
    if role is None:
        raise LinkError
    return role
