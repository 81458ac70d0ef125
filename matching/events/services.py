"""Plan a speed mentoring event, invite people and keep its seats and waitlist."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from cohorts.bulk_actions.services import BulkKind
from cohorts.calendar.clashes import ClashError, busy_people, check_clashes
from cohorts.enrollment.lead import check_answers_for
from cohorts.models import BulkAction, Cohort, Enrollment
from matching.events.calendar import calendar_event_of
from matching.events.guest_mails import CALLED_OFF, CHANGED, FREED, tell_guest, tell_guests
from matching.events.mails import not_yet_mailed, send_to_everybody, zone_of_reader
from matching.models import SpeedEvent, SpeedGuest, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

COMING, WAITING, NOT_COMING = SpeedRsvp.Status.COMING, SpeedRsvp.Status.WAITING, SpeedRsvp.Status.NOT_COMING
HERE, LEFT, ABSENT = SpeedRsvp.Seen.HERE, SpeedRsvp.Seen.LEFT, SpeedRsvp.Seen.ABSENT
ANSWERS: dict[str, Verb] = {
    COMING: Verb.IS_COMING,
    WAITING: Verb.IS_ON_THE_WAITLIST,
    NOT_COMING: Verb.IS_NOT_COMING,
}
INVITATION = "event-invite"  # begins the keys of its mails
# Changes that update people's calendars; they are announced by mail, with the file.
CALENDAR_FIELDS = {"name", "place", "starts_at", "time_zone", "rounds", "minutes"}


def eligible_people(cohort: Cohort) -> QuerySet[Enrollment]:
    """Return the people who may take part: accepted mentors and mentees."""
    return cohort.enrollments.filter(role__in=Enrollment.MATCHED_ROLES, status=Enrollment.Status.ACCEPTED)


@transaction.atomic
def plan_event(*, cohort: Cohort, by: User, fields: Mapping[str, Any]) -> SpeedEvent:
    """Create an event. Nobody is told yet."""
    is_public = fields.get("is_public", False)
    stored = {name: value for name, value in fields.items() if name != "is_public"}
    code = new_code() if is_public else None
    event = SpeedEvent.objects.create(cohort=cohort, code=code, **{"time_zone": cohort.time_zone, **stored})
    record(verb=Verb.PLANNED, target=event, workspace_id=cohort.workspace_id, by=by)
    return event


@transaction.atomic
def change_event(*, event: SpeedEvent, by: User, fields: Mapping[str, Any]) -> SpeedEvent:
    """Edit an event; extra seats go to the waitlist. Raises ServiceError if there would be too few seats or rounds."""
    locked = lock_event(event)
    places_before = {role: locked.seats_for(role) for role in Enrollment.MATCHED_ROLES}
    changed = sorted(name for name, value in fields.items() if name != "is_public" and getattr(locked, name) != value)
    for name in changed:
        setattr(locked, name, fields[name])
    if "is_public" in fields and fields["is_public"] != bool(locked.code):
        locked.code = new_code() if fields["is_public"] else None
        changed.append("is_public")
    for role in Enrollment.MATCHED_ROLES:
        coming, places = count_coming(locked, role), locked.seats_for(role)
        if places < coming and places < places_before[role]:
            people = locked.cohort.programme.plural_of(role)
            raise ServiceError(f"{coming} {people} are coming already; there can't be fewer places than that.")
    if locked.round_number and locked.rounds < min(locked.round_number, len(locked.schedule)):
        raise ServiceError(f"Round {locked.round_number} has begun; there can't be fewer rounds than that.")
    if locked.cancelled_at:
        raise ServiceError("This event is cancelled.")
    locked.sequence += 1 if CALENDAR_FIELDS.intersection(changed) else 0
    locked.save()
    record(verb=Verb.CHANGED, target=locked, workspace_id=locked.cohort.workspace_id, by=by, changed=changed)
    if CALENDAR_FIELDS.intersection(changed) and not locked.over:
        who = eligible_people(locked.cohort).filter(
            speed_rsvps__event=locked, speed_rsvps__status__in=[COMING, WAITING]
        )
        key = f"event-changed-{locked.sequence}"
        send_to_everybody(locked, who, "event_changed", key, f"{by} changed {locked}.")
        tell_guests(locked, CHANGED, key=key)
    for role in Enrollment.MATCHED_ROLES:
        fill_seats(locked, role)
    return locked


@transaction.atomic
def cancel_event(*, event: SpeedEvent, by: User) -> int:
    """Cancel an event and tell everybody coming or waiting. Idempotent. Returns the number of mails.

    Raises ServiceError if it has begun or is over.
    """
    locked = lock_event(event)
    if locked.cancelled_at:
        return 0
    if locked.over or locked.under_way:
        raise ServiceError("This event has begun or is over.")
    locked.cancelled_at = timezone.now()
    locked.sequence += 1
    locked.save(update_fields=["cancelled_at", "sequence"])
    who = eligible_people(locked.cohort).filter(speed_rsvps__event=locked, speed_rsvps__status__in=[COMING, WAITING])
    number = send_to_everybody(locked, who, "event_cancelled", "event-cancelled", f"{by} called {locked} off.")
    number += tell_guests(locked, CALLED_OFF, key="event-cancelled")
    record(verb=Verb.CANCELLED, target=locked, workspace_id=locked.cohort.workspace_id, by=by, mails=number)
    return number


def people_to_invite(event: SpeedEvent) -> list[Enrollment]:
    """The people of the cohort who have neither answered nor been invited."""
    return not_yet_mailed(event, eligible_people(event.cohort).exclude(speed_rsvps__event=event), INVITATION)


@transaction.atomic
def invite_to_event(*, event: SpeedEvent, by: User, only: Collection[int] | None = None) -> int:
    """Invite everybody who has not answered and was not invited before, or `only` these. Returns how many mails."""
    locked = lock_event(event)
    if locked.over:
        raise ServiceError("This event is over.")
    silent = eligible_people(locked.cohort).exclude(speed_rsvps__event=locked)
    asked = silent if only is None else silent.filter(pk__in=only)
    number = send_to_everybody(locked, asked, "event_invitation", INVITATION, f"{by} asked the cohort to {locked}.")
    record(verb=Verb.INVITED_TO, target=locked, workspace_id=locked.cohort.workspace_id, by=by, mails=number)
    return number


@transaction.atomic
def answer_invitation(
    *, event: SpeedEvent, enrollment: Enrollment, coming: bool, by: User | None, answered: Collection[str] = ()
) -> SpeedRsvp:
    """Record whether somebody is coming; without a free seat they join the waitlist. The first on it gets a freed seat.

    Idempotent. Raises ServiceError if it is too late, or they are already coming in another role; ClashError if they
    are somewhere else at that time and have not confirmed with `answered`.
    """
    locked = lock_event(event)
    if locked.over or locked.under_way:
        raise ServiceError("This event has begun or is over.")
    if enrollment.cohort_id != locked.cohort_id or enrollment.status != Enrollment.Status.ACCEPTED:
        raise ServiceError("Only those who are in the cohort can come.")
    check_answers_for(enrollment, by)
    rsvp = SpeedRsvp.objects.filter(event=locked, enrollment=enrollment).first()
    if rsvp and (rsvp.status != NOT_COMING) == coming:
        return rsvp
    others = SpeedRsvp.objects.filter(event=locked, enrollment__user_id=enrollment.user_id, status=COMING)
    if coming and (other := others.exclude(enrollment=enrollment).select_related("enrollment").first()):
        raise ServiceError(
            f"You’re already coming as a {other.enrollment.get_role_display()}. Nobody can sit at two tables."
        )
    rsvp = rsvp or SpeedRsvp(event=locked, enrollment=enrollment, status=NOT_COMING)
    had_seat = rsvp.status == COMING
    if coming:
        new = calendar_event_of(rsvp)
        zone = zone_of_reader(enrollment)
        check_clashes(enrollment.user, new, team=enrollment.people, answered=answered, zone=zone)
    free = locked.seats_for(enrollment.role) > count_coming(locked, enrollment.role)
    rsvp.status = (COMING if free else WAITING) if coming else NOT_COMING
    rsvp.asked_at = timezone.now()
    rsvp.sequence += 1
    rsvp.save()
    record(verb=ANSWERS[rsvp.status], target=rsvp, workspace_id=locked.cohort.workspace_id, by=by)
    if rsvp.status == COMING or had_seat:
        _mail_seat(locked, rsvp, f"{enrollment.user} said {'yes' if coming else 'no'}.")
    fill_seats(locked, enrollment.role)
    return rsvp


@transaction.atomic
def free_seat(rsvp: SpeedRsvp) -> int:
    """Free the seat of somebody who has left the cohort. Returns whether it was still theirs, as a number."""
    event = lock_event(rsvp.event)
    locked = SpeedRsvp.objects.select_related("enrollment__user").get(pk=rsvp.pk)
    if locked.status == NOT_COMING or locked.enrollment.occupies_place:
        return 0  # settled since the query
    had_seat, locked.status = locked.status == COMING, NOT_COMING
    locked.sequence += 1
    locked.save(update_fields=["status", "sequence"])
    record(verb=Verb.IS_NOT_COMING, target=locked, workspace_id=event.cohort.workspace_id, by=None)
    if had_seat:
        _mail_seat(event, locked, f"{locked.enrollment.user} is not in the cohort any more.")
    if not event.under_way:
        fill_seats(event, locked.enrollment.role)
    return 1


def _mail_seat(event: SpeedEvent, rsvp: SpeedRsvp, why: str) -> None:
    """Tell somebody that they have a seat, or have lost it, with the file for their calendar."""
    template = "event_seat" if rsvp.status == COMING else "event_left"
    people = Enrollment.objects.filter(pk=rsvp.enrollment_id)
    send_to_everybody(event, people, template, f"event-seat-{rsvp.sequence}", why)


def lock_event(event: SpeedEvent) -> SpeedEvent:
    return SpeedEvent.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=event.pk)


def waiting_before(rsvp: SpeedRsvp) -> int:
    """Count the people in the same role who joined the waitlist earlier."""
    earlier = Q(asked_at__lt=rsvp.asked_at) | Q(asked_at=rsvp.asked_at, pk__lt=rsvp.pk)
    role = rsvp.enrollment.role
    ahead = SpeedRsvp.objects.filter(earlier, event=rsvp.event_id, status=WAITING, enrollment__role=role).count()
    guests = SpeedGuest.objects.filter(event=rsvp.event_id, status=WAITING, role=role, asked_at__lt=rsvp.asked_at)
    return ahead + guests.count()


def busy_when_moved(event: SpeedEvent, fields: Mapping[str, Any]) -> list[User]:
    """People who are coming but busy at the time that an event would have with these fields."""
    moved = copy(event)
    for name, value in fields.items():
        setattr(moved, name, value)
    if moved.starts_at == event.starts_at and moved.minutes * moved.rounds <= event.minutes * event.rounds:
        return []
    seats = (
        event.rsvps.filter(status=COMING)
        .select_related("enrollment__user")
        .prefetch_related("enrollment__members__user")
    )
    found = []
    for rsvp in seats.order_by("pk"):
        rsvp.event = moved
        new = calendar_event_of(rsvp)
        found += [(person, new) for person in rsvp.enrollment.people]
    return busy_people(found)


def events_for_participant(user: User) -> list[tuple[SpeedEvent, SpeedRsvp | None]]:
    """Return a person's future events and those of the last two weeks with their answers, by date."""
    now = timezone.now()
    own = Enrollment.objects.of_person(user).occupying_place().filter(role__in=Enrollment.MATCHED_ROLES)
    found = SpeedEvent.objects.filter(
        cohort__in=own.values("cohort"), starts_at__gt=now - timedelta(days=14), cancelled_at=None
    )
    said = SpeedRsvp.objects.filter(event__in=found, enrollment__in=own).order_by("-status")
    answers = {rsvp.event_id: rsvp for rsvp in said}
    return [(event, answers.get(event.pk)) for event in found.select_related("cohort").order_by("starts_at", "pk")]


