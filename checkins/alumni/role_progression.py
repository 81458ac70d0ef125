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
    """The people who were first mentees in one round, and the roles that they took in later ones."""

    cohort: Cohort
    mentees: set[int] = field(default_factory=set)
    took: dict[str, set[int]] = field(default_factory=lambda: {step: set() for step in LATER_ROLES})
    has_later: bool = False

    @property
    def numbers(self) -> list[int]:
        """How many people took each role, in the order of LATER_ROLES."""
        return [len(self.took[step]) for step in LATER_ROLES]

    @property
    def steps(self) -> list[tuple[str, int]]:
        """Each role with the number of people who took it."""
        return list(zip(LATER_ROLES.values(), self.numbers, strict=True))

    @property
    def came_back(self) -> int:
        """The number of people who took any later role."""
        return len(set().union(*self.took.values()))

    @property
    def rate(self) -> int | None:
        """The share of people who returned, in per cent; None until there is a later round."""
        return round(100 * self.came_back / len(self.mentees)) if self.mentees and self.has_later else None


def role_progressions(programme: Programme) -> list[RoleProgression]:
    """The progression of each round's mentees, the latest round first. Five queries.

    A co-mentor shared each of their teams of a round with another mentor; a mentor had one alone, or none yet.
    """
    cohorts = list(programme.cohorts.order_by("starts_on", "pk").select_related("programme"))
    paths = {cohort.pk: RoleProgression(cohort) for cohort in cohorts}
    # Rounds that have not accepted people yet have no returners.
    last = max((c.starts_on for c in cohorts if c.status not in ("draft", "enrolling")), default=None)
    first: dict[int, RoleProgression] = {}
    for cohort_id, people in _mentees(programme):
        for pk in people:
            first.setdefault(pk, paths[cohort_id]).mentees.add(pk)
    for pk, starts_on, step in _later_roles(programme):
        path = first.get(pk)
        if path and step in path.took and starts_on > path.cohort.starts_on:
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
    """Person, first day of the round, and role, of everybody who helped in a round."""
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
