"""`manage.py backup`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentorship.core.errors import ServiceError
from mentorship.operations.backups.archive import make_backup
from mentorship.operations.backups.folder import backup_in, delete_old_backups


class Command(BaseCommand):
    help = "Writes one file with all rows and all uploads, which `restore` reads into either kind of database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            help="such as /backups/mentorship-2027-03-01.tar, which may not exist yet; or a folder, where it gets "
            "a name by the moment, and earlier ones are deleted after the days that KEEP_DAYS has for backups",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given: Path = options["file"]
        path = backup_in(given) if given.is_dir() else given
        try:
            made = make_backup(path)
            gone = delete_old_backups(given) if given.is_dir() else []
        except (ServiceError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.rows} rows of {len(made.tables)} tables and {made.files} uploads: {path}")
        for old in gone:
            self.stdout.write(f"Deleted, because its time was over: {old}")
        self.stdout.write("Keep .env, with its SECRET_KEY, in another place: it is not in the backup.")
