"""List the training mails that are still to be sent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Prefetch

from cohorts.mailings.links import template_link
from cohorts.models import TeamMember
from mentorship.core.outbox.planned.planned_mail import PlannedMail, Source
from mentorship.core.own_links import OWN_LINK
from training.booking.mails import booking_mail, days_before
from training.booking.seats import SeatAvailability, availability_by_session, plan_offers
from training.models import TrainingBooking, TrainingSession
from training.querysets import TrainingBookingQuerySet, TrainingSessionQuerySet
from training.sessions.reminders import plan_reminders

Sessions = dict[int, TrainingSession]


def planned_training_mails(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """Session reminders, expiring offers, and the offers that follow. A constant number of queries."""
    # Each session is read once, not with each of its bookings: there may be thousands.
    sessions = {s.pk: s for s in _ahead(user, now).select_related("training__provider", "cohort__programme")}
    found = _bookings(user, now).select_related("enrollment__user", "guest", "hold")
    members = Prefetch("enrollment__members", TeamMember.objects.select_related("user"))
    of_status: dict[str, list[TrainingBooking]] = defaultdict(list)
    for booking in found.prefetch_related(members).order_by("changed_at", "pk"):
        if booking.session_id in sessions:
            booking.session = sessions[booking.session_id]
            of_status[booking.status].append(booking)
    yield from _reminders(of_status["booked"])
    yield from _offers(of_status["offered"], of_status["waitlisted"], sessions, now)


def _ahead(user: Any, now: datetime) -> TrainingSessionQuerySet:
    return TrainingSession.objects.visible_to(user).not_cancelled().upcoming(now)


def _bookings(user: Any, now: datetime) -> TrainingBookingQuerySet:
    return TrainingBooking.objects.filter(session__in=_ahead(user, now)).active()


def _reminders(booked: Iterable[TrainingBooking]) -> Iterator[PlannedMail]:
    for booking in booked:
        session = booking.session
        for reminder in plan_reminders(booking.pk, session.starts_at, booking.changed_at, booking.zone):
            yield _planned(
                booking,
                "reminder",
                reminder.key,
                at=reminder.at,
                until=reminder.until,
                until_why=reminder.until_why,
                what=f"Reminder of {session.training}",
                why=f"Booked; {reminder.words}.",
            )


def _offers(
    with_offer: Iterable[TrainingBooking], waitlisted: Iterable[TrainingBooking], sessions: Sessions, now: datetime
) -> Iterator[PlannedMail]:
    """Expiring offers, and who is offered the seats that they and ending holds free."""
    waiting: dict[int, list[TrainingBooking]] = defaultdict(list)
    offered: dict[int, list[TrainingBooking]] = defaultdict(list)
    for booking in waitlisted:
        waiting[booking.session_id].append(booking)
    for booking in with_offer:
        offered[booking.session_id].append(booking)
        yield _planned(
            booking,
            "offer_lapsed",
            _next_key("offer_lapsed", booking),
            at=booking.offer_until,
            what=f"End of the offer of {booking.session.training}",
            why="A seat is kept for them until then, and they have not answered.",
        )
    seats = availability_by_session([sessions[pk] for pk in waiting], now)
    for pk, queue in waiting.items():
        yield from _next_offers(sessions[pk], seats[pk], offered[pk], queue)


def _next_offers(
    session: TrainingSession, seats: SeatAvailability, offered: list[TrainingBooking], queue: list[TrainingBooking]
) -> Iterator[PlannedMail]:
    """The next offers of seats and their times, if nothing else changes."""
    lapses = [(booking.offer_until, booking) for booking in offered if booking.offer_until]
    ends = [(hold.until, None) for hold in seats.holds if hold.until and hold.until > seats.moment]
    for at, lapsed in sorted([*lapses, *ends], key=lambda one: one[0]):
        seats = seats.at(at)
        if lapsed is not None:
            seats = seats.after(lapsed.hold_id, -1)
        for booking, until in plan_offers(session, seats, list(queue)):
            queue.remove(booking)
            seats = seats.after(booking.hold_id, 1)
            offer = copy(booking)
            offer.offer_until = until
            yield _planned(
                offer,
                "offer",
                _next_key("offer", booking),
                at=at,
                until=until,
                until_why="the offer is over",
                what=f"A seat in {session.training}",
                why="They wait, and a seat becomes free then unless it is taken before.",
            )


def _next_key(template: str, booking: TrainingBooking) -> str:
    """The key of a mail about the next change of a booking, which counts it."""
    return f"training-{template}:{booking.pk}:{booking.sequence + 1}"


def _planned(booking: TrainingBooking, template: str, key: str, **facts: Any) -> PlannedMail:
    cohort = booking.session.cohort
    return PlannedMail(
        key=key,
        kind="training",
        to=f"{booking.name}, {', '.join(booking.emails)}",
        scope=cohort.scope,
        workspace_id=cohort.workspace_id,
        url=booking.session.get_absolute_url(),
        mail=partial(_mail, booking, template),
        words=template_link(cohort.programme, f"training/{template}", cohort),
        **facts,
    )


def _mail(booking: TrainingBooking, template: str, at: datetime) -> tuple[str, str, str]:
    return booking_mail(booking, template, days=days_before(booking, at), choose=OWN_LINK, ics=OWN_LINK)


def _rows(user: Any, now: datetime) -> Sequence[TrainingBookingQuerySet]:
    return [_bookings(user, now)]


TRAININGS = Source(_rows, planned_training_mails)
