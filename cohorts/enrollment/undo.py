"""Undo decisions and moves of many people, while nobody has been told."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from cohorts.enrollment.mails import decision_key
from cohorts.enrollment.services import lock_enrollment, set_enrollment_status, set_group
from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage, id_for_key
from mentorship.core.outbox.services import call_off


@dataclass(frozen=True)
class Before:
    """An enrollment before an act, as plain values; `changes` counts its changes of status after it."""

    pk: int
    status: str
    waitlist_position: int | None
    group: int | None
    changes: int

    @classmethod
    def of(cls, enrollment: Enrollment, changes: int) -> "Before":
        return cls(enrollment.pk, enrollment.status, enrollment.waitlist_position, enrollment.group_id, changes)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def undo_decisions(*, cohort: Cohort, before: Iterable[Before], by: User) -> tuple[int, list[str]]:
    """Restore people’s earlier status and cancel their emails. Returns how many, and why others weren’t restored."""
    return _each(cohort, before, lambda enrollment, was: _put_back(enrollment, was, by))


def undo_moves(*, cohort: Cohort, before: Iterable[Before], by: User) -> tuple[int, list[str]]:
    """Put people back in their earlier groups. Returns how many were moved, and why others weren’t."""
    groups = {group.pk: group for group in cohort.groups.all()}

    def back(enrollment: Enrollment, was: Before) -> None:
        set_group(enrollment=enrollment, group=groups.get(was.group or 0), by=by)

    return _each(cohort, before, back)


def _each(cohort: Cohort, before: Iterable[Before], back: Any) -> tuple[int, list[str]]:
    done, left = 0, []
    rows = Enrollment.objects.filter(cohort=cohort).with_people().in_bulk([was.pk for was in before])
    for was in before:
        if was.pk not in rows:
            continue
        try:
            back(rows[was.pk], was)
        except ServiceError as error:
            left.append(str(error))
        else:
            done += 1
    return done, left


@transaction.atomic
def _put_back(enrollment: Enrollment, was: Before, by: User) -> None:
    locked = lock_enrollment(enrollment)
    if locked.status_changes != was.changes:
        raise ServiceError(f"{locked} has changed since, and stays {locked.get_status_display()}.")
    key = decision_key(locked, was.changes)
    keys = [key, *(f"{key}:{person.pk}" for person in enrollment.people)]
    # A message that is being sent can't be called off.
    mails = OutboxMessage.objects.select_for_update().filter(pk__in=[id_for_key(one) for one in keys])
    if mails.filter(~Q(status__in=("queued", "skipped", "cancelled"))).exists():
        raise ServiceError(f"{locked} has been told already. Decide about them once more on their page.")
    call_off(keys)
    if was.status not in Enrollment.TRANSITIONS[locked.status]:
        locked = set_enrollment_status(enrollment=locked, to=Enrollment.Status.APPLIED, by=by)
    if was.status != locked.status:
        set_enrollment_status(enrollment=locked, to=was.status, by=by)
    Enrollment.objects.filter(pk=locked.pk).update(waitlist_position=was.waitlist_position)
