"""Reviewing applications: who may, the rubric, what reviewers say, and what it adds up to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from cohorts.models import Cohort, Criterion, Enrollment, Review, SignupQuestion, TeamMember
from cohorts.querysets import CohortQuerySet, EnrollmentQuerySet
from cohorts.questions import shown_answers
from cohorts.services import ServiceError
from mentorship.accounts.models import User
from mentorship.accounts.permissions import may_edit, roles_of, workspaces_of
from mentorship.audit.services import record
from mentorship.ui.search import every_word

IN_REVIEW = (Enrollment.Status.APPLIED, Enrollment.Status.WAITLISTED)
# Two reviewers disagree where their totals lie this far apart, on a scale from 0 to 1.
DISAGREE_FROM = 1 / 3
# Whose answers a reader of the review pages gets. Private needs are on none of these pages.
SEEN_BY_REVIEWERS = (SignupQuestion.Seen.REVIEW, SignupQuestion.Seen.MATCH)
SEEN_BY_TEAM = (*SEEN_BY_REVIEWERS, SignupQuestion.Seen.COORDINATORS)


@dataclass(frozen=True)
class Summary:
    """What the reviews of one application add up to. `mean` goes from 0 to 1."""

    reviews: int = 0
    mean: float | None = None
    yes: int = 0
    unsure: int = 0
    no: int = 0
    preferences: tuple[str, ...] = ()
    disagreement: bool = False


def cohorts_with_reviews_for(user: User) -> CohortQuerySet:
    """Cohorts whose review pages a person may open: those of their team, and those where mentors review."""
    as_mentor = Enrollment.objects.mentors().accepted().filter(user=user, cohort__mentors_review=True)
    team = Cohort.objects.filter(programme__workspace_id__in=workspaces_of(user))
    return (team | Cohort.objects.filter(pk__in=as_mentor.values("cohort"))).select_related("programme")


def is_on_team(user: User, cohort: Cohort) -> bool:
    """Whether the person sees everybody's reviews: any role in the programme."""
    return roles_of(user).filter(workspace_id=cohort.workspace_id).exists()


def is_mentor_of(user: User, cohort: Cohort) -> bool:
    return cohort.enrollments.mentors().accepted().filter(user=user).exists()  # type: ignore[attr-defined]


def may_review(user: User, cohort: Cohort) -> bool:
    """Coordinators and owners do, and accepted mentors where the cohort wants it."""
    return may_edit(user, cohort.workspace_id) or (cohort.mentors_review and is_mentor_of(user, cohort))


def readable_by(user: User, cohort: Cohort, *, in_conflict: bool = False) -> EnrollmentQuerySet:
    """The applications that the review pages show somebody; `in_conflict`: those that they hide for a conflict.

    Never one of their own or of their team. The programme's team also reads what is decided already.
    """
    found: EnrollmentQuerySet = cohort.enrollments.mentees().exclude(status=Enrollment.Status.WITHDRAWN)  # type: ignore[attr-defined]
    if not is_on_team(user, cohort):
        found = found.filter(status__in=IN_REVIEW) if may_review(user, cohort) else found.none()
    conflicts = Review.objects.filter(reviewer=user, conflict=True).values("enrollment")
    found = found.exclude(pk__in=Enrollment.objects.of_person(user).values("pk"))
    return found.filter(pk__in=conflicts) if in_conflict else found.exclude(pk__in=conflicts)


def reviewable_by(user: User, cohort: Cohort) -> EnrollmentQuerySet:
    """The applications that somebody may review now."""
    found = readable_by(user, cohort).filter(status__in=IN_REVIEW)
    return found if may_review(user, cohort) else found.none()


def shown_name(enrollment: Enrollment) -> str:
    """What the review pages call an application: never by an address, which others must not see."""
    return enrollment.title or enrollment.user.full_name or f"Application {enrollment.pk}"


def has_conflict(user: User, enrollment: Enrollment) -> bool:
    """Whether somebody must not decide about an application: their own, their team's, or by what they declared."""
    own = Enrollment.objects.of_person(user).filter(pk=enrollment.pk).exists()
    return own or Review.objects.filter(enrollment=enrollment, reviewer=user, conflict=True).exists()


def search(found: EnrollmentQuerySet, text: str) -> EnrollmentQuerySet:
    """By project and names only: a reviewer must not find out whose address is whose."""
    members = TeamMember.objects.values("enrollment")
    return every_word(
        found, text, "title", "user__full_name", lambda word: Q(pk__in=members.filter(user__full_name__icontains=word))
    )


def answers_for(enrollment: Enrollment, user: User) -> list[tuple[str, str, Any]]:
    """The answers to the cohort's own questions that somebody may read while reviewing, as `shown_answers` gives."""
    return shown_answers(enrollment, SEEN_BY_TEAM if is_on_team(user, enrollment.cohort) else SEEN_BY_REVIEWERS)


def scored_criteria(cohort: Cohort) -> set[int]:
    """The criteria that somebody gave a score for."""
    scores = Review.objects.filter(enrollment__cohort=cohort).values_list("scores", flat=True)
    return {int(criterion) for given in scores for criterion in given}


