"""Read the stored schedule of an event as tables with numbers and names."""

from collections.abc import Iterable
from dataclasses import dataclass

from cohorts.models import Enrollment
from matching.events.day.rotation import Schedule
from matching.models import SpeedEvent, SpeedGuest, SpeedRsvp

Seated = Enrollment | SpeedGuest


def seat_of(person: Seated) -> int:
    """The number of a person in a schedule: the id of an enrollment, and the negative of the id of a guest."""
    return -person.pk if isinstance(person, SpeedGuest) else person.pk


@dataclass(frozen=True)
class SpeedTable:
    """One table in one round."""

    round: int
    number: int
    mentor: Seated
    mentees: list[Seated]


@dataclass(frozen=True)
class TablePlan:
    """The tables of all rounds. People who did not come, or left, are not in future rounds."""

    rounds: list[list[SpeedTable]]
    mentees: list[Seated]
    mentors: list[tuple[int, Seated]]

    def of_mentor(self, mentor: Seated) -> list[SpeedTable]:
        """The mentor's table in each round."""
        return [t for tables in self.rounds for t in tables if seat_of(t.mentor) == seat_of(mentor)]

    def of_mentee(self, mentee: Seated) -> list[tuple[int, SpeedTable | None]]:
        """Each round with the mentee's table; None if they sit out."""
        seats = [next((t for t in tables if mentee in t.mentees), None) for tables in self.rounds]
        return list(enumerate(seats, 1))

    @property
    def sheets(self) -> list[tuple[int, Seated, list[SpeedTable]]]:
        """For each mentor: the table number, the mentor, and the table in each round."""
        return [(number, mentor, self.of_mentor(mentor)) for number, mentor in self.mentors]

    @property
    def lines(self) -> list[tuple[Seated, list[tuple[int, SpeedTable | None]]]]:
        """For each mentee: the table in each round."""
        at: dict[int, dict[int, SpeedTable]] = {seat_of(e): {} for e in self.mentees}
        for tables in self.rounds:
            for table in tables:
                for mentee in table.mentees:
                    at[seat_of(mentee)][table.round] = table
        return [(e, [(r, at[seat_of(e)].get(r)) for r in range(1, len(self.rounds) + 1)]) for e in self.mentees]


def read_table_plan(event: SpeedEvent) -> TablePlan:
    """Read the table plan in a constant number of queries. Tables keep their numbers when mentors come or go."""
    rows = list(SpeedRsvp.objects.filter(event=event).select_related("enrollment__user").order_by("id"))
    guests = list(SpeedGuest.objects.filter(event=event).order_by("id"))
    people: dict[int, Seated] = {row.enrollment_id: row.enrollment for row in rows}
    people |= {seat_of(guest): guest for guest in guests}
    gone = {row.enrollment_id for row in rows if row.seen == SpeedRsvp.Seen.ABSENT}
    gone |= {seat_of(guest) for guest in guests if guest.seen == SpeedRsvp.Seen.ABSENT}
    there = people.keys() - gone
    plan = stored_schedule(event)
    planned = {mentor for table in plan.rounds for mentor in table}
    mentors = [pk for pk in people if pk in planned]
    numbers = {pk: number for number, pk in enumerate(mentors, 1)}
    rounds = [
        [
            SpeedTable(nth, numbers[mentor], people[mentor], _by_name(people[pk] for pk in group if pk in there))
            for mentor, group in sorted(table.items(), key=lambda item: numbers.get(item[0], 0))
            if mentor in numbers and mentor not in gone
        ]
        for nth, table in enumerate(plan.rounds, 1)
    ]
    seated = {seat_of(mentee) for tables in rounds for table in tables for mentee in table.mentees}
    return TablePlan(
        rounds=rounds,
        mentees=_by_name(people[pk] for pk in seated),
        mentors=[(numbers[pk], people[pk]) for pk in mentors if pk not in gone],
    )


def _by_name(people: Iterable[Seated]) -> list[Seated]:
    return sorted(people, key=lambda e: (e.user.full_name.casefold(), seat_of(e)))


def stored_schedule(event: SpeedEvent) -> Schedule:
    """Return the stored schedule of an event."""
    return Schedule([{mentor: list(group) for mentor, group in table} for table in event.schedule])
