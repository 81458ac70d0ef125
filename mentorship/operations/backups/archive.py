"""A backup: one file with all rows and uploads, the same for either database.

It is a tar archive of `about.json` (when it was made, and a digest of each table), `database.sqlite3` and `media/`.
"""

import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.operations.backups.rows import (
    Digest,
    check_fits,
    copy_rows,
    database,
    differences,
    digests,
    make_tables,
)

ABOUT, DATABASE, MEDIA = "about.json", "database.sqlite3", "media/"


@dataclass(frozen=True)
class Backup:
    """The contents of a backup: its time (UTC), rows by table, and the number of uploads."""

    made_at: datetime
    tables: dict[str, Digest]
    files: int

    @property
    def rows(self) -> int:
        """The number of rows in all tables."""
        return sum(number for number, _ in self.tables.values())


def make_backup(path: Path, *, source: str = "default") -> Backup:
    """Write a backup of a database (an alias) and the uploads, while other processes continue.

    The file is either complete or missing. Raises ServiceError if it exists already.
    """
    if path.exists():
        raise ServiceError(f"{path} already exists. Choose another name.")
    if not path.parent.is_dir():
        raise ServiceError(f"There is no folder {path.parent}. Create it, writable for the user who runs this command.")
    part = path.with_name(f"{path.name}.part")
    made_at = timezone.now()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE
        tables = _rows_into(file, source)
        files = 0
        part.touch(mode=0o600)
        with tarfile.open(part, "w") as archive:
            archive.add(file, DATABASE)
            for name in uploads():
                files += 1
                with default_storage.open(name) as upload:
                    _add(archive, MEDIA + name, upload.read())
            about = {"made_at": made_at.isoformat(), "tables": tables, "files": files}
            _add(archive, ABOUT, json.dumps(about, indent=1).encode())
    part.rename(path)
    return Backup(made_at, tables, files)


def restore_backup(path: Path, *, target: str = "default") -> Backup:
    """Fill an empty database and an empty upload store from a backup, and verify each table.

    Raises ServiceError if the file is not a backup, is truncated or from another version, or if the target is not
    empty.
    """
    with _opened(path) as archive, tempfile.TemporaryDirectory() as folder:
        about = _about(archive)
        names = [member.name for member in archive.getmembers() if member.name.startswith(MEDIA) and member.isfile()]
        if len(names) != about.files:
            raise ServiceError(f"{path} is damaged: it should contain {about.files} uploads but has {len(names)}.")
        rows = archive.extractfile(DATABASE)  # `extract` needs a filter, which Python 3.11.2 of Debian does not know
        with (Path(folder) / DATABASE).open("wb") as file:
            shutil.copyfileobj(rows or BytesIO(), file)
        if any(default_storage.exists(name.removeprefix(MEDIA)) for name in names):
            raise ServiceError("There are already uploads. Restore into an empty folder or bucket.")
        with database(_sqlite(Path(folder) / DATABASE), "backup") as source:
            check_fits(source=source, target=target)
            differences(about.tables, digests(source))
            copy_rows(source=source, target=target)
        for name in names:
            content = archive.extractfile(name)
            saved = default_storage.save(name.removeprefix(MEDIA), File(BytesIO(content.read() if content else b"")))
            if saved != name.removeprefix(MEDIA):
                raise ServiceError(f"The upload {name} could not be saved under its name.")
    return about


def uploads(folder: str = "") -> Iterator[str]:
    """The names of all uploads, wherever they are stored."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # there have been no uploads
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for inner in sorted(folders):
        yield from uploads(f"{folder}{inner}/")


def _rows_into(file: Path, source: str) -> dict[str, Digest]:
    """Copy all rows into a new SQLite file."""
    connection = connections[source]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
        with database(_sqlite(file), "backup") as copy:
            return digests(copy)
    with database(_sqlite(file), "backup") as copy:
        make_tables(copy, like=source)
        return copy_rows(source=source, target=copy)


def _sqlite(file: Path) -> dict[str, object]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": {"transaction_mode": "IMMEDIATE"}}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, timezone.now().timestamp()
    archive.addfile(info, BytesIO(content))


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path) as archive:
            yield archive
    except FileNotFoundError:
        raise ServiceError(f"There is no file {path}.") from None
    except (tarfile.TarError, KeyError, EOFError):
        raise ServiceError(f"{path} is not a backup, or it was cut off.") from None


def _about(archive: tarfile.TarFile) -> Backup:
    content = archive.extractfile(ABOUT)
    said = json.loads(content.read() if content else b"{}")
    tables = {table: (number, total) for table, (number, total) in said["tables"].items()}
    return Backup(datetime.fromisoformat(said["made_at"]), tables, said["files"])
