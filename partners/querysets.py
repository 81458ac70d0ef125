"""Every reusable read of partners."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from mentorship.accounts.permissions import workspaces_of

if TYPE_CHECKING:  # the models import this module
    from partners.models import Partner, Sponsorship  # noqa: F401


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, user: Any) -> "PartnerQuerySet":
        """The user's own partners as a contact, and those of programmes where the user has a role."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(contacts__user=user) | Q(workspace_id__in=workspaces_of(user))).distinct()

    def editable_by(self, user: Any) -> "PartnerQuerySet":
        """Partners that the user may change as a coordinator."""
        return self.filter(workspace_id__in=workspaces_of(user, editing=True))


class SponsorshipQuerySet(models.QuerySet["Sponsorship"]):
    def visible_to(self, user: Any) -> "SponsorshipQuerySet":
        """Sponsorships of the partners that the user may see; a contact sees what is agreed."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return (
            self.filter(Q(partner__contacts__user=user, draft=False) | Q(partner__workspace_id__in=workspaces_of(user)))
            .distinct()
            .select_related("partner", "cohort__programme")
        )
