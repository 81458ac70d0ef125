"""Who could take over a mentee: the mentors with room, from a run that is stored, or scored anew by a worker.

Pages read only what is stored here; the scoring libraries are imported in the worker alone.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.factors import FACTORS
from matching.models import Match, MatchPin, MatchRun, ReplacementSearch
from matching.querysets import GIVE_UP_AFTER
from matching.services.pausing import paused_ids
from matching.services.policy import rules_of, weights_of
from matching.services.rematching import places_with_promises
from matching.services.runs import LAST_TRY_AFTER
from mentorship.accounts.models import User
from mentorship.audit.services import record

if TYPE_CHECKING:  # pages use this module, and the scoring is too heavy for them
    from matching.scoring import Scores

logger = logging.getLogger(__name__)

MOST = 12
# Words of the others tell the scoring how rare a word is; so many are enough for that.
OTHERS = 300


@dataclass(frozen=True)
class Candidate:
    """A mentor with room, and how well they suit."""

    mentor: Enrollment
    score: float
    factors: list[dict[str, Any]]
    why: str
    free: int

    @property
    def parts(self) -> list[tuple[str, float]]:
        return [(factor["label"], factor["part"]) for factor in self.factors]


@dataclass(frozen=True)
class Candidates:
    """What is known about replacements: the best first, where the scores come from, and a search under way."""

    best: list[Candidate]
    run: MatchRun | None
    search: ReplacementSearch | None
    with_room: int

    @property
    def under_way(self) -> bool:
        return self.search is not None and self.search.status in ReplacementSearch.UNDER_WAY


def candidates_for(mentee: Enrollment) -> Candidates:
    """The best replacements that are stored and still possible. Reads only; few queries, however large the cohort."""
    search = mentee.replacement_searches.first()
    possible = {e.pk: e for e in possible_mentors(mentee)}
    run = None
    if search is not None and search.status == ReplacementSearch.Status.READY:
        found = search.found
    else:
        run = mentee.cohort.match_runs.filter(status__in=["ready", "confirmed"], proposals__mentee=mentee).first()
        stored = run.proposals.filter(mentee=mentee).order_by("-score", "mentor_id") if run else []
        # Beyond the first sentence a runner-up says what stood against it then.
        found = [
            {
                "mentor": p.mentor_id,
                "score": p.score,
                "factors": p.factors,
                "why": _first_sentence(p.why),
            }
            for p in stored
        ]
    taken = places_with_promises(mentee.cohort)
    best = [
        Candidate(mentor, one["score"], one["factors"], one["why"], mentor.capacity - taken.get(mentor.pk, 0))
        for one in found
        if (mentor := possible.get(one["mentor"]))
    ]
    return Candidates(best[:MOST], run, search, len(possible))


def possible_mentors(mentee: Enrollment) -> list[Enrollment]:
    """Accepted mentors with room, who don't pause, are not in the team, and were not with this mentee before."""
    cohort = mentee.cohort
    taken, pausing = places_with_promises(cohort), paused_ids(cohort)
    pins = dict(MatchPin.objects.filter(mentee=mentee).values_list("mentor_id", "kind"))
    past = set(Match.objects.filter(mentee=mentee, imported=False).values_list("mentor_id", flat=True))
    team = {person.pk for person in mentee.people}
    mentors = cohort.enrollments.mentors().filter(status="accepted").select_related("user").order_by("pk")  # type: ignore[attr-defined]
    return [
        e
        for e in mentors
        if e.capacity > taken.get(e.pk, 0)
        and e.pk not in pausing
        and e.user_id not in team
        and pins.get(e.pk) != MatchPin.Kind.FORBID
        and (e.pk not in past or pins.get(e.pk) == MatchPin.Kind.LOCK)
    ]


