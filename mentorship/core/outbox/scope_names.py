"""Names of the scopes of messages, such as cohort:12, and the scope for a person's mails."""

from collections.abc import Callable, Iterable

from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.extensions import ExtensionPoint

SCOPE_NAMES: ExtensionPoint[Callable[[Iterable[str]], dict[str, str]]] = ExtensionPoint(
    "names of scopes", asked_by=__name__, about="Given scopes of messages, the names of those that the app knows."
)
HOME_SCOPES: ExtensionPoint[Callable[[str], tuple[int, str] | None]] = ExtensionPoint(
    "home of an address",
    asked_by=__name__,
    about="Given an address, the workspace and scope that its owner was last in; None where the app knows none.",
)


def names_of(scopes: Iterable[str]) -> dict[str, str]:
    """scope → name, sorted by name; unknown scopes are left out."""
    wanted = sorted(scope for scope in set(scopes) if scope)
    found: dict[str, str] = {}
    for namer in SCOPE_NAMES if wanted else []:
        found |= namer(wanted)
    return dict(sorted(found.items(), key=lambda item: item[1].casefold()))


def home_of(email: str) -> tuple[int | None, str]:
    """The workspace and scope whose wording is used for the owner of an address; (None, "") if unknown."""
    for finder in HOME_SCOPES:
        if found := finder(email):
            return found
    role = WorkspaceRole.objects.filter(user__email__iexact=email).order_by("-pk").values_list("workspace_id").first()
    return (role[0], "") if role else (None, "")
