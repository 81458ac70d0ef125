"""Sending what is due: claim one message, send it outside any transaction, mark it with the token of the claim.

A mail server knows no two-phase commit. Whoever dies between its answer and our mark leaves an unknown outcome, which
is shown on the message and never hidden. Everything else is certain: nothing is lost, and nobody sends what another
process has claimed.
"""

import logging
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.core.mail.message import sanitize_address
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mentorship.outbox.models import OutboxMessage

logger = logging.getLogger(__name__)

BACKOFF_MINUTES = (1, 5, 15, 60, 240)
MAX_ATTEMPTS = 8
BATCH = 20
# After an unknown outcome a second copy of these does more harm than a delay: a person decides.
PARKED_KINDS = frozenset({"invoice"})
NO_ANSWER = "The last attempt ended without an answer, so a copy may have gone out"


def deliver_all_due(now: datetime | None = None) -> int:
    """Send until nothing is due any more, and return how many messages the mail server took.

    With `now`, what falls due later stays. Where the mail server can't be reached nothing is claimed, the reason is
    noted on what waits, and the next sweep tries again: that is no fault of any message, and uses up no attempt.
    """
    sent = 0
    connection = get_connection(fail_silently=False)
    try:
        for pk in _due_ids(now):
            try:
                connection.open()
            except OSError as error:  # SMTPException is one too
                _note_server_away(error, now or timezone.now())
                break
            message = claim(pk)
            if message is not None:
                sent += deliver(message, connection)
    finally:
        _close(connection)
    return sent


def claim(pk: uuid.UUID) -> OutboxMessage | None:
    """Take one queued message for this process, or None where another was first.

    One conditional UPDATE decides, on every database alike. It is committed before anything is sent: `durable` raises
    where a caller's transaction would keep it open.
    """
    now, token = timezone.now(), uuid.uuid4()
    with transaction.atomic(durable=True):
        taken = OutboxMessage.objects.filter(pk=pk, status="queued").update(
            status="sending",
            claim_token=token,
            lease_until=now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS),
            attempts=F("attempts") + 1,
        )
    return OutboxMessage.objects.filter(claim_token=token).first() if taken else None


def deliver(message: OutboxMessage, connection: BaseEmailBackend) -> bool:
    """Send a claimed message and write down what became of it. True where the mail server took it."""
    try:
        refused = hand_over(message, connection)
    except SMTPRecipientsRefused as error:
        _all_refused(message, error.recipients)
    except SMTPResponseException as error:
        words = f"{error.smtp_code} {_words(error.smtp_error)}"
        if error.smtp_code >= 500:
            _fail(message, words)
        else:
            _retry(message, words)
    except (SMTPServerDisconnected, TimeoutError, ConnectionError) as error:
        _unknown_outcome(message, f"{NO_ANSWER} ({error or type(error).__name__}).")
    except (
        ValueError,
        SMTPException,
    ) as error:  # the mail can't be written as one, or not for this server
        _fail(message, f"It can't be sent as it is: {error}")
    except OSError as error:
        _retry(message, str(error))
    except Exception as error:
        logger.exception("Message %s could not be sent.", message.pk)
        _retry(message, f"{type(error).__name__}: {error}")
    else:
        return _settle(message, refused)
    _close(connection)  # the state of the session is uncertain; the next message opens another one
    return False


def hand_over(message: OutboxMessage, connection: BaseEmailBackend) -> dict[str, tuple[int, bytes]]:
    """Give a message to the mail server. Returns the recipients it refused while it took the mail for others."""
    mail = as_mail(message, connection)
    if not isinstance(connection, SMTPBackend):
        connection.send_messages([mail])
        return {}
    # Django's own send_messages() drops the answer that tells which recipients were refused.
    connection.open()
    assert connection.connection is not None  # noqa: S101  (open() made it, or raised)
    encoding = mail.encoding or settings.DEFAULT_CHARSET
    waiting = {sanitize_address(a, encoding): a for a in mail.recipients() if a not in message.delivered_to}
    refused = connection.connection.sendmail(
        sanitize_address(mail.from_email, encoding),
        list(waiting),
        mail.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]  # the stubs miss Django's class
    )
    return {waiting[address]: answer for address, answer in refused.items()}


def as_mail(message: OutboxMessage, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail of a message; the same for every attempt but for its date."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body_text,
        to=message.to,
        cc=message.cc,
        reply_to=message.reply_to,
        connection=connection,
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no "out of office" in answer
            "X-Auto-Response-Suppress": "All",
        },
    )
    if message.body_html:
        mail.attach_alternative(message.body_html, "text/html")
    return mail


