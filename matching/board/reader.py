"""Read the matching board of a run. Reads only."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cohorts.models import Enrollment
from matching.board.consent_status import (
    ConsentState,
    consent_states,
    mentees_with_declined_pair,
    mentees_with_ended_match,
)
from matching.board.state import BoardFigures, BoardState, ChangeCost, PairIds, read_state, why_impossible
from matching.models import BoardChange, Match, MatchPin, MatchProposal, MatchRun
from matching.scoring.points import MICRO
from mentorship.core.errors import ServiceError
from mentorship.core.text import join_names

STATES = {
    "unmatched": "Without a mentor",
    "declined": "Somebody declined",
    "left": "Match has ended",
    "partly": "Fewer mentors than wanted",
    "locked": "Locked",
    "changed": "Changed by hand",
    "untrue": "No longer possible",
}
SORTS = {"": "Lowest score first", "best": "Highest score first"}
GROUPS = ("waiting", "proposed", "matched")
MOST_FREE = 2  # mentors with a free place who are named


@dataclass(frozen=True)
class RowPair:
    """A mentor of a row: proposed by the run, or matched on whichever page."""

    mentor: Enrollment
    used: int  # of the mentor's places
    score: float | None
    why: str = ""
    strongest: str = ""  # the first reason, as a phrase
    untrue: str = ""  # why the pair can't be made any more
    matched: bool = False

    @property
    def is_open(self) -> bool:
        return not (self.untrue or self.matched)


@dataclass
class BoardRow:
    """A mentee (team) on the board, with its mentors."""

    mentee: Enrollment
    group: str  # one of GROUPS
    pairs: list[RowPair] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    introduced: bool = False
    locked: bool = False
    by_hand: float | None = None  # how much manual changes added to this row's score; None without any
    asked: list[ConsentState] = field(default_factory=list)  # the questions about its pairs

    @property
    def mentor_id(self) -> int:
        """The mentor whom a swap moves: the one with the lowest score; 0 if there is none."""
        return next((pair.mentor.pk for pair in reversed(self.pairs) if pair.is_open), 0)

    @property
    def weakest(self) -> RowPair | None:
        """The pair with the lowest score."""
        scored = [pair for pair in self.pairs if pair.score is not None]
        return min(scored, key=lambda pair: pair.score or 0, default=None)

    @property
    def by_hand_words(self) -> str:
        """`by hand −0.08`: what changes by hand added to the score of this row."""
        score = self.by_hand or 0
        return "by hand" if abs(score) < 0.005 else f"by hand {'−' if score < 0 else '+'}{abs(score):.2f}"

    @property
    def has_more_to_say(self) -> bool:
        """Whether the row has another status beside its lock, which then takes less room."""
        return bool(self.asked) or self.by_hand is not None or self.is_partly or self.group == "matched"

    @property
    def mentors_now(self) -> int:
        """The number of mentors who are matched, or proposed and still possible."""
        return sum(not pair.untrue for pair in self.pairs)

    @property
    def is_partly(self) -> bool:
        """Whether there are fewer mentors than wanted."""
        return 0 < self.mentors_now < self.mentee.mentors_wanted


@dataclass(frozen=True)
class RunSummary:
    """The figures of a run."""

    people: int
    matched: int  # with a match, or a proposed pair that can still be made
    figures: BoardFigures
    cost: ChangeCost
    hand_changes: int

    @property
    def average(self) -> float | None:
        return self.figures.total / self.figures.places if self.figures.places else None


class BoardReader:
    """Reads a run for the board: small figures of all mentees, whole objects only for the page that is shown."""

    def __init__(self, run: MatchRun) -> None:
        self.run = run
        self.state: BoardState = read_state(run)
        self.told: dict[int, list[str]] = {entry["mentee"]: entry["reasons"] for entry in run.unmatched}

    @cached_property
    def everyone(self) -> list[int]:
        """The mentees of this run, except those who left or are left for later."""
        table = self.state.table
        if table:
            ids = [*table.mentees, *(pk for pk in self.state.mentors_of if pk not in table.row)]
        else:
            ids = list({*self.run.proposals.values_list("mentee_id", flat=True), *self.told})
        return [pk for pk in ids if pk not in self.state.held and self._still_there(pk)]

    @cached_property
    def changes(self) -> list[BoardChange]:
        """The changes by hand that were not undone, the newest first."""
        return list(self.run.changes.filter(undoes=None, undone_by=None).select_related("by"))

    @cached_property
    def by_hand(self) -> dict[int, float]:
        """For each mentee with manual changes that still apply, how much they added to the score."""
        found: dict[int, int] = defaultdict(int)
        for change in self.changes:
            for effect in change.effects:
                if effect["what"] == "pair":
                    points = self._points(effect["mentee"], effect["mentor"])
                    found[effect["mentee"]] += points if effect["after"] else -points
        return {mentee: points / MICRO for mentee, points in found.items()}

    def summary(self) -> RunSummary:
        by_hand = sum(any(e["what"] == "pair" for e in change.effects) for change in self.changes)
        matched = sum(self.group_of(pk) != "waiting" for pk in self.everyone)
        return RunSummary(len(self.everyone), matched, self.state.figures_now(), self.state.cost(), by_hand)

    def group_of(self, mentee: int) -> str:
        """The group of a mentee's row: waits for a mentor, has one proposed, or is matched."""
        if self.state.open_pairs(mentee):
            return "proposed"
        return "matched" if mentee in self.state.introduced or mentee in self.state.matched_with else "waiting"

    @property
    def waiting(self) -> list[int]:
        """The mentees who have neither a match nor a proposed pair that can still be made."""
        return [pk for pk in self.everyone if self.group_of(pk) == "waiting"]

    def group_counts(self, ids: list[int]) -> dict[str, int]:
        counts = Counter(self.group_of(pk) for pk in ids)
        return {group: counts[group] for group in GROUPS}

    def to_confirm(self) -> int:
        """Count the mentees whose proposed pairs can all be made."""
        return len({mentee for mentee, _ in self.state.proposed} - {mentee for mentee, _ in self.state.untrue})

    def joined_since(self) -> dict[str, int]:
        """Count accepted people by role who have places to fill and were not part of the run."""
        table, state = self.state.table, self.state
        if table is None:
            return {}
        known = {*table.mentees, *table.mentors, *state.held, *state.unavailable}
        new = (
            p for pk, p in state.people.items() if pk not in known and p.status == "accepted" and not state.is_full(pk)
        )
        return Counter(person.role for person in new)

    def locks(self) -> int:
        return sum(kind == MatchPin.Kind.LOCK for kind in self.state.pins.values())

    def fixed_since(self) -> int:
        """Count pins and people left for later since the run was requested, which it does not consider."""
        cohort, since = self.run.cohort_id, self.run.created_at
        pins = MatchPin.objects.filter(mentee__cohort=cohort, created_at__gt=since).count()
        return pins + sum(
            any(e["what"] == "held" for e in change.effects) for change in self.changes if change.at > since
        )

    def ids(self, *, q: str = "", state: str = "", sort: str = "") -> list[int]:
        """List the mentees that match the filters: those without a mentor, those with one proposed, those matched."""
        mentors, ids = self.state.mentors_of, self.everyone
        if state == "unmatched":
            ids = [pk for pk in ids if self.group_of(pk) == "waiting"]
        elif state in ("declined", "left"):
            wanted = (
                mentees_with_declined_pair(self.run.cohort)
                if state == "declined"
                else mentees_with_ended_match(self.run.cohort)
            )
            ids = sorted(set(ids) & set(wanted.values_list("pk", flat=True)))
        elif state == "locked":
            ids = [pk for pk in ids if self._locked(pk)]
        elif state == "changed":
            ids = [pk for pk in ids if pk in self.by_hand]
        elif state == "untrue":
            gone = {mentee for mentee, _ in self.state.untrue}
            ids = [pk for pk in ids if pk in gone]
        elif state == "partly":
            people = self.state.people
            ids = [pk for pk in ids if 0 < len(mentors.get(pk, [])) < people[pk].places - self.state.taken[pk]]
        if q:
            people_found = Enrollment.objects.filter(cohort=self.run.cohort_id).search(q).values_list("pk", flat=True)
            found, matched = set(people_found), self.state.matched_with
            ids = [pk for pk in ids if not found.isdisjoint((pk, *mentors.get(pk, []), *matched.get(pk, [])))]
        sign = -1 if sort == "best" else 1
        best = {pk: max((self.state.chosen[pk, m] for m in mentors.get(pk, [])), default=0) for pk in ids}
        return sorted(ids, key=lambda pk: (GROUPS.index(self.group_of(pk)), sign * best[pk], pk))

    def rows(self, ids: list[int]) -> list[BoardRow]:
        """Read the rows of a page with all displayed data, in the order of `ids`."""
        mentees = Enrollment.objects.with_people().in_bulk(ids)
        pairs = self._row_pairs(ids)
        asked = consent_states(self.run, ids)
        return [
            BoardRow(
                mentees[pk],
                self.group_of(pk),
                pairs[pk],
                self.reasons(pk),
                pk in self.state.introduced,
                self._locked(pk),
                self.by_hand.get(pk),
                [asked[pk, p.mentor.pk] for p in pairs[pk] if (pk, p.mentor.pk) in asked],
            )
            for pk in ids
            if pk in mentees
        ]

    def _row_pairs(self, ids: list[int]) -> dict[int, list[RowPair]]:
        """Read the proposed mentors of some mentees, the best first, and the mentors of matches made elsewhere."""
        state, found = self.state, defaultdict(list)
        for p in self.proposals(ids):
            pair = p.mentee_id, p.mentor_id
            matched = pair in state.standing
            untrue = "" if matched else state.untrue.get(pair, "")
            if p.mentee_id in state.introduced and not matched:
                untrue = "This match has ended."
            strongest = p.reasons[0] if p.reasons else ""
            found[p.mentee_id].append(
                RowPair(p.mentor, state.used[p.mentor_id], p.score, p.why, strongest, untrue, matched)
            )
        elsewhere = [
            (pk, mentor) for pk in ids for mentor in state.matched_with.get(pk, []) if (pk, mentor) not in state.chosen
        ]
        mentors = (
            Enrollment.objects.select_related("user").in_bulk({mentor for _, mentor in elsewhere}) if elsewhere else {}
        )
        for pk, mentor in elsewhere:
            found[pk].insert(0, RowPair(mentors[mentor], state.used[mentor], None, matched=True))
        return found

    def reasons(self, mentee: int) -> list[str]:
        """List reasons why somebody has no mentor."""
        if self.group_of(mentee) != "waiting":
            return []
        gone = [
            self.state.untrue[mentee, m]
            for m in self.state.mentors_of.get(mentee, [])
            if (mentee, m) in self.state.untrue
        ]
        if gone or mentee not in self.told:
            return gone or [self.state.say("Their mentor was removed by hand. Choose another one, or run again.")]
        return self._free_by_now(mentee) or self.told[mentee]

    def are_by_run(self, mentee: int) -> bool:
        """Whether `reasons` are those that the run found then, rather than what is so now."""
        return bool(self.told.get(mentee)) and self.reasons(mentee) == self.told[mentee]

    def _free_by_now(self, mentee: int) -> list[str]:
        """Name mentors who have a free place since, and could have a mentee who was left without one; [] for none."""
        state, table = self.state, self.state.table
        if table is None or mentee not in table.row or self.run.findings.get("limits"):
            return []
        least = float(self.run.findings.get("rules", {}).get("least_score", 0) or 0)
        free = [
            state.people[pk].name
            for pk in table.best_mentors(mentee)
            if pk in state.people and not state.is_full(pk) and table.score(mentee, pk) >= least
            if not why_impossible(state, (mentee, pk)) and (mentee, pk) not in self._were_matched
        ]
        if not free:
            return []
        names = [*free[:MOST_FREE], *([f"{len(free) - MOST_FREE} more"] if len(free) > MOST_FREE else [])]
        have = "has a free place" if len(free) == 1 else "have free places"
        return [
            f"{join_names(names)} {have} by now. Choose {'them' if len(free) == 1 else 'one of them'}, or run again."
        ]

    @cached_property
    def _were_matched(self) -> set[PairIds]:
        """Pairs of this cohort that ended, which no run proposes again."""
        found = Match.objects.filter(mentee__cohort=self.run.cohort_id, imported=False)
        return set(found.values_list("mentee_id", "mentor_id"))

    def _points(self, mentee: int, mentor: int) -> int:
        try:
            return self.state.points((mentee, mentor))
        except ServiceError:  # somebody who left since
            return 0

    def proposals(self, ids: list[int], kind: str = MatchProposal.Kind.CHOSEN) -> Any:
        return (
            self.run.proposals.filter(kind=kind, mentee_id__in=ids)
            .select_related("mentor__user")
            .order_by("-score", "mentor_id")
        )

    def held(self) -> list[Enrollment]:
        """List the people left for later."""
        return list(Enrollment.objects.filter(pk__in=self.state.held).with_people().order_by("role", "pk"))

    def _still_there(self, pk: int) -> bool:
        somebody = self.state.people.get(pk)
        return somebody is not None and somebody.status in Enrollment.OCCUPYING_PLACE

    def _locked(self, pk: int) -> bool:
        return any(
            self.state.pins.get((pk, mentor)) == MatchPin.Kind.LOCK for mentor in self.state.mentors_of.get(pk, [])
        )


def pairs_left_behind(run: MatchRun, state: BoardState) -> set[PairIds]:
    """Pairs made by hand on an earlier board after this run was requested, which it therefore does not know."""
    late = BoardChange.objects.filter(cohort=run.cohort_id, at__gt=run.created_at, undoes=None, undone_by=None)
    changes: dict[int, list[BoardChange]] = defaultdict(list)
    for change in late.exclude(run=run).filter(run__number__lt=run.number):
        changes[change.run_id].append(change)
    found: set[PairIds] = set()
    for earlier in MatchRun.objects.filter(pk__in=changes).select_related("cohort__programme"):
        theirs = read_state(earlier)
        found |= pairs_touched(changes[earlier.pk]) & theirs.proposed
    return {pair for pair in found if pair not in state.chosen and pair not in state.pins}


def pairs_touched(changes: Iterable[BoardChange]) -> set[PairIds]:
    """Return the pairs that these changes made or removed."""
    return {(e["mentee"], e["mentor"]) for change in changes for e in change.effects if e["what"] == "pair"}
