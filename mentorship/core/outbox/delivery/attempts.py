"""Send a claimed message once, and derive the outcome from the mail server's answer.

Nothing here writes to the database. The answer means sent, retry or failed; silence after the end of the mail is an
unknown outcome, which the message shows.
"""

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import formatdate, parseaddr
from functools import lru_cache
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.core.mail.message import sanitize_address
from django.utils import timezone

from mentorship.core.outbox.delivery import providers, smtp
from mentorship.core.outbox.delivery.mime import as_bytes
from mentorship.core.outbox.delivery.smtp import NotSentError, TooLateError
from mentorship.core.outbox.delivery.suppression import says_gone
from mentorship.core.outbox.models import OutboxMessage

logger = logging.getLogger(__name__)

BACKOFF_MINUTES = (1, 5, 15, 60, 240)
MAX_ATTEMPTS = 8
# For these, a second copy after an unknown outcome does more harm than a delay: a person decides.
PARKED_KINDS = frozenset({"invoice", "credit note"})
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# RFC 6531; our mails are plain ones.
NOT_ASCII = (553, b"5.6.7 this mail server takes no address with letters other than a to z before the @")
NO_ANSWER = "The last attempt ended without an answer, so a copy may have gone out"


@dataclass(frozen=True)
class Outcome:
    """The outcome of an attempt: what to store, and whether the session with the server can continue."""

    changes: dict[str, Any]
    session_ends: bool = False
    gone: dict[str, str] = field(default_factory=dict)

    @property
    def sent(self) -> bool:
        return self.changes["status"] == "sent"


def deliver(message: OutboxMessage, connection: BaseEmailBackend, meanwhile: Callable[[], None]) -> Outcome:
    """Send a claimed message and return the outcome; the caller stores it.

    `meanwhile` is called when there is nothing to do but wait for the mail server.
    """
    try:
        refused, at = hand_over(message, connection, meanwhile)
    except TooLateError as error:
        return _retry(message, f"It was not sent: {error}.", wait=False)
    except NotSentError as error:
        return _retry(message, f"The session with the mail server broke before the email was sent: {error}")
    except providers.RefusedError as error:
        return _fail(message, str(error), gone=error.gone)
    except providers.BusyError as error:
        return _retry(message, str(error))
    except SMTPRecipientsRefused as error:
        return _all_refused(message, error.recipients)
    except SMTPSenderRefused as error:  # not this mail's fault: the next one would get the same answer
        return _retry(message, f"{error.smtp_code} {_words(error.smtp_error)}")
    except SMTPResponseException as error:
        words = f"{error.smtp_code} {_words(error.smtp_error)}"
        return _fail(message, words) if error.smtp_code >= 500 else _retry(message, words)
    except (SMTPServerDisconnected, TimeoutError, ConnectionError) as error:
        return unknown_outcome(message, f"{NO_ANSWER} ({error or type(error).__name__}).")
    except (ValueError, SMTPException) as error:  # the mail can't be written, or not for this server
        return _fail(message, f"It can't be sent as it is: {error}")
    except OSError as error:
        return _retry(message, str(error))
    except Exception as error:
        logger.exception("Message %s could not be sent.", message.pk)
        return _retry(message, f"{type(error).__name__}: {error}")
    return _settle(message, refused, at)


def hand_over(
    message: OutboxMessage, connection: BaseEmailBackend, meanwhile: Callable[[], None]
) -> tuple[dict[str, tuple[int, bytes]], datetime]:
    """Hand a message to the mail server. Returns the recipients it refused, if it took others, and its date."""
    waiting = _waiting(message)
    if not waiting:  # the others have it already, and the rest no longer want it
        message.sender = message.from_now
        return {}, timezone.now()
    if not isinstance(connection, SMTPBackend):
        message.sender, at = message.from_now, timezone.now()
        mail = as_mail(message, connection, at)
        for name in ("to", "cc", "bcc"):
            setattr(mail, name, [a for a in getattr(mail, name) if a in waiting])
        if providers.uses_provider(connection):
            return providers.send_by_provider(message, mail, connection), at
        connection.send_messages([mail])
        return {}, at
    at, letter = write_letter(message)
    return _by_smtp(message, connection, letter, meanwhile), at


