"""Read the matching board of a run. Reads only."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cohorts.models import Cohort, Enrollment
from matching.board.consent_status import consent_states, mentees_with_declined_pair, mentees_with_ended_match
from matching.board.state import BoardFigures, BoardState, ChangeCost, read_state, version_of
from matching.models import BoardChange, MatchPin, MatchProposal, MatchRun

STATES = {
    "unmatched": "Without a mentor",
    "declined": "Declined, to be found another",
    "left": "Whose match has ended",
    "partly": "Fewer mentors than wanted",
    "locked": "Locked",
    "changed": "Changed by hand",
}
SORTS = {"": "Best first", "weakest": "Weakest first"}


@dataclass
class BoardRow:
    """A mentee (team) on the board, with the mentors proposed for it."""

    mentee: Enrollment
    chosen: list[MatchProposal] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    introduced: bool = False
    locked: bool = False
    changed: bool = False
    pills: list[tuple[str, str]] = field(default_factory=list)

    @property
    def mentor_id(self) -> int:
        """The mentor whom a swap moves: the one with the lowest score; 0 if there is none."""
        return self.chosen[-1].mentor_id if self.chosen else 0


@dataclass(frozen=True)
class RunSummary:
    """The figures of a run."""

    people: int
    figures: BoardFigures
    cost: ChangeCost
    hand_changes: int

    @property
    def matched(self) -> int:
        return self.figures.matched


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
    def changed(self) -> set[int]:
        return {e["mentee"] for change in self.changes for e in change.effects if e["what"] == "pair"}

    def summary(self) -> RunSummary:
        by_hand = sum(any(e["what"] == "pair" for e in change.effects) for change in self.changes)
        return RunSummary(len(self.everyone), self.state.figures(), self.state.cost(), by_hand)

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
        """List the mentees that match the filters, those without a mentor first."""
        mentors, ids = self.state.mentors_of, self.everyone
        if state == "unmatched":
            ids = [pk for pk in ids if not mentors.get(pk)]
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
            ids = [pk for pk in ids if pk in self.changed]
        elif state == "partly":
            people = self.state.people
            ids = [pk for pk in ids if 0 < len(mentors.get(pk, [])) < people[pk].places - self.state.taken[pk]]
        if q:
            people_found = Enrollment.objects.filter(cohort=self.run.cohort_id).search(q).values_list("pk", flat=True)
            found = set(people_found)
            ids = [pk for pk in ids if pk in found or not found.isdisjoint(mentors.get(pk, []))]
        sign = 1 if sort == "weakest" else -1
        best = {pk: max((self.state.chosen[pk, m] for m in mentors.get(pk, [])), default=0) for pk in ids}
        return sorted(ids, key=lambda pk: (pk in mentors, sign * best[pk], pk))

    def rows(self, ids: list[int]) -> list[BoardRow]:
        """Read the rows of a page with all displayed data, in the order of `ids`."""
        mentees = Enrollment.objects.with_people().in_bulk(ids)
        chosen: dict[int, list[MatchProposal]] = defaultdict(list)
        for proposal in self.proposals(ids):
            proposal.places_used = self.state.used[proposal.mentor_id]
            chosen[proposal.mentee_id].append(proposal)
        pills = {pair: (state.pill, state.words) for pair, state in consent_states(self.run).items()}
        return [
            BoardRow(
                mentees[pk],
                chosen[pk],
                self.reasons(pk),
                pk in self.state.introduced,
                self._locked(pk),
                pk in self.changed,
                [pills[pk, p.mentor_id] for p in chosen[pk] if (pk, p.mentor_id) in pills],
            )
            for pk in ids
            if pk in mentees
        ]

    def reasons(self, mentee: int) -> list[str]:
        """List reasons why somebody has no mentor."""
        if self.state.mentors_of.get(mentee):
            return []
        return self.told.get(mentee) or ["Their mentor was taken away by hand. Choose another one, or run again."]

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


def token_of(cohort: Cohort, run: MatchRun) -> str:
    """Return a token that changes with every change of this board. Two small queries."""
    newest = cohort.match_runs.values_list("number", "status").first()
    return "-".join(
        str(part) for part in (version_of(cohort), run.hand_changes, run.status, run.matches.count(), newest)
    ).replace(" ", "")
