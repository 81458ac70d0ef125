"""Every reusable read of requests about personal data."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet

if TYPE_CHECKING:
    from mentorship.core.accounts.models import DataRequest  # noqa: F401  (the models import this module)


class DataRequestQuerySet(QuerySet["DataRequest"]):
    """Reads of requests. Viewers of a programme read none: what people write with them is for who answers."""

    def visible_to(self, user: Any) -> "DataRequestQuerySet":
        """Those of people who take part in a programme that the user coordinates; operators see all."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        if user.is_superuser:
            return self
        roles = apps.get_model("accounts", "WorkspaceRole").objects
        theirs = roles.filter(user=user, role__in=roles.model.EDITORS, workspace__data_requests=OuterRef("pk"))
        return self.filter(Exists(theirs))

    def open(self) -> "DataRequestQuerySet":
        """Those that nobody has answered yet."""
        return self.filter(status="open")

    def overdue(self, today: date) -> "DataRequestQuerySet":
        """Those that should have been answered by now."""
        return self.open().filter(due_on__lt=today)
