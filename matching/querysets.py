"""Every reusable read of runs and matches."""

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from mentorship.accounts.permissions import workspaces_of

if TYPE_CHECKING:  # the models import this module
    from cohorts.models import Cohort
    from matching.models import Match, MatchRun  # noqa: F401

# A run that is worked on for longer has lost its worker.
GIVE_UP_AFTER = timedelta(minutes=10)


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def visible_to(self, user: Any) -> "MatchRunQuerySet":
        """Runs of the programmes where the user has a role."""
        return self.filter(cohort__programme__workspace_id__in=workspaces_of(user)).select_related("cohort__programme")

    def stranded(self, now: datetime) -> "MatchRunQuerySet":
        """Runs that no worker has: their wake-up was lost, or the worker that took them died."""
        waiting = Q(status="queued", created_at__lt=now - timedelta(seconds=20))
        return self.filter(waiting | Q(status="working", started_at__lt=now - GIVE_UP_AFTER)).order_by("pk")

    def editable_by(self, user: Any) -> "MatchRunQuerySet":
        """Runs that the user may change or confirm."""
        return self.visible_to(user).filter(cohort__programme__workspace_id__in=workspaces_of(user, editing=True))


class MatchQuerySet(models.QuerySet["Match"]):
    def visible_to(self, user: Any) -> "MatchQuerySet":
        """Matches of the programmes where the user has a role."""
        return self.filter(mentee__cohort__programme__workspace_id__in=workspaces_of(user))

    def editable_by(self, user: Any) -> "MatchQuerySet":
        """Matches that the user may change."""
        return self.filter(mentee__cohort__programme__workspace_id__in=workspaces_of(user, editing=True))

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

    def places_of(self, cohort: "Cohort") -> Counter[int]:
        """How many standing matches each enrollment of the cohort has, as mentor or as mentee."""
        pairs = self.standing().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id")
        return Counter(pk for pair in pairs for pk in pair)

    def search(self, text: str) -> "MatchQuerySet":
        """Those where every word of `text` is in a name, an address or the project."""
        found = self
        for word in text.split():
            in_names = Q()
            for field in ("mentee__title", "mentee__user__full_name", "mentee__user__email"):
                in_names |= Q(**{f"{field}__icontains": word})
            for field in ("mentor__user__full_name", "mentor__user__email"):
                in_names |= Q(**{f"{field}__icontains": word})
            found = found.filter(in_names)
        return found

    def with_people(self) -> "MatchQuerySet":
        """With everything a list or a mail shows, in a constant number of queries."""
        return self.select_related(
            "mentor__user", "mentee__user", "mentee__cohort__programme", "intro"
        ).prefetch_related("mentee__members__user")
