"""Request, compute, retry and rename matching runs."""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cohorts.models import Cohort
from matching.engine.comparison import compare_stranded
from matching.models import Confirmation, MatchProposal, MatchRun, MatchTable
from matching.policy.services import rules_of, weights_of
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.wake_up import wake_up
from mentorship.core.errors import ServiceError

if TYPE_CHECKING:  # pages use this module, and the engine is slow to load
    from matching.engine.run_result import RunResult

TELL_EVERY = 1  # second


@transaction.atomic
def request_run(*, cohort: Cohort, by: User | None) -> MatchRun:
    """Queue a run and wake a worker. Returns a run that is already waiting or in progress, if there is one."""
    lock_open_cohort(cohort)
    under_way = MatchRun.objects.filter(cohort=cohort).under_way().first()
    if under_way is not None:
        return under_way
    run = _new_run(cohort, by)
    transaction.on_commit(lambda: _wake(run.pk))
    return run


def run_now(*, cohort: Cohort, by: User | None) -> tuple[MatchRun, "RunResult"]:
    """Create a run and compute it in this process, for commands. Raises ServiceError if it fails."""
    with transaction.atomic():
        lock_open_cohort(cohort)
        run = _new_run(cohort, by, status=MatchRun.Status.WORKING, started_at=timezone.now())
    result = _work(run)
    run.refresh_from_db()
    if result is None:
        raise ServiceError(run.error)
    return run, result


def work_run(run_id: int) -> bool:
    """Claim a run and compute it. False if another worker has it or it is done. Errors are stored on the run."""
    run = MatchRun.objects.select_related("cohort__programme").claim(run_id)
    if run is not None:
        _work(run)
    return run is not None


def sweep_runs(now: datetime) -> int:
    """Compute runs that no worker has, and compare aims that no worker compares. Returns how many were taken."""
    return sum(
        compare_stranded(run, now) if run.comparing_since else run.take_over(now, work_run)
        for run in MatchRun.objects.stranded(now)
    )


def lock_open_cohort(cohort: Cohort) -> None:
    """Lock an open cohort, so that runs and changes of its pairs happen one at a time."""
    locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if locked.status in (Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED):
        raise ServiceError(f"{locked} is {locked.get_status_display()}; nobody is matched in it any more.")
    locked.refuse_after_end()


def refuse_while_confirming(cohort: Cohort | int) -> None:
    """Raise ServiceError while a worker confirms pairs of the cohort as a coordinator saw them."""
    going = Confirmation.objects.under_way().filter(run__cohort=cohort).select_related("run").first()
    if going is not None:
        raise ServiceError(
            f"{going.run} is being confirmed: {going.done} of {going.total} done. Wait until it is over."
        )


def _new_run(cohort: Cohort, by: User | None, **fields: Any) -> MatchRun:
    refuse_while_confirming(cohort)
    last = cohort.match_runs.aggregate(last=Max("number"))["last"] or 0
    run = MatchRun.objects.create(
        cohort=cohort, number=last + 1, weights=weights_of(cohort)[0], created_by=by, **fields
    )
    record(verb=Verb.REQUESTED, target=run, workspace_id=cohort.workspace_id, by=by, number=run.number)
    return run


def _wake(run_id: int) -> None:
    from matching.tasks import work_out_run  # noqa: PLC0415 circular by design: the task calls this module

    wake_up(work_out_run, run_id)


def _work(run: MatchRun) -> "RunResult | None":
    """Compute a claimed run outside any transaction, and store the result."""
    from matching.engine import matcher  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.score_table_writer import limits_of, table_fields  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs

    tell = Progress(run)
    try:
        tell("reading sign-ups")
        rules, objective = rules_of(run.cohort)
        weights, common = weights_of(run.cohort)
        if not run.weights.keys() <= weights.keys():  # it has waited through an upgrade that removed a factor
            run.weights = weights
            run.save(update_fields=["weights"])
        result = matcher.match_cohort(
            run.cohort, run.weights, require_common_language=common, rules=rules, objective=objective, tell=tell
        )
        tell("looking for what would help")
        findings = {**result.findings(), "common_language": common, "limits": limits_of(result)}
        tell("writing the reasons")
        _store(run, result, _proposals(run, result), findings, table_fields(result))
    except Exception as error:
        run.fail(error)
    else:
        return result
    return None


class Progress:
    """Tells pages what a run is at, about once a second."""

    def __init__(self, run: MatchRun) -> None:
        self._run = run
        self._told_at = time.monotonic()

    def __call__(self, words: str) -> None:
        now = time.monotonic()
        if now - self._told_at >= TELL_EVERY:
            self._told_at = now
            self._run.store(progress=words)


def _proposals(run: MatchRun, result: "RunResult") -> list[MatchProposal]:
    """The rows of a run's proposals, made before the transaction in which they are written."""
    return [
        MatchProposal(
            run=run,
            mentee=pair.mentee,
            mentor=pair.mentor,
            locked=pair.locked,
            score=pair.score,
            factors=pair.factors,
            why=pair.reasons.sentence,
            reasons=pair.reasons.support,
        )
        for pair in result.chosen
    ]


@transaction.atomic
def _store(
    run: MatchRun,
    result: "RunResult",
    proposals: list[MatchProposal],
    findings: dict[str, Any],
    table: dict[str, Any],
) -> None:
    # Another worker may have taken over a run that took too long.
    is_mine = run.finish(
        total_points=result.solution.total_points,
        matched=result.solution.matched,
        certified=result.solution.certified,
        # Factors about which nothing was known pass their weight to the others.
        weights={name: weight if result.scores.weights.get(name) else 0 for name, weight in run.weights.items()},
        findings=findings,
        unmatched=[{"mentee": mentee.pk, "reasons": reasons} for mentee, reasons in result.unmatched],
        progress="",
    )
    if is_mine:
        MatchProposal.objects.bulk_create(proposals, batch_size=500)
        MatchTable.objects.update_or_create(run=run, defaults=table)


@transaction.atomic
def rename_run(*, run: MatchRun, name: str, by: User | None) -> None:
    """Name a run; an empty name removes it."""
    run.name = name.strip()[:60]
    run.save(update_fields=["name"])
    record(verb=Verb.RENAMED, target=run, workspace_id=run.cohort.workspace_id, by=by, name=run.name)
