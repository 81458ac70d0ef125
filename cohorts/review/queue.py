"""The applications that somebody has to review, in order."""

from cohorts.models import Cohort, Enrollment, Review
from cohorts.querysets import EnrollmentQuerySet
from cohorts.review.access import reviewable_by
from mentorship.core.accounts.models import User


def applications_to_review(user: User, cohort: Cohort) -> EnrollmentQuerySet:
    """Applications that somebody has yet to review, the oldest first."""
    done = Review.objects.filter(reviewer=user).values("enrollment")
    return reviewable_by(user, cohort).exclude(pk__in=done).order_by("created_at", "pk")


def to_review(user: User, cohort: Cohort) -> list[int]:
    """Ids of applications that somebody has yet to review, the oldest first."""
    return list(applications_to_review(user, cohort).values_list("pk", flat=True))


def neighbours(user: User, cohort: Cohort, enrollment: Enrollment) -> tuple[int | None, int | None]:
    """The ids before and after this one among those still to review."""
    order = reviewable_by(user, cohort).order_by("created_at", "pk").values_list("pk", flat=True)
    todo = {*to_review(user, cohort), enrollment.pk}
    pks = [pk for pk in order if pk in todo]
    if enrollment.pk not in pks:
        return None, None
    at = pks.index(enrollment.pk)
    return (pks[at - 1] if at else None), (pks[at + 1] if at + 1 < len(pks) else None)


def next_to_review(user: User, cohort: Cohort, *, after: Enrollment) -> int | None:
    """The id to review after this one; the first one after the last, None if none is left."""
    _before, following = neighbours(user, cohort, after)
    todo = [pk for pk in to_review(user, cohort) if pk != after.pk]
    return (following or todo[0]) if todo else None
