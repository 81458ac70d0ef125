"""Mails that will be written later, such as check-ins and reminders, computed by the apps that will write them.

A message is rendered when it is due, with the facts of that day. Until then it is only a date in its app. This module
lists all of them, beside the messages that are already written and wait. Mails with a key can be skipped or moved one
by one (`planned`); the others are edited, moved or cancelled where they are planned.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from mentorship.core.extensions import ExtensionPoint
from mentorship.core.outbox.models import OutboxMessage, PlannedChange
from mentorship.core.ui.counts import counts_up_to

# Takes the moment of sending (UTC), returns subject, text and HTML as they would be written now.
Mail = Callable[[datetime], tuple[str, str, str]]


@dataclass(frozen=True)
class PlannedMail:
    """An unsent message, or one mail to many: when (UTC), to whom, why, and where to change it.

    `url` is the page of its subject. With a `key`, that of the message to be, it has a page of its own, if it is
    left out or moved; then `workspace_id` and `mail` are given, too, and `words`, if its words are edited. At `until`
    (UTC) it is not written any more; `until_why` finishes the sentence "By then …".
    """

    at: datetime
    kind: str
    to: str
    what: str
    why: str
    url: str
    scope: str = ""
    written: bool = False
    key: str = ""
    workspace_id: int | None = None
    mail: Mail | None = None
    words: str = ""
    until: datetime | None = None
    until_why: str = ""
    left_out: bool = False
    moved_from: datetime | None = None

    @property
    def page(self) -> str:
        """The address of the page that shows and changes it."""
        return page_of_planned(self.key, self.workspace_id) if self.key else self.url

    @property
    def planned_at(self) -> datetime:
        """The planned moment, before any change."""
        return self.moved_from or self.at

    @property
    def to_parts(self) -> list[str]:
        """The first name or address, and the rest."""
        return self.to.split(", ", 1)

    @property
    def state(self) -> str:
        return "written" if self.written else "left out" if self.left_out else "moved" if self.moved_from else "planned"


def page_of_planned(key: str, workspace_id: int | None) -> str:
    """The page of a mail that is not written yet. It names the programme, so that no other is worked out."""
    url = reverse("outbox:planned-detail", args=[key])
    return f"{url}?programme={workspace_id}" if workspace_id else url


@dataclass(frozen=True)
class Source:
    """Mails of one kind that a user's programmes will send after a moment (UTC).

    The mails follow from `rows`: where none of these has a row, `mails` is not asked.
    """

    rows: Callable[[Any, datetime], Sequence[QuerySet[Any, Any]]]
    mails: Callable[[Any, datetime], Iterable[PlannedMail]]


PLANNED_MAIL: ExtensionPoint[Source] = ExtensionPoint(
    "planned mail",
    asked_by=__name__,
    about="What a user's programmes will send after a moment. What has a key may lie in the past as well, as long as "
    "the sweep would still write it: what is written is left out.",
)


def mail_to_come(user: Any, now: datetime | None = None) -> list[PlannedMail]:
    """All mail that has not left yet, the next first. A constant number of queries for each app."""
    found = planned_for(user, now or timezone.now())
    waiting = OutboxMessage.objects.visible_to(user).filter(status="queued").defer("body_text", "body_html")
    found += [
        PlannedMail(
            at=m.due_at,
            kind=m.kind,
            to=", ".join(m.to),
            what=m.subject,
            why=m.why,
            url=m.get_absolute_url(),
            scope=m.scope,
            written=True,
        )
        for m in waiting
    ]
    return sorted(found, key=lambda one: (one.at, one.to))


def planned_for(user: Any, now: datetime) -> list[PlannedMail]:
    """Unwritten mails with coordinators' changes, unsorted."""
    changes = {change.key: change for change in PlannedChange.objects.visible_to(user).open()}
    found = [_as_decided(one, changes.get(one.key)) for source in _filled(user, now) for one in source.mails(user, now)]
    late = [one.key for one in found if one.key and one.at <= now]
    written = set(OutboxMessage.objects.filter(key__in=late).values_list("key", flat=True))
    return [one for one in found if one.key not in written and (one.until is None or one.until > now)]


def _filled(user: Any, now: datetime) -> list[Source]:
    """The sources that have something. One query for all of them."""
    asked = [(source, rows) for source in PLANNED_MAIL for rows in source.rows(user, now)]
    there = counts_up_to(*(rows for _, rows in asked), most=1)
    return list(dict.fromkeys(source for (source, _), number in zip(asked, there, strict=True) if number))


def planned_message(user: Any, key: str, now: datetime) -> PlannedMail | None:
    """The unwritten mail with this key; None if it is no longer planned, or the user may not see it."""
    return next((one for one in planned_for(user, now) if one.key == key), None)


def _as_decided(one: PlannedMail, change: PlannedChange | None) -> PlannedMail:
    if change is None:
        return one
    if change.due_at and change.due_at > one.at:
        one = replace(one, at=change.due_at, moved_from=one.at)
    return replace(one, left_out=change.left_out)
