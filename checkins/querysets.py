"""Every reusable read of check-ins."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from mentorship.accounts.permissions import workspaces_of

if TYPE_CHECKING:  # the models import this module
    from checkins.models import CheckIn  # noqa: F401


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def visible_to(self, user: Any) -> "CheckInQuerySet":
        """Check-ins of the programmes where the user has a role."""
        return self.filter(wave__cohort__programme__workspace_id__in=workspaces_of(user))

    def due(self, now: datetime) -> "CheckInQuerySet":
        """Check-ins with a mail or a reminder to write at `now`."""
        return self.filter(status__in=["planned", "sent"], next_mail_at__lte=now).order_by("next_mail_at", "id")

    def overdue(self, now: datetime) -> "CheckInQuerySet":
        """Asked for a week or longer without an answer, and still open."""
        return self.filter(status="sent", closes_at__gt=now, mails_sent__gte=2)

    def with_people(self) -> "CheckInQuerySet":
        """With everything a list shows, in a constant number of queries."""
        return self.select_related("user", "wave__cohort__programme", "match__mentee__user", "match__mentor__user")

    def flagged(self) -> "CheckInQuerySet":
        """Answers that ask for somebody: not met, in need of help, or another match wanted."""
        not_met = Q(answers__question__key="have-met", answers__value="no")
        wants = Q(answers__question__key="want", answers__value__in=["help", "other"])
        return self.filter(not_met | wants, status="answered").distinct()

    def search(self, text: str) -> "CheckInQuerySet":
        """Those whose person or project holds every word of `text`."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(user__full_name__icontains=word)
                | Q(user__email__icontains=word)
                | Q(match__mentee__title__icontains=word)
            )
        return found
