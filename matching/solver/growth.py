"""How many more mentees could have a mentor if more pairs were allowed: by augmenting the present matching.

Whoever has a mentor keeps one. A search over blocks of the matrix finds ways from those without one through mentors and
their mentees to a free place; each round makes one change for each of them that has a way.
"""

from __future__ import annotations

import numpy as np

from matching.solver.dense import BLOCK
from matching.solver.problem import Assignment, AssignmentProblem, Bools, Ints, pairs_of


class Growth:
    """The first mentors of a solved problem. Limits (quotas) of mentors or mentees are not looked at."""

    def __init__(self, problem: AssignmentProblem, solution: Assignment) -> None:
        n = len(problem.wanted)
        self.problem = problem
        self.mentor = np.full(n, -1, dtype=np.int64)
        self.fixed = np.zeros(n, dtype=bool)
        locked = pairs_of(problem.locked)
        room = problem.capacity.copy()
        for i, j in locked:
            room[j] -= 1
            self.mentor[i], self.fixed[i] = j, True
        for i, mentors in solution.mentors_of.items():
            if not self.fixed[i]:
                self.mentor[i] = mentors[0]
                room[mentors[0]] -= 1
        self.room = room

    @property
    def has_room(self) -> bool:
        """Whether any place is left for somebody's first mentor."""
        return bool((self.room > 0).any())

    def more_with(self, allowed: Bools) -> list[int]:
        """The mentees who could have a mentor in addition, if these pairs were allowed."""
        mentor, room, helped = self.mentor.copy(), self.room.copy(), list[int]()
        while (room > 0).any():
            ways = _Search(self, mentor, allowed).ways(room)
            if not ways:
                break
            for way in ways:
                for i, j in way:
                    mentor[i] = j
                room[way[-1][1]] -= 1
                helped.append(way[0][0])
        return sorted(helped)

    def would_help(self, suits: Bools) -> list[int]:
        """List who could have a mentor if there was one more, with one place, whom these mentees could have."""
        direct = np.flatnonzero(suits & (self.mentor < 0) & (self.problem.wanted > 0))
        if len(direct):
            return direct[:1].tolist()
        search = self._now
        reached = np.flatnonzero(suits & (search.root >= 0))
        return [int(search.root[reached[0]])] if len(reached) else []

    @property
    def _now(self) -> _Search:
        """A search through the pairs that are allowed now; asked more than once."""
        if not hasattr(self, "_kept"):
            self._kept = _Search(self, self.mentor, self.problem.allowed)
            self._kept.ways(np.zeros_like(self.room))
        return self._kept


class _Search:
    """Trees of changes, each from a mentee without a mentor; no mentee and no mentor is in two of them."""

    def __init__(self, growth: Growth, mentor: Ints, allowed: Bools) -> None:
        self.mentor, self.allowed, self.fixed = mentor, allowed, growth.fixed
        waiting = np.flatnonzero((mentor < 0) & (growth.problem.wanted > 0))
        self.root = np.full(len(mentor), -1, dtype=np.int64)  # of mentees who are in a tree
        self.root[waiting] = waiting
        self.by = np.full(allowed.shape[1], -1, dtype=np.int64)  # the mentee from whom a mentor was reached

    def ways(self, room: Ints) -> list[list[tuple[int, int]]]:
        """Ways to a free place, at most one from each root: (mentee, new mentor), from the root on."""
        frontier, done, found = np.flatnonzero(self.root >= 0), set[int](), list[list[tuple[int, int]]]()
        mentees_of = self._mentees_of()
        while len(frontier):
            reached = self._reach(frontier)
            following: list[int] = []
            for j in reached.tolist():
                root = int(self.root[self.by[j]])
                if root in done:
                    continue
                if room[j] > 0:
                    done.add(root)
                    found.append(self._way(j))
                else:
                    for i in mentees_of.get(j, []):
                        if self.root[i] < 0:
                            self.root[i] = root
                            following.append(i)
            frontier = np.array(following, dtype=np.int64)
        return found

    def _reach(self, frontier: Ints) -> Ints:
        """The mentors whom these mentees reach first."""
        new: list[Ints] = []
        size = max(1, BLOCK * 8 // max(self.allowed.shape[1], 1))
        for at in range(0, len(frontier), size):
            some, open_mentors = frontier[at : at + size], np.flatnonzero(self.by < 0)
            can = self.allowed[np.ix_(some, open_mentors)]
            there = can.any(axis=0)
            self.by[open_mentors[there]] = some[can[:, there].argmax(axis=0)]
            new.append(open_mentors[there])
        return np.concatenate(new)

    def _way(self, j: int) -> list[tuple[int, int]]:
        way: list[tuple[int, int]] = []
        while True:
            i = int(self.by[j])
            way.append((i, j))
            if self.mentor[i] < 0:
                return way[::-1]
            j = int(self.mentor[i])

    def _mentees_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for i in np.flatnonzero((self.mentor >= 0) & ~self.fixed).tolist():
            found.setdefault(int(self.mentor[i]), []).append(i)
        return found
