"""Request, compute, take and undo weights fitted on a programme's earlier rounds."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort
from matching.engine.services import lock_open_cohort
from matching.models import PastWeights
from matching.past_weights.rounds import LEAST_MENTEES, LEAST_MENTORS, LEAST_ROUNDS, EarlierRound, telling_rounds
from matching.policy.services import save_weights, weights_of
from matching.scoring.factors import visible_factors
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.wake_up import wake_up
from mentorship.core.errors import ServiceError

if TYPE_CHECKING:  # pages use this module, and numpy is slow to load
    from matching.past_weights.judgement import Judgement


def weights_today(cohort: Cohort) -> dict[str, float]:
    """The weights that coordinators see and set."""
    weights = weights_of(cohort)[0]
    return {name: weights[name] for name in visible_factors()}


def missing_for_fit(rounds: Sequence[EarlierRound]) -> str:
    """Say in a sentence what data is missing before weights can be fitted and judged; "" if none is."""
    enough = sum(one.tells_enough for one in rounds)
    if enough >= LEAST_ROUNDS:
        return ""
    needed = f"at least {LEAST_MENTEES} matched mentees and {LEAST_MENTORS} mentors"
    if not rounds:
        return (
            f"This programme has no earlier round with confirmed pairs. Two are needed, each with {needed}: one to "
            "learn from, and one to check the result on."
        )
    if enough:
        return f"One earlier round is enough to learn from. Another one with {needed} is needed to check the result on."
    return f"Two earlier rounds are needed, each with {needed}. No earlier round has that many yet."


@transaction.atomic
def request_past_weights(*, cohort: Cohort, by: User | None) -> PastWeights:
    """Have a worker fit weights, unless one does already. Raises ServiceError if there is too little data."""
    lock_open_cohort(cohort)
    if missing := missing_for_fit(telling_rounds(cohort)):
        raise ServiceError(cohort.programme.own_words(missing))
    under_way = PastWeights.objects.under_way().filter(cohort=cohort).first()
    if under_way is not None:
        return under_way
    asked = PastWeights.objects.create(cohort=cohort, created_by=by)
    record(verb=Verb.LOOKED_AT_EARLIER_ROUNDS, target=cohort, workspace_id=cohort.workspace_id, by=by)
    transaction.on_commit(lambda: _wake(asked.pk))
    return asked


def work_past_weights(pk: int) -> bool:
    """Claim a request and compute it. False if another worker has it, or it is done. Errors are stored with it."""
    return PastWeights.objects.select_related("cohort__programme").compute(pk, lambda asked: _fitted(asked.cohort))


def sweep_past_weights(now: datetime) -> int:
    """Compute requests that no worker has. Returns how many were started."""
    return sum(asked.take_over(now, work_past_weights) for asked in PastWeights.objects.stranded(now))


def _fitted(cohort: Cohort) -> dict[str, Any]:
    """The fitted weights and how they were judged, as columns."""
    from matching.past_weights.judgement import judge  # noqa: PLC0415 slow library: numpy and SciPy, which only the worker needs
    from matching.past_weights.rounds import read_round  # noqa: PLC0415 slow library: numpy and SciPy, which only the worker needs

    rounds, today = telling_rounds(cohort), weights_today(cohort)
    if missing := missing_for_fit(rounds):  # rounds were deleted meanwhile
        raise ServiceError(cohort.programme.own_words(missing))
    names = list(today)
    found: Judgement = judge([read_round(one.cohort, names) for one in rounds], names, today)
    verdicts = [
        {**verdict, "name": one.cohort.name, "pairs": one.pairs, "as_proposed": one.as_proposed}
        for one, verdict in zip(rounds, found["rounds"], strict=True)
    ]
    findings = {**found, "rounds": verdicts}
    return {"weights": findings.pop("weights"), "today": today, "findings": findings}


def is_outdated(fit: PastWeights) -> bool:
    """Whether the cohort's weights have changed since they were compared, other than by taking the fitted ones."""
    now = weights_today(fit.cohort)
    return now != fit.today and now != fit.weights


@transaction.atomic
def take_past_weights(*, fit: PastWeights, by: User) -> None:
    """Make fitted weights those of the cohort. Idempotent. Raises ServiceError if the weights changed since."""
    fit = _locked(fit)
    if weights_today(fit.cohort) == fit.weights:
        return
    if fit.status != PastWeights.Status.READY or is_outdated(fit):
        raise ServiceError("The weights have been changed since these were worked out. Work them out again first.")
    fit.weights_before, fit.taken_at = fit.today, timezone.now()
    fit.save(update_fields=["weights_before", "taken_at"])
    _set_weights(fit.cohort, fit.weights, by)
    _record(fit, Verb.TOOK_PAST_WEIGHTS, by)


@transaction.atomic
def put_weights_back(*, fit: PastWeights, by: User) -> None:
    """Return to the weights before fitted ones were taken. Raises ServiceError if they were changed again since."""
    fit = _locked(fit)
    if fit.weights_before is None or not may_be_undone(fit):
        raise ServiceError("The weights have been changed again since. Set them by hand.")
    _set_weights(fit.cohort, fit.weights_before, by)
    fit.taken_at = None
    fit.save(update_fields=["taken_at"])
    _record(fit, Verb.PUT_WEIGHTS_BACK, by)


def may_be_undone(fit: PastWeights) -> bool:
    """Whether the cohort still uses these weights."""
    return fit.taken_at is not None and weights_today(fit.cohort) == fit.weights


def _locked(fit: PastWeights) -> PastWeights:
    lock_open_cohort(fit.cohort)
    return PastWeights.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=fit.pk)


def _set_weights(cohort: Cohort, weights: dict[str, float], by: User) -> None:
    save_weights(cohort=cohort, weights=weights, require_common_language=weights_of(cohort)[1], by=by)


def _record(fit: PastWeights, verb: Verb, by: User) -> None:
    rounds = [one["name"] for one in fit.findings["rounds"]]
    record(verb=verb, target=fit.cohort, workspace_id=fit.cohort.workspace_id, by=by, rounds=rounds)


def _wake(pk: int) -> None:
    from matching.tasks import work_out_past_weights  # noqa: PLC0415 circular by design: the task calls this module

    wake_up(work_out_past_weights, pk)
