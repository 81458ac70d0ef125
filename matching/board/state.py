"""The board of a run at one moment: pairs, pins, places and figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Max

from cohorts.models import Cohort, Enrollment
from matching.engine.left_out import mentors_left_out
from matching.engine.score_table import ScoreTable, score_table_of
from matching.models import AskedPair, BoardChange, HeldBack, Match, MatchPin, MatchRun
from matching.scoring.points import MICRO, points_of
from mentorship.core.errors import ServiceError
from mentorship.core.text import join_names
from mentorship.core.ui.markup import counted

PairIds = tuple[int, int]  # mentee, mentor; both enrollment ids


class BoardPerson(NamedTuple):
    """The facts about an enrollment that the board needs."""

    pk: int
    role: str
    status: str
    places: int  # mentees a mentor takes, or mentors a mentee wants
    name: str

    @property
    def quoted(self) -> str:
        return f"“{self.name}”" if self.role == "mentee" else self.name


@dataclass(frozen=True)
class BoardFigures:
    """The figures of a board, in order of priority."""

    matched: int
    places: int
    points: int
    lowest: int | None

    @property
    def total(self) -> float:
        return self.points / MICRO

    @property
    def lowest_score(self) -> float | None:
        return None if self.lowest is None else self.lowest / MICRO


@dataclass(frozen=True)
class ChangeCost:
    """How much less one board has than another, exactly. Negative if it has more."""

    matched: int
    places: int
    score: float

    @property
    def is_none(self) -> bool:
        return not self.matched and not self.places and abs(self.score) < 0.5 / MICRO

    @property
    def short(self) -> str:
        """The cost in the few words of a button: `−0.09`, or `1 fewer matched`."""
        if self.matched:
            return f"{abs(self.matched)} {'fewer' if self.matched > 0 else 'more'} matched"
        if self.places:
            return f"{abs(self.places)} place{'s' * (abs(self.places) != 1)} {'fewer' if self.places > 0 else 'more'}"
        if abs(self.score) < 0.005:
            return "±0.00"
        return f"{'−' if self.score > 0 else '+'}{abs(self.score):.2f}"

    @property
    def words(self) -> str:
        """`1 mentee fewer matched, total 0.66 lower`; the score alone says nothing if people are lost."""
        if self.is_none:
            return "nothing"
        parts = []
        if self.matched:
            parts.append(f"{abs(self.matched)} {'fewer' if self.matched > 0 else 'more'} matched")
        elif self.places:
            parts.append(
                f"{abs(self.places)} place{'s' * (abs(self.places) != 1)} {'fewer' if self.places > 0 else 'more'}"
            )
        if abs(self.score) >= 0.005:
            parts.append(f"total {abs(self.score):.2f} {'lower' if self.score > 0 else 'higher'}")
        return ", ".join(parts) or "less than 0.01"


def cost_between(better: BoardFigures, other: BoardFigures) -> ChangeCost:
    return ChangeCost(
        better.matched - other.matched, better.places - other.places, (better.points - other.points) / MICRO
    )


@dataclass(frozen=True)
class BoardState:
    """The board of a run at one moment."""

    run: MatchRun
    version: int
    chosen: dict[PairIds, int]  # points
    pins: dict[PairIds, str]
    held: frozenset[int]
    introduced: frozenset[int]  # mentees of this run who have their intro
    standing: frozenset[PairIds]
    asked: frozenset[PairIds]  # pairs whose question is open, silent or answered with yes
    taken: Counter[int]  # places of current matches

    @cached_property
    def table(self) -> ScoreTable | None:
        return score_table_of(self.run)

    @property
    def say(self) -> Callable[..., str]:
        """Put a sentence of ours into the programme's words, see `Programme.own_words`."""
        return self.run.cohort.programme.own_words

    @cached_property
    def people(self) -> dict[int, BoardPerson]:
        """Every mentee and mentor of the cohort who is accepted, or is on this board."""
        rows = Enrollment.objects.filter(cohort=self.run.cohort_id, role__in=Enrollment.MATCHED_ROLES).values_list(
            "pk", "role", "status", "capacity", "mentors_wanted", "title", "user__full_name", "user__email"
        )
        return {
            pk: BoardPerson(
                pk,
                role,
                status,
                capacity if role == "mentor" else wanted,
                (title if role == "mentee" else "") or name or email,
            )
            for pk, role, status, capacity, wanted, title, name, email in rows
        }

    @cached_property
    def unavailable(self) -> dict[int, str]:
        """People who can't be proposed to anybody new, with the reason."""
        return {enrollment.pk: words for enrollment, words in mentors_left_out(self.run.cohort)}

    @cached_property
    def mentors_of(self) -> dict[int, list[int]]:
        """For each mentee the proposed mentors, the best first."""
        found: dict[int, list[int]] = defaultdict(list)
        for mentee, mentor in sorted(self.chosen, key=lambda pair: (-self.chosen[pair], pair[1])):
            found[mentee].append(mentor)
        return found

    @cached_property
    def mentees_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for mentee, mentor in sorted(self.chosen, key=lambda pair: (-self.chosen[pair], pair[0])):
            found[mentor].append(mentee)
        return found

    @cached_property
    def matched_with(self) -> dict[int, list[int]]:
        """For each mentee the mentors of their current matches, whichever run or page made them."""
        found: dict[int, list[int]] = defaultdict(list)
        for mentee, mentor in sorted(self.standing):
            found[mentee].append(mentor)
        return found

    @cached_property
    def untrue(self) -> dict[PairIds, str]:
        """Proposed pairs that can't be made any more, each with the reason in a sentence."""
        found: dict[PairIds, str] = {}
        free = Counter({pk: person.places - self.taken[pk] for pk, person in self.people.items()})
        # If the places became too few, locked pairs keep theirs, then the best ones.
        for pair in sorted(self.chosen, key=lambda p: (self.pins.get(p) != "lock", -self.chosen[p], p)):
            if pair[0] in self.introduced:
                continue
            why = why_impossible(self, pair) or _why_no_place(self, pair, free)
            if why:
                found[pair] = why
            else:
                free.subtract(pair)
        return found

    @cached_property
    def used(self) -> Counter[int]:
        """Places taken by current matches and by proposals that can still be made, of mentors and mentees."""
        used = Counter(self.taken)
        used.update(pk for pair in self.proposed for pk in pair)
        return used

    @cached_property
    def proposed(self) -> set[PairIds]:
        """The proposed pairs that wait to be confirmed and still can be."""
        open_ones = self.chosen.keys() - self.standing - self.untrue.keys()
        return {pair for pair in open_ones if pair[0] not in self.introduced}

    def open_pairs(self, mentee: int) -> list[PairIds]:
        """List the proposed pairs of a mentee that wait to be confirmed and still can be, the best first."""
        pairs = [(mentee, mentor) for mentor in self.mentors_of.get(mentee, [])]
        return [pair for pair in pairs if pair in self.proposed]

    def is_full(self, pk: int) -> bool:
        return self.used[pk] >= self.people[pk].places

    def points(self, pair: PairIds) -> int:
        """The points of a pair. Raises ServiceError if the run has no score for it."""
        if pair in self.chosen:
            return self.chosen[pair]
        if self.table and self.table.has(*pair):
            return points_of(self.table.score(*pair))
        score = self.run.proposals.filter(mentee=pair[0], mentor=pair[1]).values_list("score", flat=True).first()
        if score is None:
            mentee, mentor = (self.people[pk].quoted for pk in pair)
            if self.table and self.table.best_only and pair[0] in self.table.row:
                some = f"{self.run} keeps the {self.table.best_only} best mentors of each mentee"
                raise ServiceError(f"{some}, without {mentor} for {mentee}. Lock the pair and run again.")
            raise ServiceError(f"{self.run} has no score for {mentee} with {mentor}. Run again first.")
        return points_of(score)

    def figures(self) -> BoardFigures:
        return _figures(self.chosen)

    def figures_now(self) -> BoardFigures:
        """The figures without the pairs that can't be made any more."""
        return _figures({pair: points for pair, points in self.chosen.items() if pair not in self.untrue})

    def best(self) -> BoardFigures:
        """Return the run's own result, before manual changes."""
        run = self.run
        compared = run.findings.get("comparison", {}).get(run.findings.get("objective", "total"), {})
        return BoardFigures(run.matched, compared.get("places", run.matched), run.total_points, None)

    def cost(self) -> ChangeCost:
        """Return the cost of manual changes against the run's own assignment."""
        return cost_between(self.best(), self.figures())

    def after(self, effects: Iterable[dict[str, Any]]) -> BoardState:
        """Return the board after these effects."""
        chosen, pins, held = dict(self.chosen), dict(self.pins), set(self.held)
        for effect in effects:
            pair = effect["mentee"], effect["mentor"]
            if effect["what"] == "pair" and effect["after"]:
                chosen[pair] = self.points(pair)
            elif effect["what"] == "pair":
                chosen.pop(pair, None)
            elif effect["what"] == "pin":
                pins[pair] = effect["after"]
            elif effect["after"]:
                held.add(effect["mentee"] or effect["mentor"])
            else:
                held.discard(effect["mentee"] or effect["mentor"])
        new = replace(self, chosen=chosen, pins={p: k for p, k in pins.items() if k}, held=frozenset(held))
        # Parts that a change by hand doesn't affect are read once.
        new.__dict__.update({name: self.__dict__[name] for name in READ_ONCE if name in self.__dict__})
        return new


