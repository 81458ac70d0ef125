"""Import a sheet into a cohort: preview, write in pieces, report each rejected row. Sends no mail."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cache

from django.db import OperationalError, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q

from cohorts.enrollment.upsert import CREATED, UNCHANGED, UPDATED, save_enrollments
from cohorts.imports.columns import fields_for, guess_mapping
from cohorts.imports.planning import REJECTED, ImportOptions, ImportPlan, PlannedRow, plan_import, plan_rows
from cohorts.imports.reading import ReadTable, read_file
from cohorts.models import Cohort, Enrollment, ImportBatch
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.pieces import work_in_pieces
from mentorship.core.background.wake_up import wake_up
from mentorship.core.errors import ServiceError
from mentorship.core.sheets import ReadingChoice, SheetTable

logger = logging.getLogger(__name__)

# Rows per transaction: many enough to be quick, few enough that nobody waits for the database.
ROWS_PER_TRANSACTION = 500
# Sheets of up to this many rows are written while the browser waits.
MAX_ROWS_IN_REQUEST = 1000
STALLED_AFTER = timedelta(minutes=2)
KEPT_FOR = timedelta(days=7)
CHANGED_SINCE = (
    "This application changed after the preview, so nothing was imported. Import the sheet again to see how."
)


class PreviewChangedError(ServiceError):
    """The import would no longer do what the preview said."""


@dataclass
class ImportResult:
    """The result of each row. Line numbers are those of the file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    # Changes to existing applications, and the rows that a coordinator is asked about.
    changes: list[tuple[int, str]] = field(default_factory=list)
    asked: list[tuple[int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.usable + len(self.rejected)

    @property
    def usable(self) -> int:
        """Rows that are imported, including those that change nothing."""
        return self.created + self.updated + self.unchanged

    def add(self, planned: PlannedRow) -> None:
        """Count the outcome of a row."""
        line = planned.row.line
        if planned.row.question:
            self.asked.append((line, planned.row.question))
        if planned.outcome == REJECTED:
            self.rejected.append((line, planned.reason))
            return
        name = {CREATED: "created", UPDATED: "updated", UNCHANGED: "unchanged"}[planned.outcome]
        setattr(self, name, getattr(self, name) + 1)
        self.warnings += [(line, warning) for warning in planned.row.warnings]
        if planned.changes:
            self.changes.append((line, planned.changes))


def result_of(plan: ImportPlan) -> ImportResult:
    """The result that applying a plan will have."""
    result = ImportResult(ignored=plan.ignored)
    for planned in plan.rows:
        result.add(planned)
    return result


def import_rows(
    *,
    cohort: Cohort,
    role: str,
    table: SheetTable,
    mapping: Mapping[str, str],
    status: str = Enrollment.Status.APPLIED,
    consented: bool = False,
    by: User | None = None,
    dry_run: bool = False,
    decisions: Mapping[str, str] | None = None,
) -> ImportResult:
    """Write a sheet into a cohort, all of it or, if it raises SheetError, nothing.

    An unusable row is reported with its line and reason, and does not stop the others. `consented` says that these
    people agreed to share their address with their match. With `dry_run` nothing is written. `decisions`: see
    `ImportOptions`.
    """
    options = ImportOptions(mapping=mapping, status=status, consented=consented, decisions=decisions or {})
    with transaction.atomic():
        plan = plan_import(cohort=cohort, role=role, table=table, options=options)
        if dry_run:
            return result_of(plan)
        result = ImportResult(ignored=plan.ignored)
        for begin in range(0, len(plan.rows), ROWS_PER_TRANSACTION):
            _import_piece(cohort, role, plan.rows[begin : begin + ROWS_PER_TRANSACTION], status, by, result)
        if result.created or result.updated:
            _record(cohort, role, by, result)
    return result


def suggest_mapping(
    cohort: Cohort, role: str, headers: Sequence[str], rows: Sequence[Sequence[str]] = ()
) -> dict[str, str]:
    """The mapping of the last import in this cohort or the one it repeats, otherwise a guess from the sheet."""
    fields = fields_for(cohort, role)
    mapping = guess_mapping(headers, role, cohort, rows)
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
    batch = ImportBatch(cohort=cohort, role=role, filename=filename[:200], source=content, created_by=by)
    _take_table(batch, read_file(content, cohort=cohort))
    batch.save()
    record(verb=Verb.UPLOADED_A_SHEET, target=batch, workspace_id=cohort.workspace_id, by=by, role=role)
    return batch


@transaction.atomic
def read_again(*, batch: ImportBatch, choice: ReadingChoice) -> ImportBatch:
    """Read an uploaded file with another encoding, sheet or header row. Raises ServiceError."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=batch.pk)
    if locked.status != ImportBatch.Status.UPLOADED or locked.source is None:
        raise ServiceError("The file is no longer kept. Upload it again.")
    _take_table(locked, read_file(bytes(locked.source), choice, locked.cohort))
    locked.save()
    return locked


def _take_table(batch: ImportBatch, read: ReadTable) -> None:
    batch.rows, batch.lines, batch.reading = read.table.rows, read.table.lines, read.as_json()
    batch.mapping = suggest_mapping(batch.cohort, batch.role, read.table.headers, read.table.rows[1:])


def table_of(batch: ImportBatch) -> SheetTable:
    """The table of an uploaded sheet."""
    return SheetTable(batch.rows, batch.lines)


def plan_batch(batch: ImportBatch, options: ImportOptions) -> ImportPlan:
    """Work out what applying an uploaded sheet would do now. Raises SheetError for a mapping that can't be used."""
    return plan_import(cohort=batch.cohort, role=batch.role, table=table_of(batch), options=options)


def apply_import(*, batch: ImportBatch, options: ImportOptions, seen: str, by: User) -> ImportBatch:
    """Write the sheet into its cohort as its preview said, once: applying again returns its result.

    `seen` is the digest of the plan that was shown. If the plan has changed since, PreviewChangedError is raised and
    nothing is written. A long sheet is written by a worker; its status is `working` meanwhile. Raises SheetError for a
    mapping that can't be used.
    """
    with transaction.atomic():
        locked = (
            ImportBatch.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=batch.pk)
        )
        if locked.status != ImportBatch.Status.UPLOADED:
            return locked
        plan = plan_batch(locked, options)
        if plan.digest != seen:
            raise PreviewChangedError("This isn’t what the preview showed. Check the preview again, then import.")
        locked.status, locked.mapping, locked.total = ImportBatch.Status.WORKING, dict(options.mapping), len(plan.rows)
        locked.options = {"status": options.status, "consented": options.consented}
        locked.plan, locked.source, locked.reading = [asdict(row) for row in plan.rows], None, {}
        locked.result = asdict(ImportResult(ignored=plan.ignored))
        locked.created_by = by
        locked.save()
        if len(plan.rows) > MAX_ROWS_IN_REQUEST:
            transaction.on_commit(lambda: _wake(batch.pk))
            return locked
    return continue_import(batch.pk)


def continue_import(batch_id: int) -> ImportBatch:
    """Write the rest of a sheet, piece by piece; pieces that are written stay.

    An error ends the import as failed, with the reason.
    """
    started = ImportBatch.objects.select_related("cohort__programme").get(pk=batch_id)
    plan = cache(lambda: _kept_plan(started))
    return work_in_pieces(started, lambda _: _next_piece(batch_id, plan()), _fail)


def sweep_imports(now: datetime) -> int:
    """Continue imports whose worker died or never started; one failure does not stop the others. Returns how many.

    Files that nobody applied within a week are deleted.
    """
    old = Q(source__isnull=False, created_at__lt=now - KEPT_FOR)
    stale = Q(status=ImportBatch.Status.WORKING, touched_at__lt=now - STALLED_AFTER)
    is_old, is_stale = (ExpressionWrapper(one, output_field=BooleanField()) for one in (old, stale))
    found = ImportBatch.objects.filter(old | stale).annotate(is_old=is_old, is_stale=is_stale)
    rows = list(found.values_list("pk", "is_old", "is_stale"))
    if any(is_old for _, is_old, _ in rows):
        ImportBatch.objects.filter(old).update(source=None)
    ids = [pk for pk, _, is_stale in rows if is_stale]
    for batch_id in ids:
        try:
            continue_import(batch_id)
        except OperationalError:
            logger.warning("The database was away; the next sweep goes on with import %s.", batch_id, exc_info=True)
    return len(ids)


def _kept_plan(batch: ImportBatch) -> list[PlannedRow]:
    """The plan that was approved. Imports that began before plans were kept are planned now."""
    if batch.plan:
        return [PlannedRow.from_json(row) for row in batch.plan]
    options = ImportOptions(mapping=batch.mapping, status=batch.options["status"], consented=batch.options["consented"])
    return plan_batch(batch, options).rows


def _next_piece(batch_id: int, plan: list[PlannedRow]) -> ImportBatch:
    with transaction.atomic():
        batch = (
            ImportBatch.objects.select_for_update(of=("self",))
            .select_related("cohort__programme", "created_by")
            .defer("plan", "rows", "lines")
            .get(pk=batch_id)
        )
        if not batch.is_under_way:  # another worker was faster
            return batch
        result = ImportResult(**batch.result)
        piece = plan[batch.done : batch.done + ROWS_PER_TRANSACTION]
        _import_piece(batch.cohort, batch.role, piece, batch.options["status"], batch.created_by, result)
        batch.done += len(piece)
        changed = ["status", "done", "result", "touched_at"]
        if batch.done >= len(plan):
            batch.status, batch.plan = ImportBatch.Status.APPLIED, []
            changed.append("plan")
            _record(batch.cohort, batch.role, batch.created_by, result)
        batch.result = asdict(result)
        batch.save(update_fields=changed)
        return batch


def _import_piece(
    cohort: Cohort, role: str, piece: Sequence[PlannedRow], status: str, by: User | None, result: ImportResult
) -> None:
    """Write some rows as planned and add their results; rows whose effect has changed are rejected."""
    if status == Enrollment.Status.ACCEPTED and cohort.seats_for(role) is not None:
        Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    wanted = [planned for planned in piece if planned.outcome != REJECTED]
    now = plan_rows(cohort=cohort, role=role, rows=[planned.row for planned in wanted], status=status)
    same = [one for one, other in zip(wanted, now, strict=True) if one.signature == other.signature]
    inputs = [one.row.said for one in same if one.row.said is not None]
    saved = save_enrollments(cohort=cohort, role=role, inputs=inputs, by=by, status=status)
    written = {one.row.line for one, done in zip(same, saved, strict=True) if done.row is not None}
    for planned in piece:
        as_planned = planned.outcome == REJECTED or planned.row.line in written
        result.add(planned if as_planned else PlannedRow(planned.row, REJECTED, reason=CHANGED_SINCE))


@transaction.atomic
def _fail(batch: ImportBatch, why: str) -> ImportBatch:
    """End an import that can't go on. Pieces that are written stay."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.is_under_way:
        batch.status, batch.plan, batch.failure = ImportBatch.Status.FAILED, [], why
        batch.save(update_fields=["status", "plan", "failure", "touched_at"])
    return batch


def _record(cohort: Cohort, role: str, by: User | None, result: ImportResult) -> None:
    counts = {"created": result.created, "updated": result.updated, "rejected": len(result.rejected)}
    record(verb=Verb.IMPORTED, target=cohort, workspace_id=cohort.workspace_id, by=by, role=role, **counts)


def _wake(batch_id: int) -> None:
    from cohorts.tasks import work_out_import  # noqa: PLC0415 circular by design: the task calls this module

    wake_up(work_out_import, batch_id)
