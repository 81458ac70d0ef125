"""Guests of an event: seats by the public page, people added at the door, and the sign-up that they are offered."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohorts.invitations.links import Invitation, invite_link
from cohorts.models import Cohort
from matching.events.day.event_day import check_places
from matching.events.guest_mails import (
    GIVEN_UP,
    SEAT,
    WAITS,
    ask_to_confirm,
    call_mails_off,
    offer_to_sign_up,
    tell_guest,
)
from matching.events.links import EVENT_LINK, GUEST_LINK
from matching.events.services import (
    COMING,
    HERE,
    NOT_COMING,
    WAITING,
    count_coming,
    eligible_people,
    fill_seats,
    lock_event,
)
from matching.models import SpeedEvent, SpeedGuest
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


@transaction.atomic
def ask_for_seat(*, event: SpeedEvent, full_name: str, email: str, about: str = "", proven: bool = False) -> SpeedGuest:
    """Ask the owner of an address by mail to confirm that they come; nobody has a seat before that.

    Somebody of the cohort gets the link for their own answer instead. With `proven` the address is known to be theirs,
    and they have their seat at once. Idempotent: at most one mail a day. Raises ServiceError if the event has begun.
    """
    locked = lock_event(event)
    if locked.over or locked.under_way:
        raise ServiceError("This event has begun or is over.")
    today = timezone.now()
    own = eligible_people(locked.cohort).filter(user__email=email).order_by("pk").first()
    if own is not None:
        guest = SpeedGuest(event=locked, full_name=full_name, email=email)
        if not proven:
            link = EVENT_LINK.url(locked.pk, own.pk)
            ask_to_confirm(locked, guest, link=link, key=f"event-rsvp:{locked.pk}:{own.pk}:{today:%Y%m%d}")
        return guest
    guest, new = SpeedGuest.objects.get_or_create(
        event=locked, email=email, defaults={"full_name": full_name, "about": about}
    )
    if not new and guest.proven_at is None:  # the last input counts, until somebody proves the address
        guest.full_name, guest.about = full_name, about
        guest.save(update_fields=["full_name", "about"])
    if proven:
        return answer_as_guest(guest=guest, coming=True)
    ask_to_confirm(locked, guest, link=GUEST_LINK.url(guest.pk), key=f"event-rsvp-guest:{guest.pk}:{today:%Y%m%d}")
    return guest


@transaction.atomic
def answer_as_guest(*, guest: SpeedGuest, coming: bool) -> SpeedGuest:
    """Record whether a guest comes, which also confirms their address. Without a free seat they join the waitlist.

    Idempotent. Raises ServiceError if the event has begun or is over.
    """
    event = lock_event(guest.event)
    locked = SpeedGuest.objects.get(pk=guest.pk)
    if event.over or event.under_way:
        raise ServiceError("This event has begun or is over.")
    if (locked.status in (COMING, WAITING) and coming) or (locked.status == NOT_COMING and not coming):
        return locked
    had_seat = locked.status == COMING
    free = event.seats_for(locked.role) > count_coming(event, locked.role)
    locked.status = (COMING if free else WAITING) if coming else NOT_COMING
    locked.proven_at, locked.asked_at = locked.proven_at or timezone.now(), timezone.now()
    locked.sequence += 1
    locked.save(update_fields=["status", "proven_at", "asked_at", "sequence"])
    verb = {COMING: Verb.IS_COMING, WAITING: Verb.IS_ON_THE_WAITLIST}.get(locked.status, Verb.IS_NOT_COMING)
    record(verb=verb, target=event, workspace_id=event.cohort.workspace_id, by=None, guest=locked.pk)
    key = f"{locked.asked_at:%Y%m%dT%H%M%S%f}"
    if coming:
        tell_guest(event, locked, SEAT if locked.status == COMING else WAITS, key=key)
    else:
        call_mails_off(locked)
    if had_seat:
        tell_guest(event, locked, GIVEN_UP, key=f"given-up-{key}", had_seat=True)
    fill_seats(event, locked.role)
    return locked


@transaction.atomic
def add_walk_in(*, event: SpeedEvent, full_name: str, role: str, email: str, by: User) -> SpeedGuest:
    """Add somebody at the door who is here now. Raises ServiceError if there is no place for them."""
    locked = lock_event(event)
    if locked.over:
        raise ServiceError("This event is over.")
    guest = SpeedGuest.objects.create(
        event=locked, full_name=full_name, role=role, email=email, status=COMING, seen=HERE, walked_in=True
    )
    check_places(
        locked, [*locked.rsvps.values_list("enrollment__role", "seen"), *locked.guests.values_list("role", "seen")]
    )
    record(verb=Verb.CHECKED_IN, target=locked, workspace_id=locked.cohort.workspace_id, by=by, guest=guest.pk)
    return guest


def open_round_for(event: SpeedEvent) -> Cohort | None:
    """The round of the programme that newcomers could sign up for now: the event's own, else the next to close."""
    rounds = list(
        Cohort.objects.accepting_signups(timezone.now())
        .filter(programme=event.cohort.programme_id)
        .order_by("signup_closes_at", "pk")
    )
    return next((one for one in rounds if one.pk == event.cohort_id), next(iter(rounds), None))


def newcomers(event: SpeedEvent) -> list[SpeedGuest]:
    """The guests who were at the event, gave an address, and were not offered the sign-up yet."""
    return list(event.guests.filter(seen=HERE, offered_at=None).exclude(email="").order_by("pk"))


@transaction.atomic
def offer_signup(*, event: SpeedEvent, by: User) -> int:
    """Offer newcomers the sign-up, filled in with what they said, once each. Returns the number of mails.

    Raises ServiceError before the end of the event, and if no round is open.
    """
    locked = lock_event(event)
    if not locked.over or locked.cancelled_at:
        raise ServiceError("You can offer the sign-up once the event is over.")
    cohort = open_round_for(locked)
    if cohort is None:
        raise ServiceError("No round of the programme is open for sign-up. Open one first.")
    found = newcomers(locked)
    for guest in found:
        offer_to_sign_up(locked, guest, cohort, link=invite_link(Invitation(cohort.pk, guest.role, guest.email)))
        guest.offered_at = timezone.now()
        guest.save(update_fields=["offered_at"])
    record(verb=Verb.INVITED, target=locked, workspace_id=locked.cohort.workspace_id, by=by, mails=len(found))
    return len(found)


def said_at_an_event(cohort: Cohort, email: str) -> dict[str, str]:
    """The name and the wishes that the owner of an address gave as a guest of the programme's events.

    What a stranger typed with the address is left out: only a proven one counts, or one that was given at the door.
    """
    guests = SpeedGuest.objects.filter(event__cohort__programme=cohort.programme_id, email=email)
    known = guests.filter(Q(proven_at__isnull=False) | Q(walked_in=True))
    guest = known.order_by("-asked_at").first()
    return {"full_name": guest.full_name, "about": guest.about} if guest else {}
