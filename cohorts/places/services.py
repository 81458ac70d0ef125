"""Accept or decline a place, and manage the waitlist."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from cohorts.enrollment.services import lock_enrollment, offer_next_place
from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


@transaction.atomic
def accept_offer(*, enrollment: Enrollment, by: User | None) -> Enrollment:
    """Accept an offered place, for a team by its lead. Idempotent.

    Raises ServiceError for members of the team, and if the offer is no longer open.
    """
    locked = lock_enrollment(enrollment)
    if by is not None and by.pk != locked.user_id:
        raise ServiceError(gettext("The lead answers for the team."))
    if locked.status == Enrollment.Status.ACCEPTED and locked.confirmed_at:
        return locked
    if not locked.offer_is_open:
        raise ServiceError(gettext("This offer is not open any more. Write to us; perhaps there is still a place."))
    locked.confirmed_at = timezone.now()
    locked.save(update_fields=["confirmed_at", "updated_at"])
    record(verb=Verb.ACCEPTED_THE_OFFER, target=locked, workspace_id=locked.cohort.workspace_id, by=by)
    return locked


@transaction.atomic
def save_return_roles(*, enrollment: Enrollment, roles: Sequence[str], by: User | None) -> None:
    """Save the roles in which somebody would return."""
    enrollment.comes_back_as = sorted(set(roles))
    enrollment.save(update_fields=["comes_back_as", "updated_at"])
    record(verb=Verb.WOULD_COME_BACK, target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)


@transaction.atomic
def move_on_waitlist(*, enrollment: Enrollment, up: bool, by: User) -> None:
    """Move somebody up or down one place on the waitlist, if possible."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=enrollment.cohort_id)
    waiting = list(waitlist_of(enrollment.cohort, enrollment.role))
    place = [e.pk for e in waiting].index(enrollment.pk)
    to = place - 1 if up else place + 1
    if 0 <= to < len(waiting):
        waiting[place], waiting[to] = waiting[to], waiting[place]
        for number, one in enumerate(waiting, 1):
            one.waitlist_position = number
        Enrollment.objects.bulk_update(waiting, ["waitlist_position"])
        verb = Verb.MOVED_UP_THE_WAITLIST if up else Verb.MOVED_DOWN_THE_WAITLIST
        record(verb=verb, target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)


@transaction.atomic
def offer_places(*, cohort: Cohort, role: str, number: int, by: User, first: int | None = None) -> list[Enrollment]:
    """Offer places to the first people on the waitlist, at most `number`. Returns those who got one.

    `first` is the id of the first person when the coordinator looked. Raises ServiceError if it has changed.
    """
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    now_first = waitlist_of(cohort, role).values_list("pk", flat=True).first()
    if first is not None and first != now_first:
        raise ServiceError("The waitlist has changed since you looked. No place was offered; check the list again.")
    offered: list[Enrollment] = []
    while len(offered) < number and (got := offer_next_place(cohort=cohort, role=role, by=by)):
        offered.append(got)
    return offered


def waitlist_of(cohort: Cohort, role: str) -> Any:
    """The waitlist of a role, in order."""
    waiting = cohort.enrollments.filter(role=role, status=Enrollment.Status.WAITLISTED).with_people()
    return waiting.order_by("waitlist_position", "pk")
