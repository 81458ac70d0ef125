"""Check, when a message leaves, whom it is still for, their current addresses, and whether its text is still current.

The writer of a mail names its `audience`, such as the people of an enrollment or a pair. Before it leaves, the app that
owns that rule checks it again: others get no copy, and if nobody is left the message ends as not sent, with the reason.
A whole batch is read at once; nothing is written here.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from mentorship.core.accounts.models import PersonMerge, User, Workspace
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.languages.current import speaking
from mentorship.core.languages.known import BY_CODE
from mentorship.core.outbox.mail_templates import recipe
from mentorship.core.outbox.mail_templates.rendering import MailText, columns_of_words, mail_text
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.recipients import Recipient, addresses_of, owners_of
from mentorship.core.own_links import put_in_to

logger = logging.getLogger(__name__)

LISTS = ("to", "cc", "bcc", "reply_to")
ONCE_MORE = "once more"  # for an audience: the mail goes only to people whom a coordinator chose
SWITCHED_OFF = "the account is switched off"
OF_SAMPLE = "This is sample data: its emails are never sent."
NOBODY = "There is nobody left to send it to."


@dataclass(frozen=True)
class StillFor:
    """The current audience of a queued mail.

    `people` are ids of users, or None for no restriction; `gone` says why the others get no copy. `lists` are the
    current recipients by the name of the list; lists not in it stay unchanged. With a `reason`, a sentence, the mail
    has no audience any more. `rewrite` returns the current context, and is called if the recipients or something quoted
    in the mail have changed, or if the rule knows of other words that have: `is_outdated`.
    """

    people: Collection[int] | None = None
    gone: str = "no longer taking part"
    reason: str = ""
    rewrite: Callable[[], Mapping[str, Any]] | None = None
    is_outdated: bool = False
    lists: Mapping[str, Sequence[Recipient]] = field(default_factory=dict)


# Takes queued messages whose audience names the provider's rule, and returns the current audience of each.
Rule = Callable[[Sequence[OutboxMessage]], Mapping[UUID, StillFor]]
STILL_FOR: ExtensionPoint[Rule] = ExtensionPoint(
    "who a mail is still for",
    asked_by=__name__,
    about="Given messages that are about to leave, whom each is still for. The audience of a mail names who is asked.",
)


@dataclass
class Revision:
    """The differences from the message as it was written: for the database, and for people."""

    changes: dict[str, Any] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    held: bool = False  # its rule failed: it waits until that is fixed


def revise(messages: Iterable[OutboxMessage]) -> None:
    """Update queued messages in memory; each gets its `revision`. A constant number of queries."""
    messages = list(messages)
    for message in messages:
        message.revision = Revision()
    # Codes and links of the account pages go to the address that was typed.
    waiting = [message for message in messages if message.kind != OutboxMessage.SIGN_IN]
    if not waiting:
        return
    owners, verdicts, texts = _Owners(waiting), _verdicts(waiting), _Texts(waiting)
    verdicts |= _of_samples(waiting)
    for message in waiting:
        verdict = verdicts.get(message.pk, StillFor())
        if verdict is not _HELD:
            _revise(message, verdict, owners, texts)
        else:
            message.revision.held = True


_HELD = StillFor()


def _verdicts(messages: Sequence[OutboxMessage]) -> dict[UUID, StillFor]:
    by_rule: dict[str, list[OutboxMessage]] = {}
    for message in messages:
        if rule := message.audience.get("rule"):
            by_rule.setdefault(rule, []).append(message)
    found: dict[UUID, StillFor] = {}
    for rule, of_rule in by_rule.items():
        try:
            found.update(STILL_FOR[rule](of_rule))
        except Exception:
            # The message is neither lost nor sent to the wrong person: it waits, and the health page reports it as
            # late.
            logger.exception("Nobody can say whom mails of the rule “%s” are still for; they wait.", rule)
            found.update({message.pk: _HELD for message in of_rule})
    return found


def _of_samples(messages: Sequence[OutboxMessage]) -> dict[UUID, StillFor]:
    """Verdicts on messages of sample data: none leaves, whoever it is addressed to."""
    of = {message.pk: message.workspace_id or message.private_to_id for message in messages}
    samples = set(Workspace.objects.filter(pk__in=set(of.values()), is_sample=True).values_list("pk", flat=True))
    return {pk: StillFor(reason=OF_SAMPLE) for pk, workspace_id in of.items() if workspace_id in samples}


class _Owners:
    """The owners of the addresses of some messages, with their current addresses."""

    def __init__(self, messages: Sequence[OutboxMessage]) -> None:
        ids = {pk for message in messages for pk in message.people.values()}
        addresses = {a.lower() for m in messages for name in LISTS for a in getattr(m, name) if a not in m.people}
        users = User.objects.filter(Q(pk__in=ids) | Q(email__in=addresses)).only("email", "is_active")
        self.by_id = {user.pk: user for user in users}
        self.by_address = {user.email: user for user in self.by_id.values()}
        self._follow_merges({pk for pk in ids if pk not in self.by_id or not self.by_id[pk].is_active})

    def _follow_merges(self, gone: Collection[int]) -> None:
        """Replace merged people by the kept person, through several merges if need be."""
        lost = {pk: pk for pk in gone}
        while lost:
            merges = PersonMerge.objects.filter(merged__in=lost.values(), undone_at=None).select_related("kept")
            kept = {merge.merged_id: merge.kept for merge in merges}
            found = {pk: kept[at] for pk, at in lost.items() if at in kept}
            self.by_id.update(found)
            lost = {pk: user.pk for pk, user in found.items() if not user.is_active}

    def of(self, message: OutboxMessage, address: str) -> User | None:
        if address in message.people:
            return self.by_id.get(message.people[address])
        return self.by_address.get(address.lower())


class _Texts:
    """The current words of mails, and the current rows that they quote."""

    def __init__(self, messages: Sequence[OutboxMessage]) -> None:
        self.names = recipe.row_names(m.recipe for m in messages if _may_be_rewritten(m))
        self.fingerprints = recipe.read_fingerprints(self.names)
        self.words: dict[tuple[Any, ...], MailText] = {}

    @cached_property
    def rows(self) -> dict[str, Model]:
        """Whole rows, needed only if a mail of the batch is rendered again."""
        return recipe.read_rows(self.names)

    def words_of(self, message: OutboxMessage) -> MailText:
        template, (workspace_id, scope) = message.recipe["template"], message.recipe["of"]
        language = message.language
        key = template, workspace_id, scope, language
        if key not in self.words:
            self.words[key] = mail_text(
                template, workspace_id=workspace_id, scope=scope, language=language, typed_in=language
            )
        return self.words[key]


def _may_be_rewritten(message: OutboxMessage) -> bool:
    """Whether a mail may be rendered again: not if a coordinator edited it, or somebody may already have it."""
    return bool(message.recipe) and not (message.edited or message.delivered_to or message.maybe_duplicate)


def _revise(message: OutboxMessage, verdict: StillFor, owners: _Owners, texts: _Texts) -> None:
    revision: Revision = message.revision
    if verdict.reason and not message.delivered_to:
        revision.reason = verdict.reason
        return
    if verdict.reason:  # some have it already
        verdict = StillFor(people=(), gone=verdict.reason)
    changes = _addressed_anew(message, verdict, owners)
    if _may_be_rewritten(message):
        now = recipe.fingerprints_now(message.recipe, texts.fingerprints, texts.words_of(message))
        if verdict.is_outdated or now != message.recipe["made_of"] or (changes and verdict.rewrite):
            changes |= _written_anew(message, verdict, texts, now)
    for name, value in changes.items():
        if getattr(message, name) != value:
            setattr(message, name, value)
            revision.changes[name] = value
    if not (message.to or message.bcc or message.delivered_to):
        words = "; ".join(f"{address}: {why}" for address, why in revision.dropped.items())
        revision.reason = f"{NOBODY} {words}".strip()


def _addressed_anew(message: OutboxMessage, verdict: StillFor, owners: _Owners) -> dict[str, Any]:
    """The lists of recipients with current addresses, without people outside the audience."""
    revision: Revision = message.revision
    people: dict[str, int] = {}
    lists: dict[str, list[str]] = {}
    for name in LISTS:
        kept: list[str] = []
        for address in getattr(message, name):
            person = owners.of(message, address)
            known = message.people.get(address)
            if address in message.delivered_to or (person is None and known is None):
                kept.append(address)
                continue
            if why := _why_dropped(person, known, verdict):
                revision.dropped[address] = why
                continue
            assert person is not None  # noqa: S101  (there is a reason to drop whom nobody knows)
            kept.append(person.email if known else address)
            if known:
                people[person.email] = person.pk
        lists[name] = list(dict.fromkeys(kept))
    if verdict.lists and not message.delivered_to and not message.audience.get(ONCE_MORE):
        lists |= {n: [a for a in addresses_of(of) if a not in revision.dropped] for n, of in verdict.lists.items()}
        named = {address for of in lists.values() for address in of}
        owned = people | owners_of(*verdict.lists.values())
        people = {address: pk for address, pk in owned.items() if address in named}
    for name, others in (("cc", lists["to"]), ("bcc", [*lists["to"], *lists["cc"]])):
        lists[name] = [address for address in lists[name] if address not in others]
    left = {a: pk for a, pk in message.people.items() if a in message.delivered_to}
    return {n: v for n, v in {**lists, "people": {**left, **people}}.items() if v != getattr(message, n)}


def _why_dropped(person: User | None, known: int | None, verdict: StillFor) -> str:
    if person is None:
        return "the account is gone"
    if not person.is_active:
        return SWITCHED_OFF
    # Rules apply to the addressed people, not to a contact who happens to have an account.
    if known and verdict.people is not None and not {known, person.pk} & set(verdict.people):
        return verdict.gone
    return ""


def _written_anew(
    message: OutboxMessage, verdict: StillFor, texts: _Texts, made_of: Mapping[str, str]
) -> dict[str, Any]:
    """Subject, text and HTML, rendered with current facts."""
    words = texts.words_of(message)
    try:
        whole = {**message.recipe, "context": put_in_to(message.recipe["context"], message.links)}
        context = verdict.rewrite() if verdict.rewrite else recipe.context_of(whole, texts.rows)
        subject, text, html = words.render(context)
    except Exception:
        logger.exception("Message %s could not be rendered again; it leaves as it was written.", message.pk)
        return {}
    with speaking(BY_CODE[words.language]):
        kept = recipe.recipe_of(words, context, workspace_id=message.recipe["of"][0], scope=message.recipe["of"][1])
    return columns_of_words(
        subject=subject,
        text=text,
        html=html if message.body_html else "",
        unsubscribe_url=message.full_unsubscribe_url,
        recipe=kept or {**whole, "made_of": dict(made_of)},
        language=words.language,
    )