@transaction.atomic
def save_criteria(*, cohort: Cohort, criteria: Sequence[Criterion], mentors_review: bool, by: User) -> None:
    """Make the rubric what was given, in this order, and say whether mentors review.

    Raises ServiceError where a criterion that has scores would lose them or get another scale.
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
        verb="set the rubric", target=cohort, workspace_id=cohort.workspace_id, by=by, criteria=names,
        mentors_review=mentors_review,
    )  # fmt: skip


def scale_error(scored: Criterion, changed: Criterion | None) -> str:
    """What is wrong with a change of a criterion that has scores; "" where nothing is."""
    if changed is None:
        return f"“{scored}” has scores already. It can't be taken away."
    if (changed.lowest, changed.highest) != (scored.lowest, scored.highest):
        scale = f"{scored.lowest} to {scored.highest}"
        return f"“{scored}” has scores from {scale} already. Leave its scale as it is, or add another criterion."
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
    """Write or replace what a reviewer says. `scores`: criterion id → score; who can't tell leaves one out.

    Raises ServiceError where they may not review it, or a score is off the scale.
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
    verb = "reviewed" if created else "changed the review"
    record(verb=verb, target=review, workspace_id=enrollment.cohort.workspace_id, by=by, enrollment=enrollment.pk)
    return review


@transaction.atomic
def declare_conflict(*, enrollment: Enrollment, by: User, reason: str = "") -> Review:
    """A reviewer should not judge this application: it is hidden from them, and what they said counts no more."""
    _lock_reviewable(enrollment, by)
    review, _ = Review.objects.update_or_create(
        enrollment=enrollment, reviewer=by, defaults={"conflict": True, "conflict_reason": reason.strip()}
    )
    record(
        verb="declared a conflict", target=review, workspace_id=enrollment.cohort.workspace_id, by=by,
        enrollment=enrollment.pk,
    )  # fmt: skip
    return review


@transaction.atomic
def withdraw_conflict(*, enrollment: Enrollment, by: User) -> None:
    """It was no conflict after all: the application is shown again, with what they had said about it."""
    review = Review.objects.select_for_update().filter(enrollment=enrollment, reviewer=by, conflict=True).first()
    if review is None:
        raise ServiceError("You declared no conflict here.")
    workspace_id = enrollment.cohort.workspace_id
    record(verb="withdrew a conflict", target=review, workspace_id=workspace_id, by=by, enrollment=enrollment.pk)
    if not (review.recommendation or review.scores or review.summary):
        review.delete()
        return
    review.conflict, review.conflict_reason = False, ""
    review.save(update_fields=["conflict", "conflict_reason", "updated_at"])


def summaries_of(cohort: Cohort) -> dict[int, Summary]:
    """application id → what its reviews add up to; two queries, however many there are."""
    criteria = list(cohort.criteria.all())
    reviews: dict[int, list[Review]] = {}
    found = Review.objects.filter(enrollment__cohort=cohort, conflict=False).select_related("reviewer")
    for review in found.order_by("created_at", "pk"):
        reviews.setdefault(review.enrollment_id, []).append(review)
    return {pk: summarise(given, criteria) for pk, given in reviews.items()}


def summarise(reviews: Sequence[Review], criteria: Iterable[Criterion]) -> Summary:
    """What reviews of one application, none of them a conflict, add up to."""
    criteria = list(criteria)
    totals = [t for t in (weighted_total(r.scores, criteria) for r in reviews) if t is not None]
    says = [r.recommendation for r in reviews]
    yes, unsure, no = (says.count(word) for word in ("yes", "unsure", "no"))
    apart = max(totals) - min(totals) if totals else 0
    ranked = sorted((r for r in reviews if r.preference), key=lambda r: r.preference or 0)
    return Summary(
        reviews=len(reviews),
        mean=round(sum(totals) / len(totals), 4) if totals else None,
        yes=yes,
        unsure=unsure,
        no=no,
        preferences=tuple(f"{r.reviewer} ({r.get_preference_display()})" for r in ranked),
        disagreement=(yes > 0 and no > 0) or apart >= DISAGREE_FROM - 1e-9,
    )


def weighted_total(scores: Mapping[str, Any], criteria: Iterable[Criterion]) -> float | None:
    """The mean of one review by the weights of the criteria, from 0 to 1; None where it scores nothing."""
    given = [(c, scores[str(c.pk)]) for c in criteria if str(c.pk) in scores]
    weight = sum(c.weight for c, _ in given)
    if not weight:
        return None
    return sum(c.weight * (score - c.lowest) / (c.highest - c.lowest) for c, score in given) / weight


def _lock_reviewable(enrollment: Enrollment, by: User) -> None:
    """Take one review of an application at a time. Raises ServiceError where the person may not review it."""
    Enrollment.objects.select_for_update(of=("self",)).get(pk=enrollment.pk)
    if not reviewable_by(by, enrollment.cohort).filter(pk=enrollment.pk).exists():
        raise ServiceError("This application is not open for your review.")
