"""What the matching board shows, read from a run. Reads only."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from cohorts.models import Enrollment
from matching.models import Match, MatchPin, MatchProposal, MatchRun
from matching.services import hand_cost

STATES = {"unmatched": "Without a mentor", "partly": "Fewer mentors than wanted", "locked": "Locked"}
SORTS = {"": "Best first", "weakest": "Weakest first"}


@dataclass
class Row:
    """A mentee (team) on the board, with the mentors proposed for it."""

    mentee: Enrollment
    chosen: list[MatchProposal] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    introduced: bool = False
    locked: bool = False


@dataclass(frozen=True)
class Summary:
    """A run in one line."""

    people: int
    matched: int
    total: float
    lowest: float | None
    cost: float


class BoardReader:
    """A run as the board needs it: small figures of all mentees, whole objects only for the page that is shown."""

    def __init__(self, run: MatchRun) -> None:
        self.run = run
        chosen = run.proposals.filter(kind=MatchProposal.Kind.CHOSEN).values_list("mentee_id", "mentor_id", "score")
        self.scores: dict[int, list[float]] = defaultdict(list)
        self.mentors: dict[int, list[int]] = defaultdict(list)
        for mentee_id, mentor_id, score in chosen:
            self.scores[mentee_id].append(score)
            self.mentors[mentee_id].append(mentor_id)
        self.reasons: dict[int, list[str]] = {
            entry["mentee"]: entry["reasons"] for entry in run.unmatched if entry["mentee"] not in self.scores
        }
        self.pins = {
            (mentee_id, mentor_id): kind
            for mentee_id, mentor_id, kind in MatchPin.objects.filter(mentee__cohort=run.cohort_id).values_list(
                "mentee_id", "mentor_id", "kind"
            )
        }
        self.introduced = set(run.matches.values_list("mentee_id", flat=True))

    def summary(self) -> Summary:
        every = [score for scores in self.scores.values() for score in scores]
        return Summary(
            people=len(self.scores) + len(self.reasons),
            matched=len(self.scores),
            total=sum(every),
            lowest=min(every, default=None),
            cost=hand_cost(self.run, every),
        )

    def locks(self) -> int:
        return sum(kind == MatchPin.Kind.LOCK for kind in self.pins.values())

    def pins_since(self) -> int:
        """How many pairs were fixed after the run was asked for, which it therefore doesn't know."""
        return MatchPin.objects.filter(mentee__cohort=self.run.cohort_id, created_at__gt=self.run.created_at).count()

    def ids(self, *, q: str = "", state: str = "", sort: str = "") -> list[int]:
        """The mentees that fit, those without a mentor first."""
        ids = [*self.reasons, *self.scores]
        if state == "unmatched":
            ids = list(self.reasons)
        elif state == "locked":
            ids = [pk for pk in ids if self._locked(pk)]
        elif state == "partly":
            wanted = dict(Enrollment.objects.filter(pk__in=self.scores).values_list("pk", "mentors_wanted"))
            ids = [pk for pk in self.scores if len(self.scores[pk]) < wanted[pk]]
        if q:
            people = Enrollment.objects.filter(cohort=self.run.cohort_id).search(q).values_list("pk", flat=True)
            found = set(people)
            ids = [pk for pk in ids if pk in found or not found.isdisjoint(self.mentors[pk])]
        sign = 1 if sort == "weakest" else -1
        return sorted(ids, key=lambda pk: (pk in self.scores, sign * max(self.scores.get(pk, [0.0])), pk))

    def rows(self, ids: list[int]) -> list[Row]:
        """The rows of a page, with everything that is shown, in the order of `ids`."""
        mentees = Enrollment.objects.with_people().in_bulk(ids)
        chosen: dict[int, list[MatchProposal]] = defaultdict(list)
        places = self.places()
        for proposal in self._proposals(ids, MatchProposal.Kind.CHOSEN):
            proposal.places_used = places[proposal.mentor_id]
            chosen[proposal.mentee_id].append(proposal)
        return [
            Row(mentees[pk], chosen[pk], self.reasons.get(pk, []), pk in self.introduced, self._locked(pk))
            for pk in ids
            if pk in mentees
        ]

    def why(self, mentee: Enrollment) -> dict[str, Any]:
        """The side panel: the mentors proposed, the runners-up, and what is fixed by hand."""
        places = self.places()
        chosen = list(self._proposals([mentee.pk], MatchProposal.Kind.CHOSEN))
        others = list(self._proposals([mentee.pk], MatchProposal.Kind.RUNNER_UP))
        weakest = min((p.score for p in chosen), default=0.0)
        for proposal in [*chosen, *others]:
            proposal.pin = self.pins.get((mentee.pk, proposal.mentor_id), "")
            proposal.has_room = places[proposal.mentor_id] < proposal.mentor.capacity
            proposal.difference = proposal.score - weakest if chosen else None
        shown = {p.mentor_id for p in [*chosen, *others]}
        elsewhere = [pk for (mentee_id, pk) in self.pins if mentee_id == mentee.pk and pk not in shown]
        return {
            "mentee": mentee,
            "chosen": chosen,
            "others": others,
            "reasons": self.reasons.get(mentee.pk, []),
            "introduced": mentee.pk in self.introduced,
            "pinned": [
                (mentor, self.pins[mentee.pk, mentor.pk])
                for mentor in Enrollment.objects.filter(pk__in=elsewhere).select_related("user")
            ],
        }

    def places(self) -> Counter[int]:
        """How many places of each mentor are taken: by matches that stand, and by what this run proposes."""
        taken = Match.objects.places_of(self.run.cohort)
        for mentee_id, mentors in self.mentors.items():
            if mentee_id not in self.introduced:
                taken.update(mentors)
        return taken

    def _proposals(self, ids: list[int], kind: str) -> Any:
        return (
            self.run.proposals.filter(kind=kind, mentee_id__in=ids)
            .select_related("mentor__user")
            .order_by("-score", "mentor_id")
        )

    def _locked(self, pk: int) -> bool:
        return any(self.pins.get((pk, mentor)) == MatchPin.Kind.LOCK for mentor in self.mentors.get(pk, []))
