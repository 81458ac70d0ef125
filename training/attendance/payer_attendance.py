"""Attendance by programme and guest organisation, for sharing costs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from training.models import SeatHold, TrainingBooking
from training.querysets import somebody_was_there


@dataclass(frozen=True)
class PayerAttendance:
    """Seats of a programme or guest organisation in a session: booked, used, not used and held.

    A team has one seat, which counts as used when any member was there: it costs as much as a single person. So does
    a person who was not there long enough for a certificate.
    """

    name: str
    booked: int = 0
    came: int = 0
    missed: int = 0
    held: int = 0


def payer_attendance_of(session_ids: Iterable[int]) -> dict[int, list[PayerAttendance]]:
    """session id → attendance by payer, those with most people first. Two queries, however many sessions."""
    ids = list(session_ids)
    people = (
        TrainingBooking.objects.filter(session__in=ids)
        .order_by()
        .values_list("session", "enrollment__cohort__programme__name", "guest__organisation__name")
    )
    counted = people.annotate(
        booked=Count("pk", filter=Q(status="booked")),
        came=Count("pk", filter=somebody_was_there()),
        missed=Count("pk", filter=Q(attended=False) & ~somebody_was_there()),
    )
    sums: dict[int, dict[str, list[int]]] = {pk: {} for pk in ids}
    for pk, programme, organisation, *numbers in counted:
        _add(sums[pk], programme or organisation, numbers)
    holds = (
        SeatHold.objects.accepted().filter(session__in=ids).select_related("cohort__programme", "programme", "guest")
    )
    for hold in holds:
        name = hold.cohort.programme.name if hold.cohort else str(hold)
        _add(sums[hold.session_id], name, [0, 0, 0, hold.seats])
    return {pk: [PayerAttendance(name, *row) for name, row in _most_first(rows)] for pk, rows in sums.items()}


def _add(rows: dict[str, list[int]], name: str, numbers: list[int]) -> None:
    row = rows.setdefault(name, [0, 0, 0, 0])
    for place, number in enumerate(numbers):
        row[place] += number


def _most_first(rows: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    with_people = [(name, row) for name, row in rows.items() if any(row)]
    return sorted(with_people, key=lambda one: (-one[1][1], -one[1][0], one[0]))
