"""Schedules of speed mentoring: who sits with which mentor in which round. Pure: ids and scores in, a schedule out.

Two exact steps. First, which mentees meet which mentors at all: a cheapest flow that seats as many as possible, then
shares out missed rounds fairly, then balances the tables, then takes the highest total score. Second, in which round: a
table of n·R meetings is cut into n chairs of R meetings each, and the rest has a proper colouring with R colours
(König). So each round has one mentor for each mentee, and tables that differ by at most one, at no cost in score.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from matching.flows import Arc, cheapest

MeetingScores = Mapping[tuple[int, int], float]
Round = dict[int, list[int]]
NEUTRAL = 0.5
SCALE = 1000


@dataclass(frozen=True)
class Schedule:
    """The rounds in order, each as mentor → mentees; nobody occurs twice in a round, no pair twice at all."""

    rounds: list[Round]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The pairs that meet, as (mentee, mentor)."""
        return [(mentee, mentor) for table in self.rounds for mentor, group in table.items() for mentee in group]

    def of_mentee(self, mentee: int) -> list[int | None]:
        """The mentor of each round; None if they sit out."""
        return [next((m for m, group in table.items() if mentee in group), None) for table in self.rounds]

    def total(self, scores: MeetingScores) -> float:
        """The sum of the scores of everybody who meets."""
        return sum(scores.get(pair, NEUTRAL) for pair in self.pairs)


def make_schedule(
    mentees: Collection[int],
    mentors: Collection[int],
    rounds: int,
    *,
    scores: MeetingScores | None = None,
    seats: int | None = None,
    seed: int = 0,
    met: Collection[tuple[int, int]] = (),
    had: Mapping[int, int] | None = None,
) -> Schedule:
    """The best schedule with this many rounds.

    `scores` of (mentee, mentor) from 0 to 1, unknown is neutral; `seats` = how many mentees a table holds; `met` =
    pairs that never meet (again); `had` = how often a mentee sat at a table before: those with fewer meetings come
    first. `seed` chooses among equally good schedules. The order of the input is irrelevant.
    """
    people, tables = sorted(set(mentees)), sorted(set(mentors))
    if not people or not tables or rounds < 1:
        return Schedule([{mentor: [] for mentor in tables} for _ in range(max(rounds, 0))])
    dice = random.Random(seed)  # noqa: S311  (nobody gains from guessing a table plan)
    dice.shuffle(people)
    dice.shuffle(tables)
    pairs = _choose(people, tables, rounds, scores or {}, seats, set(met), had or {})
    coloured = _colour(pairs, rounds)
    return Schedule(_in_order(coloured, tables, rounds, scores or {}))


def reschedule(
    schedule: Schedule,
    done_rounds: int,
    absent: Collection[int] = (),
    late: Collection[int] = (),
    *,
    late_mentors: Collection[int] = (),
    scores: MeetingScores | None = None,
    seats: int | None = None,
    seed: int = 0,
    never: Collection[tuple[int, int]] = (),
) -> Schedule:
    """Keep the first `done_rounds` as they happened and plan the others again, without the absent and with the late.

    `absent` may name mentees and mentors; `late` are mentees who were in no round so far, `late_mentors` mentors.
    `never` = pairs that must not meet.
    """
    done, gone = Schedule(schedule.rounds[:done_rounds]), set(absent)
    known_mentees = {mentee for mentee, _ in schedule.pairs} | set(late)
    known_mentors = {mentor for table in schedule.rounds for mentor in table} | set(late_mentors)
    had: dict[int, int] = defaultdict(int)
    for mentee, _ in done.pairs:
        had[mentee] += 1
    rest = make_schedule(
        known_mentees - gone,
        known_mentors - gone,
        len(schedule.rounds) - done_rounds,
        scores=scores,
        seats=seats,
        seed=seed,
        met=[*done.pairs, *never],
        had=had,
    )
    return Schedule([*done.rounds, *rest.rounds])


