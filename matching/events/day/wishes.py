"""Ask participants whom they would like to continue with, and save their wishes."""

from collections.abc import Collection

from django.db import transaction

from cohorts.enrollment.lead import check_answers_for
from cohorts.models import Enrollment
from matching.events.day.rotation import Schedule
from matching.events.day.table_plan import stored_schedule
from matching.events.mails import send_to_everybody
from matching.events.services import ABSENT, eligible_people, lock_event
from matching.models import SpeedEvent, SpeedWish
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


@transaction.atomic
def ask_wishes(*, event: SpeedEvent, by: User | None) -> int:
    """Ask everybody who met somebody whom they would like to continue with, once. Returns the number of mails."""
    locked = lock_event(event)
    if not locked.over or locked.cancelled_at:
        raise ServiceError("You can ask once the event is over.")
    met = {pk for pair in meetings_held(locked) for pk in pair}
    if not met:
        raise ServiceError("Nobody met anybody: there was no round, or nobody was checked in.")
    people = eligible_people(locked.cohort).filter(pk__in=met)
    why = f"{by} asked how {locked} was." if by else f"{locked} is over."
    number = send_to_everybody(locked, people, "event_wishes", "event-wishes", why)
    if number or by:
        record(verb=Verb.ASKED_FOR_WISHES, target=locked, workspace_id=locked.cohort.workspace_id, by=by, mails=number)
    return number


@transaction.atomic
def save_wishes(*, event: SpeedEvent, enrollment: Enrollment, whom: Collection[int], by: User | None) -> None:
    """Save whom somebody would like to continue with, replacing earlier wishes. Others are not told.

    Raises ServiceError for people whom they did not meet.
    """
    locked = lock_event(event)
    check_answers_for(enrollment, by)
    if set(whom) - set(met_by(locked, enrollment)):
        raise ServiceError("You can only choose from those whom you met.")
    SpeedWish.objects.filter(event=locked, by=enrollment).exclude(whom__in=whom).delete()
    said = set(SpeedWish.objects.filter(event=locked, by=enrollment).values_list("whom_id", flat=True))
    new = [SpeedWish(event=locked, by=enrollment, whom_id=pk) for pk in sorted(set(whom) - said)]
    SpeedWish.objects.bulk_create(new)
    record(
        verb=Verb.SAID_WHOM_THEY_WISH, target=locked, workspace_id=locked.cohort.workspace_id, by=by, number=len(whom)
    )


def wishes_in_words(event: SpeedEvent) -> list[tuple[str, str, bool]]:
    """Return wishes for coordinators as (who, with whom, mutual); mutual wishes first, each once."""
    said = list(SpeedWish.objects.filter(event=event).select_related("by__user", "whom__user").order_by("id"))
    pairs = {(wish.by_id, wish.whom_id) for wish in said}
    shown = [
        (str(wish.by.user), str(wish.whom.user), (wish.whom_id, wish.by_id) in pairs)
        for wish in said
        if wish.by.role == Enrollment.Role.MENTEE or (wish.whom_id, wish.by_id) not in pairs
    ]
    return sorted(shown, key=lambda row: not row[2])


def met_by(event: SpeedEvent, enrollment: Enrollment) -> list[int]:
    """Return the enrollment ids of the people somebody met, in the order of the rounds."""
    if enrollment.role == Enrollment.Role.MENTOR:
        return [mentee for mentee, mentor in meetings_held(event) if mentor == enrollment.pk]
    return [mentor for mentee, mentor in meetings_held(event) if mentee == enrollment.pk]


def meetings_held(event: SpeedEvent, absent: Collection[int] | None = None) -> list[tuple[int, int]]:
    """Return who met, as (mentee, mentor): in the rounds that began, or in all if nobody started the timer.

    Excludes people who did not come; pass them as `absent` if they are already loaded.
    """
    if event.cancelled_at:
        return []
    plan = stored_schedule(event)
    rounds = plan.rounds[: event.round_number] if event.round_number else plan.rounds if event.over else []
    if absent is None:
        absent = {*event.rsvps.filter(seen=ABSENT).values_list("enrollment_id", flat=True)}
        absent |= {-pk for pk in event.guests.filter(seen=ABSENT).values_list("pk", flat=True)}
    missing = set(absent)
    return [pair for pair in Schedule(rounds).pairs if not missing & set(pair)]
