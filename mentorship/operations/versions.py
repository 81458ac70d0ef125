"""The version of a database compared with that of the code."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Key = tuple[str, str]  # an app and a migration of it
LAST_BEFORE = "before-0.9"
MEND = (
    f"Check out the tag {LAST_BEFORE}, run its `manage.py migrate`, then come back to this version. "
    "Without that database: restore a backup with the version that made it."
)


def half_way(alias: str = "default") -> str:
    """A sentence where a database stopped between the migrations that 0.9 put into one, else ""."""
    here = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    replaced = {key for one in here.values() for key in one.replaces if key not in here}
    return _half_way(replaced, MigrationRecorder(connections[alias]).applied_migrations())


def _half_way(replaced: set[Key], applied: Iterable[Key]) -> str:
    missing = replaced - set(applied)
    if not missing or missing == replaced:
        return ""
    app, name = min(missing)
    rest = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return f"The database is of a version before 0.9 that lacks {app}/{name}{rest}: this version can't migrate it."


@register(Tags.database)
def check_version(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to migrate a half-upgraded database, whose old tables would be mistaken for those of 0.9."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        try:
            problem = half_way(alias)
        except DatabaseError:  # it does not answer; whoever asked will say so
            continue
        if problem:
            found.append(Error(problem, hint=MEND, id="mentorship.E005"))
    return found
