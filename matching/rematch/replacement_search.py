"""Have a worker score every mentor with room for one mentee."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cohorts.models import Cohort, Enrollment
from matching.models import ReplacementSearch
from matching.policy.services import rules_of, weights_of
from matching.rematch.candidates import MOST, possible_mentors
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.wake_up import wake_up

if TYPE_CHECKING:
    from matching.scoring.scores import Scores

# Scoring needs other people's texts to know how rare a word is; this many are enough.
OTHERS_SCORED = 300


@transaction.atomic
def request_search(*, mentee: Enrollment, by: User | None) -> ReplacementSearch:
    """Have a worker score every mentor with room; returns the search that is already under way, if there is one."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=mentee.cohort_id)
    under_way = mentee.replacement_searches.under_way().first()
    if under_way is not None:
        return under_way
    search = ReplacementSearch.objects.create(mentee=mentee, created_by=by)
    record(verb=Verb.LOOKED_FOR_ANOTHER_MENTOR, target=mentee, workspace_id=mentee.cohort.workspace_id, by=by)
    transaction.on_commit(lambda: _wake(search.pk))
    return search


def work_search(search_id: int) -> bool:
    """Claim a search and run it. False if another worker has it, or it is done. Errors are stored on the search."""
    searches = ReplacementSearch.objects.select_related("mentee__cohort__programme")
    return searches.compute(search_id, lambda search: {"found": _scored(search.mentee)})


def sweep_searches(now: datetime) -> int:
    """Run the searches that no worker has. Returns how many were started."""
    return sum(search.take_over(now, work_search) for search in ReplacementSearch.objects.stranded(now))


def _scored(mentee: Enrollment) -> list[dict[str, Any]]:
    """Score every possible mentor whom no rule bars, as a run would; the best first."""
    from matching.engine import matcher  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.history import read_history  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.input import profile_of, subject_of  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.meanings import meanings_of_people  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.scoring import scores as scoring_scores  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs

    cohort = mentee.cohort
    possible = {e.pk for e in possible_mentors(mentee)}
    people = cohort.enrollments.with_people().select_related("group").order_by("pk")  # type: ignore[attr-defined]
    mentors = list(people.filter(pk__in=possible))
    if not mentors:
        return []
    others = people.filter(role="mentee", status="accepted").exclude(pk=mentee.pk)[:OTHERS_SCORED]
    mentees = [people.get(pk=mentee.pk), *others]
    rules, _ = rules_of(cohort)
    known = read_history(cohort, mentees, mentors, rules)
    weights, common_language = weights_of(cohort)
    profiles = [profile_of(e, cohort, known) for e in [*mentees, *mentors]]
    scores = scoring_scores.score(
        profiles[: len(mentees)],
        profiles[len(mentees) :],
        weights,
        rules=matcher.pair_rules(rules, common_language),
        questions=known.questions,
        preferences=known.wishes,
        wish_words=known.wish_words,
        vectors=meanings_of_people([*mentees, *mentors], profiles, known, weights).vectors,
        former=known.former,
        conflicts=known.conflicts,
        named=known.named.by_mentee,
        subject=subject_of(cohort),
        say=cohort.programme.own_words,
    )
    found = [_as_found(scores, j, mentor) for j, mentor in enumerate(mentors) if scores.eligible[0, j]]
    return sorted(found, key=lambda one: (-one["score"], one["mentor"]))[: 2 * MOST]


def _as_found(scores: "Scores", j: int, mentor: Enrollment) -> dict[str, Any]:
    """Describe the first mentee with one mentor in the form of a stored proposal."""
    score = round(float(scores.total[0, j]), 6)
    told = scores.reasons(0, j)
    factors = scores.parts(0, j)
    return {"mentor": mentor.pk, "score": score, "factors": factors, "why": told.sentence, "reasons": told.support}


def _wake(search_id: int) -> None:
    from matching.tasks import work_out_search  # noqa: PLC0415 circular by design: the task calls this module

    wake_up(work_out_search, search_id)
