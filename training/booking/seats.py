"""How many seats of a session are free, and for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from training.models import SeatHold, TrainingBooking, TrainingSession


@dataclass(frozen=True)
class SeatAvailability:
    """The seats of a session: how many there are, and how many are taken or kept, by hold (None: the own cohort)."""

    seats: int
    taken: dict[int | None, int]
    kept: dict[int, int]  # hold → seats that it keeps and that nobody has taken yet

    def free_for(self, hold_id: int | None) -> int:
        """The seats that people of a hold (None: of the own cohort) can take; never less than 0."""
        others = sum(seats for pk, seats in self.kept.items() if pk != hold_id)
        return max(0, self.seats - sum(self.taken.values()) - others)


def availability_of(session: TrainingSession, now: datetime) -> SeatAvailability:
    """Who seats somebody has locked the session before."""
    return availability_by_session([session], now)[session.pk]


def availability_by_session(sessions: Iterable[TrainingSession], now: datetime) -> dict[int, SeatAvailability]:
    """session id → its seats, with two queries for however many."""
    sessions = list(sessions)
    ids = [s.pk for s in sessions]
    taken: dict[int, dict[int | None, int]] = {pk: {} for pk in ids}
    seated = TrainingBooking.objects.filter(session__in=ids).seated().order_by()
    for pk, hold_id, number in seated.values_list("session", "hold").annotate(number=Count("pk")):
        taken[pk][hold_id] = number
    kept: dict[int, dict[int, int]] = {pk: {} for pk in ids}
    for hold in SeatHold.objects.filter(session__in=ids):
        if hold.holds_at(now):
            kept[hold.session_id][hold.pk] = max(0, hold.seats - taken[hold.session_id].get(hold.pk, 0))
    return {s.pk: SeatAvailability(s.seats, taken[s.pk], kept[s.pk]) for s in sessions}