def _by_smtp(
    message: OutboxMessage, connection: SMTPBackend, letter: bytes, meanwhile: Callable[[], None]
) -> dict[str, tuple[int, bytes]]:
    """Send by SMTP and return the refused recipients. If an earlier session was closed, reconnects once and at once."""
    waiting = _waiting(message)
    in_letters = {address for address in waiting if has_letters_before_at(address)}
    refused = {}
    if in_letters and _session(connection).has_extn("smtputf8"):
        letter = as_bytes(message, sender=message.sender, at=message.letter[0], any_letters=True)  # type: ignore[attr-defined]
    else:
        refused = dict.fromkeys(in_letters, NOT_ASCII)
    bare = {
        parseaddr(address)[1] if address in in_letters else bare_address(address): address
        for address in waiting
        if address not in refused
    }
    if waiting and not bare:
        raise SMTPRecipientsRefused(refused)
    # After the claim expires, another process may be sending this mail already.
    until = message.lease_until.timestamp() - (settings.EMAIL_TIMEOUT or 0) if message.lease_until else float("inf")

    def send() -> dict[str, tuple[int, bytes]]:
        return smtp.send(_session(connection), bare_address(message.sender), list(bare), letter, meanwhile, until=until)

    had_served = smtp.has_served(connection.connection)
    try:
        try:
            said = send()
        except (NotSentError, SMTPSenderRefused) as error:
            if not had_served or isinstance(error, TooLateError) or getattr(error, "smtp_code", 421) != 421:
                raise
            with suppress(OSError):
                connection.close()
            said = send()
    except SMTPRecipientsRefused as error:
        said = error.recipients
        raise SMTPRecipientsRefused({**{bare[address]: said[address] for address in said}, **refused}) from error
    return {**{bare[address]: answer for address, answer in said.items()}, **refused}


def _session(connection: SMTPBackend) -> Any:
    try:
        if connection.connection is not None and connection.connection.sock is None:
            connection.close()
        open_session(connection)
    except OSError as error:
        raise NotSentError(in_words(error)) from error
    return connection.connection


def open_session(connection: BaseEmailBackend) -> None:
    """Connect to the mail server and wait for its greeting. Raises OSError, including SMTPException."""
    connection.open()
    if isinstance(connection, SMTPBackend) and connection.connection is not None:
        connection.connection.ehlo_or_helo_if_needed()


def write_letter(message: OutboxMessage) -> tuple[datetime, bytes]:
    """The date and the bytes of a mail, written once. Raises ValueError if it can't be written."""
    if not hasattr(message, "letter"):
        message.sender, at = message.from_now, timezone.now()
        message.letter = at, as_bytes(message, sender=message.sender, at=at)  # type: ignore[attr-defined]
    return message.letter  # type: ignore[attr-defined,no-any-return]


