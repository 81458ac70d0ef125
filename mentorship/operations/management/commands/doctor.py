"""`manage.py doctor`"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from mentorship.operations.doctor import Finding, examine


class Command(BaseCommand):
    help = "Checks this installation and says what to fix. Exit status 1 if anything must be fixed. Changes no data."
    requires_system_checks: list[str] = []  # it shows the results itself, and runs even if checks fail

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        for finding in examine():
            findings.append(finding)
            self.stdout.write(_line(finding))
        serious = sum(bool(finding.mend) and finding.serious for finding in findings)
        if serious:
            self.stdout.write(f"\n{serious} thing{'s' if serious > 1 else ''} to fix.")
            sys.exit(1)
        self.stdout.write("\nEverything that has to work is working.")


def _line(finding: Finding) -> str:
    mark = "ok  " if not finding.mend else "FIX " if finding.serious else "note"
    line = f"{mark}  {finding.name}: {' '.join(finding.words.split())}"
    return f"{line}\n      → {finding.mend}" if finding.mend else line
