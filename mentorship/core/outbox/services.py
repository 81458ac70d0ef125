"""Write and change messages. A message is written in the transaction of the change that causes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Required, TypedDict, Unpack

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.wake_up import wake_up
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.resend_guards import reason_against_resending
from mentorship.core.outbox.delivery.still_for import ONCE_MORE, revise
from mentorship.core.outbox.mail_templates.rendering import (
    MailText,
    clean_text,
    columns_of_words,
    html_of,
    mail_text,
    one_line,
)
from mentorship.core.outbox.models import Attachment, OutboxMessage, PlannedChange, id_for_key
from mentorship.core.outbox.recipients import Recipient, columns_of, from_line
from mentorship.core.outbox.tasks import deliver_due
from mentorship.core.own_links import unknown_links

__all__ = [
    "Draft",
    "MailOptions",
    "MailText",
    "call_off",
    "cancel_message",
    "draft",
    "edit_message",
    "enqueue",
    "enqueue_all",
    "mail_text",
    "one_line",
    "resend_message",
    "send_once_more",
    "wake_delivery",
]

WORDS_DELETED = "The words of this message were deleted because their time was over."


class MailOptions(TypedDict, total=False):
    """Optional parts of a message."""

    cc: Sequence[Recipient]
    bcc: Sequence[Recipient]
    due_at: datetime | None  # in UTC; now if it is missing
    files: Sequence[tuple[str, str, bytes]]  # attachments: name, content type, content
    # The rule that decides, when it leaves, whom it is still for (see `STILL_FOR`), with the rule's arguments.
    audience: Mapping[str, Any] | None
    # Makes the message an optional one: it has the headers of RFC 8058, and leaves out people who opted out.
    unsubscribe_url: str


class MessageFields(MailOptions, total=False):
    """The fields of a message, see `draft`."""

    key: Required[str]
    workspace_id: Required[int | None]
    private_to_id: int | None
    scope: str
    kind: Required[str]
    why: Required[str]
    to: Required[Sequence[Recipient]]
    reply_to: Sequence[Recipient]
    subject: Required[str]
    text: Required[str]
    html: str
    recipe: Mapping[str, Any] | None
    sender_name: str
    language: str


@dataclass(frozen=True)
class Draft:
    """A message that is not written yet."""

    key: str
    columns: Mapping[str, Any]
    due_at: datetime | None  # in UTC; None for at once
    files: Sequence[tuple[str, str, bytes]]


def draft(**fields: Unpack[MessageFields]) -> Draft:
    """Put a message together; makes no query.

    `scope` names the part of the workspace, such as cohort:12; `recipe` is what it was rendered from. People get it at
    the address that they have when it leaves; links by which they act are kept apart from the words.
    """
    files, kind = fields.get("files", ()), fields["kind"]
    words = columns_of_words(
        subject=fields["subject"],
        text=fields["text"],
        html=fields.get("html", ""),
        unsubscribe_url=fields.get("unsubscribe_url", ""),
        recipe=fields.get("recipe"),
        language=fields.get("language", ""),
    )
    columns = {
        "workspace_id": fields["workspace_id"],
        "private_to_id": fields.get("private_to_id"),
        "scope": fields.get("scope", ""),
        "kind": kind,
        "language": fields.get("language", ""),
        "priority": OutboxMessage.FIRST if kind == OutboxMessage.SIGN_IN else OutboxMessage.NORMAL,
        "why": fields["why"][:300],
        "sender": from_line(name) if (name := fields.get("sender_name", "")) else "",
        "audience": dict(fields.get("audience") or {}),
        **words,
        "attached": [name for name, _type, _content in files],
        **columns_of(**{name: fields.get(name, ()) for name in ("to", "cc", "bcc", "reply_to")}),  # type: ignore[arg-type]
    }
    return Draft(fields["key"], columns, fields.get("due_at"), files)


def enqueue(**fields: Unpack[MessageFields]) -> OutboxMessage:
    """Write a message, given as to `draft`; if one with this key exists already, that one is returned.

    What a coordinator decided beforehand counts: a message that was to be left out is written as cancelled, one that
    was moved is due at that moment. Delivery is woken after the caller's transaction commits.
    """
    new = draft(**fields)
    planned = PlannedChange.objects.filter(key=new.key).select_related("by")
    change = planned.first() if new.columns["workspace_id"] else None
    return _get_or_write(new.key, {**new.columns, **_as_decided(change, new)}, change, new.files)


def enqueue_all(drafts: Sequence[Draft]) -> list[OutboxMessage]:
    """Write many messages as `enqueue` does, in few statements, and return them in the same order.

    The caller holds a lock under which nobody else writes these keys.
    """
    keys = [new.key for new in drafts]
    changes = {change.key: change for change in PlannedChange.objects.filter(key__in=keys).select_related("by")}
    messages = {message.key: message for message in OutboxMessage.objects.filter(key__in=keys)}
    new = [one for one in drafts if one.key not in messages]
    ids = {one.key: id_for_key(one.key) for one in new}
    # The id of a message whose key changed, because somebody in it was erased, stays taken.
    taken = set(OutboxMessage.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
    written = []
    for one in new:
        change = changes.get(one.key) if one.columns["workspace_id"] else None
        own = {} if ids[one.key] in taken else {"id": ids[one.key]}
        written.append(OutboxMessage(key=one.key, **own, **one.columns, **_as_decided(change, one)))
    OutboxMessage.objects.bulk_create(written)
    for message, one in zip(written, new, strict=True):
        messages[one.key] = message
        _after_writing(message, changes.get(one.key) if message.workspace_id else None, one.files)
    return [messages[key] for key in keys]


def _get_or_write(
    key: str, columns: Mapping[str, Any], change: PlannedChange | None, files: Sequence[tuple[str, str, bytes]]
) -> OutboxMessage:
    try:
        message, created = OutboxMessage.objects.get_or_create(key=key, defaults={"id": id_for_key(key), **columns})
    except IntegrityError:  # the message with this key got another key, because somebody in it was erased
        message, created = OutboxMessage.objects.get_or_create(key=key, defaults=columns)
    if created:
        _after_writing(message, change, files)
    return message


def _as_decided(change: PlannedChange | None, new: Draft) -> dict[str, Any]:
    """The due moment and first status of a message, considering a coordinator's earlier decision."""
    due_at = new.due_at or timezone.now()
    if change is not None and change.due_at:
        due_at = max(due_at, change.due_at)
    if change is not None and change.left_out:
        return {"due_at": due_at, "status": OutboxMessage.Status.CANCELLED, "last_error": _left_out_by(change)}
    return {"due_at": due_at, "status": OutboxMessage.Status.QUEUED}


