"""Every reusable read of messages."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connections
from django.db.models import Count, Exists, F, Func, JSONField, OuterRef, TextField
from django.db.models.functions import Cast, Coalesce

from mentorship.core.accounts.permissions import held_roles
from mentorship.core.querysets import WorkspaceQuerySet
from mentorship.core.ui.search import every_word
from mentorship.core.ui.word_search import with_every_word

if TYPE_CHECKING:
    from mentorship.core.outbox.models import OutboxMessage, PlannedChange, Suppression  # noqa: F401  (the models import this module)


# The workspace whose team reads a message: one of the two is always empty.
READ_BY = Coalesce("workspace_id", "private_to_id")
# What a search looks into, and the ids of the people who own an address; on PostgreSQL each has an index.
SEARCHED = ("subject", "why", "to", "cc", "bcc")
OWNERS = Func(F("people"), template="jsonb_path_query_array(%(expressions)s, '$.*')", output_field=JSONField())


class OutboxQuerySet(WorkspaceQuerySet["OutboxMessage"]):
    """Reads of messages; changes of their status are in delivery.py and services.py."""

    def visible_to(self, user: Any) -> "OutboxQuerySet":
        """Messages of the workspaces where the user has a role; private ones too, whose links no page shows."""
        # One column for both, with an index that has the newest first. The few ids are read before, since a database
        # plans better with numbers than with a query.
        return self.alias(read_by=READ_BY).filter(read_by__in=sorted({pk for pk, _ in held_roles(user)}))

    def due(self, now: datetime) -> "OutboxQuerySet":
        """Queued messages that are due: sign-in codes first, since people wait for them, then the longest overdue."""
        return self.filter(status="queued", due_at__lte=now).order_by("priority", "due_at", "id")

    def expired(self, now: datetime) -> "OutboxQuerySet":
        """Messages whose claim expired without a result: their outcome is unknown."""
        return self.filter(status="sending", lease_until__lt=now)

    def came_back(self, since: datetime | None = None) -> "OutboxQuerySet":
        """Messages that somebody's mail server returned; `since` counts only what was returned after that."""
        bounces = apps.get_model("outbox", "Bounce").objects.order_by()
        bounces = bounces.filter(at__gt=since) if since else bounces
        return self.filter(pk__in=bounces.values("message"))

    def search(self, text: str) -> "OutboxQuerySet":
        """Messages in whose subject, addresses or reason every word of `text` begins a word."""
        return with_every_word(self, text, *SEARCHED)

    def naming(self, user: Any) -> "OutboxQuerySet":
        """Messages that name a person as the owner of an address; others may be among them."""
        if connections[self.db].vendor != "postgresql":
            return self.alias(people_text=Cast("people", TextField())).filter(people_text__contains=f": {user.pk}")
        return self.alias(owners=OWNERS).filter(owners__contains=[user.pk])  # type: ignore[misc]

    def count_by_status(self) -> dict[str, int]:
        """The number of messages of every status."""
        counted = dict(self.order_by().values_list("status").annotate(n=Count("pk")))
        return {status: counted.get(status, 0) for status in self.model.Status.values}


class PlannedChangeQuerySet(WorkspaceQuerySet["PlannedChange"]):
    """Reads of decisions about messages that are not written yet."""

    def open(self) -> "PlannedChangeQuerySet":
        """Decisions whose message is not written yet."""
        return self.exclude(Exists(apps.get_model("outbox", "OutboxMessage").objects.filter(key=OuterRef("key"))))


class SuppressionQuerySet(WorkspaceQuerySet["Suppression"]):
    """Reads of suppressed addresses."""

    def search(self, text: str) -> "SuppressionQuerySet":
        """Suppressions whose address or note contains every word of `text`."""
        return every_word(self, text, "address", "note")
