"""Import the pairs of a cohort that ran elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohorts.models import Cohort
from matching.pairs.match_import import import_matches
from mentorship.core.sheets import SheetError, read_path, read_sheet

COLUMNS = {"mentee_id", "mentor_id"}


class Command(BaseCommand):
    help = "Import past pairs of a cohort: history that later runs learn from. Sends no email and makes nothing due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cohort", help="the cohort's short name (slug)")
        parser.add_argument("file", type=Path, help="CSV or XLSX with the columns mentee_id and mentor_id")

    def handle(self, *args: Any, **options: Any) -> None:
        cohort = Cohort.objects.select_related("programme").filter(slug=options["cohort"]).first()
        if cohort is None:
            raise CommandError(f"There is no cohort {options['cohort']}.")
        result = import_matches(cohort=cohort, rows=self._rows(options["file"]), by=None)
        for line, reason in result.rejected:
            self.stdout.write(f"line {line}: rejected, {reason}")
        self.stdout.write(f"{result.created} created, {result.unchanged} unchanged, {len(result.rejected)} rejected")

    @staticmethod
    def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
        try:
            rows = read_sheet(read_path(path)).rows
        except (OSError, SheetError) as error:
            raise CommandError(f"{path} can't be read: {error}") from error
        rows = [row for row in rows if not row.is_empty]
        header = rows[0].cells if rows else []
        if missing := COLUMNS - set(header):
            raise CommandError(f"{path} has no column {' and no column '.join(sorted(missing))}.")
        return [(row.line, dict(zip(header, row.cells, strict=False))) for row in rows[1:] if not row.is_empty]
