"""`manage.py copy_database`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from mentorship.core.errors import ServiceError
from mentorship.environment import DATABASES_ALLOWED, SQLITE, parse_database, without_password
from mentorship.operations.backups.rows import copy_rows, database


class Command(BaseCommand):
    help = (
        "Copies every row of another database into this one, such as from SQLite to PostgreSQL, and compares them. "
        "This one must be empty, fresh from `migrate`. Stop web, worker and beat first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="such as sqlite:////srv/mentorship/var/mentorship.sqlite3")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with database(_address(options["source"]), "source") as source:
                copied = copy_rows(source=source, target="default")
        except (ServiceError, Error) as error:
            raise CommandError(str(error)) from error
        for table, (number, _) in sorted(copied.items()):
            if number:
                self.stdout.write(f"{number:>9}  {table}")
        self.stdout.write(f"{sum(number for number, _ in copied.values())} rows copied and compared.")


def _address(url: str) -> dict[str, Any]:
    """The database to read. SQLite would make an empty one of a file that is missing."""
    try:
        found = parse_database(url)
    except ValueError:
        raise CommandError(f"The source is “{without_password(url)}”. Give {DATABASES_ALLOWED}.") from None
    if found["ENGINE"] == SQLITE and not Path(found["NAME"]).is_file():
        raise CommandError(
            f"There is no file {Path(found['NAME']).absolute()}. After sqlite: write three slashes and then the path."
        )
    return found
