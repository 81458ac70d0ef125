"""Send mails through HTTP providers, by django-anymail, and record their reports.

Providers report the outcome of a mail later, by a request to us. Our own id travels with every mail as metadata, so
that a report finds its message whatever the provider did to the Message-ID.
"""

import contextlib
import re
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from mentorship.core.outbox.delivery.suppression import says_gone, suppress
from mentorship.core.outbox.models import Bounce, OutboxMessage, Suppression

# Providers that report to us, and the readers of their reports.
REPORTERS = {
    "amazon_ses": "AmazonSES",
    "brevo": "Brevo",
    "mailersend": "MailerSend",
    "mailgun": "Mailgun",
    "mailjet": "Mailjet",
    "mailtrap": "Mailtrap",
    "mandrill": "Mandrill",
    "postal": "Postal",
    "postmark": "Postmark",
    "resend": "Resend",
    "sendgrid": "SendGrid",
    "sparkpost": "SparkPost",
    "unisender_go": "UnisenderGo",
}
OUR_ID = "outbox"
# The first three are about our key or account: not this mail's fault, and the next one would get the same answer.
TRY_LATER = frozenset({401, 402, 403, 408, 425, 429, 503})
# A report without our id concerns a mail of the last few weeks, or none of ours.
REPORTED_WITHIN = timedelta(days=30)
LONGEST_ADDRESS = 254


class RefusedError(Exception):
    """The provider will never take this mail. `gone`: addresses that do not exist, each with the provider's words."""

    def __init__(self, words: str, gone: dict[str, str] | None = None) -> None:
        super().__init__(words)
        self.gone = gone or {}


class BusyError(Exception):
    """The provider did not take this mail now."""


def uses_provider(connection: BaseEmailBackend) -> bool:
    """Whether mails go to a provider by HTTP."""
    return hasattr(connection, "esp_name")


def send_by_provider(
    message: OutboxMessage, mail: EmailMultiAlternatives, connection: BaseEmailBackend
) -> dict[str, tuple[int, bytes]]:
    """Hand a mail over. Returns the refused recipients, if the provider took it for others.

    Raises RefusedError or BusyError, and TimeoutError if no answer came: the mail may have been taken.
    """
    from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused  # noqa: PLC0415 optional dependency: only where a provider sends the mails

    mail.metadata = {OUR_ID: str(message.pk)}  # type: ignore[attr-defined]
    mail.tags = [message.kind]  # type: ignore[attr-defined]
    if connection.esp_name == "Postmark":  # type: ignore[attr-defined]
        mail.extra_headers["X-PM-KeepID"] = "true"  # otherwise it makes its own Message-ID
    try:
        connection.send_messages([mail])
    except AnymailRecipientsRefused as error:
        raise RefusedError(str(error), gone=_invalid(mail)) from error
    except AnymailAPIError as error:
        raise _verdict(error) from error
    except AnymailError as error:
        raise RefusedError(f"It can't be sent as it is: {error}") from error
    status = mail.anymail_status  # type: ignore[attr-defined]
    message.provider_id = status.message_id if isinstance(status.message_id, str) else ""
    return {
        address: (550, f"{one.status} by the provider".encode())
        for address, one in status.recipients.items()
        if one.status in ("rejected", "invalid")
    }


def _verdict(error: Any) -> Exception:
    if error.status_code is None:  # there was no answer
        from requests.exceptions import ConnectTimeout, SSLError  # noqa: PLC0415 optional dependency: only where a provider sends the mails

        unsent = isinstance(error, (ConnectTimeout, SSLError)) or "NewConnectionError" in str(error)
        return BusyError(str(error)) if unsent else TimeoutError(str(error))
    if error.status_code in TRY_LATER:
        return BusyError(str(error))
    return TimeoutError(str(error)) if error.status_code >= 500 else RefusedError(str(error))


def _invalid(mail: Any) -> dict[str, str]:
    found = mail.anymail_status.recipients
    return {address: "5.1.3 invalid, says the provider" for address, one in found.items() if one.status == "invalid"}


