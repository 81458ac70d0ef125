"""Send due messages: claim one, send it outside any transaction, mark it with the token of the claim.

A mail server offers no two-phase commit. If a process dies between its answer and our mark, the outcome is unknown,
which the message shows and never hides. Everything else is certain: nothing is lost, and no process sends a message
that another one has claimed. One statement marks a message and claims the next: that takes one round trip for each
mail, and a process never has more than one message in flight.
"""

import logging
import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mentorship.core.outbox.delivery import smtp
from mentorship.core.outbox.delivery.attempts import (
    NO_ANSWER,
    Outcome,
    bare_address,
    deliver,
    in_words,
    left_out_words,
    open_session,
    unknown_outcome,
    write_letter,
)
from mentorship.core.outbox.delivery.resend_guards import reason_against_resending
from mentorship.core.outbox.delivery.still_for import revise
from mentorship.core.outbox.delivery.suppression import left_out, reasons_against, suppress
from mentorship.core.outbox.models import OutboxMessage, Suppression

logger = logging.getLogger(__name__)

BATCH = 100
# Marks a sent message, claims a queued one, or both; CASE checks their state before. Building it with the ORM would
# take longer than SMTP does.
TURN = """
    UPDATE {table} SET
        status = CASE status WHEN 'sending' THEN 'sent' ELSE 'sending' END,
        sent_at = CASE status WHEN 'sending' THEN %s ELSE sent_at END,
        last_error = CASE status WHEN 'sending' THEN %s ELSE last_error END,
        sender = CASE status WHEN 'sending' THEN %s ELSE sender END,
        provider_id = CASE status WHEN 'sending' THEN %s ELSE provider_id END,
        claim_token = CASE status WHEN 'queued' THEN %s WHEN 'sending' THEN NULL ELSE claim_token END,
        lease_until = CASE status WHEN 'queued' THEN %s WHEN 'sending' THEN NULL ELSE lease_until END,
        attempts = attempts + CASE status WHEN 'queued' THEN 1 ELSE 0 END,
        version = version + 1
    WHERE (id = %s AND status = 'sending' AND claim_token = %s) OR (id = %s AND status = 'queued' AND version = %s)
    RETURNING id
"""
# A batch is read again after this time, so that people who opt out meanwhile get no more mail.
FRESH = timedelta(seconds=5)
# Backends that a demo may use: no mail leaves the machine.
STAYS_HERE = frozenset(f"django.core.mail.backends.{name}.EmailBackend" for name in ("filebased", "locmem", "console"))


def deliver_all_due(now: datetime | None = None) -> int:
    """Send until no message is due, and return how many the mail server took.

    With `now`, messages due later stay. If the mail server can't be reached nothing is claimed, waiting messages note
    the reason, and the next sweep tries again: no message is to blame, so no attempt is used up.
    """
    sent = 0
    queue, connection = Queue(now), open_backend()
    try:
        while queue.look():
            try:
                open_session(connection)
            except OSError as error:  # SMTPException is one too
                _note_server_away(error, now or timezone.now())
                break
            with transaction.atomic(durable=True):
                message = queue.claim_next()
            while message is not None:
                outcome = deliver(message, connection, queue.make_ready)
                if not outcome.session_ends:
                    _begin_next(connection)
                if outcome.sent and not outcome.gone:
                    following = queue.pop()
                    marked, claimed = take_turns(message, outcome, following)
                    sent += marked
                    message = following if claimed else queue.claim_next()
                    continue
                with transaction.atomic(durable=True):
                    sent += _mark(message, outcome) and outcome.sent
                    if outcome.gone:
                        queue.read_again()
                    message = None if outcome.session_ends else queue.claim_next()
                if outcome.session_ends:
                    _close(connection)  # the session may be broken; the next message opens another one
                    queue.read_again()
    finally:
        _close(connection)
    return sent


