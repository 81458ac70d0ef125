"""Histories on the pages of this app."""

from typing import Any

from django.urls import reverse

from mentorship.core.history.subjects import Find, rows
from mentorship.core.outbox.models import OutboxMessage, PlannedChange


def _planned(row: Any) -> str:
    return reverse("outbox:planned-detail", args=[row.key])


def _workspace(row: Any) -> int | None:
    return row.workspace_id or row.private_to_id  # type: ignore[no-any-return]


HISTORIES_OF_APP: dict[str, Find] = {
    "outbox.outboxmessage": rows(OutboxMessage.objects.visible_to, workspace_of=_workspace),
    "outbox.plannedchange": rows(PlannedChange.objects.visible_to, _planned),
}
