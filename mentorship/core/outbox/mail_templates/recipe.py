"""The recipe of a mail, by which it is rendered again when something that it quotes has changed.

A recipe is plain JSON: the template, the owner of its wording, the context, and a fingerprint of each quoted row. Rows
in the context are stored by id and read again; with any other object in the context the mail is never rendered again.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from mentorship.core.outbox.mail_templates.rendering import MailText

TYPE = "$"  # marks an object that is not a plain value
WORDS = "words"
Rows = Mapping[str, Model]
_READ: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "decimal": Decimal,
}


class NotKeptError(TypeError):
    """A value that can't be stored in a recipe."""


def recipe_of(words: MailText, context: Mapping[str, Any], *, workspace_id: int | None, scope: str) -> dict[str, Any]:
    """The recipe of a mail; {} if its context holds something that can't be stored."""
    quoted: dict[str, str] = {}
    try:
        kept = {name: _kept(value, quoted) for name, value in context.items()}
    except NotKeptError:
        return {}
    made_of = {**quoted, WORDS: fingerprint_of_words(words)}
    return {"template": words.kind, "of": [workspace_id, scope], "context": kept, "made_of": made_of}


def row_names(recipes: Iterable[Mapping[str, Any]]) -> set[str]:
    """The rows that these mails quote, such as cohorts.cohort:12."""
    return {name for recipe in recipes for name in recipe.get("made_of", ()) if name != WORDS}


def read_rows(names: Iterable[str]) -> dict[str, Model]:
    """The rows of these names that still exist. One query for each model."""
    return {
        f"{label}:{row.pk}": row
        for label, ids in _by_label(names).items()
        for row in apps.get_model(label)._base_manager.filter(pk__in=ids)
    }


def _by_label(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        label, _, pk = name.rpartition(":")
        found.setdefault(label, []).append(pk)
    return found


def read_fingerprints(names: Iterable[str]) -> dict[str, str]:
    """The current fingerprints of the rows that still exist. One query per model, of the quoted columns only."""
    found: dict[str, str] = {}
    for label, ids in _by_label(names).items():
        model = apps.get_model(label)
        columns = ["pk", *(model._meta.get_field(name).attname for name in model.quoted_in_mails)]  # type: ignore[union-attr]
        for values in model._base_manager.filter(pk__in=ids).values(*columns):
            found[f"{label}:{values['pk']}"] = _fingerprint(model, SimpleNamespace(**values))
    return found


def fingerprints_now(recipe: Mapping[str, Any], read: Mapping[str, str], words: MailText) -> dict[str, str]:
    """The current `made_of`. A deleted row keeps its old entry, because the mail can't be rendered without it."""
    now = {name: read.get(name, said) for name, said in recipe["made_of"].items()}
    return {**now, WORDS: fingerprint_of_words(words)}


def context_of(recipe: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    """The current context. `rows` saves queries; others are read. Raises LookupError if a row is gone."""
    known = dict(rows)
    return {name: _made(value, known) for name, value in recipe["context"].items()}


def fingerprint_of_words(words: MailText) -> str:
    """A fingerprint of the wording of a mail."""
    return _short_hash([words.subject, words.body])


def _kept(value: Any, quoted: dict[str, str]) -> Any:
    if isinstance(value, Model):
        return _row(value, quoted)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _kept(getattr(value, f.name), quoted) for f in dataclasses.fields(value)}
        return {TYPE: "object", "of": f"{type(value).__module__}:{type(value).__qualname__}", "fields": fields}
    if isinstance(value, Promise):
        return str(value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value if value is None or isinstance(value, (bool, int, float)) else str(value)
    if isinstance(value, Decimal):
        return {TYPE: "decimal", "of": str(value)}
    if isinstance(value, (date, time)):
        return {TYPE: type(value).__name__, "of": value.isoformat()}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {TYPE: "dict", "of": {key: _kept(one, quoted) for key, one in value.items()}}
    if isinstance(value, (list, tuple, QuerySet)):
        return [_kept(one, quoted) for one in value]
    raise NotKeptError(type(value).__name__)


def _row(row: Model, quoted: dict[str, str]) -> dict[str, Any]:
    if row.pk is None or row._state.adding:
        raise NotKeptError(f"{row._meta.label} that is not saved")
    name = f"{row._meta.label_lower}:{row.pk}"
    if getattr(row, "quoted_in_mails", ()):
        quoted[name] = _fingerprint(row._meta.model, row)  # the type of a signed-in reader is that of a lazy object
    return {TYPE: "row", "of": name}


def _made(value: Any, known: dict[str, Model]) -> Any:
    if isinstance(value, list):
        return [_made(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    kind, of = value[TYPE], value["of"]
    if kind == "row":
        if of not in known:
            known.update(read_rows([of]))
        return known[of]
    if kind == "dict":
        return {key: _made(one, known) for key, one in of.items()}
    if kind == "object":
        module, _, name = of.partition(":")
        fields = {key: _made(one, known) for key, one in value["fields"].items()}
        return getattr(import_module(module), name)(**fields)
    return _READ[kind](of)


def _fingerprint(model: type[Model], row: Any) -> str:
    """A fingerprint of a row, or of the values of its quoted columns."""
    names: Iterable[str] = model.quoted_in_mails  # type: ignore[attr-defined]
    return _short_hash([model._meta.get_field(name).value_to_string(row) for name in names])  # type: ignore[union-attr]


def _short_hash(values: list[str]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]