def _after_writing(
    message: OutboxMessage, change: PlannedChange | None, files: Sequence[tuple[str, str, bytes]]
) -> None:
    if files:
        Attachment.objects.bulk_create(
            Attachment(message=message, name=name, content_type=kind, content=content) for name, kind, content in files
        )
    if change is not None and change.left_out:
        record(verb=Verb.LEFT_OUT, target=message, workspace_id=message.workspace_id, by=change.by)
    elif message.due_at <= timezone.now():
        _wake_after_commit()


def _left_out_by(change: PlannedChange) -> str:
    return f"{change.by or 'A coordinator'} decided on {change.at:%Y-%m-%d} to leave it out."


def _wake_after_commit() -> None:
    # 500 intros in one transaction need one wake-up. If the savepoint that asked for it is rolled back it is lost
    # for the others, which is harmless: the sweep finds them.
    if not any(function is wake_delivery for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(wake_delivery)


def wake_delivery() -> None:
    """Tell the workers that something is due. A lost wake-up is harmless: the sweep finds due messages."""
    wake_up(deliver_due)


@transaction.atomic
def edit_message(
    *, message: OutboxMessage, by: User, subject: str, text: str, due_at: datetime | None = None
) -> OutboxMessage:
    """Change the words of an unsent message, or the moment at which it may be sent (UTC).

    Raises ServiceError if it was sent, is being sent, or was changed by somebody else since it was read; and for new
    words if some recipients have it, or may have it: the record of sent mail never changes.
    """
    changes: dict[str, Any] = {
        "subject": one_line(subject),
        "body_text": clean_text(text),
        "due_at": due_at or message.due_at,
    }
    if unknown := unknown_links(changes["body_text"], message.links):
        raise ServiceError(f"This message has no link for {unknown[0]}. Leave links as they were, or take them out.")
    changed = sorted(name for name, value in changes.items() if getattr(message, name) != value)
    if not changed:
        return message
    if changed != ["due_at"] and (message.delivered_to or message.maybe_duplicate):
        raise ServiceError("Somebody has these words already, or may have. Its moment can be changed, its words can't.")
    if changed != ["due_at"]:
        changes["edited"] = True
    if message.body_html:
        changes["body_html"] = html_of(changes["subject"], changes["body_text"], message.language)
    waiting = OutboxMessage.objects.filter(
        pk=message.pk, status__in=["queued", "failed"], version=message.version, claim_token=None
    )
    if not waiting.update(version=F("version") + 1, **changes):
        raise ServiceError(
            "This message has been sent, is being sent, or has just been changed by somebody else. Reload the page."
        )
    record(verb=Verb.EDITED, target=message, workspace_id=message.workspace_id, by=by, changed=changed)
    message.refresh_from_db()
    if message.due_at <= timezone.now():
        _wake_after_commit()
    return message


@transaction.atomic
def render_again(*, message: OutboxMessage) -> None:
    """Bring the words of an unsent message up to date now, not only when it leaves.

    Raises ServiceError if it was edited by hand, was sent, or is being sent.
    """
    if message.edited:
        raise ServiceError("Somebody edited this email by hand. Change the words there.")
    revise([message])
    waiting = OutboxMessage.objects.filter(
        pk=message.pk,
        status__in=["queued", "failed"],
        version=message.version,
        claim_token=None,
        maybe_duplicate=False,
        delivered_to=[],
    )
    if not waiting.update(version=F("version") + 1, **message.revision.changes):
        raise ServiceError("This message has already been sent, or is being sent now.")


@transaction.atomic
def cancel_message(*, message: OutboxMessage, by: User) -> None:
    """Cancel an unsent message. Raises ServiceError if it is too late."""
    changed = OutboxMessage.objects.filter(pk=message.pk, status__in=["queued", "failed"]).update(
        status="cancelled", version=F("version") + 1
    )
    if not changed:
        raise ServiceError("This message has already been sent, or is being sent now.")
    record(verb=Verb.CANCELLED, target=message, workspace_id=message.workspace_id, by=by)


def call_off(keys: Iterable[str]) -> int:
    """Cancel queued ones of these messages, because their subject has changed. Returns how many.

    A message that is being sent can't be stopped; if the attempt fails, a resend guard prevents another one.
    """
    waiting = OutboxMessage.objects.filter(key__in=list(keys), status="queued")
    return waiting.update(status="cancelled", version=F("version") + 1)


@transaction.atomic
def resend_message(*, message: OutboxMessage, by: User) -> None:
    """Queue an unsent message again, with the same Message-ID. Raises ServiceError for any other."""
    if words := reason_against_resending(message):
        raise ServiceError(words)
    if message.words_deleted_at is not None:
        raise ServiceError(WORDS_DELETED)
    revise([message])
    if message.revision.reason:
        raise ServiceError(message.revision.reason)
    changed = OutboxMessage.objects.filter(pk=message.pk, status__in=["failed", "cancelled", "skipped"]).update(
        status="queued", due_at=timezone.now(), attempts=0, last_error="", held="", version=F("version") + 1
    )
    if not changed:
        raise ServiceError("Only a message that did not go out can be queued again.")
    record(verb=Verb.QUEUED_AGAIN, target=message, workspace_id=message.workspace_id, by=by)
    _wake_after_commit()


def copies_of(message: OutboxMessage) -> int:
    """How many further copies were sent."""
    return OutboxMessage.objects.filter(key__startswith=f"again:{message.pk}:").count()


@transaction.atomic
def send_once_more(*, message: OutboxMessage, by: User, to: Sequence[str], copies: int | None = None) -> OutboxMessage:
    """Send a sent message again to some of its recipients, as a new recorded message.

    `copies` is the number of copies when the page was opened: a repeated request returns the first copy. Raises
    ServiceError if the message was not sent, `to` names none of its recipients, or somebody else was first.
    """
    sent = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    chosen = [address for address in sent.recipients if address in to]
    if sent.status != OutboxMessage.Status.SENT:
        raise ServiceError("Only a message that went out can be sent once more.")
    if sent.words_deleted_at is not None:
        raise ServiceError(WORDS_DELETED)
    if not chosen:
        raise ServiceError("Choose who gets it once more.")
    key = f"again:{sent.pk}:{(copies_of(sent) if copies is None else copies) + 1}"
    if there := OutboxMessage.objects.filter(key=key).first():
        if there.to != chosen:
            raise ServiceError("Somebody else has just sent it once more. Look to whom first.")
        return there
    again = enqueue(
        key=key,
        workspace_id=sent.workspace_id,
        scope=sent.scope,
        kind=sent.kind,
        why=f"{by} sent it once more. {sent.why}",
        to=chosen,
        subject=sent.subject,
        text=sent.full_text,
        html=sent.full_html,
        language=sent.language,
        reply_to=sent.reply_to,
        unsubscribe_url=sent.full_unsubscribe_url,
        sender_name=parseaddr(sent.sender)[0],
        audience={**sent.audience, ONCE_MORE: True},
    )
    again.people = {address: pk for address, pk in sent.people.items() if address in [*again.to, *again.reply_to]}
    again.save(update_fields=["people"])
    record(verb=Verb.SENT_ONCE_MORE, target=sent, workspace_id=sent.workspace_id, by=by, message=str(again.pk))
    return again