def _is_free(rsvp: SpeedRsvp) -> bool:
    """Whether they are still free at that time. Busy people stay on the waitlist: nobody is asked here."""
    try:
        one = rsvp.enrollment
        check_clashes(one.user, calendar_event_of(rsvp), team=one.people, zone=zone_of_reader(one))
    except ClashError:
        return False
    return True


def free_event_seats(event: SpeedEvent, role: str) -> int:
    """Count the free seats of a role, at least 0."""
    return max(event.seats_for(role) - count_coming(event, role), 0)


def new_code() -> str:
    """A new code for the public page of an event: short on a poster, and not to be guessed."""
    return get_random_string(8, "abcdefghjkmnpqrstuvwxyz23456789")


def count_coming(event: SpeedEvent, role: str) -> int:
    """Count the seats that are taken: by people who are here or still expected, guests included."""
    coming = Q(status=COMING) & ~Q(seen__in=[ABSENT, LEFT])
    seats = SpeedRsvp.objects.filter(coming, event=event, enrollment__role=role).count()
    return seats + SpeedGuest.objects.filter(coming, event=event, role=role).count()


def fill_seats(event: SpeedEvent, role: str) -> None:
    """Give free seats to people on the waitlist, in order, and mail each of them."""
    if event.over:
        return
    free = event.seats_for(role) - count_coming(event, role)
    guests = SpeedGuest.objects.filter(event=event, status=WAITING, role=role)
    waiting: list[SpeedRsvp | SpeedGuest] = [*_waiting(event, role), *guests]
    first = sorted(waiting, key=lambda one: (one.asked_at, one.pk))
    for one in islice((one for one in first if isinstance(one, SpeedGuest) or _is_free(one)), max(free, 0)):
        one.status = COMING
        if isinstance(one, SpeedGuest):
            one.sequence += 1
            one.save(update_fields=["status", "sequence"])
            record(verb=Verb.GOT_A_SEAT, target=event, workspace_id=event.cohort.workspace_id, by=None, guest=one.pk)
            tell_guest(event, one, FREED, key=f"event-place-{one.asked_at:%Y%m%dT%H%M%S%f}")
            continue
        one.sequence += 1
        one.save(update_fields=["status", "sequence"])
        record(verb=Verb.GOT_A_SEAT, target=one, workspace_id=event.cohort.workspace_id, by=None)
        people = Enrollment.objects.filter(pk=one.enrollment_id)
        key = f"event-place-{one.asked_at:%Y%m%dT%H%M%S%f}"
        send_to_everybody(event, people, "event_place", key, f"A seat of {event} became free.")


def _waiting(event: SpeedEvent, role: str) -> list[SpeedRsvp]:
    """The answers on the waitlist of people who are still in the cohort and have no seat in another role."""
    waiting = SpeedRsvp.objects.filter(event=event, status=WAITING, enrollment__role=role)
    taken = set(
        SpeedRsvp.objects.filter(event=event, status=COMING).values_list("enrollment__user_id", flat=True)
    )  # people who already have a seat in another role
    waiting = waiting.filter(enrollment__status=Enrollment.Status.ACCEPTED).exclude(enrollment__user_id__in=taken)
    return list(waiting.select_related("enrollment__cohort", "enrollment__user"))


def _invite_some(action: BulkAction, ids: Sequence[int], by: User) -> int:
    return invite_to_event(event=SpeedEvent.objects.get(pk=action.about), by=by, only=ids)


INVITATIONS = BulkKind(
    "Sending invitations to an event",
    _invite_some,
    lambda action: f"{action.number} email{'' if action.number == 1 else 's'} in the outbox.",
    whole=True,  # whoever takes part in both roles gets one mail
)
