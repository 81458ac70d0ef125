"""`manage.py backup`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentorship.core.errors import ServiceError
from mentorship.operations.backups.archive import make_backup


class Command(BaseCommand):
    help = "Writes one file with all rows and all uploads, which `restore` reads into either kind of database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="such as /backups/mentorship-2027-03-01.tar; it may not exist yet")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_backup(options["file"])
        except (ServiceError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.rows} rows of {len(made.tables)} tables and {made.files} uploads: {options['file']}")
        self.stdout.write("Keep .env, with its SECRET_KEY, in another place: it is not in the backup.")
