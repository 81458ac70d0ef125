"""Requests that change data without an entry of the audit trail."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

WRITE = re.compile(r'\s*(INSERT|UPDATE|DELETE)(?: OR IGNORE)?(?: INTO| FROM)?\s+"?(\w+)"?', re.IGNORECASE)
ENTRIES = "audit_auditentry"
# Tables that requests write beside their subject: sessions, limits, forms that were sent, and who read what.
BESIDE = {
    "django_session",
    "usersessions_usersession",
    "submissions_submission",
    "limits_cacheentry",
    "audit_readentry",
}


@dataclass
class Writes:
    """The tables in which rows were changed, and whether an entry was among them."""

    tables: set[str] = field(default_factory=set)

    @property
    def unrecorded(self) -> list[str]:
        """The tables that changed without an entry; empty where all is well."""
        return [] if ENTRIES in self.tables else sorted(self.tables - BESIDE)


@contextmanager
def writes() -> Iterator[Writes]:
    """Watch which tables are written to inside the block, by this connection."""
    found = Writes()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        answer = execute(sql, params, many, context)
        # SQLite counts the rows of an INSERT that returns something only once they were fetched.
        if (written := WRITE.match(sql)) and (written[1].upper() == "INSERT" or context["cursor"].rowcount != 0):
            found.tables.add(written[2])
        return answer

    with connection.execute_wrapper(watch):
        yield found
