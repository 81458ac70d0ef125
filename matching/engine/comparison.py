"""Compare the results of each aim in a large cohort, in a task of its own that a coordinator starts."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from matching.models import MatchRun
from matching.policy.choices import OBJECTIVES
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.wake_up import wake_up
from mentorship.core.errors import reason_of

logger = logging.getLogger(__name__)

CHANGED = "People, pairs or rules have changed since this run. Run again to compare the goals."


@transaction.atomic
def request_comparison(*, run: MatchRun, by: User | None) -> None:
    """Have a worker solve a run for the other aims as well. Does nothing if it is compared, or being compared."""
    run = MatchRun.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=run.pk)
    if run.comparing_since or run.findings.get("comparison", {}).keys() >= OBJECTIVES.keys():
        return
    run.comparing_since = timezone.now()
    run.save(update_fields=["comparing_since"])
    record(verb=Verb.REQUESTED, target=run, workspace_id=run.cohort.workspace_id, by=by, comparison=run.number)
    transaction.on_commit(lambda: _wake(run.pk))


def work_comparison(run_id: int) -> None:
    """Compare the aims of a run if that was asked for. Idempotent."""
    from matching.engine import matcher  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.run_result import as_findings  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs

    run = MatchRun.objects.select_related("cohort__programme").filter(pk=run_id, comparing_since__isnull=False).first()
    if run is None:
        return
    found, note = run.findings, ""
    try:
        result = matcher.match_cohort(
            run.cohort,
            run.weights,
            require_common_language=bool(found.get("common_language", True)),
            rules=found.get("rules"),
            objective=found.get("objective", "total"),
        )
        if (result.solution.matched, result.solution.total_points) == (run.matched, run.total_points):
            found["comparison"] = as_findings(result.every_objective())
        else:
            note = CHANGED
    except matcher.EngineError:
        note = CHANGED
    except Exception as error:
        logger.exception("The aims of run %s were not compared", run_id)
        note = reason_of(error)
    found["comparison_note"] = note
    mine = MatchRun.objects.filter(pk=run_id, comparing_since=run.comparing_since)
    mine.update(findings=found, comparing_since=None)


def compare_stranded(run: MatchRun, now: datetime) -> int:
    """Compare the aims of a run that no worker compares; 1 where this process does."""
    mine = MatchRun.objects.filter(pk=run.pk, comparing_since=run.comparing_since).update(comparing_since=now)
    if mine:
        work_comparison(run.pk)
    return mine


def _wake(run_id: int) -> None:
    from matching.tasks import work_out_comparison  # noqa: PLC0415 circular by design: the task calls this module

    wake_up(work_out_comparison, run_id)
