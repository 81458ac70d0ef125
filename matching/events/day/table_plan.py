"""Read the stored schedule of an event as tables with numbers and names."""

from collections.abc import Iterable
from dataclasses import dataclass

from cohorts.models import Enrollment
from matching.events.day.rotation import Schedule
from matching.models import SpeedEvent, SpeedRsvp


@dataclass(frozen=True)
class SpeedTable:
    """One table in one round."""

    round: int
    number: int
    mentor: Enrollment
    mentees: list[Enrollment]


@dataclass(frozen=True)
class TablePlan:
    """The tables of all rounds. People who did not come, or left, are not in future rounds."""

    rounds: list[list[SpeedTable]]
    mentees: list[Enrollment]
    mentors: list[tuple[int, Enrollment]]

    def of_mentor(self, mentor: Enrollment) -> list[SpeedTable]:
        """The mentor's table in each round."""
        return [t for tables in self.rounds for t in tables if t.mentor.pk == mentor.pk]

    def of_mentee(self, mentee: Enrollment) -> list[tuple[int, SpeedTable | None]]:
        """Each round with the mentee's table; None if they sit out."""
        seats = [next((t for t in tables if mentee in t.mentees), None) for tables in self.rounds]
        return list(enumerate(seats, 1))

    @property
    def sheets(self) -> list[tuple[int, Enrollment, list[SpeedTable]]]:
        """For each mentor: the table number, the mentor, and the table in each round."""
        return [(number, mentor, self.of_mentor(mentor)) for number, mentor in self.mentors]

    @property
    def lines(self) -> list[tuple[Enrollment, list[tuple[int, SpeedTable | None]]]]:
        """For each mentee: the table in each round."""
        at: dict[int, dict[int, SpeedTable]] = {e.pk: {} for e in self.mentees}
        for tables in self.rounds:
            for table in tables:
                for mentee in table.mentees:
                    at[mentee.pk][table.round] = table
        return [(e, [(r, at[e.pk].get(r)) for r in range(1, len(self.rounds) + 1)]) for e in self.mentees]


def read_table_plan(event: SpeedEvent) -> TablePlan:
    """Read the table plan in a constant number of queries. Tables keep their numbers when mentors come or go."""
    rows = list(SpeedRsvp.objects.filter(event=event).select_related("enrollment__user").order_by("id"))
    people = {row.enrollment_id: row.enrollment for row in rows}
    gone = {row.enrollment_id for row in rows if row.seen == SpeedRsvp.Seen.ABSENT}
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
    seated = {mentee.pk for tables in rounds for table in tables for mentee in table.mentees}
    return TablePlan(
        rounds=rounds,
        mentees=_by_name(people[pk] for pk in seated),
        mentors=[(numbers[pk], people[pk]) for pk in mentors if pk not in gone],
    )


def _by_name(people: Iterable[Enrollment]) -> list[Enrollment]:
    return sorted(people, key=lambda e: (e.user.full_name.casefold(), e.pk))


def stored_schedule(event: SpeedEvent) -> Schedule:
    """Return the stored schedule of an event."""
    return Schedule([{mentor: list(group) for mentor, group in table} for table in event.schedule])
