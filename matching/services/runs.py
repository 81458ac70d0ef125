"""Every write about runs, what is fixed by hand, and the status of a match. Intros are written by introducing.py."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError
from matching.factors import DEFAULT_RULES, DEFAULT_WEIGHTS, OBJECTIVES
from matching.models import ConfirmPolicy, Match, MatchPin, MatchPolicy, MatchProposal, MatchRun, MatchTable
from matching.querysets import GIVE_UP_AFTER
from mentorship.accounts.models import User
from mentorship.audit.services import record

if TYPE_CHECKING:  # pages use this module, and the engine is too heavy for them
    from matching.engine import Answer, Pair

logger = logging.getLogger(__name__)

# Whoever tried this long, with a new worker every ten minutes, will not succeed by trying again.
LAST_TRY_AFTER = timedelta(hours=1)


# --- runs ---


@transaction.atomic
def request_run(*, cohort: Cohort, by: User | None) -> MatchRun:
    """Queue a run and wake a worker. Where one is waiting or worked on already, that one is returned."""
    _lock_open(cohort)
    under_way = cohort.match_runs.filter(status__in=[MatchRun.Status.QUEUED, MatchRun.Status.WORKING]).first()
    if under_way is not None:
        return under_way
    run = _new_run(cohort, by)
    transaction.on_commit(lambda: _wake(run.pk))
    return run


def run_now(*, cohort: Cohort, by: User | None) -> tuple[MatchRun, "Answer"]:
    """Make a run and work it out in this process, for commands. Raises ServiceError where it fails."""
    with transaction.atomic():
        _lock_open(cohort)
        run = _new_run(cohort, by, status=MatchRun.Status.WORKING, started_at=timezone.now())
    answer = _work(run)
    run.refresh_from_db()
    if answer is None:
        raise ServiceError(run.error)
    return run, answer


def work_run(run_id: int) -> bool:
    """Claim a run and work it out. False where another worker has it, or it is done. Errors end up on the run."""
    now = timezone.now()
    free = Q(status=MatchRun.Status.QUEUED) | Q(status=MatchRun.Status.WORKING, started_at__lt=now - GIVE_UP_AFTER)
    if not MatchRun.objects.filter(free, pk=run_id).update(status=MatchRun.Status.WORKING, started_at=now):
        return False
    _work(MatchRun.objects.select_related("cohort__programme").get(pk=run_id))
    return True


def sweep_runs(now: datetime) -> int:
    """Work out the runs that no worker has. Returns how many were taken up."""
    taken = 0
    for run in MatchRun.objects.stranded(now):
        if run.status == MatchRun.Status.WORKING and run.created_at < now - LAST_TRY_AFTER:
            _fail(run, "The work was cut off several times. Tell the operator of this installation.")
        else:
            taken += work_run(run.pk)
    return taken


def weights_of(cohort: Cohort) -> tuple[dict[str, float], bool]:
    """The cohort's weights, and whether a pair needs a language in common."""
    policy = MatchPolicy.objects.filter(cohort=cohort).first()
    return (policy.weights, policy.require_common_language) if policy else (dict(DEFAULT_WEIGHTS), True)


def rules_of(cohort: Cohort) -> tuple[dict[str, Any], str]:
    """Every rule of the cohort with its value, and the objective."""
    policy = MatchPolicy.objects.filter(cohort=cohort).first()
    return {**DEFAULT_RULES, **(policy.rules if policy else {})}, policy.objective if policy else "total"


@transaction.atomic
def save_weights(
    *,
    cohort: Cohort,
    weights: Mapping[str, float],
    require_common_language: bool,
    by: User,
    rules: Mapping[str, Any] | None = None,
    objective: str | None = None,
) -> None:
    """Set how later runs score; runs that stand keep their figures. Rules and objective stay where none are given.

    Raises ServiceError where a rule or the objective is unknown.
    """
    unknown = [name for name in rules or {} if name not in DEFAULT_RULES]
    if unknown or (objective is not None and objective not in OBJECTIVES):
        raise ServiceError(f"No such rule or objective: {', '.join(unknown) or objective}.")
    values: dict[str, Any] = {"weights": dict(weights), "require_common_language": require_common_language}
    if rules is not None:
        values["rules"] = {name: value for name, value in rules.items() if value != DEFAULT_RULES[name]}
    if objective is not None:
        values["objective"] = objective
    policy, _ = MatchPolicy.objects.update_or_create(cohort=cohort, defaults=values)
    said = {"weights": dict(weights), "rules": policy.rules, "objective": policy.objective}
    record(verb="weighted", target=policy, workspace_id=cohort.workspace_id, by=by, **said)