def open_backend() -> BaseEmailBackend:
    """Open the mail backend. A demo installation writes files, whatever else the settings say."""
    if settings.DEMO and settings.EMAIL_BACKEND not in STAYS_HERE:
        return get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=settings.VAR_DIR / "mail")
    return get_connection(fail_silently=False)


class Queue:
    """Due messages, read in batches and claimed one by one. Each message is tried once in a pass."""

    def __init__(self, now: datetime | None) -> None:
        self.now = now
        self.tried: set[uuid.UUID] = set()
        self.held: set[uuid.UUID] = set()  # recipients unknown; they stay due and must not block others
        self.read: list[OutboxMessage] = []
        self.read_at = timezone.now()
        self.left_out: dict[tuple[int, str, str], Suppression] = {}

    def look(self) -> bool:
        """Whether a message is due that this pass has not tried."""
        moment = timezone.now()
        if not self.read or not timedelta(0) <= moment - self.read_at < FRESH:
            due = OutboxMessage.objects.due(self.now or timezone.now())
            due = due.exclude(pk__in=self.held) if self.held else due
            # If `now` is in the future, messages for a later retry are due already.
            batch = due.exclude(pk__in=self.tried) if self.now else due
            self.read = [m for m in batch[:BATCH] if m.pk not in self.tried]
            self.read.reverse()
            revise(self.read)
            self.left_out = left_out(self.read)
            self.read_at = timezone.now()  # the end: where reading takes longer than that, it would never be fresh
        return bool(self.read)

    def pop(self) -> OutboxMessage | None:
        """The next message that still has a recipient; None if none is due. It is not claimed yet."""
        while self.look():
            message = self.read.pop()
            self.tried.add(message.pk)
            revision = message.revision
            against = reasons_against(message, self.left_out)
            # Something since the first attempt may have made it pointless.
            words = reason_against_resending(message) if message.attempts else ""
            if revision.held:
                self.held.add(message.pk)
                continue
            if reason := revision.reason or words:
                _skip(message, reason)
            elif len(against) == len(message.recipients) and not message.delivered_to:
                _skip(message, left_out_words(against))
            elif not revision.changes or _save_revision(message, revision.changes):
                message.left_out = against | revision.dropped  # type: ignore[attr-defined]
                return message
        return None

    def claim_next(self) -> OutboxMessage | None:
        """Claim the next message for this process; None if none is due."""
        while (message := self.pop()) is not None:
            if claim(message):
                return message
        return None

    def make_ready(self) -> None:
        """Read and render the next message while the mail server handles the last one. Never raises."""
        try:
            if self.look():
                write_letter(self.read[-1])
        except Exception:
            logger.debug("The next message could not be made ready; its own turn will say why.", exc_info=True)

    def read_again(self) -> None:
        """Drop the current batch, because a new fact about an address may affect it."""
        self.read = []


def claim(message: OutboxMessage) -> bool:
    """Claim one queued message for this process. False if another process was first, or it has changed since it was
    read.

    One conditional UPDATE decides, on every database alike. The caller commits it before anything is sent.
    """
    return take_turns(None, None, message)[1]


def take_turns(
    done: OutboxMessage | None, outcome: Outcome | None, following: OutboxMessage | None
) -> tuple[bool, bool]:
    """Mark the sent message and claim the next one; returns for each whether it was still ours.

    Either may be None. Two processes that want the same next message each hold only the one that they sent, which
    nobody else waits for, so they can't deadlock.
    """
    token, lease = uuid.uuid4(), timezone.now() + _lease(following)
    said = outcome.changes if outcome else {}
    changed = _turn(
        [
            ("sent_at", said.get("sent_at")),
            ("last_error", said.get("last_error")),
            ("sender", done and done.sender),
            ("provider_id", done and done.provider_id),
            ("claim_token", token),
            ("lease_until", lease),
            ("id", done and done.pk),
            ("claim_token", done and done.claim_token),
            ("id", following and following.pk),
            ("version", following and following.version),
        ]
    )
    claimed = following is not None and following.pk in changed
    if following is not None and claimed:
        following.status, following.claim_token, following.lease_until = "sending", token, lease
        following.attempts += 1
        following.version += 1
    marked = done is not None and done.pk in changed
    if done is not None and not marked:
        _warn_of_expired(done)
    return marked, claimed


