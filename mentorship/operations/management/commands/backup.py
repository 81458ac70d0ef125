"""`manage.py backup`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentorship.core.errors import ServiceError
from mentorship.operations.backups.archive import make_backup
from mentorship.operations.backups.folder import backup_in, delete_old_backups


class Command(BaseCommand):
    help = "Writes all rows and uploads to one file, which `restore` can read into SQLite or PostgreSQL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            help="a new file, such as /backups/mentorship-2027-03-01.tar; or a folder, in which the file is named "
            "after the time, and backups older than KEEP_DAYS allows are deleted",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given: Path = options["file"]
        if not given.is_dir() and given.suffix != ".tar":
            # A folder that is missing: a file of its name would be in the way of every later backup.
            raise CommandError(f"There is no folder {given}. Create it, or give a file whose name ends in .tar.")
        path = backup_in(given) if given.is_dir() else given
        try:
            made = make_backup(path)
            gone = delete_old_backups(given) if given.is_dir() else []
        except (ServiceError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Saved {made.rows} rows from {len(made.tables)} tables and {made.files} uploads to {path}")
        for old in gone:
            self.stdout.write(f"Deleted an old backup: {old}")
        self.stdout.write("Keep a copy of .env, with its SECRET_KEY, somewhere else: it is not in the backup.")
