"""Names for the scopes of messages, such as cohort:12, and where a person belongs. The rooms above say both."""

from collections.abc import Callable, Iterable

from mentorship.core.accounts.models import WorkspaceRole

# A function gets scopes and returns the names of those that it knows.
_NAMERS: list[Callable[[Iterable[str]], dict[str, str]]] = []
# A function gets an address and returns the workspace and the scope that its owner was last in; None = it knows none.
_HOMES: list[Callable[[str], tuple[int, str] | None]] = []


def add_namer(namer: Callable[[Iterable[str]], dict[str, str]]) -> None:
    """Let a room name its scopes; called in AppConfig.ready."""
    if namer not in _NAMERS:
        _NAMERS.append(namer)


def names_of(scopes: Iterable[str]) -> dict[str, str]:
    """scope → name, by name; scopes that nobody knows any more are left out."""
    wanted = sorted(scope for scope in set(scopes) if scope)
    found: dict[str, str] = {}
    for namer in _NAMERS if wanted else []:
        found |= namer(wanted)
    return dict(sorted(found.items(), key=lambda item: item[1].casefold()))


def add_home_finder(finder: Callable[[str], tuple[int, str] | None]) -> None:
    """Let a room say where people belong; called in AppConfig.ready."""
    if finder not in _HOMES:
        _HOMES.append(finder)


def home_of(email: str) -> tuple[int | None, str]:
    """The workspace and the scope in whose words the owner of an address is written to; (None, "") where unknown."""
    for finder in _HOMES:
        if found := finder(email):
            return found
    role = WorkspaceRole.objects.filter(user__email__iexact=email).order_by("-pk").values_list("workspace_id").first()
    return (role[0], "") if role else (None, "")