def _figures(chosen: Mapping[PairIds, int]) -> BoardFigures:
    points = list(chosen.values())
    return BoardFigures(len({mentee for mentee, _ in chosen}), len(points), sum(points), min(points, default=None))


READ_ONCE = ("table", "people", "unavailable", "matched_with")


def why_impossible(state: BoardState, pair: PairIds, *, forbidden_too: bool = True) -> str:
    """Say why a pair can't be made whatever the places are; "" if it can."""
    for one in (state.people[pk] for pk in pair):
        if one.status != "accepted":
            return f"{one.quoted} is {one.status}."
        if one.pk in state.held:
            return f"{one.quoted} is left for later. Bring them back first."
        if one.pk in state.unavailable:
            return f"{one.quoted} is {state.unavailable[one.pk]}."
    mentee, mentor = (state.people[pk] for pk in pair)
    if pair in state.standing:
        return f"{mentee.quoted} and {mentor.name} are matched already."
    if forbidden_too and state.pins.get(pair) == "forbid":
        return f"{mentee.quoted} with {mentor.name} is forbidden. Allow the pair first."
    return ""


def _why_no_place(state: BoardState, pair: PairIds, free: Counter[int]) -> str:
    """Say whose places are taken by matches, or by proposed pairs that come first; "" if there is room."""
    mentee, mentor = (state.people[pk] for pk in pair)
    if free[mentee.pk] <= 0:
        names = [state.people[pk].name for pk in state.matched_with.get(mentee.pk, []) if pk in state.people]
        if names:
            return f"{mentee.quoted} is matched with {join_names(names)} already."
        if state.taken[mentee.pk]:
            return f"{mentee.quoted} has said yes to another pair already."
        words = "{mentee} now wants only {mentor}, and a better pair comes first."
        return state.say(words, mentee=mentee.quoted, mentor=state.say(counted(mentee.places, "mentor")))
    if free[mentor.pk] <= 0:
        if state.taken[mentor.pk]:
            return f"{mentor.name} has no free place: {state.taken[mentor.pk]} of {mentor.places} taken."
        if not mentor.places:
            return f"{mentor.name} takes nobody at the moment."
        words = "{mentor} now takes only {mentees}, and locked or better pairs come first."
        return state.say(words, mentor=mentor.name, mentees=state.say(counted(mentor.places, "mentee")))
    return ""


