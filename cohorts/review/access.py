"""Access to the review of applications: who reviews what, and what they may see."""

from typing import Any

from django.db.models import Q

from cohorts.models import Cohort, Enrollment, Review, TeamMember
from cohorts.querysets import CohortQuerySet, EnrollmentQuerySet
from cohorts.signup_form.answers import shown_answers
from mentorship.core.accounts.field_access import Audience, Reader, readable, reader_in
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import has_role, may_edit, workspaces_of
from mentorship.core.ui.search import every_word


def cohorts_with_reviews_for(user: User) -> CohortQuerySet:
    """Cohorts whose review pages a person may open: in programmes with a role for them, or as mentor."""
    as_mentor = Enrollment.objects.mentors().occupying_place().filter(user=user, cohort__mentors_review=True)
    team = Cohort.objects.filter(programme__workspace_id__in=workspaces_of(user))
    return (team | Cohort.objects.filter(pk__in=as_mentor.values("cohort"))).select_related("programme__workspace")


def is_on_team(user: User, cohort: Cohort) -> bool:
    """Whether the person sees everybody's reviews: any role in the programme."""
    return has_role(user, cohort.workspace_id)


def is_mentor_of(user: User, cohort: Cohort) -> bool:
    return cohort.enrollments.mentors().occupying_place().filter(user=user).exists()  # type: ignore[attr-defined]


def may_review(user: User, cohort: Cohort) -> bool:
    """Whether somebody may review: coordinators, owners, and accepted mentors if the cohort allows it."""
    return may_edit(user, cohort.workspace_id) or (cohort.mentors_review and is_mentor_of(user, cohort))


def readable_by(user: User, cohort: Cohort, *, in_conflict: bool = False) -> EnrollmentQuerySet:
    """The applications on somebody's review pages; `in_conflict`: those hidden from them because of a conflict.

    Never their own or their team's. The programme's team also reads decided applications.
    """
    found: EnrollmentQuerySet = cohort.enrollments.mentees().exclude(status=Enrollment.Status.WITHDRAWN)  # type: ignore[attr-defined]
    if not is_on_team(user, cohort):
        found = found.undecided() if may_review(user, cohort) else found.none()
    conflicts = Review.objects.filter(reviewer=user, conflict=True).values("enrollment")
    found = found.exclude(pk__in=Enrollment.objects.of_person(user).values("pk"))
    return found.filter(pk__in=conflicts) if in_conflict else found.exclude(pk__in=conflicts)


def reviewable_by(user: User, cohort: Cohort) -> EnrollmentQuerySet:
    """The applications that somebody may review now."""
    found = readable_by(user, cohort).undecided()
    return found if may_review(user, cohort) else found.none()


def shown_name(enrollment: Enrollment) -> str:
    """The name of an application on the review pages. Never an address, which reviewers must not see."""
    return enrollment.title or enrollment.user.full_name or f"Application {enrollment.pk}"


def has_conflict(user: User, enrollment: Enrollment) -> bool:
    """Whether somebody must not decide about an application: their own, their team's, or a declared conflict."""
    own = Enrollment.objects.of_person(user).filter(pk=enrollment.pk).exists()
    return own or Review.objects.filter(enrollment=enrollment, reviewer=user, conflict=True).exists()


def search_applications(found: EnrollmentQuerySet, text: str) -> EnrollmentQuerySet:
    """Search by project and names only, so that reviewers can't look up addresses."""
    members = TeamMember.objects.values("enrollment")
    return every_word(
        found, text, "title", "user__full_name", lambda word: Q(pk__in=members.filter(user__full_name__icontains=word))
    )


def answers_for(enrollment: Enrollment, user: User) -> list[tuple[str, str, Any]]:
    """Answers to own questions that somebody may read while reviewing, as `shown_answers` returns them."""
    reader = reader_in(user, enrollment.cohort.workspace_id) or Reader.REVIEWER
    # Private needs appear on no review page, for any reader: they never affect selection.
    return shown_answers(enrollment, {*readable(reader)} - {Audience.PRIVATE})
