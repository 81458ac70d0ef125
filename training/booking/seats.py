"""Free seats of a session, who may take them, and who on the waitlist is offered them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, prefetch_related_objects

from training.models import SeatHold, TrainingBooking, TrainingSession

# No seat is offered later than this before the start: people could not get there in time.
OFFERS_END = timedelta(hours=1)


@dataclass(frozen=True)
class SeatAvailability:
    """The seats of a session at a moment in UTC.

    `taken` counts people with a seat by their hold; None for people of the own cohort.
    """

    seats: int
    taken: Mapping[int | None, int]
    holds: tuple[SeatHold, ...]
    moment: datetime

    @property
    def kept(self) -> dict[int, int]:
        """hold → seats that it still reserves at this moment."""
        holding = [hold for hold in self.holds if hold.holds_at(self.moment)]
        return {hold.pk: max(0, hold.seats - self.taken.get(hold.pk, 0)) for hold in holding}

    def free_for(self, hold_id: int | None) -> int:
        """The seats that people of a hold (None: of the own cohort) can take, never below 0."""
        others = sum(seats for pk, seats in self.kept.items() if pk != hold_id)
        return max(0, self.seats - sum(self.taken.values()) - others)

    def at(self, moment: datetime) -> "SeatAvailability":
        """The availability at another moment, when holds may have ended."""
        return replace(self, moment=moment)

    def after(self, hold_id: int | None, change: int) -> "SeatAvailability":
        """The availability when `change` more (or fewer) people of a hold have a seat."""
        return replace(self, taken={**self.taken, hold_id: self.taken.get(hold_id, 0) + change})


def availability_of(session: TrainingSession, now: datetime) -> SeatAvailability:
    """The availability of one session, counted. To assign a seat, lock the session first. Two queries."""
    return _availability(session, TrainingBooking.objects.filter(session=session).seated().count(), now)


def availability_by_session(sessions: Iterable[TrainingSession], now: datetime) -> dict[int, SeatAvailability]:
    """session id → availability, by the numbers that the sessions hold. One query in all."""
    sessions = list(sessions)
    prefetch_related_objects(sessions, Prefetch("holds", SeatHold.objects.with_taken(), to_attr="counted_holds"))
    return {session.pk: _availability(session, session.taken, now) for session in sessions}


def _availability(session: TrainingSession, seated: int, now: datetime) -> SeatAvailability:
    counted = getattr(session, "counted_holds", None)
    holds = tuple(SeatHold.objects.with_taken().filter(session=session) if counted is None else counted)
    taken: dict[int | None, int] = {hold.pk: hold.taken for hold in holds if hold.taken}  # type: ignore[attr-defined]
    return SeatAvailability(session.seats, {**taken, None: seated - sum(taken.values())}, holds, now)


def plan_offers(
    session: TrainingSession, seats: SeatAvailability, waiting: Iterable[TrainingBooking]
) -> Iterator[tuple[TrainingBooking, datetime]]:
    """Offers to people on the waitlist (in order) at the moment of `seats`, with their deadlines (UTC).

    People waiting behind a hold without free seats do not block the others.
    """
    last = session.starts_at - OFFERS_END
    if session.cancelled_at or last <= seats.moment:
        return
    for booking in waiting:
        if seats.free_for(booking.hold_id):
            seats = seats.after(booking.hold_id, 1)
            yield booking, min(seats.moment + timedelta(hours=session.answer_hours), last)
