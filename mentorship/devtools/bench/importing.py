"""Import a sheet of 10,000 rows, 500 of them bad, against the bare insert of the same rows."""

from collections.abc import Iterator
from datetime import date

from cohorts.imports.columns import guess_mapping
from cohorts.imports.services import import_rows
from cohorts.models import Cohort, Enrollment, Topic
from cohorts.setup.services import create_programme
from mentorship.core.accounts.models import User
from mentorship.core.sheets import SheetTable
from mentorship.devtools.bench.__main__ import seconds

ROWS, BAD = 10_000, 500


def rows() -> Iterator[tuple[str, str, float, float]]:
    """(what, yardstick, seconds, seconds of the yardstick)."""
    sheet = _sheet()
    mapping = guess_mapping(sheet[0], "mentee")
    cohort = _cohort("sheet")
    said = []
    took = seconds(
        lambda: said.append(
            import_rows(cohort=cohort, role="mentee", table=SheetTable(sheet), mapping=mapping, dry_run=True)
        )
    )
    wrote = seconds(
        lambda: said.append(import_rows(cohort=cohort, role="mentee", table=SheetTable(sheet), mapping=mapping))
    )
    again = seconds(
        lambda: said.append(import_rows(cohort=cohort, role="mentee", table=SheetTable(sheet), mapping=mapping))
    )
    counts = [(s.created, s.unchanged, len(s.rejected)) for s in said]
    expected = [(ROWS - BAD, 0, BAD), (ROWS - BAD, 0, BAD), (0, ROWS - BAD, BAD)]
    if counts != expected:
        raise AssertionError(f"lost or made up: {counts}")
    bare = seconds(lambda: _bare(_cohort("bare"), sheet))
    yardstick = f"bulk insert of the {ROWS - BAD:,} good rows"
    yield f"preview of {ROWS:,} rows, {BAD} bad", yardstick, took, bare
    yield f"import of {ROWS:,} rows, {BAD} bad", yardstick, wrote, bare
    yield "the same sheet again, nothing changed", yardstick, again, bare


def _sheet() -> list[list[str]]:
    lines = [["id", "email", "name", "country", "utc_offset", "title", "description", "keywords"]]
    for n in range(ROWS):
        email = "nowhere" if n % (ROWS // BAD) == 7 else f"person{n}@example.org"
        topics = f"Topic {n % 400}; Topic {n * 7 % 400}; Topic {n * 13 % 400}"
        lines.append([f"p{n}", email, f"Person {n}", "Nepal", "+5:45", f"Project {n}", "About it. " * 20, topics])
    return lines


def _cohort(slug: str) -> Cohort:
    programme = create_programme(name=slug, slug=slug, contact_email="hello@example.org", by=None)
    return Cohort.objects.create(
        programme=programme, name=slug, slug=slug, starts_on=date(2027, 2, 1), ends_on=date(2027, 5, 1)
    )


def _bare(cohort: Cohort, sheet: list[list[str]]) -> None:
    good = [row for row in sheet[1:] if "@" in row[1]]
    people = User.objects.bulk_create(
        [User(email=f"bare-{row[1]}", full_name=row[2], country="NP", password="!") for row in good]  # noqa: S106
    )
    enrollments = Enrollment.objects.bulk_create(
        [
            Enrollment(
                cohort=cohort,
                user=user,
                role="mentee",
                title=row[5],
                description=row[6],
                external_id=row[0],
                country="NP",
                time_zone="Asia/Kathmandu",
            )
            for user, row in zip(people, good, strict=True)
        ]
    )
    names = sorted({name for row in good for name in row[7].split("; ")})
    topics = {
        t.name: t.pk
        for t in Topic.objects.bulk_create(
            [Topic(programme_id=cohort.programme_id, key=name.casefold(), name=name) for name in names]
        )
    }
    through = Enrollment.topics.through
    through.objects.bulk_create(
        through(enrollment_id=enrollment.pk, topic_id=topics[name])
        for enrollment, row in zip(enrollments, good, strict=True)
        for name in set(row[7].split("; "))
    )
