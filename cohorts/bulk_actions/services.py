"""Start and continue what is done for many people of a cohort."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import BulkAction, Cohort
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import may_edit
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.pieces import continue_stalled, work_in_pieces
from mentorship.core.background.wake_up import wake_up
from mentorship.core.errors import ServiceError
from mentorship.core.extensions import ExtensionPoint

# So many people are served while the browser waits, all or none.
MOST_IN_REQUEST = 50
# People in one transaction of a worker.
AT_ONCE = 50


@dataclass(frozen=True)
class BulkKind:
    """One thing that is done for many people.

    `do` does it for some of the items, in the name of a person, and returns for how many it had an effect. `said` tells
    the effect of the whole, from `number` and `total`. What is `whole` is done in one transaction, because who gets a
    mail depends on the others.
    """

    title: str
    do: Callable[[BulkAction, Sequence[Any], User], int]
    said: Callable[[BulkAction], str]
    whole: bool = False


BULK_KINDS: ExtensionPoint[BulkKind] = ExtensionPoint(
    "bulk actions", asked_by=__name__, about="What a worker does for many people of a cohort, some at a time."
)


def do_for_many(
    *,
    cohort: Cohort,
    kind: str,
    items: Sequence[Any],
    by: User,
    back: str,
    about: int | str = "",
    given: Mapping[str, Any] | None = None,
) -> BulkAction:
    """Do it for a few at once, and return an action that is not stored, with what it did; else have a worker do it.

    The people are those who were asked for now, whoever joins them later. Of the same kind, about the same, one action
    is under way at a time: a second request returns that one. Raises ServiceError as its kind does.
    """
    action = BulkAction(
        cohort=cohort,
        kind=kind,
        about=str(about),
        items=list(items),
        given=dict(given or {}),
        total=len(items),
        by=by,
        back=back,
        moved_at=timezone.now(),
    )
    if len(items) <= MOST_IN_REQUEST:
        with transaction.atomic():
            action.number = BULK_KINDS[kind].do(action, items, by)
        action.said = BULK_KINDS[kind].said(action)
        return action
    return _hand_over(action, by)


@transaction.atomic
def _hand_over(action: BulkAction, by: User) -> BulkAction:
    Cohort.objects.select_for_update(of=("self",)).get(pk=action.cohort_id)
    same = BulkAction.objects.under_way().filter(cohort=action.cohort_id, kind=action.kind, about=action.about)
    if there := same.select_related("cohort__programme").first():
        return there
    action.save()
    record(
        verb=Verb.ASKED_FOR_BULK_ACTION,
        target=action.cohort,
        workspace_id=action.cohort.workspace_id,
        by=by,
        reason=BULK_KINDS[action.kind].title,
        number=action.total,
    )
    transaction.on_commit(lambda: _wake(action.pk))
    return action


def work_bulk_action(pk: int, tell: Callable[[BulkAction], None] = lambda _: None) -> None:
    """Do what is left, some people at a time; `tell` is called after each time. An error stops it."""
    work_in_pieces(BulkAction.objects.get(pk=pk), _do_some, _stop, tell)


def sweep_bulk_actions(now: datetime) -> int:
    """Continue actions that no worker is doing. Returns how many."""
    return continue_stalled(list(BulkAction.objects.stalled(now)), now, work_bulk_action, _stop)


@transaction.atomic
def _do_some(action: BulkAction) -> BulkAction:
    now = _locked(action)
    if not now.is_under_way:  # another worker was faster
        return now
    if now.by is None or not may_edit(now.by, now.cohort.workspace_id):
        raise ServiceError("Whoever asked for it may no longer change things here.")
    kind = BULK_KINDS[now.kind]
    some = now.items[now.done :] if kind.whole else now.items[now.done : now.done + AT_ONCE]
    now.number += kind.do(now, some, now.by)
    now.done, now.moved_at = now.done + len(some), timezone.now()
    if now.done >= now.total:
        now.said = kind.said(now)
        now.end(BulkAction.Status.DONE)
    now.save(update_fields=["number", "done", "moved_at", "status", "items", "given", "said"])
    return now


@transaction.atomic
def _stop(action: BulkAction, why: str) -> BulkAction:
    now = _locked(action)
    if now.is_under_way:
        now.error = why
        now.end(BulkAction.Status.STOPPED)
        now.save(update_fields=["status", "error", "items", "given"])
        record(
            verb=Verb.STOPPED,
            target=now.cohort,
            workspace_id=now.cohort.workspace_id,
            by=None,
            done=now.done,
            reason=f"{BULK_KINDS[now.kind].title}: {why}",
        )
    return now


def _locked(action: BulkAction) -> BulkAction:
    rows = BulkAction.objects.select_for_update(of=("self",)).select_related("cohort__programme", "by")
    return rows.get(pk=action.pk)


def _wake(pk: int) -> None:
    from cohorts.tasks import work_out_bulk_action  # noqa: PLC0415 circular by design: the task calls this module

    wake_up(work_out_bulk_action, pk)
