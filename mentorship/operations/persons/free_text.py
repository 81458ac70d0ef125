"""Find and remove mentions of a person in any text of any table: addresses and names.

It searches every text column, including those of future models.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import nullcontext
from functools import reduce
from operator import and_
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

from django.apps import apps
from django.db.models import CharField, Field, JSONField, Model, Q, TextField
from django.db.models.functions import Cast

from mentorship.core.accounts.models import User
from mentorship.core.audit.append_only import Reason, trail_may_change
from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.mail_templates.rendering import html_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.personal_data import ERASED, NO_ADDRESS
from mentorship.core.text import coded_address
from mentorship.operations.persons.model_registry import books, organisation_columns
from mentorship.operations.persons.subject import Subject

# The filters of a mailing's audience, as in the address of the people list.
SEARCHES = "cohorts.mailing.audience"
SHORTEST_SURNAME = 4
# Separators between the words of a name, and the encodings of the @ in an address.
SPACES = r"(?:[\s,+_\u200b\u2060\ufeff]|%20|%C2%A0|&nbsp;|&#160;|\\u00a0)+"
AT_SIGN = r"(?:@|%40|&#64;|&#x40;|=40|\\u0040|\uff20)"
MENTIONED = NO_ADDRESS.format("person")
# Sessions are signed; content types and permissions belong to the framework.
NOT_OURS = {"sessions.session", "contenttypes.contenttype", "auth.permission", "auth.group"}


class PersonMentions:
    """Words that identify a person in texts: addresses, full names, and unique surnames.

    With `also` (names of one word) it searches for those, too, in texts that are by rule about the person.
    """

    def __init__(self, subject: Subject, also: tuple[str, ...] = ()) -> None:
        self.addresses = subject.addresses
        self.names = tuple(n for n in subject.names if len(n.split()) > 1) + also
        self.surnames = surnames_of(self.names)
        # The longest first, so that no part remains.
        names = sorted({*self.names, *(_surname_first(n) for n in self.names)}, key=lambda n: (-len(n), n))
        within = "|".join([*map(_address_pattern, self.addresses), *map(_name_pattern, names)])
        self.pattern = re.compile(rf"(?<![\w.+-])(?:{within})(?![\w-])", re.IGNORECASE)
        alone = "|".join(map(re.escape, self.surnames))
        # Spelled as in the name: a word in lower case is not a surname.
        self.surname_pattern = re.compile(rf"(?<![\w.+@-])(?:{alone})(?![\w@-])") if alone else None
        self.single = tuple(n for n in subject.names if len(n.split()) == 1)
        self.words = {word.casefold() for name in self.names for word in name.split() if len(word) > 2}
        self.words |= {part for a in self.addresses for part in (a, a.partition("@")[0])}

    @property
    def needles(self) -> list[tuple[str, ...]]:
        """Search terms for a database: rows with every word of one term may mention the person."""
        of_addresses = [tuple(address.split("@")) for address in self.addresses]
        return [*of_addresses, *(tuple(name.split()) for name in self.names), *((one,) for one in self.surnames)]

    def without_mentions(self, value: Any, *, single: bool = False) -> Any:
        """Return the text, list or dictionary without them; any other value is returned unchanged.

        With `single`, a value that is only a name of one word is removed as well.
        """
        if isinstance(value, str):
            alone = single and value.strip() in self.single
            found = ERASED if alone else self.pattern.sub(self._instead, value)
            return self.surname_pattern.sub(ERASED, found) if self.surname_pattern else found
        if isinstance(value, list):
            return [self.without_mentions(one, single=single) for one in value]
        if isinstance(value, dict):
            return {self.without_mentions(key): self.without_mentions(one, single=single) for key, one in value.items()}
        return value

    def _instead(self, found: re.Match[str]) -> str:
        text = found[0].casefold()
        is_address = any(address.partition("@")[2] in text for address in self.addresses)
        return MENTIONED if is_address else ERASED

    def without_search(self, query: str) -> str:
        """The filters of a list, as in its address, without a search for this person."""
        pairs = parse_qsl(query, keep_blank_values=True)
        kept = [(name, ERASED if name == "q" and self._is_them(value) else value) for name, value in pairs]
        return urlencode(kept) if kept != pairs else query

    def _is_them(self, search: str) -> bool:
        words = search.casefold().split()
        return bool(words) and all(word in self.words for word in words)


def surnames_of(names: Iterable[str]) -> tuple[str, ...]:
    """Last words of names that identify nobody else here: no other person's name contains the word."""
    whole = [name for name in names if len(name.split()) > 1]
    last = dict.fromkeys(name.split()[-1] for name in whole if len(name.split()[-1]) >= SHORTEST_SURNAME)
    return tuple(word for word in last if not _is_of_others(word, whole))


def _is_of_others(word: str, names: Collection[str]) -> bool:
    others = User.objects.filter(full_name__icontains=word).exclude(full_name__in=names)
    return any(word.casefold() in one.casefold().split() for one in others.values_list("full_name", flat=True))


