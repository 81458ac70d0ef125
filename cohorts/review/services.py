"""Write the rubric, reviews and conflicts of interest."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from cohorts.models import Cohort, Criterion, Enrollment, Review
from cohorts.review.access import is_mentor_of, reviewable_by
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


def scored_criteria(cohort: Cohort) -> set[int]:
    """The ids of the criteria that have scores."""
    scores = Review.objects.filter(enrollment__cohort=cohort).values_list("scores", flat=True)
    return {int(criterion) for given in scores for criterion in given}


@transaction.atomic
def save_criteria(*, cohort: Cohort, criteria: Sequence[Criterion], mentors_review: bool, by: User) -> None:
    """Replace the rubric by these criteria, in this order, and set whether mentors review.

    Raises ServiceError if a criterion with scores would be deleted or get another scale.
    """
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    existing = {c.pk: c for c in cohort.criteria.all()}
    given = {c.pk for c in criteria if c.pk}
    if given - set(existing):
        raise ServiceError("Somebody else has changed the rubric meanwhile. Load the page again.")
    for pk in scored_criteria(cohort) & set(existing):
        changed = next((c for c in criteria if c.pk == pk), None)
        if error := scale_error(existing[pk], changed):
            raise ServiceError(error)
    cohort.criteria.exclude(pk__in=given).delete()
    for position, criterion in enumerate(criteria):
        criterion.cohort, criterion.position = cohort, position
        criterion.save()
    cohort.mentors_review = mentors_review
    cohort.save(update_fields=["mentors_review"])
    names = [c.name for c in criteria]
    record(
        verb=Verb.SET_THE_RUBRIC,
        target=cohort,
        workspace_id=cohort.workspace_id,
        by=by,
        criteria=names,
        mentors_review=mentors_review,
    )


def scale_error(scored: Criterion, changed: Criterion | None) -> str:
    """Why a criterion with scores can't be changed to these values, or deleted (None); "" if it can."""
    if changed is None:
        return f"“{scored}” already has scores, so it can't be removed."
    if (changed.lowest, changed.highest) != (scored.lowest, scored.highest):
        scale = f"{scored.lowest} to {scored.highest}"
        return f"“{scored}” has scores from {scale} already. Keep its scale, or add another criterion."
    return ""


@transaction.atomic
def save_review(
    *,
    enrollment: Enrollment,
    by: User,
    scores: Mapping[int, int],
    recommendation: str,
    preference: int | None = None,
    summary: str = "",
) -> Review:
    """Save somebody's review. `scores`: criterion id → score, without criteria that they can't judge.

    Raises ServiceError if they may not review it, or a score is off the scale.
    """
    _lock_reviewable(enrollment, by)
    criteria = {c.pk: c for c in enrollment.cohort.criteria.all()}
    for pk, score in scores.items():
        criterion = criteria.get(pk)
        if criterion is None or not criterion.lowest <= score <= criterion.highest:
            raise ServiceError("A score is not on the scale of its criterion. Load the page again.")
    if preference and not is_mentor_of(by, enrollment.cohort):
        raise ServiceError("Only mentors of the cohort can say that they would mentor it.")
    review, created = Review.objects.update_or_create(
        enrollment=enrollment,
        reviewer=by,
        defaults={
            "scores": {str(pk): score for pk, score in scores.items()},
            "recommendation": recommendation,
            "preference": preference,
            "summary": summary.strip(),
        },
    )
    verb = Verb.REVIEWED if created else Verb.CHANGED_THE_REVIEW
    record(verb=verb, target=review, workspace_id=enrollment.cohort.workspace_id, by=by, enrollment=enrollment.pk)
    return review


@transaction.atomic
def declare_conflict(*, enrollment: Enrollment, by: User, reason: str = "") -> Review:
    """Declare a conflict of interest: hides the application from the reviewer, and ignores their review."""
    _lock_reviewable(enrollment, by)
    review, _ = Review.objects.update_or_create(
        enrollment=enrollment, reviewer=by, defaults={"conflict": True, "conflict_reason": reason.strip()}
    )
    record(
        verb=Verb.DECLARED_A_CONFLICT,
        target=review,
        workspace_id=enrollment.cohort.workspace_id,
        by=by,
        enrollment=enrollment.pk,
    )
    return review


@transaction.atomic
def withdraw_conflict(*, enrollment: Enrollment, by: User) -> None:
    """Withdraw a conflict of interest: shows the application again, with any review written before."""
    review = Review.objects.select_for_update().filter(enrollment=enrollment, reviewer=by, conflict=True).first()
    if review is None:
        raise ServiceError("You declared no conflict here.")
    workspace_id = enrollment.cohort.workspace_id
    record(verb=Verb.WITHDREW_A_CONFLICT, target=review, workspace_id=workspace_id, by=by, enrollment=enrollment.pk)
    if not (review.recommendation or review.scores or review.summary):
        review.delete()
        return
    review.conflict, review.conflict_reason = False, ""
    review.save(update_fields=["conflict", "conflict_reason", "updated_at"])


def _lock_reviewable(enrollment: Enrollment, by: User) -> None:
    """Lock an application for one review at a time. Raises ServiceError if the person may not review it."""
    Enrollment.objects.select_for_update(of=("self",)).get(pk=enrollment.pk)
    if not reviewable_by(by, enrollment.cohort).filter(pk=enrollment.pk).exists():
        raise ServiceError("This application is not open for your review.")
