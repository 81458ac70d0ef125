"""Goal groups: assign people by their choices, in proportion. Pure: ids in, ids out.

Three cheapest flows: the mentees, ignoring mentors; the mentors, to the groups with most waiting mentees; the mentees
again, as many in each group as its mentors can take. Each places as many people as possible, then prefers their higher
choices, then fills the groups evenly.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

from matching.flows import Arc, cheapest

GroupWishes = Mapping[int, Sequence[int]]  # person → groups, first choice first
# How strongly a later choice counts against a group: the third hurts four times as much as the second.
RANK_STEP = 2


@dataclass(frozen=True)
class GroupToFill:
    """A group to fill: its places, and the people who stay in it."""

    key: int
    mentor_places: int = 3
    mentee_places: int = 8
    mentors: tuple[int, ...] = ()
    mentees: tuple[int, ...] = ()
    closed: bool = False

    def mentees_for(self, mentors: int) -> int:
        """How many mentees this many mentors can take: 8 with 3, 6 with 2, 3 with 1, none without any."""
        return min(self.mentee_places, ceil(self.mentee_places * mentors / self.mentor_places))

    def mentors_for(self, mentees: int) -> int:
        """How many mentors this many mentees need."""
        return next((n for n in range(self.mentor_places) if self.mentees_for(n) >= mentees), self.mentor_places)


@dataclass(frozen=True)
class GroupAssignment:
    """The group of each person, and the people without one."""

    mentors: dict[int, int]
    mentees: dict[int, int]
    unplaced: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class GroupGap:
    """How many more mentors and mentees a group needs, and how many people wait for it."""

    key: int
    mentors: int
    mentees: int
    waiting: int


def fill_groups(
    goals: Sequence[GroupToFill], mentors: GroupWishes, mentees: GroupWishes, own: Mapping[int, int] | None = None
) -> GroupAssignment:
    """Place everybody who has chosen and has no group yet. Independent of the order of the input.

    `own` maps mentees who are also mentors to their mentor id: nobody is both in one group.
    """
    goals = sorted(goals, key=lambda g: g.key)
    fixed_mentors = {person: g.key for g in goals for person in g.mentors}
    fixed_mentees = {person: g.key for g in goals for person in g.mentees}
    free_mentors = _free(mentors, fixed_mentors)
    free_mentees = _free(mentees, fixed_mentees)
    wanted = Counter(_flow(free_mentees, {g.key: _open(g, g.mentee_places - len(g.mentees)) for g in goals}).values())
    rewards = {g.key: _served(g, wanted[g.key] + len(g.mentees)) for g in goals}
    placed_mentors = fixed_mentors | _flow(
        free_mentors, {g.key: _open(g, g.mentor_places - len(g.mentors)) for g in goals}, rewards
    )
    at = Counter(placed_mentors.values())
    room = {g.key: _open(g, g.mentees_for(at[g.key]) - len(g.mentees)) for g in goals}
    leads = {p: placed_mentors.get(mentor) for p, mentor in (own or {}).items()}
    allowed = {p: [key for key in keys if key != leads.get(p)] for p, keys in free_mentees.items()}
    placed_mentees = fixed_mentees | _flow({p: keys for p, keys in allowed.items() if keys}, room)
    left = [p for p in (*free_mentors, *free_mentees) if p not in placed_mentors and p not in placed_mentees]
    return GroupAssignment(placed_mentors, placed_mentees, left)


def group_gaps(
    goals: Sequence[GroupToFill], filled: GroupAssignment, mentees: GroupWishes, *, fewest: int = 3
) -> list[GroupGap]:
    """Return the groups that lack mentors for waiting mentees, or expect fewer than `fewest` mentees."""
    at_mentors, at_mentees = Counter(filled.mentors.values()), Counter(filled.mentees.values())
    waiting = Counter(mentees[p][0] for p in filled.unplaced if mentees.get(p))
    found = []
    for goal in goals:
        if goal.closed:
            continue
        hoped = min(at_mentees[goal.key] + waiting[goal.key], goal.mentee_places)
        # A group needs at least one mentor, even before anybody has chosen it.
        more_mentors = max(goal.mentors_for(max(hoped, 1)) - at_mentors[goal.key], 0)
        more_mentees = max(min(fewest, goal.mentee_places) - hoped, 0)
        if more_mentors or more_mentees:
            found.append(GroupGap(goal.key, more_mentors, more_mentees, waiting[goal.key]))
    return found


def _free(choices: GroupWishes, fixed: Mapping[int, int]) -> dict[int, list[int]]:
    return {p: list(dict.fromkeys(choices[p])) for p in sorted(choices) if p not in fixed and choices[p]}


def _open(goal: GroupToFill, places: int) -> int:
    return 0 if goal.closed else max(places, 0)


def _served(goal: GroupToFill, wanted: int) -> list[int]:
    """Return how many more of the mentees who want the group fit in with each further mentor."""
    steps = [min(goal.mentees_for(n), wanted) for n in range(goal.mentor_places + 1)]
    return [after - before for before, after in pairwise(steps)][len(goal.mentors) :]


def _flow(
    people: Mapping[int, Sequence[int]], room: Mapping[int, int], rewards: Mapping[int, Sequence[int]] | None = None
) -> dict[int, int]:
    """Map people to groups: most people first, then highest rewards, least regret, and most even groups.

    As in a schedule, each weight exceeds the most that a cycle of exchanges can change in all later terms.
    """
    if not people:
        return {}
    most = max(room.values(), default=0)
    deepest = max(len(groups) for groups in people.values())
    regret = 2 * most + 1
    # Choices beyond the eighth count alike, which keeps the numbers small.
    worst = regret * RANK_STEP ** (min(deepest, 8) + 1) * 2 * (len(room) + 1)
    best = max((r for row in (rewards or {}).values() for r in row), default=0)
    missed = worst * (2 * best + 2)
    arcs = [Arc("all", "done", len(people), missed)]
    arcs += [Arc("all", ("person", p), 1) for p in people]
    for key, places in room.items():
        row = (rewards or {}).get(key, [])
        arcs += [
            Arc(("group", key), "done", 1, nth - worst * (row[nth] if nth < len(row) else 0)) for nth in range(places)
        ]
    asked = [(p, key, rank) for p, groups in people.items() for rank, key in enumerate(groups) if key in room]
    at = len(arcs)
    arcs += [Arc(("person", p), ("group", key), 1, regret * (RANK_STEP ** min(rank, 8) - 1)) for p, key, rank in asked]
    flow = cheapest(arcs, "all", "done", len(people))
    return {p: key for (p, key, _), used in zip(asked, flow[at:], strict=True) if used}
