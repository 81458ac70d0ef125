"""Every reusable read of programmes, cohorts, enrollments and mailings."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mentorship.core.querysets import WorkspaceQuerySet, found_by_any
from mentorship.core.ui.search import every_word

if TYPE_CHECKING:  # the models import this module
    from cohorts.models import (  # noqa: F401
        Cohort,
        CohortDate,
        Enrollment,
        Mailing,
        Programme,
        ProjectPage,
        PublicRound,
    )


# The statuses of cohorts in which people may be named: until then places are still given.
BEGUN = ("running", "completed", "archived")


class ProgrammeQuerySet(WorkspaceQuerySet["Programme"]):
    """Reads of programmes."""

    def search(self, text: str) -> "ProgrammeQuerySet":
        """Programmes whose name, or that of one of their cohorts, contains every word of `text`."""
        cohorts = apps.get_model("cohorts", "Cohort")._base_manager.filter(programme=OuterRef("pk"))
        return every_word(self, text, "name", lambda word: Q(Exists(cohorts.filter(name__icontains=word))))


class CohortQuerySet(WorkspaceQuerySet["Cohort"]):
    workspace_path = "programme__workspace"
    shown_with = ("programme__workspace",)

    def under_way(self) -> "CohortQuerySet":
        """Cohorts that are matching or running, and so send weekly mails."""
        return self.filter(status__in=self.model.UNDER_WAY)

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
        """A person's enrollments, including those of teams they belong to."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return found_by_any(self, Q(user=user), Q(members__user=user))

    def mentors(self) -> "EnrollmentQuerySet":
        return self.filter(role="mentor")

    def mentees(self) -> "EnrollmentQuerySet":
        return self.filter(role="mentee")

    def occupying_place(self) -> "EnrollmentQuerySet":
        """Enrollments that take a place in the cohort: accepted or completed. See `Enrollment.occupies_place`."""
        return self.filter(status__in=self.model.OCCUPYING_PLACE)

    def undecided(self) -> "EnrollmentQuerySet":
        """Applications awaiting a decision: applied or waitlisted."""
        return self.filter(status__in=self.model.UNDECIDED)

    def open(self) -> "EnrollmentQuerySet":
        """Enrollments that people may still change or withdraw. See `Enrollment.is_open`."""
        return self.filter(status__in=self.model.OPEN)

    def with_open_offer(self) -> "EnrollmentQuerySet":
        """Accepted people who have not confirmed their place yet. See `Enrollment.offer_is_open`."""
        return self.filter(status="accepted", confirmed_at=None, offer_expires_at__isnull=False)

    def named_in_public(self) -> "EnrollmentQuerySet":
        """Enrollments whose own person, apart from a team, agreed to be named in public and takes part, or did."""
        return self.occupying_place().filter(listed_publicly=True, user__is_active=True, cohort__status__in=BEGUN)

    def with_people(self) -> "EnrollmentQuerySet":
        """With everything that lists and mails show, in a constant number of queries."""
        return self.select_related("user", "cohort__programme").prefetch_related("members__user", "topics")

    def search(self, text: str) -> "EnrollmentQuerySet":
        """Enrollments whose name, address, project or topic contains every word of `text`."""

        # Only of the rows that are searched: as a list of ids it would be made of all cohorts.
        this = self.model.objects.filter(pk=OuterRef("pk"))

        def elsewhere(word: str) -> Q:
            of_topic, of_member = (
                this.filter(topics__name__icontains=word),
                this.filter(members__user__full_name__icontains=word),
            )
            return Q(external_id__iexact=word) | Exists(of_topic) | Exists(of_member)

        return every_word(self, text, "user__full_name", "user__email", "title", elsewhere)


class CohortDateQuerySet(QuerySet["CohortDate"]):
    """Dates of cohorts."""

    def for_participants(self) -> Self:
        """Return what concerns people with a place. They signed up, so the opening of sign-up does not."""
        return self.filter(shared=True).exclude(key=self.model.OPENS)


class MailingQuerySet(WorkspaceQuerySet["Mailing"]):
    workspace_path = "cohort__programme__workspace"

    def scheduled(self) -> "MailingQuerySet":
        """Mailings waiting to be sent, the next first."""
        waiting = self.filter(status="scheduled", send_at__isnull=False)
        return waiting.select_related("cohort__programme", "created_by").order_by("send_at", "pk")

    def with_results(self) -> "MailingQuerySet":
        """With the number of messages sent, failed and waiting, and of people left out."""
        status = "recipients__message__status"
        return self.select_related("created_by").annotate(
            sent=Count("recipients", filter=Q(**{status: "sent"})),
            failed=Count("recipients", filter=Q(**{status: "failed"})),
            waiting=Count("recipients", filter=Q(**{f"{status}__in": ["queued", "sending"]})),
            skipped=Count("recipients", filter=Q(recipients__message=None)),
        )


class PublicRoundQuerySet(WorkspaceQuerySet["PublicRound"]):
    workspace_path = "cohort__programme__workspace"

    def shown(self) -> "PublicRoundQuerySet":
        """Rounds whose page is on, of programmes whose own page is on, the latest first."""
        found = self.filter(is_on=True, cohort__programme__public_page__is_on=True).exclude(cohort__status="draft")
        return found.select_related("cohort__programme__public_page").order_by("-cohort__starts_on", "-pk")


class ProjectPageQuerySet(WorkspaceQuerySet["ProjectPage"]):
    workspace_path = "enrollment__cohort__programme__workspace"

    def agreed(self) -> "ProjectPageQuerySet":
        """Projects whose lead agrees and is still in the cohort; whether the round is shown is another question."""
        places = apps.get_model("cohorts", "Enrollment").OCCUPYING_PLACE
        found = self.filter(agreed_at__isnull=False, held_back=False, enrollment__user__is_active=True)
        found = found.filter(enrollment__role="mentee", enrollment__status__in=places)
        found = found.filter(enrollment__cohort__status__in=BEGUN)
        return found.select_related(
            "enrollment__user", "enrollment__cohort__programme__public_page", "enrollment__cohort__public_round"
        ).order_by("enrollment__title", "pk")

    def shown(self) -> "ProjectPageQuerySet":
        """Agreed projects in rounds and programmes that are shown."""
        rounds = apps.get_model("cohorts", "PublicRound").objects.shown()
        return self.agreed().filter(enrollment__cohort__in=rounds.order_by().values("cohort"))
