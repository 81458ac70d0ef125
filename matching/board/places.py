"""Places of mentors on a board: who is full, who has room, and who has more than they take. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from matching.board.state import BoardState
from mentorship.core.text import join_names
from mentorship.core.ui.markup import counted

MOST_ASKED = 3000  # mentees whose best mentor is looked up
MOST_TRIED = 200  # unmatched mentees for whom one more place is looked for


@dataclass(frozen=True)
class MentorPlaces:
    """A mentor's places: by matches, by questions that are open, and by proposals that can still be made."""

    pk: int
    name: str
    places: int
    matched: int
    asked: int
    proposed: int
    favourite_of: int  # mentees whose best mentor they are
    away: str = ""  # such as "paused until 12 May 2027"

    @property
    def used(self) -> int:
        return self.matched + self.asked + self.proposed

    @property
    def is_short(self) -> bool:
        """Whether the places are fewer than what is matched or asked already."""
        return self.matched + self.asked > self.places

    @property
    def short_words(self) -> str:
        """`Ada takes 1, but has 1 match and 1 open question`."""
        has = [counted(self.matched, "match,matches")] * bool(self.matched)
        has += [counted(self.asked, "pair") + " asked"] * bool(self.asked)
        return f"{self.name} takes {self.places}, but has {' and '.join(has)}."


@dataclass(frozen=True)
class PlacesOfBoard:
    """Every accepted mentor's places."""

    mentors: list[MentorPlaces]

    @cached_property
    def short(self) -> list[MentorPlaces]:
        return [m for m in self.mentors if m.is_short]

    @cached_property
    def full(self) -> list[MentorPlaces]:
        """Mentors without room, the most wanted first."""
        full = [m for m in self.mentors if not m.is_short and m.used >= m.places]
        return sorted(full, key=lambda m: (-m.favourite_of, m.name.casefold()))

    @cached_property
    def free(self) -> list[MentorPlaces]:
        """Mentors with room, the most room first."""
        free = [m for m in self.mentors if m.used < m.places]
        return sorted(free, key=lambda m: (bool(m.away), m.used - m.places, m.name.casefold()))

    @property
    def places(self) -> int:
        return sum(m.places for m in self.mentors)

    @property
    def used(self) -> int:
        return sum(m.used for m in self.mentors)

    @property
    def places_free(self) -> int:
        """Free places of mentors who can be proposed."""
        return sum(m.places - m.used for m in self.free if not m.away)

    @property
    def loads(self) -> list[tuple[int, int]]:
        """How many mentors have how many mentees, matched, asked or proposed: [(mentees, mentors)]."""
        return sorted(Counter(m.used for m in self.mentors).items())

    @property
    def loads_words(self) -> str:
        """`1 mentor has 3 mentees, 12 have 1 and 2 have none.`"""
        loads = self.loads[::-1]
        said = [f"{mentors} {'has' if mentors == 1 else 'have'} {mentees or 'none'}" for mentees, mentors in loads]
        if not loads:
            return ""
        (mentees, mentors), *_ = loads
        verb = "has" if mentors == 1 else "have"
        said[0] = f"{counted(mentors, 'mentor')} {verb} {counted(mentees, 'mentee') if mentees else 'none'}"
        return f"{join_names(said)}."


def places_of_board(state: BoardState, *, with_favourites: bool = False) -> PlacesOfBoard:
    """Count the places of every accepted mentor; `with_favourites` also how often they are the best choice."""
    matched = Counter(mentor for _, mentor in state.standing)
    asked = Counter(mentor for _, mentor in state.asked - state.standing)
    proposed = Counter(mentor for _, mentor in state.proposed - state.asked)
    best = _favourites(state) if with_favourites else Counter[int]()
    away = {**state.unavailable, **dict.fromkeys(state.held, "left for later")}
    mentors = [
        MentorPlaces(
            pk,
            person.name,
            person.places,
            matched[pk],
            asked[pk],
            proposed[pk],
            best[pk],
            away.get(pk, ""),
        )
        for pk, person in state.people.items()
        if person.role == "mentor" and (person.status == "accepted" or matched[pk] or asked[pk])
    ]
    return PlacesOfBoard(sorted(mentors, key=lambda m: m.name.casefold()))


def _favourites(state: BoardState) -> Counter[int]:
    """Count the mentees whose best mentor each one is; empty in a large cohort, where that takes too long."""
    table = state.table
    if table is None or len(table.mentees) > MOST_ASKED:
        return Counter()
    return Counter(best[0] for mentee in table.mentees if (best := table.best_mentors(mentee)))


def one_more_place(state: BoardState, waiting: list[int]) -> tuple[MentorPlaces, int] | None:
    """Find the full mentor whose one more place would match somebody of `waiting`: (mentor, the mentee they suit best).

    None if a limit of the policy or a missing table makes that uncertain.
    """
    table, findings = state.table, state.run.findings
    if table is None or findings.get("limits"):
        return None
    least = float(findings.get("rules", {}).get("least_score", 0) or 0)
    full = {m.pk: m for m in places_of_board(state).full if not m.away}
    found = [
        (table.score(mentee, mentor), mentor, mentee)
        for mentee in waiting[:MOST_TRIED]
        if mentee in table.row and not state.is_full(mentee)
        for mentor in table.best_mentors(mentee)
        if mentor in full and state.pins.get((mentee, mentor)) != "forbid" and (mentee, mentor) not in state.standing
    ]
    if not found:
        return None
    score, mentor, mentee = max(found, key=lambda one: (one[0], -one[1]))
    if score < least:
        return None
    return full[mentor], mentee
