"""Suppressed addresses: those that do not exist, and those of people who want necessary mails only."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from django.db import transaction

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.outbox.delivery.erased_addresses import WORDS, forgotten
from mentorship.core.outbox.models import OutboxMessage, Suppression

Reason = Suppression.Reason
FORGOTTEN = "forgotten"  # a reason without a row: nobody can lift it by hand
# Takes ids of workspaces and addresses in lower case, and returns the pairs whose owner wants necessary mails only.
OptedOut = Callable[[Collection[int], Collection[str]], set[tuple[int, str]]]
OPTED_OUT: ExtensionPoint[OptedOut] = ExtensionPoint(
    "who wants necessary mails only",
    asked_by=__name__,
    about="People who opted out, by the addresses that they have now. A suppression stays at the address of then.",
)
# RFC 3463: 5.1.x is about the address. 5.1.7 and 5.1.8 are about the sender's, 5.7.x about policy: these say nothing
# about the recipient, and a misconfigured relay refuses everybody with them.
GONE_CODES = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
GONE_WORDS = re.compile(
    r"(no such|unknown|unrout[e]?able|invalid|does(n't| not) exist|not found|disabled)"
    r".{0,30}(user|mailbox|recipient|address|account|here)"
    r"|(user|mailbox|recipient|address|account).{0,60}(unknown|invalid|does(n't| not) exist|not found|disabled)",
    re.IGNORECASE,
)


def says_gone(code: int, words: str) -> bool:
    """Whether a mail server's answer means that nobody will ever read mail to this address."""
    if code < 500:
        return False
    enhanced = re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", words)
    if enhanced:
        return enhanced.group() in GONE_CODES
    return code in (550, 551, 553) and bool(GONE_WORDS.search(words))


@transaction.atomic
def suppress(*, workspace_id: int, address: str, reason: str, note: str = "", by: User | None = None) -> Suppression:
    """Suppress an address in the mails of a workspace. Idempotent."""
    suppression, new = Suppression.objects.get_or_create(
        workspace_id=workspace_id, address=address.strip().lower(), reason=reason, defaults={"note": note[:1000]}
    )
    if new:
        record(verb=Verb.LEFT_OUT, target=suppression, workspace_id=workspace_id, by=by, reason=reason)
    return suppression


@transaction.atomic
def lift(*, workspace_id: int, address: str, reason: str, by: User | None = None) -> bool:
    """Write to an address again. False if it was not suppressed for this reason."""
    found = Suppression.objects.filter(workspace_id=workspace_id, address=address.strip().lower(), reason=reason)
    suppression = found.first()
    if suppression is None:
        return False
    record(verb=Verb.WRITTEN_TO_AGAIN, target=suppression, workspace_id=workspace_id, by=by, reason=reason)
    suppression.delete()
    return True


def left_out(messages: Iterable[OutboxMessage]) -> dict[tuple[int, str, str], Suppression]:
    """The suppressions that apply to these messages, by workspace, address and reason. A constant number of queries."""
    asked = [(workspace_id, a.lower(), m.is_necessary) for m, workspace_id in _checked(messages) for a in m.recipients]
    if not asked:
        return {}
    found = Suppression.objects.filter(
        workspace_id__in={workspace_id for workspace_id, _address, _necessary in asked},
        address__in={address for _workspace_id, address, _necessary in asked},
    )
    known = {(s.workspace_id, s.address, s.reason): s for s in found}
    erased = forgotten(address for _workspace_id, address, _necessary in asked)
    out = _opted_out((workspace_id, address) for workspace_id, address, necessary in asked if not necessary)
    for workspace_id, address, _necessary in asked:
        if address in erased:
            known[workspace_id, address, FORGOTTEN] = Suppression(workspace_id=workspace_id, address=address)
    for workspace_id, address in out:
        key = workspace_id, address, str(Reason.OPTED_OUT)
        known.setdefault(key, Suppression(workspace_id=workspace_id, address=address, reason=Reason.OPTED_OUT))
    return known


def _checked(messages: Iterable[OutboxMessage]) -> Iterator[tuple[OutboxMessage, int]]:
    """The messages that respect suppressions, each with the workspace whose suppressions count."""
    for message in messages:
        # Private mails that nobody asked for, such as invitations. Sign-in codes and confirmations have just been asked
        # for.
        workspace_id = message.workspace_id or (None if message.is_necessary else message.private_to_id)
        if workspace_id is not None:
            yield message, workspace_id


def _opted_out(asked: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    wanted = set(asked)
    if not wanted:
        return set()
    workspaces, addresses = {one for one, _ in wanted}, {one for _, one in wanted}
    return wanted & {one for ask in OPTED_OUT for one in ask(workspaces, addresses)}


def who_is_left_out(workspace_id: int, addresses: Iterable[str], *, necessary: bool = True) -> dict[str, str]:
    """Addresses among these that a mail of the workspace would not go to, each with the reason.

    For dry runs: the state at this moment. Keys are the addresses as given. A constant number of queries.
    """
    wanted = list(addresses)
    found = Suppression.objects.filter(workspace_id=workspace_id, address__in={a.lower() for a in wanted})
    if necessary:
        found = found.exclude(reason=Reason.OPTED_OUT)
    out = [] if necessary else _opted_out((workspace_id, a.lower()) for a in wanted)
    by_address = {address: str(Reason.OPTED_OUT.label) for _workspace_id, address in out}
    by_address |= {s.address: s.in_words for s in found} | dict.fromkeys(forgotten(wanted), WORDS)
    return {a: by_address[a.lower()] for a in wanted if a.lower() in by_address}


def reasons_against(
    message: OutboxMessage, known: dict[tuple[int, str, str], Suppression] | None = None
) -> dict[str, str]:
    """The suppressed recipients of a message, each with the reason in words."""
    if known is None:
        known = left_out([message])
    against = {}
    for _message, workspace_id in _checked([message]):
        for address in message.recipients:
            if (workspace_id, address.lower(), FORGOTTEN) in known:
                against[address] = WORDS
                continue
            for reason in Reason.values:
                found = known.get((workspace_id, address.lower(), reason))
                if found and not (reason == Reason.OPTED_OUT and message.is_necessary):
                    against[address] = found.in_words
    return against
