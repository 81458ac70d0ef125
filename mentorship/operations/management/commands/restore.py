"""`manage.py restore`"""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.markup import counted
from mentorship.operations.backups.archive import restore_backup
from mentorship.operations.backups.held_back import hold_back_what_was_due
from mentorship.operations.management.moments import moment


class Command(BaseCommand):
    help = (
        "Fills an empty, migrated database and the uploads from a file made by `backup`. Stop web, worker and beat "
        "first. Emails that the lost installation may already have sent are held back and listed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--sent-until",
            type=_moment_or_now,
            required=True,
            metavar="MOMENT",
            help="until when the lost installation may have sent mail: `now`, or such as 2026-11-21T14:00+00:00",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = restore_backup(options["file"])
        except (ServiceError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored {backup.rows} rows in {len(backup.tables)} tables and {backup.files} uploads from the backup of "
            f"{backup.made_at:%d %B %Y, %H:%M} UTC, and compared each table with it."
        )
        print_held(self.stdout, hold_back_what_was_due(until=options["sent_until"]))


def print_held(out: Any, held: list[OutboxMessage]) -> None:
    """List held-back messages, and say how to release them."""
    for message in held:
        out.write(f"held back  {message.id}  {', '.join(message.to)}  {message.subject}")
    what_next = " Send or discard them under Messages → Held back." if held else ""
    out.write(f"{counted(len(held), 'email')} held back.{what_next}")


def _moment_or_now(text: str) -> datetime:
    return timezone.now() if text == "now" else moment(text)