def as_mail(
    message: OutboxMessage, connection: BaseEmailBackend | None = None, at: datetime | None = None
) -> EmailMultiAlternatives:
    """The mail of a message; the same for every attempt but for its date, which is `at`."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.full_text,
        from_email=message.sender or message.from_now,
        to=message.to,
        cc=message.cc,
        bcc=message.bcc,
        reply_to=message.reply_to,
        connection=connection,
        headers={**message.full_headers, **({"Date": formatdate(at.timestamp())} if at else {})},
    )
    if message.body_html:
        mail.attach_alternative(message.full_html, "text/html")
    for file in message.attachments.all() if message.attached else ():
        if file.is_invitation:
            mail.attach_alternative(bytes(file.content).decode(), file.content_type.replace("; charset=utf-8", ""))
        mail.attach(file.name, bytes(file.content), "application/ics" if file.is_invitation else file.content_type)
    return mail


def has_letters_before_at(address: str) -> bool:
    """Whether only a server with SMTPUTF8 accepts the address."""
    return not address.isascii() and not parseaddr(address)[1].rpartition("@")[0].isascii()


@lru_cache(maxsize=4096)
def bare_address(address: str) -> str:
    if PLAIN_ADDRESS.fullmatch(address):
        return address
    return parseaddr(sanitize_address(address, settings.DEFAULT_CHARSET))[1]


def _waiting(message: OutboxMessage) -> list[str]:
    """The recipients of this attempt."""
    done = {*message.delivered_to, *getattr(message, "left_out", ())}
    return [address for address in message.recipients if address not in done]


def _settle(message: OutboxMessage, refused: dict[str, tuple[int, bytes]], at: datetime) -> Outcome:
    gone = {a: f"{c} {_words(w)}" for a, (c, w) in refused.items() if says_gone(c, _words(w))}
    later = [address for address, (code, _) in refused.items() if code < 500]
    if later and message.attempts < MAX_ATTEMPTS:
        taken = [a for a in _waiting(message) if a not in refused]
        return _retry(message, _refusals(refused), gone=gone, ends=False, delivered_to=message.delivered_to + taken)
    # The reason for a possible second copy stays visible after the message was sent.
    kept = message.last_error if message.maybe_duplicate else ""
    left = left_out_words(getattr(message, "left_out", {}))
    said = "\n".join(filter(None, [_refusals(refused) or kept, left]))
    return Outcome({"status": "sent", "sent_at": at, "last_error": said}, gone=gone)


def _all_refused(message: OutboxMessage, refused: dict[str, tuple[int, bytes]]) -> Outcome:
    gone = {a: f"{c} {_words(w)}" for a, (c, w) in refused.items() if says_gone(c, _words(w))}
    may_go_on = message.attempts < MAX_ATTEMPTS or not message.delivered_to
    if may_go_on and any(code < 500 for code, _ in refused.values()):
        return _retry(message, _refusals(refused), gone=gone)
    if message.delivered_to:  # an earlier attempt reached the others
        return _settle(message, refused, timezone.now())
    return _fail(message, _refusals(refused), gone=gone)


def _retry(
    message: OutboxMessage,
    error: str,
    *,
    wait: bool = True,
    gone: dict[str, str] | None = None,
    ends: bool = True,
    **changes: Any,
) -> Outcome:
    if message.attempts >= MAX_ATTEMPTS:
        return _fail(message, f"{error} – given up after {message.attempts} attempts.", gone=gone, **changes)
    minutes = BACKOFF_MINUTES[min(message.attempts, len(BACKOFF_MINUTES)) - 1] if wait else 0
    error, due_at = _words(error), timezone.now() + timedelta(minutes=minutes)
    logger.warning("Message %s is tried again in %s min: %s", message.pk, minutes, error)
    return Outcome({"status": "queued", "due_at": due_at, "last_error": error, **changes}, ends, gone or {})


def _fail(message: OutboxMessage, error: str, *, gone: dict[str, str] | None = None, **changes: Any) -> Outcome:
    error = _words(error)
    logger.warning("Message %s failed: %s", message.pk, error)
    return Outcome({"status": "failed", "last_error": error, **changes}, True, gone or {})


def unknown_outcome(message: OutboxMessage, error: str, *, wait: bool = True) -> Outcome:
    if message.kind in PARKED_KINDS:
        return _fail(message, f"{error} Ask the recipient before you send it again.", maybe_duplicate=True)
    return _retry(message, f"{error} It is sent again with the same Message-ID.", wait=wait, maybe_duplicate=True)


def left_out_words(against: dict[str, str]) -> str:
    return "\n".join(f"{address} is left out: {why}" for address, why in against.items())


def _refusals(refused: dict[str, tuple[int, bytes]]) -> str:
    return "\n".join(f"{address} was refused: {code} {_words(text)}" for address, (code, text) in refused.items())


def in_words(error: OSError) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return str(error) or type(error).__name__


def _words(answer: bytes | str) -> str:
    """The mail server's words as text that every database can store."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
