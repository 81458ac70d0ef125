"""`manage.py delete_old_data`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from mentorship.operations.retention.classes import CLASSES, find_class
from mentorship.operations.retention.services import delete_all, retention_lines


class Command(BaseCommand):
    help = (
        "Deletes data that has been kept for as long as KEEP_DAYS says, as every sweep does in small steps. With "
        "--dry-run it counts what would be deleted in each class, and deletes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [kind.key for kind in CLASSES if kind.parts]
        parser.add_argument("classes", nargs="*", choices=[*names, []], metavar="CLASS", help=", ".join(names))
        parser.add_argument("--dry-run", action="store_true", help="only count what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        chosen = [find_class(name) for name in options["classes"]] or CLASSES
        due = {line.kind.key: line.due for line in retention_lines(now)}
        for kind in chosen:
            if not kind.parts:
                self.stdout.write(f"     –  {kind.title}: {kind.kept}. {kind.becomes}")
            elif options["dry_run"]:
                self.stdout.write(f"{due[kind.key] or 0:>6}  {kind.title}: {kind.kept}")
            else:
                self.stdout.write(f"{delete_all(kind, now):>6}  {kind.title}: {kind.kept}")
        self.stdout.write("Dry run: nothing was deleted." if options["dry_run"] else "Deleted.")
