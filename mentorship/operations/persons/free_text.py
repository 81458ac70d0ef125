"""Find and remove mentions of a person in any text of any table: addresses and names.

It searches every text column, including those of future models.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import nullcontext
from functools import reduce
from operator import and_
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CharField, Field, JSONField, Model, Q, TextField
from django.db.models.functions import Cast

from mentorship.core.accounts.models import User
from mentorship.core.audit.append_only import Reason, trail_may_change
from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.mail_templates.rendering import html_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.personal_data import ERASED, NO_ADDRESS
from mentorship.operations.persons.model_registry import books, organisation_columns
from mentorship.operations.persons.patterns import mention_pattern, search_terms, surname_pattern
from mentorship.operations.persons.subject import Subject

# Filters as in the address of a list: of a mailing's audience, and of the views that people keep.
SEARCHES = ("cohorts.mailing.audience", "accounts.savedview.query")
SHORTEST_SURNAME = 4
SHORTEST_SEARCH = 4  # the first letters of a word in the search of a list
MENTIONED = NO_ADDRESS.format("person")
# Sessions are signed; content types and permissions belong to the framework.
NOT_OURS = {"sessions.session", "contenttypes.contenttype", "auth.permission", "auth.group"}


class PersonMentions:
    """Words that identify a person in texts: addresses, full names, and unique surnames.

    With `also` (names of one word) it searches for those, too, in texts that are by rule about the person.
    """

    def __init__(self, subject: Subject, also: tuple[str, ...] = ()) -> None:
        self.addresses = subject.addresses
        whole = [name for name in subject.names if len(name.split()) > 1]
        self.names = (*whole, *_without_middle_names(whole), *also)
        self.surnames = surnames_of(self.names)
        self.pattern = mention_pattern(self.addresses, {*self.names, *(_surname_first(n) for n in self.names)})
        self.surname_pattern = surname_pattern(self.surnames)
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

    def are_all_of(self, text: str) -> bool:
        """Whether a text says nothing but who they are, such as a cell of a sheet."""
        left = self.without_mentions(text)
        rest = left.replace(ERASED, "").replace(MENTIONED, "").casefold().replace("mailto:", "")
        return left != text and not any(char.isalnum() for char in rest)

    def _is_them(self, search: str) -> bool:
        """Whether every word of a search is theirs, or begins one of theirs."""
        words = search.casefold().split()
        return bool(words) and all(
            word in self.words or (len(word) >= SHORTEST_SEARCH and any(own.startswith(word) for own in self.words))
            for word in words
        )


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


def _without_middle_names(names: Iterable[str]) -> list[str]:
    """First and last words of longer names, unless that is the name of somebody else."""
    short = {f"{first} {last}" for first, *middle, last in map(str.split, names) if middle}
    return sorted(name for name in short if not User.objects.filter(full_name__iexact=name).exists())


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
        if f"{model._meta.label_lower}.{field.name}" in SEARCHES:
            found |= Q(**{f"{name}__contains": "q="})
    return list(rows.filter(found)) if fields else []


def _holds(name: str, word: str) -> Q:
    """Whether a text may contain a word, in any spelling."""
    found = Q(pk__in=[])
    for written in search_terms(word):
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
        if f"{row._meta.label_lower}.{name}" in SEARCHES:
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
        changes["body_html"] = html_of(subject, text, row.language)
    update_distinctly(row, changes)
    return True


def update_distinctly(row: Model, changes: dict[str, Any]) -> None:
    """Write changes of a row. Where that would be the second row with a unique text, such as the key of a mail or the
    title of a project, the row's own id is added to it.
    """
    # Bypasses the models' own save: audit entries refuse changes for any other reason.
    this = type(row)._base_manager.filter(pk=row.pk)
    try:
        with transaction.atomic():
            this.update(**changes)
    except IntegrityError:
        own = {name: _with_id(row, name, changes[name]) for name in _unique_texts(type(row)) & changes.keys()}
        this.update(**{**changes, **own})


def _with_id(row: Model, name: str, text: str) -> str:
    length: Any = getattr(row._meta.get_field(name), "max_length", None)
    end = f" {row.pk}"
    return text[: length - len(end) if length else None] + end


def _unique_texts(model: type[Model]) -> set[str]:
    together = [name for one in model._meta.total_unique_constraints for name in one.fields]
    return {f.name for f in texts_of(model) if f.unique or f.name in together}
