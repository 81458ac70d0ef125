"""Export everything stored about a person."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentorship.core.ui.markup import counted
from mentorship.operations.persons.export import export_json, export_zip, files_of, record_copy
from mentorship.operations.persons.subject import NobodyError, find_subject


class Command(BaseCommand):
    help = (
        "Print everything that is kept about a person as JSON; with --output into a file, a ZIP with the files that "
        "they gave where its name ends with .zip. Whoever was put together with them is in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="any address of the person")
        parser.add_argument("--output", type=Path, metavar="FILE", help="such as person.json or person.zip; made new")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            subject = find_subject(options["email"])
        except NobodyError as error:
            raise CommandError(str(error)) from error
        path: Path | None = options["output"]
        if path is None:
            record_copy(subject, by=None)
            self.stdout.write(export_json(subject))
            if number := len(files_of(subject)):
                self.stderr.write(f"{counted(number, 'file')} of theirs: use --output person.zip.")
            return
        record_copy(subject, by=None)
        data = export_zip(subject) if path.suffix.lower() == ".zip" else export_json(subject).encode()
        try:
            with path.open("xb") as file:  # never overwrite a file
                file.write(data)
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}") from error
        path.chmod(0o600)
        self.stdout.write(f"Written to {path}. It is personal: pass it on safely, and delete it.")
