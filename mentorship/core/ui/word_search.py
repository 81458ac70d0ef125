"""Search across the whole installation, by an index: every typed word must begin a word of a row.

Lists of one cohort search by parts of words (`search.py`), which reads each row. Here PostgreSQL finds the rows by an
index of their words; a migration makes one for each list of fields. SQLite, for trying out, reads each row.
"""

import re
from typing import Any, TypeVar

from django.db import connections
from django.db.models import BooleanField, Func, Index, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from mentorship.core.ui.search import LONGEST_WORD, MOST_WORDS

Found = TypeVar("Found", bound=QuerySet[Any, Any])

NOTHING_TO_DO = "SELECT 1"
# Words that begin a word in no more rows are rare.
MOST_RARE = 300
_WORD = re.compile(r"[^\W_]+")
# PostgreSQL would read an address or a number with a sign as one word.
_PARTED = "@./_-+<>&'"


class OnPostgreSQL(Index):
    """A GIN index of an expression, on PostgreSQL only."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return NOTHING_TO_DO
        return super().create_sql(model, schema_editor, using=" USING gin", **kwargs)

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return NOTHING_TO_DO
        return super().remove_sql(model, schema_editor, **kwargs)


class WordsOf(Func):
    """The words of columns, for an index and for the search that it answers; on PostgreSQL."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        columns = [compiler.compile(one) for one in self.get_source_expressions()]
        text = " || ' ' || ".join(f"({sql})::text" for sql, _ in columns)
        parted = _PARTED.replace("'", "''")
        sql = f"to_tsvector('simple', translate({text}, '{parted}', '{' ' * len(_PARTED)}'))"
        return sql, [param for _, params in columns for param in params]


def with_every_word(rows: Found, text: str, *fields: str, by: str = "") -> Found:
    """The rows in whose fields each word begins a word, for a list by age; `by` leads to the row that has the fields.

    Where only the newest are wanted, PostgreSQL reads from the newest row on, through all if the words are rare. So
    rows with rare words are found beforehand, by a query of its own.
    """
    if not text.strip():
        return rows
    relation = rows.model._meta.get_field(by).related_model if by else rows.model
    prefix = f"{by}__" if by else ""
    found = begins_every_word(relation._base_manager.order_by(), text, *fields)  # type: ignore[union-attr]
    ids = list(found.values_list("pk", flat=True)[: MOST_RARE + 1])
    if len(ids) > MOST_RARE:
        return begins_every_word(rows, text, *(prefix + name for name in fields))
    return rows.filter(**{f"{prefix}pk__in": ids})


def begins_every_word(found: Found, text: str, *fields: str) -> Found:
    """The rows in whose fields each word of `text` begins a word. Signs alone find nothing, no text finds all."""
    words = [word[:LONGEST_WORD] for word in _WORD.findall(text)][:MOST_WORDS]
    if not words:
        return found.none() if text.strip() else found
    if connections[found.db].vendor == "postgresql":
        asked = Func(Value(" & ".join(f"{word}:*" for word in words)), template="to_tsquery('simple', %(expressions)s)")
        has_all: Any = Func(WordsOf(*fields), asked, template="%(expressions)s", arg_joiner=" @@ ")
        has_all.output_field = BooleanField()
        return found.filter(has_all)
    # A field may be JSON.
    columns = {f"{name}_words": Cast(name, TextField()) for name in fields}
    found = found.alias(**columns)
    for word in words:
        beginning = Q()
        for column in columns:
            beginning |= Q(**{f"{column}__iregex": rf"(^|[\W_]){word}"})
        found = found.filter(beginning)
    return found
