"""Compare two runs: their figures, and the mentees whose mentors differ."""

from collections import defaultdict
from dataclasses import dataclass

from cohorts.models import Enrollment
from matching.board.state import BoardFigures
from matching.models import MatchRun
from matching.scoring.points import points_of


@dataclass(frozen=True)
class MenteeDifference:
    """A mentee whose mentors are not the same in two runs."""

    mentee: Enrollment
    one: list[tuple[str, float]]  # (mentor, score)
    other: list[tuple[str, float]]

    @property
    def gain(self) -> float:
        """How much higher the other run's pairs score."""
        return sum(score for _, score in self.other) - sum(score for _, score in self.one)


def figures_of(run: MatchRun) -> BoardFigures:
    """Return the figures of a run's board now, with changes by hand."""
    found = list(run.proposals.filter(kind="chosen").values_list("mentee_id", "score"))
    points = [points_of(score) for _, score in found]
    return BoardFigures(len({mentee for mentee, _ in found}), len(found), sum(points), min(points, default=None))


def differences(one: MatchRun, other: MatchRun) -> list[MenteeDifference]:
    """List the mentees whose mentors differ between two runs. Constant number of queries."""
    pairs: dict[int, dict[int, list[tuple[int, str, float]]]] = {one.pk: defaultdict(list), other.pk: defaultdict(list)}
    for run in (one, other):
        chosen = run.proposals.filter(kind="chosen").select_related("mentor__user").order_by("mentor_id")
        for p in chosen.defer("factors", "why"):
            pairs[run.pk][p.mentee_id].append((p.mentor_id, str(p.mentor.user), p.score))
    here, there = pairs[one.pk], pairs[other.pk]
    changed = [
        pk
        for pk in {*here, *there}
        if {mentor for mentor, *_ in here.get(pk, [])} != {mentor for mentor, *_ in there.get(pk, [])}
    ]
    mentees = Enrollment.objects.select_related("user").in_bulk(changed)
    found = [
        MenteeDifference(
            mentees[pk],
            [(name, score) for _, name, score in here.get(pk, [])],
            [(name, score) for _, name, score in there.get(pk, [])],
        )
        for pk in changed
    ]
    return sorted(found, key=lambda d: (d.gain, d.mentee.pk))
