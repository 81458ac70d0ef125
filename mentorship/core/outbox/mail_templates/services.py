"""Save and reset a programme's own wording of mails."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import history_of, record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.mail_templates.catalogue import entry_of, problems_of
from mentorship.core.outbox.mail_templates.rendering import MailText, is_editable, one_line
from mentorship.core.outbox.models import MailTemplate, OutboxMessage
from mentorship.core.outbox.services import enqueue


@transaction.atomic
def save_wording(*, workspace: Workspace, scope: str, kind: str, subject: str, body: str, by: User) -> MailTemplate:
    """Use these words for a mail from now on. Raises ServiceError if they can't be used."""
    problems = [*problems_of(kind, subject, subject=True), *problems_of(kind, body)]
    if not is_editable(kind) or problems:
        raise ServiceError(" ".join(problems) or "This email has one wording only.")
    key: dict[str, Any] = {"workspace": workspace, "scope": scope, "kind": kind}
    words = {"subject": one_line(subject), "body": body}
    if before := MailTemplate.objects.filter(**key, **words).first():
        return before
    template, _ = MailTemplate.objects.update_or_create(**key, defaults=words)
    record(
        verb=Verb.REWORDED_A_MAIL,
        target=workspace,
        workspace_id=workspace.pk,
        by=by,
        kind=kind,
        scope=scope,
        subject=template.subject,
        body=template.body,
    )
    return template


@transaction.atomic
def reset_wording(*, workspace: Workspace, scope: str, kind: str, by: User) -> bool:
    """Return to the wording of the level above: the programme's for a cohort, ours for a programme."""
    gone, _ = MailTemplate.objects.filter(workspace=workspace, scope=scope, kind=kind).delete()
    if gone:
        record(
            verb=Verb.TOOK_THE_DEFAULT_MAIL, target=workspace, workspace_id=workspace.pk, by=by, kind=kind, scope=scope
        )
    return bool(gone)


def wordings_so_far(workspace: Workspace, scope: str, kind: str) -> QuerySet[AuditEntry]:
    """Earlier changes to the wording of a mail, newest first; `data` has the words."""
    entries = history_of(workspace).filter(verb__in=[Verb.REWORDED_A_MAIL, Verb.TOOK_THE_DEFAULT_MAIL])
    return entries.filter(data__kind=kind, data__scope=scope)


def send_test(
    *, text: MailText, values: dict[str, str], workspace: Workspace, scope: str, by: User, once: str = ""
) -> OutboxMessage:
    """Mail the words, with sample values, to the person who asks. `once` identifies their form."""
    subject, body, html = text.sample(**values)
    return enqueue(
        key=f"test:{once or uuid.uuid4()}",
        workspace_id=workspace.pk,
        scope=scope,
        kind="test",
        why=f"{by} tried the words of “{entry_of(text.kind).name}”.",
        to=[by.email],
        subject=f"Test: {subject}",
        text=body,
        html=html,
    )