def _surname_first(name: str) -> str:
    *first, last = name.split()
    return f"{last}, {' '.join(first)}" if first else name


def _name_pattern(name: str) -> str:
    """A pattern for the words of a name, with any spaces between them or encoded as in URLs."""
    words = [f"(?:{re.escape(word)}|{re.escape(quote(word))}|{re.escape(quote_plus(word))})" for word in name.split()]
    return SPACES.join(words)


def _address_pattern(address: str) -> str:
    """A pattern for an address, plain or encoded as in URLs."""
    local, _, domain = address.partition("@")
    locals_, domains = {local, quote(local)}, {domain, coded_address(address).partition("@")[2]}
    either = [f"(?:{'|'.join(map(re.escape, sorted(found)))})" for found in (locals_, domains)]
    return AT_SIGN.join(either)


def rows_mentioning(model: type[Model], words: PersonMentions) -> list[Model]:
    """The rows of a model with one of the words in any text; some may be false hits."""
    fields = texts_of(model)
    found, rows = Q(pk__in=[]), model._base_manager.all()
    for field in fields:
        name = field.name
        if isinstance(field, JSONField):
            name = f"{field.name}_as_text"
            rows = rows.alias(**{name: Cast(field.name, TextField())})
        single = [(one,) for one in words.single] if model is AuditEntry else []
        for needle in [*words.needles, *single]:
            found |= reduce(and_, (_holds(name, word) for word in needle))
        if f"{model._meta.label_lower}.{field.name}" == SEARCHES:
            found |= Q(**{f"{name}__contains": "q="})
    return list(rows.filter(found)) if fields else []


def _holds(name: str, word: str) -> Q:
    """Whether a text contains a word, also in the notation of JSON or a URL."""
    found = Q(pk__in=[])
    for written in {word, json.dumps(word)[1:-1], quote(word), coded_address(f"@{word}")[1:]}:
        found |= Q(**{f"{name}__icontains": written})
    return found


def texts_of(model: type[Model]) -> list[Field]:
    """Free-text columns. Choices, slugs and files contain no mentions."""
    label = model._meta.label_lower
    return [
        f
        for f in model._meta.concrete_fields
        if isinstance(f, CharField | TextField | JSONField)
        and not (isinstance(f, CharField) and f.choices)
        and not f.primary_key
        and f"{label}.{f.name}" not in organisation_columns()
        and f.get_internal_type() != "SlugField"
    ]


def remove_mentions(subject: Subject) -> dict[str, int]:
    """Remove every mention from every table but the books. Returns model label → rows that changed."""
    words, changed = PersonMentions(subject), {}
    for model in models_with_texts():
        rows = rows_mentioning(model, words)
        with trail_may_change(Reason.ERASURE) if rows and model is AuditEntry else nullcontext():
            if number := sum(_clean(row, words) for row in rows):
                changed[model._meta.label_lower] = number
    return changed


def mentions_in_books(subject: Subject) -> dict[str, int]:
    """The number of unchangeable rows that mention them, by model label; addresses of organisations count, too."""
    words, found = PersonMentions(subject), {}
    for label in books():
        model = apps.get_model(label)
        if number := sum(_changes(row, words) != {} for row in rows_mentioning(model, words)):
            found[label] = number
    for column in sorted(organisation_columns()):
        label, name = column.rsplit(".", 1)
        asked = Q(pk__in=[])
        for address in subject.addresses:
            asked |= Q(**{f"{name}__iexact": address})
        if number := apps.get_model(label)._base_manager.filter(asked).count():
            found[column] = number
    return found


def models_with_texts() -> Iterator[type[Model]]:
    """Every table except financial records and those of libraries."""
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if label not in NOT_OURS and label not in books() and model._meta.managed and not model._meta.proxy:
            yield model


def _changes(row: Model, words: PersonMentions) -> dict[str, Any]:
    before = {field.name: getattr(row, field.name) for field in texts_of(type(row))}
    # The audit trail identifies people by a value of its own.
    single = isinstance(row, AuditEntry)
    after = {name: words.without_mentions(value, single=single) for name, value in before.items()}
    for name in after:
        if f"{row._meta.label_lower}.{name}" == SEARCHES:
            after[name] = words.without_search(before[name])
    return {name: _fitting(row, name, after[name]) for name in before if after[name] != before[name]}


def _fitting(row: Model, name: str, value: Any) -> Any:
    length: Any = getattr(row._meta.get_field(name), "max_length", None)
    return value[:length] if length and isinstance(value, str) else value


def _clean(row: Model, words: PersonMentions) -> bool:
    changes = _changes(row, words)
    if not changes:
        return False
    if isinstance(row, OutboxMessage) and row.body_html:
        subject, text = changes.get("subject", row.subject), changes.get("body_text", row.body_text)
        changes["body_html"] = html_of(subject, text)
    # Bypasses the models' own save: audit entries refuse changes for any other reason.
    type(row)._base_manager.filter(pk=row.pk).update(**changes)
    return True
