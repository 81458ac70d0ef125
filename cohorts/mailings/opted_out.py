"""Who wants necessary mails only, for the delivery of mails."""

from collections.abc import Collection

from cohorts.models import OptOut


def opted_out(workspaces: Collection[int], addresses: Collection[str]) -> set[tuple[int, str]]:
    """Workspace and address of people who opted out, wherever their address was then. One query."""
    found = OptOut.objects.filter(workspace__in=workspaces, user__email__in=addresses)
    return set(found.values_list("workspace", "user__email"))
