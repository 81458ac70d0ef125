"""Erase a person."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentorship.core.outbox.delivery.erased_addresses import forgotten
from mentorship.core.personal_data import BLANK, DELETE, KEEP
from mentorship.operations.persons.erase import ErasureError, ErasureReport, erase_person
from mentorship.operations.persons.subject import NobodyError


class Command(BaseCommand):
    help = (
        "Erase a person from every room: account, sign-ups, answers, emails, files. Sums, invoices and what was "
        "published stay, without their name where they can change. Nobody writes to them again. With --dry-run it says "
        "exactly what it would do, and does nothing. It can't be undone; backups keep them until they are deleted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="any address of the person")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        email: str = options["email"].strip().lower()
        try:
            report = erase_person(email=email, dry_run=options["dry_run"])
        except NobodyError as error:
            if forgotten([email]):
                self.stdout.write(f"Whoever had {email} is erased already. Nothing is left.")
                return
            raise CommandError(str(error)) from error
        except ErasureError as error:
            raise CommandError(f"They can't be erased yet:\n{error}") from error
        self._print(report)
        self.stdout.write("Nothing was changed." if options["dry_run"] else "Done. Nobody writes to them again.")

    def _print(self, report: ErasureReport) -> None:
        self.stdout.write(f"All addresses: {', '.join(report.addresses)}")
        for action in (DELETE, BLANK, KEEP):
            lines = [line for line in report.lines if line.action == action]
            if lines:
                self.stdout.write(f"\n{action.capitalize()}")
            for line in lines:
                self.stdout.write(f"{line.number:>6}  {line.what}{f': {line.why}' if line.why else ''}")
        self.stdout.write("")
