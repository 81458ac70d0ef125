"""How many seats are free for whom. A hold keeps seats for its people until its moment; then they are free for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from training.models import SeatHold, TrainingBooking, TrainingSession


@dataclass(frozen=True)
class Room:
    """The seats of a session: how many there are, and how many are taken or kept, by hold (None: the own cohort)."""

    seats: int
    taken: dict[int | None, int]
    kept: dict[int, int]  # hold → seats that it keeps and that nobody has taken yet

    def free_for(self, hold_id: int | None) -> int:
        """The seats that people of a hold (None: of the own cohort) can take; never less than 0."""
        others = sum(seats for pk, seats in self.kept.items() if pk != hold_id)
        return max(0, self.seats - sum(self.taken.values()) - others)


def room_of(session: TrainingSession, now: datetime) -> Room:
    """Who seats somebody has locked the session before."""
    return rooms_of([session], now)[session.pk]


def rooms_of(sessions: Iterable[TrainingSession], now: datetime) -> dict[int, Room]:
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
    return {s.pk: Room(s.seats, taken[s.pk], kept[s.pk]) for s in sessions}
