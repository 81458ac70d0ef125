"""People who want necessary mails only, for delivery."""

from collections.abc import Collection

from cohorts.models import OptOut


def opted_out(workspaces: Collection[int], addresses: Collection[str]) -> set[tuple[int, str]]:
    """Workspace and address of people who opted out, even if their address has changed since. One query."""
    found = OptOut.objects.filter(workspace__in=workspaces, user__email__in=addresses)
    return set(found.values_list("workspace", "user__email"))
