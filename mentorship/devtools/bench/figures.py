"""Compare the figures of reports on past cohorts with a count of their sheets.

`python -m mentorship.devtools.bench figures FOLDER`: each folder in it is a cohort with mentors.csv, mentees.csv
(with a column `status`) and chosen_pairs.csv. They are imported as an operator
would, and the report's figures stand beside the count. A project without people gets an address of nobody, so that it
counts as a project and as no person.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command

from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import person_by_email
from partners.reports.composition import compose
from partners.reports.impact import NOBODY
from partners.reports.services import create_report

FIGURES = ("Projects", "Mentees", "Mentors", "Graduates", "Countries")
SHEETS = ("mentors.csv", "mentees.csv", "chosen_pairs.csv")


@dataclass(frozen=True)
class Compared:
    """A figure of a cohort as the report tells it, and as the sheets say."""

    cohort: str
    figure: str
    reported: object
    counted: int


def main(folder: str = "") -> None:
    if not folder:
        raise SystemExit("Which folder? python -m mentorship.devtools.bench figures FOLDER")
    print(f"{'cohort':<20}{'figure':<14}{'report':>8}{'sheets':>8}")
    wrong = 0
    for found in compare(Path(folder)):
        wrong += found.reported != found.counted
        mark = "" if found.reported == found.counted else "  differs"
        print(f"{found.cohort:<20}{found.figure:<14}{found.reported!s:>8}{found.counted:>8}{mark}")
    raise SystemExit(1 if wrong else 0)


def compare(folder: Path) -> list[Compared]:
    """Every figure of every cohort of the folder. Writes the cohorts to the database."""
    by = person_by_email(email="figures@example.org", full_name="Who counts")
    found = []
    for number, past in enumerate(sorted(p.parent for p in folder.glob("*/mentees.csv"))):
        reported, counted = _reported(past, number, by), _counted(past)
        found += [Compared(past.name, figure, reported.get(figure), counted[figure]) for figure in FIGURES]
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _counted(past: Path) -> dict[str, int]:
    mentors, mentees, pairs = (_rows(past / name) for name in SHEETS)
    people = {address.strip() for row in mentees for address in row["emails"].split(";") if address.strip()}
    return {
        "Projects": len(mentees),
        "Mentees": len(people),
        "Mentors": len({pair["mentor_id"] for pair in pairs}),
        "Graduates": sum(row["status"] == "graduated" for row in mentees),
        "Countries": len({row["country"] for row in [*mentors, *mentees]} - {""}),
    }


def _with_nobodies(path: Path, target: Path) -> Path:
    rows = _rows(path)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow({**row, "emails": row["emails"].strip() or f"project{number}{NOBODY}"})
    return target


def _reported(past: Path, number: int, by: User) -> dict[str, object]:
    slug, starts = f"past-{number}", date(2020, 1, 6) + timedelta(weeks=26 * number)
    quiet = {"stdout": io.StringIO()}
    call_command("create_cohort", f"figures-{number}", slug, starts=starts, **quiet)
    with TemporaryDirectory() as name:
        mentees = _with_nobodies(past / "mentees.csv", Path(name) / "mentees.csv")
        for role, path in (("mentor", past / "mentors.csv"), ("mentee", mentees)):
            call_command("import_enrollments", slug, str(path), role=role, status="accepted", **quiet)
    cohort = Cohort.objects.select_related("programme__workspace").get(slug=slug)
    through = {row["id"] for row in _rows(past / "mentees.csv") if row["status"] == "graduated"}
    for enrollment in cohort.enrollments.filter(role="mentee", external_id__in=through):
        set_enrollment_status(enrollment=enrollment, to=Enrollment.Status.COMPLETED, by=by)
    call_command("import_matches", slug, past / "chosen_pairs.csv", **quiet)
    Cohort.objects.filter(pk=cohort.pk).update(status=Cohort.Status.COMPLETED)
    report = create_report(workspace=cohort.programme.workspace, title=past.name, cohort=cohort, by=by)
    blocks = compose(report, release=False)["blocks"]
    return {row[0]: row[1] for block in blocks for row in block["figures"]}