def _choose(
    people: Sequence[int],
    tables: Sequence[int],
    rounds: int,
    scores: MeetingScores,
    seats: int | None,
    met: set[tuple[int, int]],
    had: Mapping[int, int],
) -> list[tuple[int, int]]:
    """Choose the pairs that meet: the most meetings, then the fairest, the most even, the highest total score.

    Each weight exceeds the most that a cycle of exchanges can change in all later terms, which keeps that order.
    """
    levels = min(seats or len(people), len(people))
    exchanged = 2 * (min(len(people), len(tables)) + 1)
    uneven = exchanged * SCALE + 1
    unfair = uneven * (2 * levels + 1)
    most = max(had.values(), default=0) + rounds
    missed = unfair * (2 * most + 1)
    arcs = [Arc("all", "done", len(people) * rounds, missed)]
    arcs += [Arc("all", ("mentee", p), 1, unfair * (had.get(p, 0) + nth)) for p in people for nth in range(rounds)]
    # The n-th chair of a table is used once a round: all first chairs are taken before any second one.
    arcs += [Arc(("mentor", t), "done", rounds, uneven * chair) for t in tables for chair in range(levels)]
    meetings = [(p, t) for p in people for t in tables if (p, t) not in met]
    at = len(arcs)
    arcs += [
        Arc(("mentee", p), ("mentor", t), 1, -round(SCALE * min(max(scores.get((p, t), NEUTRAL), 0), 1)))
        for p, t in meetings
    ]
    flow = cheapest(arcs, "all", "done", len(people) * rounds)
    return [pair for pair, used in zip(meetings, flow[at:], strict=True) if used]


def _colour(pairs: Sequence[tuple[int, int]], rounds: int) -> list[Round]:
    """Give each pair a round, so that nobody is in two places at once and a table of n·R pairs has n in each."""
    mentee_at: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)  # mentee → round → chair
    chair_at: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)  # chair → round → mentee
    count: dict[int, int] = defaultdict(int)
    for mentee, mentor in pairs:
        chair = (mentor, count[mentor] // rounds)
        count[mentor] += 1
        a = next(r for r in range(rounds) if r not in mentee_at[mentee])
        b = next(r for r in range(rounds) if r not in chair_at[chair])
        if a in chair_at[chair]:
            _swap_along(chair, a, b, mentee_at, chair_at)
        mentee_at[mentee][a] = chair
        chair_at[chair][a] = mentee
    coloured: list[Round] = [defaultdict(list) for _ in range(rounds)]
    for (mentor, _), seats in chair_at.items():
        for r, mentee in seats.items():
            coloured[r][mentor].append(mentee)
    return coloured


def _swap_along(
    chair: tuple[int, int],
    a: int,
    b: int,
    mentee_at: dict[int, dict[int, tuple[int, int]]],
    chair_at: dict[tuple[int, int], dict[int, int]],
) -> None:
    """Free round `a` at the chair: exchange `a` and `b` along the path that begins there with `a`."""
    path, here, colour = [], chair, a
    while (mentee := chair_at[here].get(colour)) is not None:
        path.append((mentee, here, colour))
        other = mentee_at[mentee].get(a + b - colour)
        if other is None:
            break
        path.append((mentee, other, a + b - colour))
        here = other
    for mentee, seat, r in path:
        del mentee_at[mentee][r]
        del chair_at[seat][r]
    for mentee, seat, r in path:
        mentee_at[mentee][a + b - r] = seat
        chair_at[seat][a + b - r] = mentee


def _in_order(coloured: Sequence[Round], tables: Sequence[int], rounds: int, scores: MeetingScores) -> list[Round]:
    """Full rounds first, then those with better pairs, so that people who leave early miss the least."""

    def worth(r: int) -> tuple[int, float, int]:
        pairs = [(mentee, mentor) for mentor, group in coloured[r].items() for mentee in group]
        return (-len(pairs), -sum(sorted(scores.get(pair, NEUTRAL) for pair in pairs)), r)

    order = sorted(range(rounds), key=worth)
    return [{mentor: sorted(coloured[r].get(mentor, [])) for mentor in sorted(tables)} for r in order]
