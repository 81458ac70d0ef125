"""Confirm many pairs in the background: some intros at a time, each time in one transaction with their matches."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from matching.intro.services import (
    AT_ONCE,
    check_fit,
    close_run,
    confirm_groups,
    intro_fingerprints,
    lock_run,
    unconfirmed_proposals,
    waiting_as_shown,
    waiting_proposals,
)
from matching.models import Confirmation, MatchRun
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.pieces import continue_stalled, work_in_pieces
from mentorship.core.background.wake_up import wake_up
from mentorship.core.errors import ServiceError

# Up to so many intros are confirmed while the browser waits, all or nothing.
MOST_IN_REQUEST = 50
# Intros in one transaction: some seconds of a worker, in which nobody else can change places of the cohort.
INTROS_AT_ONCE = 100
CHANGED = "Somebody changed a pair, or the email, since you saw the intros."


@transaction.atomic
def request_confirmation(
    *,
    run: MatchRun,
    by: User | None,
    mentee_ids: Collection[int] | None = None,
    grace: timedelta = AT_ONCE,
    shown: str | None = None,
) -> Confirmation:
    """Have a worker confirm what is proposed for these mentees, or for all; returns one that is under way already.

    Everything is checked now, and each intro again when its turn comes: it must still be the one that was seen. Raises
    ServiceError as `confirm_run` does.
    """
    cohort, run = lock_run(run)
    if under_way := run.confirmations.under_way().first():
        return under_way
    waiting = waiting_as_shown(cohort, run, shown)
    groups = [group for group in waiting if mentee_ids is None or group[0].pk in mentee_ids]
    check_fit(cohort, groups)
    now = timezone.now()
    confirmation = Confirmation.objects.create(
        run=run,
        intros=[[pk, seen] for pk, seen in intro_fingerprints(cohort, groups).items()],
        due_at=now + grace,
        by=by,
        moved_at=now,
    )
    record(verb=Verb.ASKED_TO_CONFIRM, target=run, workspace_id=cohort.workspace_id, by=by, mentees=len(groups))
    transaction.on_commit(lambda: _wake(confirmation.pk))
    return confirmation


def work_confirmation(confirmation_id: int, tell: Callable[[Confirmation], None] = lambda _: None) -> None:
    """Confirm what is left, some intros at a time; `tell` is called after each time. Stops at what no longer fits."""
    confirmation = Confirmation.objects.select_related("run", "by").get(pk=confirmation_id)
    work_in_pieces(confirmation, _confirm_some, _stop, tell)


def sweep_confirmations(now: datetime) -> int:
    """Continue confirmations that no worker is working on. Returns how many."""
    return continue_stalled(list(Confirmation.objects.stalled(now)), now, work_confirmation, _stop)


@transaction.atomic
def _confirm_some(confirmation: Confirmation) -> Confirmation:
    cohort, run = lock_run(confirmation.run)
    now = Confirmation.objects.select_for_update(of=("self",)).select_related("by").get(pk=confirmation.pk)
    now.run = run
    if not now.is_under_way:  # another worker was faster
        return now
    some = dict(now.intros[now.done : now.done + INTROS_AT_ONCE])
    cohort.refuse_after_end()
    if run.status != MatchRun.Status.READY:
        raise ServiceError(f"{run} is {run.get_status_display()}.")
    introduced = set(run.matches.filter(mentee__in=some).values_list("mentee_id", flat=True))
    groups = unconfirmed_proposals(run, [pk for pk in some if pk not in introduced])
    seen_now = intro_fingerprints(cohort, groups)
    if any(pk not in introduced and seen_now.get(pk) != seen for pk, seen in some.items()):
        raise ServiceError(CHANGED)
    if groups:
        confirm_groups(cohort, run, groups, by=now.by, due_at=now.due_at)
    now.done, now.moved_at = now.done + len(some), timezone.now()
    if now.done >= now.total:
        now.status = Confirmation.Status.DONE
        if not waiting_proposals(run).exists():
            close_run(run)
    now.save(update_fields=["done", "moved_at", "status"])
    return now


@transaction.atomic
def _stop(confirmation: Confirmation, why: str) -> Confirmation:
    now = (
        Confirmation.objects.select_for_update(of=("self",))
        .select_related("run__cohort__programme", "by")
        .get(pk=confirmation.pk)
    )
    if now.is_under_way:
        now.status, now.error = Confirmation.Status.STOPPED, why
        now.save(update_fields=["status", "error"])
        workspace_id = now.run.cohort.workspace_id
        record(verb=Verb.STOPPED, target=now.run, workspace_id=workspace_id, by=None, done=now.done, reason=why)
    return now


def _wake(confirmation_id: int) -> None:
    from matching.tasks import work_out_confirmation  # noqa: PLC0415 circular by design: the task calls this module

    wake_up(work_out_confirmation, confirmation_id)