def copy_policy(*, like: Cohort, cohort: Cohort) -> None:
    """Score and confirm a round that repeats another one in the same way."""
    found: list[MatchPolicy | ConfirmPolicy] = [
        *MatchPolicy.objects.filter(cohort=like),
        *ConfirmPolicy.objects.filter(cohort=like),
    ]
    for policy in found:
        policy.pk, policy.cohort = None, cohort
        policy._state.adding = True
        policy.save()


def _lock_open(cohort: Cohort) -> None:
    """Lock the cohort: whatever numbers or pairs its people waits here."""
    locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if locked.status in (Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED):
        raise ServiceError(f"{locked} is {locked.get_status_display()}; nobody is matched in it any more.")


def _new_run(cohort: Cohort, by: User | None, **fields: Any) -> MatchRun:
    last = cohort.match_runs.aggregate(last=Max("number"))["last"] or 0
    run = MatchRun.objects.create(
        cohort=cohort, number=last + 1, weights=weights_of(cohort)[0], created_by=by, **fields
    )
    record(verb="requested", target=run, workspace_id=cohort.workspace_id, by=by, number=run.number)
    return run


def _wake(run_id: int) -> None:
    from matching.tasks import work_out_run  # the task calls this module

    try:
        work_out_run.delay(run_id)
    except Exception:
        logger.warning("The broker is away; the next sweep takes up run %s.", run_id, exc_info=True)


def _work(run: MatchRun) -> "Answer | None":
    """Work out a claimed run, outside any transaction, and store what was found."""
    from matching import engine
    from matching.tabling import limits_of, table_fields

    try:
        rules, objective = rules_of(run.cohort)
        common = weights_of(run.cohort)[1]
        answer = engine.answer(
            run.cohort, run.weights, require_common_language=common, rules=rules, objective=objective
        )
        _store(
            run,
            answer,
            [("chosen", p) for p in answer.chosen] + [("runner_up", p) for p in answer.runners_up()],
            {**answer.findings(), "common_language": common, "limits": limits_of(answer)},
            table_fields(answer),
        )
    except engine.EngineError as error:
        _fail(run, str(error))
    except Exception as error:
        logger.exception("Run %s failed", run.pk)
        _fail(run, f"It broke off: {error}")
    else:
        return answer
    return None


@transaction.atomic
def _store(
    run: MatchRun,
    answer: "Answer",
    pairs: "list[tuple[str, Pair]]",
    findings: dict[str, Any],
    table: dict[str, Any] | None,
) -> None:
    # Only the worker whose claim still stands: another one may have taken over a run that took too long.
    mine = MatchRun.objects.filter(pk=run.pk, status=MatchRun.Status.WORKING, started_at=run.started_at)
    if not mine.update(
        status=MatchRun.Status.READY,
        objective=answer.solution.objective,
        matched=answer.solution.matched,
        certified=answer.solution.certified,
        findings=findings,
        unmatched=[{"mentee": mentee.pk, "reasons": reasons} for mentee, reasons in answer.unmatched],
        finished_at=timezone.now(),
    ):
        return
    MatchProposal.objects.bulk_create(
        [
            MatchProposal(
                run=run,
                kind=kind,
                mentee=pair.mentee,
                mentor=pair.mentor,
                locked=pair.locked,
                score=pair.score,
                factors=pair.factors,
                why=pair.why,
            )
            for kind, pair in pairs
        ],
        batch_size=500,
    )
    if table is not None:
        MatchTable.objects.update_or_create(run=run, defaults=table)


def _fail(run: MatchRun, error: str) -> None:
    mine = MatchRun.objects.filter(pk=run.pk, status=MatchRun.Status.WORKING, started_at=run.started_at)
    mine.update(status=MatchRun.Status.FAILED, error=error, finished_at=timezone.now())


@transaction.atomic
def rename_run(*, run: MatchRun, name: str, by: User | None) -> None:
    """What coordinators call the run, beside its number; an empty name takes it away."""
    run.name = name.strip()[:60]
    run.save(update_fields=["name"])
    record(verb="renamed", target=run, workspace_id=run.cohort.workspace_id, by=by, name=run.name)


# --- what is fixed for every later run; changes of the board are made by by_hand.py ---


