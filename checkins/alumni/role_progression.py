"""Count how many mentees of a round later became co-mentors, mentors, facilitators or experts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from cohorts.models import Cohort, Enrollment, Programme
from matching.models import Match

LATER_ROLES = {
    "co_mentor": "co-mentor",
    "mentor": "mentor",
    "facilitator": "facilitator",
    "expert": "expert",
}


@dataclass
class RoleProgression:
    """Of the people who were mentees for the first time in a round: who of them took which step in a later one."""

    cohort: Cohort
    mentees: set[int] = field(default_factory=set)
    took: dict[str, set[int]] = field(default_factory=lambda: {step: set() for step in LATER_ROLES})
    has_later: bool = False

    @property
    def numbers(self) -> list[int]:
        """In the order of STEPS."""
        return [len(self.took[step]) for step in LATER_ROLES]

    @property
    def steps(self) -> list[tuple[str, int]]:
        """Each step with its number."""
        return list(zip(LATER_ROLES.values(), self.numbers, strict=True))

    @property
    def came_back(self) -> int:
        """People who took any step, each once."""
        return len(set().union(*self.took.values()))

    @property
    def rate(self) -> int | None:
        """In per cent; None as long as there was no later round to come back in."""
        return round(100 * self.came_back / len(self.mentees)) if self.mentees and self.has_later else None


def role_progressions(programme: Programme) -> list[RoleProgression]:
    """A path for each round, the latest first. Five queries for however many people.

    A co-mentor shared each of their teams of a round with another mentor; a mentor had one alone, or none yet.
    """
    cohorts = list(programme.cohorts.order_by("starts_on", "pk").select_related("programme"))
    paths = {cohort.pk: RoleProgression(cohort) for cohort in cohorts}
    # Nobody can have come back in a round that has not taken people in yet.
    last = max((c.starts_on for c in cohorts if c.status not in ("draft", "enrolling")), default=None)
    first: dict[int, RoleProgression] = {}
    for cohort_id, people in _mentees(programme):
        for pk in people:
            first.setdefault(pk, paths[cohort_id]).mentees.add(pk)
    for pk, starts_on, step in _later_roles(programme):
        path = first.get(pk)
        if path and starts_on > path.cohort.starts_on:
            path.took[step].add(pk)
    for path in paths.values():
        path.has_later = last is not None and path.cohort.starts_on < last
    return list(reversed(paths.values()))


def _mentees(programme: Programme) -> list[tuple[int, list[int]]]:
    enrollments = Enrollment.objects.filter(cohort__programme=programme).mentees().occupying_place()
    return [
        (one.cohort_id, [one.user_id, *(m.user_id for m in one.members.all())])
        for one in enrollments.prefetch_related("members").order_by("cohort__starts_on", "pk")
    ]


def _later_roles(programme: Programme) -> list[tuple[int, date, str]]:
    """Person, first day of the round, and step, for everybody who helped in one."""
    mentors_of: dict[int, set[int]] = defaultdict(set)
    for mentee, mentor in (
        Match.objects.occupying_place().filter(mentee__cohort__programme=programme).values_list("mentee", "mentor")
    ):
        mentors_of[mentee].add(mentor)
    shared: dict[int, list[bool]] = defaultdict(list)
    for mentors in mentors_of.values():
        for mentor in mentors:
            shared[mentor].append(len(mentors) > 1)
    helped = Enrollment.objects.filter(cohort__programme=programme).occupying_place().exclude(role="mentee")
    found = []
    for pk, user, role, starts_on in helped.values_list("pk", "user", "role", "cohort__starts_on"):
        only_shared = role == "mentor" and bool(shared[pk]) and all(shared[pk])
        found.append((user, starts_on, "co_mentor" if only_shared else role))
    return found
