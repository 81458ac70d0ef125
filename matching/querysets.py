"""Every reusable read of runs and matches."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from mentorship.accounts.permissions import workspaces_of

if TYPE_CHECKING:  # the models import this module
    from matching.models import Match, MatchRun  # noqa: F401


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def visible_to(self, user: Any) -> "MatchRunQuerySet":
        """Runs of the programmes where the user has a role."""
        return self.filter(cohort__programme__workspace_id__in=workspaces_of(user)).select_related("cohort__programme")

    def editable_by(self, user: Any) -> "MatchRunQuerySet":
        """Runs that the user may change or confirm."""
        return self.visible_to(user).filter(cohort__programme__workspace_id__in=workspaces_of(user, editing=True))


class MatchQuerySet(models.QuerySet["Match"]):
    def visible_to(self, user: Any) -> "MatchQuerySet":
        """Matches of the programmes where the user has a role."""
        return self.filter(mentee__cohort__programme__workspace_id__in=workspaces_of(user))

    def of_person(self, user: Any) -> "MatchQuerySet":
        """A person's own matches: as mentor, as mentee or in a team."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(mentor__user=user) | Q(mentee__user=user) | Q(mentee__members__user=user)).distinct()

    def live(self) -> "MatchQuerySet":
        """Matches under way."""
        return self.filter(status__in=self.model.LIVE)

    def standing(self) -> "MatchQuerySet":
        """Matches that take one of the mentor's places."""
        return self.filter(status__in=self.model.TAKES_A_PLACE)

    def with_people(self) -> "MatchQuerySet":
        """With everything a list or a mail shows, in a constant number of queries."""
        return self.select_related(
            "mentor__user", "mentee__user", "mentee__cohort__programme", "intro"
        ).prefetch_related("mentee__members__user")
