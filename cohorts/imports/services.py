"""Import a sheet into a cohort: preview, write in pieces, report each rejected row. Sends no mail."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from cohorts.enrollment.seats import free_seats
from cohorts.enrollment.upsert import CREATED, UPDATED, save_enrollments
from cohorts.imports.columns import fields_for, guess_mapping
from cohorts.imports.rows import ImportRow, parse_rows, read_rows
from cohorts.models import Cohort, Enrollment, ImportBatch
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb

logger = logging.getLogger(__name__)

# Rows of one transaction: long enough to be quick, short enough that nobody waits for the database.
ROWS_PER_TRANSACTION = 500
# A sheet up to this long is written while the browser waits.
MAX_ROWS_IN_REQUEST = 1000
STALLED_AFTER = timedelta(minutes=2)


@dataclass
class ImportResult:
    """The result of each row. Lines count as in the file: the headers are line 1."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.rejected)


def import_rows(
    *,
    cohort: Cohort,
    role: str,
    rows: Sequence[Sequence[str]],
    mapping: Mapping[str, str],
    status: str = Enrollment.Status.APPLIED,
    consented: bool = False,
    by: User | None = None,
    dry_run: bool = False,
) -> ImportResult:
    """Write the rows of a sheet into a cohort, all or, where it raises SheetError, none.

    A row that can't be used is reported with its line and reason, and stops no other. `consented` says that these
    people agreed to share their address with their match. With `dry_run` nothing is written.
    """
    parsed = parse_rows(cohort=cohort, role=role, rows=rows, mapping=mapping, consented=consented)
    result = ImportResult(ignored=[h for h in rows[0] if h not in mapping])
    with transaction.atomic():
        for begin in range(0, len(parsed), ROWS_PER_TRANSACTION):
            _import_piece(
                cohort, role, parsed[begin : begin + ROWS_PER_TRANSACTION], status, by, result, dry_run=dry_run
            )
        if not dry_run and (result.created or result.updated):
            _record(cohort, role, by, result)
    return result


def suggest_mapping(cohort: Cohort, role: str, headers: Sequence[str]) -> dict[str, str]:
    """The mapping of the last import in this cohort or the one it repeats, else by the headers."""
    fields = fields_for(cohort, role)
    mapping = guess_mapping(headers, role, fields)
    of_role = ImportBatch.objects.filter(
        cohort__in=[cohort.pk, cohort.repeats_id or cohort.pk], role=role, status=ImportBatch.Status.APPLIED
    )
    if last := of_role.order_by("-pk").first():
        if set(headers) <= set(last.rows[0]) and set(last.rows[0]) <= set(headers):
            return {h: f for h, f in last.mapping.items() if f in fields}
        for header, name in last.mapping.items():
            if header in headers and name in fields and name not in mapping.values():
                mapping[header] = name
    return mapping


@transaction.atomic
def start_import(*, cohort: Cohort, role: str, filename: str, content: bytes, by: User) -> ImportBatch:
    """Keep an uploaded sheet, with a first mapping of its columns, until it is applied. Raises SheetError."""
    rows = read_rows(content)
    return ImportBatch.objects.create(
        cohort=cohort,
        role=role,
        filename=filename[:200],
        rows=rows,
        mapping=suggest_mapping(cohort, role, rows[0]),
        created_by=by,
    )


def apply_import(*, batch: ImportBatch, mapping: dict[str, str], status: str, consented: bool, by: User) -> ImportBatch:
    """Write the sheet into its cohort, once: applying again returns its result.

    A long sheet is written by a worker; its status is `working` meanwhile. Raises SheetError for a mapping that can't
    be, and then nothing has changed.
    """
    parsed = parse_rows(cohort=batch.cohort, role=batch.role, rows=batch.rows, mapping=mapping, consented=consented)
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.status != ImportBatch.Status.UPLOADED:
            return locked
        locked.status, locked.mapping, locked.total = ImportBatch.Status.WORKING, mapping, len(parsed)
        locked.options = {"status": status, "consented": consented}
        locked.result = asdict(ImportResult(ignored=[h for h in batch.rows[0] if h not in mapping]))
        locked.save(update_fields=["status", "mapping", "total", "options", "result", "touched_at"])
        if len(parsed) > MAX_ROWS_IN_REQUEST:
            transaction.on_commit(lambda: _wake(batch.pk))
            return locked
    return continue_import(batch.pk)