def _lease(message: OutboxMessage | None) -> timedelta:
    # Each further recipient is one more answer to wait for.
    more = len(message.recipients) - 1 if message else 0
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS + (settings.EMAIL_TIMEOUT or 0) * more)


def _turn(values: list[tuple[str, Any]]) -> set[uuid.UUID]:
    connection = transaction.get_connection()
    given = [_field(name).get_db_prep_save(value, connection) for name, value in values]
    with connection.cursor() as cursor:
        cursor.execute(TURN.format(table=connection.ops.quote_name(OutboxMessage._meta.db_table)), given)
        return {_field("id").to_python(pk) for (pk,) in cursor.fetchall()}


def recover_expired(now: datetime | None = None) -> int:
    """Settle expired claims, whose outcome is unknown. Returns how many."""
    count = 0
    for message in OutboxMessage.objects.expired(now or timezone.now()):
        outcome = unknown_outcome(
            message,
            f"{NO_ANSWER}: the process that was sending it stopped.",
            wait=False,  # the lease was delay enough
        )
        with transaction.atomic(durable=True):
            count += _mark(message, outcome)
    return count


def _begin_next(connection: BaseEmailBackend) -> None:
    """Start the next mail at the mail server while the result of the last one is being saved."""
    if isinstance(connection, SMTPBackend) and connection.connection is not None:
        smtp.begin(connection.connection, bare_address(settings.DEFAULT_FROM_EMAIL))


def _save_revision(message: OutboxMessage, changes: dict[str, Any]) -> bool:
    """Store the differences before the claim. False if the message was changed or claimed meanwhile."""
    mine = OutboxMessage.objects.filter(pk=message.pk, status="queued", version=message.version)
    if not mine.update(version=F("version") + 1, **changes):
        return False
    message.version += 1
    return True


def _skip(message: OutboxMessage, words: str) -> None:
    # The version changes if the message was edited or moved: it is checked again.
    OutboxMessage.objects.filter(pk=message.pk, status="queued", version=message.version).update(
        status="skipped", last_error=words, version=F("version") + 1
    )


def _mark(message: OutboxMessage, outcome: Outcome) -> bool:
    """End a claim. False if it has expired and another process has settled the message."""
    mine = OutboxMessage.objects.filter(pk=message.pk, claim_token=message.claim_token, status="sending")
    kept = {"sender": message.sender, "provider_id": message.provider_id} if outcome.sent else {}
    marked = mine.update(claim_token=None, lease_until=None, version=F("version") + 1, **kept, **outcome.changes)
    if not marked:
        _warn_of_expired(message)
    elif message.workspace_id is not None:
        for address, words in outcome.gone.items():
            suppress(workspace_id=message.workspace_id, address=address, reason=Suppression.Reason.BOUNCED, note=words)
    return bool(marked)


def _warn_of_expired(message: OutboxMessage) -> None:
    logger.warning("The claim on message %s had expired before it could be marked.", message.pk)


@lru_cache(maxsize=32)
def _field(name: str) -> Any:
    return OutboxMessage._meta.get_field(name)


def _note_server_away(error: OSError, now: datetime) -> None:
    words = f"The mail server can't be reached: {in_words(error)}"
    logger.warning("Messages wait. %s", words)
    due = OutboxMessage.objects.due(now).exclude(last_error=words)
    with transaction.atomic():
        # Two workers may find this at once, and must not deadlock on each other's rows: the second one skips them.
        # SQLite has one writer at a time, and no such locks.
        rows = due.order_by("id").select_for_update(skip_locked=True).values_list("pk", flat=True)
        OutboxMessage.objects.filter(pk__in=list(rows), status="queued").update(last_error=words)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        logger.debug("The mail server closed the session first.", exc_info=True)
