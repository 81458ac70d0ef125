"""List the training mails that are still to be sent."""

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cohorts.mailings.links import template_link
from mentorship.core.outbox.planned.planned_mail import THEIR_LINK, PlannedMail
from training.booking.mails import booking_mail, days_before
from training.booking.seats import availability_by_session
from training.booking.services import TOO_LATE
from training.models import SeatHold, TrainingBooking, TrainingSession
from training.sessions.sweep import DAY, WEEK, reminder_key

Sessions = dict[int, TrainingSession]


def planned_training_mails(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """Reminders of sessions, ends of offers, and offers to those who wait then. A constant number of queries."""
    live = TrainingSession.objects.visible_to(user).not_cancelled().upcoming(now)
    # Each session is read once, not with each of its bookings: there may be thousands.
    sessions = {s.pk: s for s in live.select_related("training__provider", "cohort__programme")}
    mine = TrainingBooking.objects.filter(session__in=live).select_related("enrollment__user", "guest", "hold")
    mine = mine.prefetch_related("enrollment__members__user")
    yield from _reminders(mine, sessions)
    yield from _offers(mine, sessions, now)


def _in(sessions: Sessions, bookings: Any) -> Iterator[TrainingBooking]:
    for booking in bookings:
        if booking.session_id in sessions:
            booking.session = sessions[booking.session_id]
            yield booking


def _reminders(mine: Any, sessions: Sessions) -> Iterator[PlannedMail]:
    """A week and a day before, to whom booked earlier than that."""
    for booking in _in(sessions, mine.booked()):
        starts = booking.session.starts_at
        for word, before, words, until, until_why in (
            ("week", WEEK, "a week before", starts - DAY, "the reminder of the day before is due"),
            ("day", DAY, "the day before", starts, "the session begins"),
        ):
            at = starts - before
            if booking.changed_at <= at:
                yield _coming(
                    booking,
                    "reminder",
                    reminder_key(booking.pk, starts, word),
                    at=at,
                    until=until,
                    until_why=until_why,
                    what=f"Reminder of {booking.session.training}",
                    why=f"Booked; {words}.",
                )


@dataclass(frozen=True)
class _Freed:
    """Seats that become free by time alone. `of` = the hold that keeps them for its own people."""

    at: datetime
    seats: int
    of: int | None = None


def _offers(mine: Any, sessions: Sessions, now: datetime) -> Iterator[PlannedMail]:
    """An offer that nobody answers lapses, and a hold ends: their seats are offered to the first who wait."""
    waiting: dict[int, list[TrainingBooking]] = defaultdict(list)
    freed: dict[int, list[_Freed]] = defaultdict(list)
    for booking in _in(sessions, mine.waiting()):
        waiting[booking.session_id].append(booking)
    for booking in _in(sessions, mine.filter(status="offered").order_by("offer_until", "pk")):
        at, hold = booking.offer_until, booking.hold
        if at is None:
            continue
        kept_for = hold.pk if hold and hold.seats and hold.holds_at(at) else None
        freed[booking.session_id].append(_Freed(at, 1, kept_for))
        yield _coming(
            booking,
            "offer_lapsed",
            f"{booking.pk}:{booking.sequence + 1}",
            at=at,
            what=f"End of the offer of {booking.session.training}",
            why="A seat is kept for them until then, and they have not answered.",
        )
    for session_id, one in _ends_of_holds({pk: sessions[pk] for pk in waiting}, now):
        freed[session_id].append(one)
    for pk, queue in waiting.items():
        yield from _next_in(queue, sorted(freed[pk], key=lambda one: one.at))


def _ends_of_holds(sessions: Sessions, now: datetime) -> Iterator[tuple[int, _Freed]]:
    rooms = availability_by_session(sessions.values(), now)
    for hold in SeatHold.objects.filter(session__in=sessions, until__gt=now).order_by("pk"):
        seats = rooms[hold.session_id].kept.get(hold.pk, 0)
        if hold.until and seats:
            yield hold.session_id, _Freed(hold.until, seats)


def _next_in(queue: list[TrainingBooking], freed: list[_Freed]) -> Iterator[PlannedMail]:
    """Who is offered which of the seats, where all goes on as it stands now."""
    session, left = queue[0].session, list(queue)
    last = session.starts_at - TOO_LATE
    for one in freed:
        fit = [booking for booking in left if one.of is None or booking.hold_id == one.of]
        for booking in fit[: one.seats] if one.at < last else []:
            left.remove(booking)
            offered = copy(booking)
            offered.offer_until = min(one.at + timedelta(hours=session.answer_hours), last)
            yield _coming(
                offered,
                "offer",
                f"{booking.pk}:{booking.sequence + 1}",
                at=one.at,
                until=offered.offer_until,
                until_why="the offer is over",
                what=f"A seat in {session.training}",
                why="They wait, and a seat becomes free then unless it is taken before.",
            )


def _coming(booking: TrainingBooking, template: str, key: str, **facts: Any) -> PlannedMail:
    cohort = booking.session.cohort
    return PlannedMail(
        key=f"training-{template}:{key}",
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
    return booking_mail(booking, template, days=days_before(booking, at), choose=THEIR_LINK, ics=THEIR_LINK)
