"""Results of the reviews of an application."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cohorts.models import Cohort, Criterion, Review

# Reviewers disagree if their totals differ by at least this much, on a scale from 0 to 1.
DISAGREE_FROM = 1 / 3


@dataclass(frozen=True)
class ReviewSummary:
    """The reviews of one application in numbers. `mean` is from 0 to 1."""

    reviews: int = 0
    mean: float | None = None
    yes: int = 0
    unsure: int = 0
    no: int = 0
    preferences: tuple[str, ...] = ()
    disagreement: bool = False


def summaries_of(cohort: Cohort) -> dict[int, ReviewSummary]:
    """Application id → summary of its reviews. Two queries."""
    criteria = list(cohort.criteria.all())
    reviews: dict[int, list[Review]] = {}
    found = Review.objects.filter(enrollment__cohort=cohort, conflict=False).select_related("reviewer")
    for review in found.order_by("created_at", "pk"):
        reviews.setdefault(review.enrollment_id, []).append(review)
    return {pk: summarise(given, criteria) for pk, given in reviews.items()}


def summarise(reviews: Sequence[Review], criteria: Iterable[Criterion]) -> ReviewSummary:
    """Summarise the reviews of one application. The caller leaves out conflicts."""
    criteria = list(criteria)
    totals = [t for t in (weighted_total(r.scores, criteria) for r in reviews) if t is not None]
    says = [r.recommendation for r in reviews]
    yes, unsure, no = (says.count(word) for word in ("yes", "unsure", "no"))
    apart = max(totals) - min(totals) if totals else 0
    ranked = sorted((r for r in reviews if r.preference), key=lambda r: r.preference or 0)
    return ReviewSummary(
        reviews=len(reviews),
        mean=round(sum(totals) / len(totals), 4) if totals else None,
        yes=yes,
        unsure=unsure,
        no=no,
        preferences=tuple(f"{r.reviewer} ({r.get_preference_display()})" for r in ranked),
        disagreement=(yes > 0 and no > 0) or apart >= DISAGREE_FROM - 1e-9,
    )


def weighted_total(scores: Mapping[str, Any], criteria: Iterable[Criterion]) -> float | None:
    """The weighted mean of one review, from 0 to 1; None if it has no scores."""
    given = [(c, scores[str(c.pk)]) for c in criteria if str(c.pk) in scores]
    weight = sum(c.weight for c, _ in given)
    if not weight:
        return None
    return sum(c.weight * (score - c.lowest) / (c.highest - c.lowest) for c, score in given) / weight
