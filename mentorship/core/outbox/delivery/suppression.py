"""Addresses that mails leave out: those that do not exist, and those whose owners want necessary mails only."""

import re
from collections.abc import Iterable

from django.db import transaction

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.erased_addresses import WORDS, forgotten
from mentorship.core.outbox.models import OutboxMessage, Suppression

FORGOTTEN = "forgotten"  # a reason of no row: nobody can lift it by hand
# RFC 3463: 5.1.x is about the address. 5.1.7 and 5.1.8 are about the sender's, 5.7.x about policy: neither says
# anything of the recipient, and a relay with wrong settings refuses everybody that way.
GONE_CODES = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
GONE_WORDS = re.compile(
    r"(no such|unknown|unrout[e]?able|invalid|does(n't| not) exist|not found|disabled)"
    r".{0,30}(user|mailbox|recipient|address|account|here)"
    r"|(user|mailbox|recipient|address|account).{0,60}(unknown|invalid|does(n't| not) exist|not found|disabled)",
    re.IGNORECASE,
)


def says_gone(code: int, words: str) -> bool:
    """Whether the answer of a mail server to an address means that nobody will ever read it."""
    if code < 500:
        return False
    enhanced = re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", words)
    if enhanced:
        return enhanced.group() in GONE_CODES
    return code in (550, 551, 553) and bool(GONE_WORDS.search(words))


@transaction.atomic
def suppress(*, workspace_id: int, address: str, reason: str, note: str = "", by: User | None = None) -> Suppression:
    """Leave an address out of the mails of a workspace from now on. Idempotent."""
    suppression, new = Suppression.objects.get_or_create(
        workspace_id=workspace_id, address=address.strip().lower(), reason=reason, defaults={"note": note[:1000]}
    )
    if new:
        record(verb=Verb.LEFT_OUT, target=suppression, workspace_id=workspace_id, by=by, reason=reason)
    return suppression


@transaction.atomic
def lift(*, workspace_id: int, address: str, reason: str, by: User | None = None) -> bool:
    """Write to an address again. False where it was not left out for this reason."""
    found = Suppression.objects.filter(workspace_id=workspace_id, address=address.strip().lower(), reason=reason)
    suppression = found.first()
    if suppression is None:
        return False
    record(verb=Verb.WRITTEN_TO_AGAIN, target=suppression, workspace_id=workspace_id, by=by, reason=reason)
    suppression.delete()
    return True


def left_out(messages: Iterable[OutboxMessage]) -> dict[tuple[int, str, str], Suppression]:
    """The suppressions that apply to these messages, by workspace, address and reason. Two queries."""
    messages = [m for m in messages if m.workspace_id is not None]
    if not messages:
        return {}
    found = Suppression.objects.filter(
        workspace_id__in={m.workspace_id for m in messages},
        address__in={address.lower() for m in messages for address in m.recipients},
    )
    known = {(s.workspace_id, s.address, s.reason): s for s in found}
    erased = forgotten(address for m in messages for address in m.recipients)
    for workspace_id, address in {(m.workspace_id, a.lower()) for m in messages for a in m.recipients}:
        if workspace_id is not None and address in erased:
            known[workspace_id, address, FORGOTTEN] = Suppression(workspace_id=workspace_id, address=address)
    return known


def who_is_left_out(workspace_id: int, addresses: Iterable[str], *, necessary: bool = True) -> dict[str, str]:
    """Which of these addresses a mail of the workspace would not go to, each with the reason. Two queries.

    For dry runs: what stands in the way at this moment. Keys are written as they were given.
    """
    wanted = list(addresses)
    found = Suppression.objects.filter(workspace_id=workspace_id, address__in={a.lower() for a in wanted})
    if necessary:
        found = found.exclude(reason=Suppression.Reason.OPTED_OUT)
    by_address = {s.address: s.in_words for s in found} | dict.fromkeys(forgotten(wanted), WORDS)
    return {a: by_address[a.lower()] for a in wanted if a.lower() in by_address}


def reasons_against(
    message: OutboxMessage, known: dict[tuple[int, str, str], Suppression] | None = None
) -> dict[str, str]:
    """Which recipients of a message are left out, each with the reason in words."""
    if message.workspace_id is None:  # sign-in codes and confirmations: this person has just asked for it
        return {}
    if known is None:
        known = left_out([message])
    against = {}
    for address in message.recipients:
        if (message.workspace_id, address.lower(), FORGOTTEN) in known:
            against[address] = WORDS
            continue
        for reason in Suppression.Reason.values:
            found = known.get((message.workspace_id, address.lower(), reason))
            if found and not (reason == Suppression.Reason.OPTED_OUT and message.is_necessary):
                against[address] = found.in_words
    return against