def continue_import(batch_id: int) -> ImportBatch:
    """Write the rest of a sheet, piece by piece; what is written stays written.

    Safe for two workers at once and after a crash: each goes on where the last piece ended.
    """
    batch = ImportBatch.objects.select_related("cohort__programme", "created_by").get(pk=batch_id)
    parsed: list[ImportRow] | None = None
    while batch.status == ImportBatch.Status.WORKING:
        if parsed is None:
            parsed = parse_rows(
                cohort=batch.cohort,
                role=batch.role,
                rows=batch.rows,
                mapping=batch.mapping,
                consented=batch.options["consented"],
            )
        batch = _next_piece(batch_id, parsed)
    return batch


def sweep_imports(now: datetime) -> int:
    """Continue imports whose worker died or was never started. Returns how many."""
    stale = ImportBatch.objects.filter(status=ImportBatch.Status.WORKING, touched_at__lt=now - STALLED_AFTER)
    ids = list(stale.values_list("pk", flat=True))
    for batch_id in ids:
        continue_import(batch_id)
    return len(ids)


def _next_piece(batch_id: int, parsed: list[ImportRow]) -> ImportBatch:
    with transaction.atomic():
        batch = (
            ImportBatch.objects.select_for_update(of=("self",))
            .select_related("cohort__programme", "created_by")
            .get(pk=batch_id)
        )
        if batch.status != ImportBatch.Status.WORKING:
            return batch
        result = ImportResult(**batch.result)
        piece = parsed[batch.done : batch.done + ROWS_PER_TRANSACTION]
        _import_piece(batch.cohort, batch.role, piece, batch.options["status"], batch.created_by, result)
        batch.done += len(piece)
        if batch.done >= len(parsed):
            batch.status = ImportBatch.Status.APPLIED
            _record(batch.cohort, batch.role, batch.created_by, result)
        batch.result = asdict(result)
        batch.save(update_fields=["status", "done", "result", "touched_at"])
        return batch


def _import_piece(
    cohort: Cohort,
    role: str,
    piece: Sequence[ImportRow],
    status: str,
    by: User | None,
    result: ImportResult,
    *,
    dry_run: bool = False,
) -> None:
    """Write some rows and add their results to `result`."""
    result.rejected += [(row.line, row.error) for row in piece if row.said is None]
    usable = [(row, row.said) for row in piece if row.said is not None]
    if status == Enrollment.Status.ACCEPTED:
        usable = _seated(cohort, role, usable, result, dry_run=dry_run)
    saved = save_enrollments(
        cohort=cohort, role=role, inputs=[said for _, said in usable], by=by, status=status, dry_run=dry_run
    )
    for (row, _), one in zip(usable, saved, strict=True):
        if one.row is None:
            result.rejected.append((row.line, one.error))
            continue
        result.warnings += [(row.line, warning) for warning in row.warnings]
        name = {CREATED: "created", UPDATED: "updated"}.get(one.outcome, "unchanged")
        setattr(result, name, getattr(result, name) + 1)
    result.rejected.sort(key=lambda told: told[0])


def _seated(cohort: Cohort, role: str, usable: list[Any], result: ImportResult, *, dry_run: bool) -> list[Any]:
    """Reject the rows for which no seat is left, where seats are limited. Returns the others."""
    if cohort.seats_for(role) is None:
        return usable
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    here = set(cohort.enrollments.filter(role=role).values_list("user__email", flat=True))
    left = (free_seats(cohort, role) or 0) - (result.created if dry_run else 0)
    seated = []
    for row, said in usable:
        if said.email in here or left > 0:
            seated.append((row, said))
            left -= said.email not in here
        else:
            result.rejected.append((row.line, f"All {cohort.seats_for(role)} seats for {role}s are taken."))
    return seated


def _record(cohort: Cohort, role: str, by: User | None, result: ImportResult) -> None:
    counts = {"created": result.created, "updated": result.updated, "rejected": len(result.rejected)}
    record(verb=Verb.IMPORTED, target=cohort, workspace_id=cohort.workspace_id, by=by, role=role, **counts)


def _wake(batch_id: int) -> None:
    from cohorts.tasks import work_out_import  # noqa: PLC0415 circular by design: the task calls this module

    try:
        work_out_import.delay(batch_id)
    except Exception:
        logger.warning("The broker is away; the next sweep goes on with the sheet.", exc_info=True)
