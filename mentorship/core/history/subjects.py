"""Objects with a history that people may read, and the readers.

Each app provides it for its objects by the label of the model, as the audit trail names it:

    HISTORIES.provide("training", {"training.trainingsession": rows(TrainingSession.objects.visible_to)}, by=self.name)

The page of the object then shows it with `{% load history %}{% history session %}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404

from mentorship.core.accounts.field_access import Audience, Reader, may_read, reader_in
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import history_of
from mentorship.core.extensions import ExtensionPoint


@dataclass(frozen=True)
class Subject:
    """An object with its entries, newest first; `url` leads to its page.

    Its team reads them, by the roles in its workspace. Without a workspace whoever found it reads all of it.
    """

    title: str
    url: str
    workspace_id: int | None
    entries: QuerySet[AuditEntry]


Find = Callable[[Any, str], Subject | None]

HISTORIES: ExtensionPoint[Mapping[str, Find]] = ExtensionPoint(
    "histories of objects",
    asked_by=__name__,
    about="By kind: given a user and an id, the object with its entries; None for who may not see it.",
)


@dataclass(frozen=True)
class History:
    """The part of an object's history that one person may read."""

    kind: str
    key: str
    subject: Subject
    reads_reasons: bool


def history_for(user: Any, kind: str, key: str) -> History:
    """The history of something by its kind, such as "cohorts.enrollment", and its id.

    Only the team of its programme reads it; reasons are for those who read what people wrote. Raises Http404.
    """
    find = next((kinds[kind] for kinds in HISTORIES if kind in kinds), None)
    subject = find(user, key) if find else None
    if subject is None:
        raise Http404
    reader = Reader.COORDINATOR if subject.workspace_id is None else reader_in(user, subject.workspace_id)
    if reader is None:
        raise Http404
    return History(kind, key, subject, may_read(reader, Audience.COORDINATORS))


def rows(
    visible_to: Callable[[Any], Any],
    url: Callable[[Any], str] | None = None,
    workspace_of: Callable[[Any], int | None] | None = None,
) -> Find:
    """Histories of the rows that a user may see, by a method of a `WorkspaceQuerySet` such as `visible_to`.

    `url` where the row has no address of its own, `workspace_of` where not all rows have a workspace at its path.
    """

    def find(user: Any, key: str) -> Subject | None:
        found = visible_to(user)
        try:
            row = found.filter(pk=found.model._meta.pk.to_python(key)).first()
        except (ValidationError, OverflowError):
            return None
        if row is None:
            return None
        if workspace_of is not None:
            workspace_id = workspace_of(row)
        else:
            workspace_id = found.filter(pk=row.pk).values_list(f"{found.workspace_path}_id", flat=True)[0]
        if workspace_id is None:
            return None
        return Subject(str(row), url(row) if url else row.get_absolute_url(), workspace_id, history_of(row))

    return find


def label_of(row: Model) -> str:
    """The kind under which the history of a row is found."""
    return row._meta.label_lower
