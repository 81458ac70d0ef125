"""Backups in a folder: named by the moment, and deleted when their time is over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from mentorship.operations.retention.classes import find_class

NAME = "mentorship-%Y-%m-%d-%H%M%S.tar"  # in UTC


def backup_in(folder: Path) -> Path:
    """The file of a backup that is made now."""
    return folder / timezone.now().strftime(NAME)


def delete_old_backups(folder: Path) -> list[Path]:
    """Delete the backups of a folder that are older than they are kept, by the moment in their name. Returns them.

    Nothing else in the folder is touched.
    """
    days = find_class("backups").days
    before = timezone.now() - timedelta(days=days) if days else None
    old = [path for path in sorted(folder.glob("mentorship-*.tar")) if before and _is_older(path, before)]
    for path in old:
        path.unlink()
    return old


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return datetime.strptime(path.name, NAME).replace(tzinfo=UTC) < before
    except ValueError:  # named by hand
        return False
