"""Work out what an import does, row by row, for both the preview and the import itself."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cohorts.enrollment.seats import free_seats
from cohorts.enrollment.upsert import CREATED, UPDATED, EnrollmentInput, UpsertResult, save_enrollments
from cohorts.imports.identity import settle_identities
from cohorts.imports.rows import ImportRow, parse_rows
from cohorts.models import Cohort, Enrollment
from cohorts.people.columns import COLUMN_LABELS
from mentorship.core.sheets import SheetTable

REJECTED = "rejected"
PIECE = 500
FIELD_NAMES = {"members": "Team", "answers": "Own questions", "shares_address": "Consent to share the address"}


@dataclass(frozen=True)
class ImportOptions:
    """A coordinator's choices for a sheet. `decisions`: line → the answer about a row that was asked about."""

    mapping: Mapping[str, str]
    status: str = Enrollment.Status.APPLIED
    consented: bool = False
    decisions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedRow:
    """The outcome of a row with the fields that change, or the reason why it is rejected.

    `signature` is stable as long as the row does the same to the same application.
    """

    row: ImportRow
    outcome: str
    reason: str = ""
    changes: str = ""
    signature: str = ""

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "PlannedRow":
        """Read what `dataclasses.asdict` made of a planned row."""
        row = dict(kept["row"])
        row["said"] = EnrollmentInput(**row["said"]) if row["said"] else None
        return cls(**{**kept, "row": ImportRow(**row)})


@dataclass
class ImportPlan:
    """All changes that an import would make. `digest` changes with the file, the choices and the cohort's data."""

    rows: list[PlannedRow]
    ignored: list[str]
    digest: str = ""

    @property
    def asked(self) -> list[ImportRow]:
        """The rows that a coordinator is asked about, decided ones included."""
        return [one.row for one in self.rows if one.row.question]

    @property
    def new(self) -> list[tuple[int, str]]:
        """The lines of new applications with their people."""
        return [
            (one.row.line, _people_of(one.row.said)) for one in self.rows if one.outcome == CREATED and one.row.said
        ]


def plan_import(*, cohort: Cohort, role: str, table: SheetTable, options: ImportOptions) -> ImportPlan:
    """Work out what importing a sheet would do now. Writes nothing. Raises SheetError for an unusable mapping."""
    parsed = parse_rows(cohort=cohort, role=role, table=table, mapping=options.mapping, consented=options.consented)
    rows = settle_identities(cohort=cohort, role=role, rows=parsed, decisions=options.decisions)
    planned = plan_rows(cohort=cohort, role=role, rows=rows, status=options.status)
    chosen = (dict(options.mapping), options.status, options.consented, dict(options.decisions))
    digest = _digest([table.rows, table.lines, chosen, [row.signature for row in planned]])
    return ImportPlan(planned, [h for h in table.headers if h not in options.mapping], digest)


def plan_rows(*, cohort: Cohort, role: str, rows: Sequence[ImportRow], status: str) -> list[PlannedRow]:
    """The outcome of each row. If seats are limited, the first new rows get the ones that are left."""
    usable = [row.said for row in rows if row.said is not None]
    # In pieces, because SQLite takes no query about thousands. No row depends on another: see `identity`.
    saved = (
        one
        for begin in range(0, len(usable), PIECE)
        for one in save_enrollments(
            cohort=cohort, role=role, inputs=usable[begin : begin + PIECE], by=None, status=status, dry_run=True
        )
    )
    limited = status == Enrollment.Status.ACCEPTED and cohort.seats_for(role) is not None
    left = (free_seats(cohort, role) or 0) if limited else len(rows)
    planned: list[PlannedRow] = []
    for row in rows:
        found = _planned(row, next(saved) if row.said is not None else None)
        if found.outcome == CREATED:
            left -= 1
            if left < 0:
                found = _rejected(row, f"All {cohort.seats_for(role)} seats for {role}s are taken.")
        planned.append(found)
    return planned


def _planned(row: ImportRow, saved: UpsertResult | None) -> PlannedRow:
    if saved is None or saved.row is None:
        return _rejected(row, saved.error if saved else row.error)
    for address in saved.have_left:
        note = f"{address} left this team and isn’t added again. The lead can invite them back."
        if note not in row.warnings:  # planned once more when it is applied
            row = replace(row, warnings=(*row.warnings, note))
    changes = ", ".join(_field_name(name) for name in saved.fields) if saved.outcome == UPDATED else ""
    meets = [saved.row.pk, saved.fields, saved.before] if saved.outcome != CREATED else []
    return PlannedRow(row, saved.outcome, changes=changes, signature=_digest([saved.outcome, row.warnings, meets]))


def _rejected(row: ImportRow, reason: str) -> PlannedRow:
    return PlannedRow(row, REJECTED, reason=reason, signature=_digest([REJECTED, reason]))


def _people_of(said: EnrollmentInput) -> str:
    people = [(said.full_name, said.email), *(said.members or ())]
    names = ", ".join(f"{name} <{email}>" if name else email for name, email in people)
    return f"Team of {len(people)}: {names}" if len(people) > 1 else names


def _field_name(name: str) -> str:
    return FIELD_NAMES.get(name) or COLUMN_LABELS.get(name, name).partition(" (")[0]


def _digest(what: Any) -> str:
    text = json.dumps(what, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
