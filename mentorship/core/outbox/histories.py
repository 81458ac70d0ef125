"""Histories on the pages of this app."""

from typing import Any

from mentorship.core.history.subjects import Find, rows
from mentorship.core.outbox.models import OutboxMessage, PlannedChange
from mentorship.core.outbox.planned.planned_mail import page_of_planned


def _planned(row: Any) -> str:
    return page_of_planned(row.key, row.workspace_id)


def _workspace(row: Any) -> int | None:
    return row.workspace_id or row.private_to_id  # type: ignore[no-any-return]


HISTORIES_OF_APP: dict[str, Find] = {
    "outbox.outboxmessage": rows(OutboxMessage.objects.visible_to, workspace_of=_workspace),
    "outbox.plannedchange": rows(PlannedChange.objects.visible_to, _planned),
}