@transaction.atomic
def request_search(*, mentee: Enrollment, by: User | None) -> ReplacementSearch:
    """Have a worker score every mentor with room. Where one is under way already, that one is returned."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=mentee.cohort_id)
    under_way = mentee.replacement_searches.filter(status__in=ReplacementSearch.UNDER_WAY).first()
    if under_way is not None:
        return under_way
    search = ReplacementSearch.objects.create(mentee=mentee, created_by=by)
    record(verb="looked for another mentor", target=mentee, workspace_id=mentee.cohort.workspace_id, by=by)
    transaction.on_commit(lambda: _wake(search.pk))
    return search


def work_search(search_id: int) -> bool:
    """Claim a search and work it out. False where another worker has it, or it is done. Errors end up on it."""
    now = timezone.now()
    free = Q(status="queued") | Q(status="working", started_at__lt=now - GIVE_UP_AFTER)
    if not ReplacementSearch.objects.filter(free, pk=search_id).update(status="working", started_at=now):
        return False
    search = ReplacementSearch.objects.select_related("mentee__cohort__programme").get(pk=search_id)
    try:
        changes: dict[str, Any] = {"status": "ready", "found": _scored(search.mentee)}
    except Exception as error:
        logger.exception("Search %s failed", search_id)
        changes = {"status": "failed", "error": f"It broke off: {error}"}
    mine = ReplacementSearch.objects.filter(pk=search_id, status="working", started_at=search.started_at)
    mine.update(finished_at=timezone.now(), **changes)
    return True


def sweep_searches(now: datetime) -> int:
    """Work out the searches that no worker has. Returns how many were taken up."""
    taken = 0
    for search in ReplacementSearch.objects.stranded(now):
        if search.status == "working" and search.created_at < now - LAST_TRY_AFTER:
            words = "The work was cut off several times. Tell the operator of this installation."
            ReplacementSearch.objects.filter(pk=search.pk, status="working").update(
                status="failed", error=words, finished_at=now
            )
        else:
            taken += work_search(search.pk)
    return taken


def _scored(mentee: Enrollment) -> list[dict[str, Any]]:
    """Every possible mentor whom no rule bars, with the score that a run would give the pair; the best first."""
    from matching import scoring
    from matching.engine import answering  # heavy
    from matching.engine.reading import person_of, read_known

    cohort = mentee.cohort
    possible = {e.pk for e in possible_mentors(mentee)}
    people = cohort.enrollments.with_people().select_related("group").order_by("pk")  # type: ignore[attr-defined]
    mentors = list(people.filter(pk__in=possible))
    if not mentors:
        return []
    others = people.filter(role="mentee", status="accepted").exclude(pk=mentee.pk)[:OTHERS]
    mentees = [people.get(pk=mentee.pk), *others]
    known = read_known(cohort, mentees, mentors)
    rules, _ = rules_of(cohort)
    weights, common_language = weights_of(cohort)
    scores = scoring.score(
        [person_of(e, cohort, known) for e in mentees],
        [person_of(e, cohort, known) for e in mentors],
        weights,
        rules=answering.hard_rules(rules, common_language),
        questions=known.questions,
        preferences=known.wishes,
        former=known.former,
        conflicts=known.conflicts,
    )
    found = [_as_found(scores, j, mentor) for j, mentor in enumerate(mentors) if scores.eligible[0, j]]
    return sorted(found, key=lambda one: (-one["score"], one["mentor"]))[: 2 * MOST]


def _as_found(scores: "Scores", j: int, mentor: Enrollment) -> dict[str, Any]:
    """What is kept of the first mentee with one mentor, in the form of a proposal."""
    parts, phrases = scores.contributions(0, j), scores.phrases(0, j)
    factors = [
        {
            "key": name,
            "label": label,
            "value": round(float(scores.factors[name][0, j]), 4),
            "part": round(parts[name], 4),
            "phrase": phrases[name],
        }
        for name, label in FACTORS.items()
        if scores.weights[name]
    ]
    score = round(float(scores.total[0, j]), 6)
    return {"mentor": mentor.pk, "score": score, "factors": factors, "why": scores.sentence(0, j)}


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "." if text else ""


def _wake(search_id: int) -> None:
    from matching.tasks import work_out_search  # the task calls this module

    try:
        work_out_search.delay(search_id)
    except Exception:
        logger.warning("The broker is away; the next sweep takes up search %s.", search_id, exc_info=True)
