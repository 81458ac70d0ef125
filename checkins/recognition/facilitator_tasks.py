"""Give facilitators tasks and tick them off."""

from datetime import date, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction

from cohorts.models import ChecklistItem, Cohort
from cohorts.plan.services import save_checklist_item, set_checklist_item_done
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError

# Days from the first day of the cohort.
USUAL_TASKS: list[tuple[str, int]] = [
    ("Prepare the shared notes of the calls", -3),
    ("Open the rooms and let people in at the first call", 7),
    ("Keep the time and read the chat in the calls", 14),
    ("Put the recordings and notes online after each call", 21),
    ("Write to those who missed two calls", 42),
    ("Collect the slides for the graduation call", 100),
    ("Tell the team what should change next time", 112),
]


def facilitators_of(cohort: Cohort) -> Any:
    """The facilitators of a cohort, as users."""
    here = cohort.enrollments.filter(role="facilitator").occupying_place()  # type: ignore[attr-defined]
    return User.objects.filter(pk__in=here.values("user"), is_active=True).order_by("full_name", "pk")


def tasks_of(cohort: Cohort, owner: User | None = None) -> Any:
    """The tasks of the facilitators, or of one of them, by day."""
    owners = [owner.pk] if owner else facilitators_of(cohort).values("pk")
    return cohort.checklist.filter(owner__in=owners).select_related("owner", "done_by").order_by("due_on", "pk")


def own_tasks(user: User) -> Any:
    """A person's tasks in cohorts that they facilitate."""
    return ChecklistItem.objects.filter(
        owner=user, cohort__enrollments__user=user, cohort__enrollments__role="facilitator"
    ).distinct()


@transaction.atomic
def add_usual_tasks(*, cohort: Cohort, by: User) -> int:
    """Distribute the usual tasks among the facilitators, except existing ones. ServiceError without facilitators."""
    people = list(facilitators_of(cohort))
    if not people:
        raise ServiceError("Nobody facilitates this cohort yet. Accept facilitators first.")
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    there = set(cohort.checklist.values_list("name", flat=True))
    missing = [(name, offset) for name, offset in USUAL_TASKS if name not in there]
    for (name, offset), owner in zip(missing, cycle(people), strict=False):
        day = cohort.starts_on + timedelta(days=offset)
        save_checklist_item(item=ChecklistItem(cohort=cohort, name=name, owner=owner, due_on=day), by=by)
    return len(missing)


@transaction.atomic
def save_task(*, cohort: Cohort, name: str, owner: User, due_on: date | None, by: User) -> ChecklistItem:
    """Give a facilitator a task. Raises ServiceError for other people."""
    if not facilitators_of(cohort).filter(pk=owner.pk).exists():
        raise ServiceError(f"{owner} does not facilitate {cohort}.")
    return save_checklist_item(item=ChecklistItem(cohort=cohort, name=name, owner=owner, due_on=due_on), by=by)


@transaction.atomic
def tick_own_task(*, item: ChecklistItem, done: bool, by: User) -> ChecklistItem:
    """Tick a task of one's own. Raises ServiceError for somebody else's."""
    if item.owner_id != by.pk:
        raise ServiceError("This task belongs to somebody else.")
    return set_checklist_item_done(item=item, done=done, by=by)