def read_state(run: MatchRun) -> BoardState:
    """Read the current board of a run."""
    cohort = run.cohort_id
    chosen = {
        (mentee, mentor): points_of(score)
        for mentee, mentor, score in run.proposals.filter(kind="chosen").values_list("mentee_id", "mentor_id", "score")
    }
    standing = frozenset(
        Match.objects.occupying_place().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id")
    )
    taken = Counter(pk for pair in standing for pk in pair)
    # A pair that accepted on another board keeps its place until it is confirmed or withdrawn.
    asked = {
        (mentee, mentor): status
        for mentee, mentor, status in AskedPair.objects.unsettled()
        .filter(mentee__cohort=cohort)
        .values_list("mentee_id", "mentor_id", "status")
    }
    promised = {pair for pair, status in asked.items() if status == AskedPair.Status.ACCEPTED}
    taken.update(pk for pair in promised - set(chosen) for pk in pair)
    return BoardState(
        run=run,
        version=version_of(cohort),
        chosen=chosen,
        pins={
            (mentee, mentor): kind
            for mentee, mentor, kind in MatchPin.objects.filter(mentee__cohort=cohort).values_list(
                "mentee_id", "mentor_id", "kind"
            )
        },
        held=frozenset(HeldBack.objects.filter(enrollment__cohort=cohort).values_list("enrollment_id", flat=True)),
        introduced=frozenset(run.matches.values_list("mentee_id", flat=True)),
        standing=standing,
        asked=frozenset(asked),
        taken=taken,
    )


def version_of(cohort: Cohort | int) -> int:
    """Return the number of the last change by hand; 0 before the first."""
    return BoardChange.objects.filter(cohort=cohort).aggregate(last=Max("number"))["last"] or 0
