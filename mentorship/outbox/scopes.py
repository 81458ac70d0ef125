"""Names for the scopes of messages, such as cohort:12. The rooms above say them: this one doesn't know cohorts."""

from collections.abc import Callable, Iterable

# A function gets scopes and returns the names of those that it knows.
_NAMERS: list[Callable[[Iterable[str]], dict[str, str]]] = []


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