def recover_expired(now: datetime | None = None) -> int:
    """Settle claims whose sender never came back, and return their number. Their outcome is unknown."""
    expired = OutboxMessage.objects.expired(now or timezone.now())
    count = 0
    for message in expired:
        # The lease was the delay already.
        count += _unknown_outcome(
            message,
            f"{NO_ANSWER}: the process that was sending it stopped.",
            wait=False,
        )
    return count


def forget_sign_in_mails(now: datetime | None = None) -> int:
    """Delete sign-in codes and links that are a day old: nobody needs them, and a backup should not hold them."""
    old = OutboxMessage.objects.filter(
        kind=OutboxMessage.SIGN_IN,
        workspace=None,
        created_at__lt=(now or timezone.now()) - timedelta(days=1),
    )
    return old.exclude(status="sending").delete()[0]


def _due_ids(now: datetime | None) -> Iterator[uuid.UUID]:
    # In one pass each message is tried once, even where `now` lies ahead and its next attempt is due by then.
    tried: set[uuid.UUID] = set()
    while True:
        due = OutboxMessage.objects.due(now or timezone.now()).values_list("pk", flat=True)[:BATCH]
        batch = [pk for pk in due if pk not in tried]
        if not batch:
            return
        tried.update(batch)
        yield from batch


def _settle(message: OutboxMessage, refused: dict[str, tuple[int, bytes]]) -> bool:
    later = [address for address, (code, _) in refused.items() if code < 500]
    if later and message.attempts < MAX_ATTEMPTS:
        taken = [a for a in [*message.to, *message.cc] if a not in refused and a not in message.delivered_to]
        _retry(message, _refusals(refused), delivered_to=message.delivered_to + taken)
        return False
    # Why there may be a second copy stays readable after the message has gone out.
    kept = message.last_error if message.maybe_duplicate else ""
    return _mark(
        message,
        status="sent",
        sent_at=timezone.now(),
        last_error=_refusals(refused) or kept,
    )


def _all_refused(message: OutboxMessage, refused: dict[str, tuple[int, bytes]]) -> None:
    if any(code < 500 for code, _ in refused.values()):
        _retry(message, _refusals(refused))
    elif message.delivered_to:  # an earlier attempt reached the others
        _settle(message, refused)
    else:
        _fail(message, _refusals(refused))


def _retry(message: OutboxMessage, error: str, *, wait: bool = True, **changes: Any) -> bool:
    if message.attempts >= MAX_ATTEMPTS:
        return _fail(message, f"{error} – given up after {message.attempts} attempts.", **changes)
    minutes = BACKOFF_MINUTES[min(message.attempts, len(BACKOFF_MINUTES)) - 1] if wait else 0
    due_at = timezone.now() + timedelta(minutes=minutes)
    logger.warning("Message %s is tried again in %s min: %s", message.pk, minutes, error)
    return _mark(message, status="queued", due_at=due_at, last_error=error, **changes)


def _fail(message: OutboxMessage, error: str, **changes: Any) -> bool:
    logger.warning("Message %s failed: %s", message.pk, error)
    return _mark(message, status="failed", last_error=error, **changes)


def _unknown_outcome(message: OutboxMessage, error: str, *, wait: bool = True) -> bool:
    if message.kind in PARKED_KINDS:
        return _fail(
            message,
            f"{error} Ask the recipient before you send it again.",
            maybe_duplicate=True,
        )
    return _retry(
        message,
        f"{error} It is sent again with the same Message-ID.",
        wait=wait,
        maybe_duplicate=True,
    )


def _mark(message: OutboxMessage, **changes: Any) -> bool:
    """End a claim. False where it has expired and another process settled the message meanwhile."""
    with transaction.atomic(durable=True):
        marked = OutboxMessage.objects.filter(pk=message.pk, claim_token=message.claim_token, status="sending").update(
            claim_token=None, lease_until=None, **changes
        )
    if not marked:
        logger.warning("The claim on message %s had expired before it could be marked.", message.pk)
    return bool(marked)


def _note_server_away(error: OSError, now: datetime) -> None:
    logger.warning("The mail server can't be reached, messages wait: %s", error)
    OutboxMessage.objects.due(now).order_by().update(last_error=f"The mail server can't be reached: {error}")


def _refusals(refused: dict[str, tuple[int, bytes]]) -> str:
    return "\n".join(f"{address} was refused: {code} {_words(text)}" for address, (code, text) in refused.items())


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        logger.debug("The mail server closed the session first.", exc_info=True)