# --- reports --------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_report(*, event: Any, provider: str) -> Bounce | None:
    """Record that a mail bounced or was marked as spam, and suppress an address that nobody will ever read.

    Returns None if nothing went wrong, or no mail of ours went to this address: somebody who can post reports must not
    get other addresses suppressed. Idempotent.
    """
    kind = _kind_of(event)
    if kind is None or not event.recipient:
        return None
    address = _plain(event.recipient).strip().lower()
    if len(address) > LONGEST_ADDRESS:
        return None
    message = _message_of(event, address)
    address = _address_it_went_to(message, address) if message else ""
    if message is None or not address:
        return None
    words = _plain(" ".join(filter(None, [event.mta_response, event.description])))[:2000]
    at = event.timestamp or timezone.now()
    name = _plain(f"{provider}:{event.event_id or f'{message.pk}:{address}:{event.event_type}'}")[:200]
    bounce, new = Bounce.objects.get_or_create(
        event=name, defaults={"message": message, "kind": kind, "address": address, "words": words, "at": at}
    )
    if new and message.workspace_id is not None:
        _leave_out(message.workspace_id, bounce, unsubscribed=event.event_type == "unsubscribed")
    return bounce


def _address_it_went_to(message: OutboxMessage, reported: str) -> str:
    """The recipient that a report names, in lower case; "" if the message did not go to that address."""
    if not (message.attempts or message.status == OutboxMessage.Status.SENT):
        return ""
    here = (one for one in message.recipients if _bare(one) == _bare(reported))
    return next((parseaddr(one)[1].lower() for one in here), "")


def _bare(address: str) -> str:
    """The address for comparison: without a name, in lower case, the domain in ASCII."""
    name, _, domain = parseaddr(address)[1].rpartition("@")
    with contextlib.suppress(UnicodeError):  # not a host name: compared unchanged
        domain = domain.encode("idna").decode()
    return f"{name}@{domain}".lower()


def _plain(text: Any) -> str:
    """Foreign text in a form that every database can store."""
    return "".join(c for c in str(text) if c.isprintable())


def _leave_out(workspace_id: int, bounce: Bounce, *, unsubscribed: bool) -> None:
    if bounce.kind == Bounce.Kind.GONE:
        suppress(
            workspace_id=workspace_id, address=bounce.address, reason=Suppression.Reason.BOUNCED, note=bounce.words
        )
    elif bounce.kind == Bounce.Kind.SPAM:
        note = "told the provider so" if unsubscribed else "called an email of ours spam"
        suppress(workspace_id=workspace_id, address=bounce.address, reason=Suppression.Reason.OPTED_OUT, note=note)


def _kind_of(event: Any) -> str | None:
    if event.event_type in ("complained", "unsubscribed"):
        return Bounce.Kind.SPAM
    if event.event_type not in ("bounced", "rejected", "failed"):
        return None
    words = f"{event.mta_response or ''} {event.description or ''}"
    code = re.search(r"\b[45]\d\d\b", words)
    if says_gone(int(code.group()) if code else 550, words) or event.reject_reason == "invalid":
        return Bounce.Kind.GONE
    return Bounce.Kind.LATER if event.event_type == "bounced" else Bounce.Kind.REFUSED


def _message_of(event: Any, address: str) -> OutboxMessage | None:
    """The message of a report, found by our id, the Message-ID, the provider's id, or the recipient."""
    told = event.message_id or ""
    ours = (event.metadata or {}).get(OUR_ID) or told.strip("<>").partition("@")[0]
    try:
        found = OutboxMessage.objects.filter(pk=UUID(str(ours))).first()
    except ValueError:
        found = None
    if found is None and told:
        found = OutboxMessage.objects.filter(provider_id__in=[told, told.strip("<>")]).first()
    return found or _newest_to(address, timezone.now())


def _newest_to(address: str, now: datetime) -> OutboxMessage | None:
    recent = OutboxMessage.objects.filter(status="sent", sent_at__gt=now - REPORTED_WITHIN)
    fields = ("to", "cc", "bcc")
    recent = recent.alias(**{f"{name}_text": Cast(name, TextField()) for name in fields})
    here = Q()
    for name in fields:
        here |= Q(**{f"{name}_text__icontains": f'"{address}"'})
    return recent.filter(here).order_by("-sent_at").first()
