"""How an installation of a size is divided: what a page shows is the same at every size, only the rest grows."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

# Of a hundred people of a cohort 55 are mentees, 40 mentors and 5 facilitators; the first 40 mentees have a match in
# rounds that began.
PEOPLE, MENTEES, MENTORS, PAIRS = 100, 55, 40, 40
# The first programme is measured, so it has the same cohorts at every size: one of each status.
FIRST_COHORTS = ("running", "enrolling", "matching", "completed", "draft")
OTHER_COHORTS = (*["completed"] * 5, "running", "running", "enrolling", "matching", "draft")
ROUNDS = 25
# The first day of each status, in days from today.
BEGINS = {"running": -100, "enrolling": 40, "matching": 20, "completed": -400, "draft": 120}
TOPICS = 40


@dataclass(frozen=True)
class Cohort:
    """One cohort: its number from 1, its programme, and what follows from them."""

    number: int
    programme: int
    status: str
    people: int

    @property
    def begun(self) -> bool:
        return self.status in ("running", "completed")

    @property
    def is_open(self) -> bool:
        return self.status in ("enrolling", "matching")

    @property
    def starts(self) -> int:
        """The first day, in days from today."""
        back = 2 * (self.number % 90) if self.status == "completed" else self.number % 20  # no text is past its time
        return BEGINS[self.status] - back

    @property
    def first_person(self) -> int:
        """The number of its first enrolment."""
        return (self.number - 1) * self.people + 1


@dataclass(frozen=True)
class Sizes:
    """An installation with about so many enrolments, in cohorts of so many people."""

    enrollments: int
    now: datetime
    people: int = PEOPLE

    @property
    def mentees(self) -> int:
        return self.share(MENTEES)

    @property
    def pairs(self) -> int:
        return self.share(PAIRS)

    def share(self, of_hundred: int) -> int:
        """So many of every hundred people of a cohort, but at least one."""
        return max(1, self.people * of_hundred // PEOPLE)

    def role_of(self, seat: int) -> str:
        """The role of a seat of a cohort."""
        return "mentee" if seat < self.mentees else "mentor" if seat < self.share(MENTEES + MENTORS) else "facilitator"

    @cached_property
    def programmes(self) -> int:
        return max(2, (self.enrollments // self.people - len(FIRST_COHORTS)) // ROUNDS + 1)

    @cached_property
    def cohorts(self) -> list[Cohort]:
        first = [Cohort(number, 1, status, self.people) for number, status in enumerate(FIRST_COHORTS, 1)]
        others = range(len(first) + 1, max(10, self.enrollments // self.people) + 1)
        rest = self.programmes - 1
        return first + [
            Cohort(n, 2 + (n - len(first) - 1) % rest, OTHER_COHORTS[n // rest % len(OTHER_COHORTS)], self.people)
            for n in others
        ]

    def person(self, cohort: Cohort, seat: int) -> int:
        """The number of the person in a seat of a cohort; every fifth of other programmes is in all of its rounds."""
        if seat % 5 == 4 and cohort.programme > 1:
            return (cohort.programme + len(FIRST_COHORTS) - 2) * self.people + seat + 1
        return cohort.first_person + seat

    @property
    def staff(self) -> int:
        """The number before that of the first person who takes part in nothing: coordinators and contacts."""
        return len(self.cohorts) * self.people

    @property
    def owner(self) -> int:
        """The owner of all programmes."""
        return self.staff + 1

    @property
    def coordinator(self) -> int:
        """The coordinator of the first programme alone; those of the others follow, one a programme."""
        return self.staff + 2

    @property
    def contact(self) -> int:
        """The contact of the first partner; the others follow, one a partner."""
        return self.coordinator + self.programmes

    def day(self, days: float) -> str:
        """A date so many days from today, as both databases read it."""
        return (self.now + timedelta(days=days)).date().isoformat()

    def moment(self, days: float) -> str:
        """A moment so many days from now, likewise."""
        return (self.now + timedelta(days=days)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def uuid_of(number: int) -> str:
    """An id for a row: in no order, as real ones are, but the first thousand begin the list."""
    return f"{number:032x}" if number <= 1000 else f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"
