"""Import a sheet of sign-ups into a cohort."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohorts.imports.columns import guess_mapping
from cohorts.imports.reading import read_file
from cohorts.imports.services import ImportResult, import_rows
from cohorts.imports.teams import FOR_ALL, ONE_TEAM, SEPARATE
from cohorts.models import Cohort
from mentorship.core.sheets import SheetError, SheetTable, read_path


class Command(BaseCommand):
    help = (
        "Bring a CSV, XLSX or ODS file of sign-ups into a cohort. Running it again changes only what the file changed. "
        "Prints created, updated, unchanged, and each rejected row with its line and reason. Never sends email."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cohort", help="slug of the cohort")
        parser.add_argument("file", help="CSV, XLSX or ODS with a row of column names")
        parser.add_argument("--role", required=True, choices=["mentor", "mentee"])
        parser.add_argument(
            "--map", action="append", default=[], metavar="HEADER=FIELD", help="for a header that is not understood"
        )
        parser.add_argument("--status", default="applied", choices=["applied", "accepted"], help="of new rows")
        parser.add_argument(
            "--consented", action="store_true", help="these people agreed that their match sees their email address"
        )
        parser.add_argument(
            "--same-project",
            choices=[ONE_TEAM, SEPARATE],
            help="what rows with the same project and different people are; without it they are rejected and named",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        cohort = Cohort.objects.select_related("programme").filter(slug=options["cohort"]).first()
        if cohort is None:
            raise CommandError(f"There is no cohort {options['cohort']}.")
        path = Path(options["file"])
        try:
            read = read_file(read_path(path), cohort=cohort)
            table = read.table
            mapping = self._mapping(table, cohort, options)
            result = import_rows(
                cohort=cohort,
                role=options["role"],
                table=table,
                mapping=mapping,
                status=options["status"],
                consented=options["consented"],
                dry_run=options["dry_run"],
                decisions={FOR_ALL: options["same_project"]} if options["same_project"] else {},
            )
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        except SheetError as error:
            raise CommandError(str(error)) from error
        self._print(result, read.all_notes, options)

    def _mapping(self, table: SheetTable, cohort: Cohort, options: dict[str, Any]) -> dict[str, str]:
        mapping = guess_mapping(table.headers, options["role"], cohort, table.rows[1:])
        for pair in options["map"]:
            header, separator, field = pair.partition("=")
            if not separator:
                raise CommandError(f"--map takes HEADER=FIELD, not {pair}.")
            mapping = {h: f for h, f in mapping.items() if f != field} | {header: field}
        return mapping

    def _print(self, result: ImportResult, notes: list[str], options: dict[str, Any]) -> None:
        counts = {"created": result.created, "updated": result.updated, "unchanged": result.unchanged}
        if options["json"]:
            named = [{"line": line, "reason": reason} for line, reason in result.rejected]
            warned = [{"line": line, "text": text} for line, text in result.warnings]
            self.stdout.write(
                json.dumps(
                    {
                        "rows": result.rows,
                        **counts,
                        "rejected": named,
                        "warnings": warned,
                        "ignored": result.ignored,
                        "notes": notes,
                    }
                )
            )
            return
        head = "Nothing was changed; this would happen: " if options["dry_run"] else ""
        self.stdout.write(
            f"{head}{result.rows} rows: {result.created} created, {result.updated} updated, "
            f"{result.unchanged} unchanged, {len(result.rejected)} rejected."
        )
        for text in notes:
            self.stdout.write(text)
        for line, reason in result.rejected:
            self.stdout.write(f"line {line} rejected: {reason}")
        for line, text in result.warnings:
            self.stdout.write(f"line {line}: {text}")
        if result.ignored:
            self.stdout.write(f"Columns not used: {', '.join(result.ignored)}.")