@transaction.atomic
def set_pin(*, mentee: Enrollment, mentor: Enrollment, kind: str, by: User | None, reason: str = "") -> MatchPin:
    """Lock a pair, or forbid it, for every later run. Replaces the other kind."""
    _check_pair(mentee, mentor)
    _lock_open(mentee.cohort)
    if kind == MatchPin.Kind.LOCK:
        taken = Match.objects.places_of(mentee.cohort)
        locks = MatchPin.objects.filter(kind=MatchPin.Kind.LOCK).exclude(mentee=mentee, mentor=mentor)
        together = Match.objects.standing().filter(mentee=OuterRef("mentee"), mentor=OuterRef("mentor"))
        locks = locks.exclude(Exists(together))  # their places are counted as taken
        if locks.filter(mentor=mentor).count() + taken[mentor.pk] >= mentor.capacity:
            raise ServiceError(
                f"{mentor.user} takes {mentor.capacity}, and all of these places are locked or taken already."
            )
        if locks.filter(mentee=mentee).count() + taken[mentee.pk] >= mentee.mentors_wanted:
            raise ServiceError(f"“{mentee}” has as many mentors locked as it wants. Unlock one first.")
    pin, _ = MatchPin.objects.update_or_create(
        mentee=mentee,
        mentor=mentor,
        defaults={"kind": kind, "created_by": by, "created_at": timezone.now(), "reason": reason[:300]},
    )
    verb, workspace_id = "locked" if kind == MatchPin.Kind.LOCK else "forbade", mentee.cohort.workspace_id
    record(verb=verb, target=mentee, workspace_id=workspace_id, by=by, mentor=mentor.pk, reason=reason)
    return pin


@transaction.atomic
def remove_pin(*, mentee: Enrollment, mentor: Enrollment, by: User | None) -> None:
    """Leave a pair to the engine again. Nothing happens where nothing was fixed."""
    deleted, _ = MatchPin.objects.filter(mentee=mentee, mentor=mentor).delete()
    if deleted:
        record(verb="unpinned", target=mentee, workspace_id=mentee.cohort.workspace_id, by=by, mentor=mentor.pk)


def _check_pair(mentee: Enrollment, mentor: Enrollment) -> None:
    if mentee.role != "mentee" or mentor.role != "mentor" or mentee.cohort_id != mentor.cohort_id:
        raise ServiceError("A pair is a mentee and a mentor of the same cohort.")
    if mentor.user in mentee.people:
        raise ServiceError(f"{mentor.user} is part of “{mentee}”.")


# --- matches ---


@transaction.atomic
def set_match_status(*, match: Match, to: str, by: User | None, reason: str = "") -> Match:
    """The one place where a match's status changes. Sends nothing.

    Raises ServiceError where the step is not one of its TRANSITIONS, or would take a place that is gone.
    """
    locked = Match.objects.select_for_update(of=("self",)).select_related("mentee__cohort__programme").get(pk=match.pk)
    if to not in Match.TRANSITIONS[locked.status]:
        raise ServiceError(f"This match is {locked.get_status_display()}; it can't become {to}.")
    if to in Match.TAKES_A_PLACE and locked.status not in Match.TAKES_A_PLACE:
        _check_place(locked)
    before, locked.status = locked.status, to
    if to in (Match.Status.ENDED, Match.Status.REMATCHED):
        locked.ended_reason = reason.strip()[:300]
        # Otherwise the next run would bring them together again. Who wishes just that locks them once more.
        MatchPin.objects.filter(mentee=locked.mentee_id, mentor=locked.mentor_id, kind=MatchPin.Kind.LOCK).delete()
    locked.save(update_fields=["status", "ended_reason"])
    workspace_id = locked.mentee.cohort.workspace_id
    record(verb=f"made {to}", target=locked, workspace_id=workspace_id, by=by, before=before, reason=reason)
    return locked


def _check_place(match: Match) -> None:
    # The same lock as every confirmation takes: two may want the last place.
    Cohort.objects.select_for_update().get(pk=match.mentee.cohort_id)
    taken = Match.objects.places_of(match.mentee.cohort)
    mentor = Enrollment.objects.select_related("user").get(pk=match.mentor_id)
    if taken[mentor.pk] >= mentor.capacity:
        raise ServiceError(f"{mentor.user} has no free place any more.")
    if taken[match.mentee_id] >= match.mentee.mentors_wanted:
        raise ServiceError(f"“{match.mentee}” has another mentor by now.")
