"""Every reusable read of stopped links and of requests about personal data."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

if TYPE_CHECKING:
    from mentorship.core.accounts.models import DataRequest, StoppedLink  # noqa: F401  (the models import this module)


class StoppedLinkQuerySet(QuerySet["StoppedLink"]):
    """Reads of stopped links."""

    def about(self, purpose: str, values: Sequence[Any]) -> "StoppedLinkQuerySet":
        """Stops for the link of this purpose with these values, for its whole purpose, or for all links."""
        of_kind = Q(purpose=purpose, values__in=["", self.model.written(values)])
        return self.filter(of_kind | Q(purpose=""))


class DataRequestQuerySet(QuerySet["DataRequest"]):
    """Reads of requests. Viewers of a programme read none: what people write with them is for who answers."""

    def visible_to(self, user: Any) -> "DataRequestQuerySet":
        """Requests to the programmes that the user coordinates; operators see all."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        if user.is_superuser:
            return self
        roles = apps.get_model("accounts", "WorkspaceRole").objects
        theirs = roles.filter(user=user, role__in=roles.model.EDITORS, workspace__data_requests=OuterRef("pk"))
        return self.filter(Exists(theirs))

    def open(self) -> "DataRequestQuerySet":
        """Requests that nobody has answered yet."""
        return self.filter(status="open")

    def due_counts(self, today: date) -> dict[str, Any]:
        """How many there are (`open`), how many are past their day (`late`), and the `first` day. One query."""
        late = Count("pk", filter=Q(due_on__lt=today))
        return self.order_by().aggregate(open=Count("pk"), late=late, first=Min("due_on"))
