"""Every reusable read of training sessions."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from mentorship.accounts.permissions import workspaces_of

if TYPE_CHECKING:  # the models import this module
    from training.models import TrainingSession  # noqa: F401


class TrainingSessionQuerySet(models.QuerySet["TrainingSession"]):
    def visible_to(self, user: Any) -> "TrainingSessionQuerySet":
        """Sessions of the programmes where the user has a role."""
        return self.filter(cohort__programme__workspace_id__in=workspaces_of(user))

    def editable_by(self, user: Any) -> "TrainingSessionQuerySet":
        """Sessions that the user may change as a coordinator."""
        return self.filter(cohort__programme__workspace_id__in=workspaces_of(user, editing=True))

    def bookable_by(self, user: Any) -> "TrainingSessionQuerySet":
        """Sessions of the cohorts in which the user is an accepted mentor."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(
            cohort__enrollments__user=user,
            cohort__enrollments__role="mentor",
            cohort__enrollments__status__in=["accepted", "completed"],
        ).distinct()

    def upcoming(self, now: datetime) -> "TrainingSessionQuerySet":
        return self.filter(starts_at__gt=now)
