"""Every reusable read of programmes, cohorts and enrollments."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from mentorship.core.querysets import WorkspaceQuerySet
from mentorship.core.ui.search import every_word

if TYPE_CHECKING:  # the models import this module
    from cohorts.models import Cohort, Enrollment, Programme  # noqa: F401


class ProgrammeQuerySet(WorkspaceQuerySet["Programme"]):
    """Reads of programmes."""


class CohortQuerySet(WorkspaceQuerySet["Cohort"]):
    workspace_path = "programme__workspace"
    shown_with = ("programme",)

    def over(self) -> "CohortQuerySet":
        """Cohorts that have ended: completed or archived."""
        return self.filter(status__in=self.model.OVER)

    def accepting_signups(self, now: datetime) -> "CohortQuerySet":
        """Cohorts whose public forms are open at `now`; the same rule as `Cohort.accepts_signups`."""
        return self.filter(Q(signup_closes_at=None) | Q(signup_closes_at__gt=now), status="enrolling").select_related(
            "programme"
        )


class EnrollmentQuerySet(WorkspaceQuerySet["Enrollment"]):
    workspace_path = "cohort__programme__workspace"

    def of_person(self, user: Any) -> "EnrollmentQuerySet":
        """A person's own enrollments, those of their teams included."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(user=user) | Q(members__user=user)).distinct()

    def mentors(self) -> "EnrollmentQuerySet":
        return self.filter(role="mentor")

    def mentees(self) -> "EnrollmentQuerySet":
        return self.filter(role="mentee")

    def occupying_place(self) -> "EnrollmentQuerySet":
        """Enrollments that take a place in the cohort: accepted or completed. See `Enrollment.occupies_place`."""
        return self.filter(status__in=self.model.OCCUPYING_PLACE)

    def undecided(self) -> "EnrollmentQuerySet":
        """Applications that a coordinator has still to decide about: applied or waitlisted."""
        return self.filter(status__in=self.model.UNDECIDED)

    def open(self) -> "EnrollmentQuerySet":
        """Enrollments that people may still change or withdraw. See `Enrollment.is_open`."""
        return self.filter(status__in=self.model.OPEN)

    def with_open_offer(self) -> "EnrollmentQuerySet":
        """Accepted people who have still to say whether they come. See `Enrollment.offer_is_open`."""
        return self.filter(status="accepted", confirmed_at=None, offer_expires_at__isnull=False)

    def with_people(self) -> "EnrollmentQuerySet":
        """With everything a list or a mail shows, in a constant number of queries."""
        return self.select_related("user", "cohort__programme").prefetch_related("members__user", "topics")

    def search(self, text: str) -> "EnrollmentQuerySet":
        """Those whose name, address, project or topic holds every word of `text`."""

        def elsewhere(word: str) -> Q:
            of_topic = self.model.objects.filter(topics__name__icontains=word)
            of_member = self.model.objects.filter(members__user__full_name__icontains=word)
            return Q(external_id__iexact=word) | Q(pk__in=of_topic) | Q(pk__in=of_member)

        return every_word(self, text, "user__full_name", "user__email", "title", elsewhere)
