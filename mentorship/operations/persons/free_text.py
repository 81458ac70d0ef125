"""Find and remove mentions of a person in any text of any table: addresses and names.

It goes through every column that can hold words, those of rooms that are not built yet included.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import CharField, Field, JSONField, Model, Q, TextField
from django.db.models.functions import Cast

from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.mail_templates.rendering import html_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.personal_data import ERASED, NO_ADDRESS
from mentorship.operations.persons.model_registry import books, organisation_columns
from mentorship.operations.persons.subject import Subject

MENTIONED = NO_ADDRESS.format("person")
# Sessions are signed; content types and rights are the framework's own.
NOT_OURS = {"sessions.session", "contenttypes.contenttype", "auth.permission", "auth.group"}


class PersonMentions:
    """What stands for a person in texts: addresses, and full names. A single word may be anybody's name.

    With `also` (names of one word) it looks for those, too: in texts that are rule to be about the person.
    """

    def __init__(self, subject: Subject, also: tuple[str, ...] = ()) -> None:
        self.addresses = subject.addresses
        self.names = tuple(n for n in subject.names if len(n.split()) > 1) + also
        # The longest first, so that no part of one stays.
        self.needles = sorted({*self.addresses, *self.names}, key=lambda n: (-len(n), n))
        within = "|".join(re.escape(needle) for needle in self.needles)
        self.pattern = re.compile(rf"(?<![\w.+-])(?:{within})(?![\w-])", re.IGNORECASE)
        self.single = tuple(n for n in subject.names if len(n.split()) == 1)

    def without_mentions(self, value: Any, *, single: bool = False) -> Any:
        """Return the text, list or dictionary without them; any other value is returned unchanged.

        With `single` a value that is a name of one word, and nothing else, goes as well.
        """
        if isinstance(value, str):
            alone = single and value.strip() in self.single
            return ERASED if alone else self.pattern.sub(self._instead, value)
        if isinstance(value, list):
            return [self.without_mentions(one, single=single) for one in value]
        if isinstance(value, dict):
            return {self.without_mentions(key): self.without_mentions(one, single=single) for key, one in value.items()}
        return value

    def _instead(self, found: re.Match[str]) -> str:
        return MENTIONED if "@" in found[0] else ERASED


def rows_mentioning(model: type[Model], words: PersonMentions) -> list[Model]:
    """The rows of a model with one of the words in any of its texts; some may only look like it."""
    fields = texts_of(model)
    found, rows = Q(pk__in=[]), model._base_manager.all()
    for field in fields:
        name = field.name
        if isinstance(field, JSONField):
            name = f"{field.name}_as_text"
            rows = rows.alias(**{name: Cast(field.name, TextField())})
        for needle in [*words.needles, *(words.single if model is AuditEntry else ())]:
            found |= Q(**{f"{name}__icontains": needle})
            escaped = json.dumps(needle)[1:-1]
            if isinstance(field, JSONField) and escaped != needle:
                found |= Q(**{f"{name}__icontains": escaped})
    return list(rows.filter(found)) if fields else []


def texts_of(model: type[Model]) -> list[Field]:
    """The columns in which anybody can have written anything. Choices, slugs and files hold no mentions."""
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
    """Take every mention out of every table but the books. Returns model label → rows that changed."""
    words, changed = PersonMentions(subject), {}
    for model in models_with_texts():
        if number := sum(_clean(row, words) for row in rows_mentioning(model, words)):
            changed[model._meta.label_lower] = number
    return changed


def mentions_in_books(subject: Subject) -> dict[str, int]:
    """How many rows mention them that are never changed, by model label; addresses of organisations count, too."""
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
    # The audit trail names people by a value of its own.
    single = isinstance(row, AuditEntry)
    after = {name: words.without_mentions(value, single=single) for name, value in before.items()}
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
    # Past the models' own save: audit entries refuse to change for any other reason than this one.
    type(row)._base_manager.filter(pk=row.pk).update(**changes)
    return True
