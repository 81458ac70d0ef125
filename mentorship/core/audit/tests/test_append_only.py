"""The trail can be added to and not changed, whoever tries."""

import pytest
from django.db import DatabaseError, connection, transaction

from mentorship.core import frozen_rows
from mentorship.core.audit.append_only import Reason, trail_may_change
from mentorship.core.audit.models import AuditEntry, ReadEntry, TrailOpening
from mentorship.core.audit.services import record, record_readings
from mentorship.core.audit.verbs import Verb
from mentorship.devtools.testing.factories import UserFactory, WorkspaceFactory

pytestmark = pytest.mark.django_db
CHANGES = [
    f"{change} {table}" for table in ("audit_auditentry", "audit_readentry") for change in ("UPDATE", "DELETE FROM")
]


@pytest.fixture
def trail(db):
    """An entry of each kind."""
    workspace, (reader, person) = WorkspaceFactory(), UserFactory.create_batch(2)
    record(verb=Verb.EDITED, target=person, workspace_id=workspace.pk, by=reader, note="Ada")
    record_readings(
        kind=ReadEntry.Kind.NEEDS,
        way=ReadEntry.Way.PAGE,
        by=reader,
        workspace_id=workspace.pk,
        read=[(person, person.pk)],
    )


def statement(change: str) -> str:
    return f"{change} SET object_id = '0'" if change.startswith("UPDATE") else change


def do(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("change", CHANGES)
def test_no_statement_changes_an_entry_unless_the_trail_was_opened_for_a_reason(trail, change):
    with pytest.raises(DatabaseError, match="never changed"):
        do(statement(change))
    with trail_may_change(Reason.RETENTION):
        do(statement(change))
    assert not TrailOpening.objects.exists()
    left = AuditEntry.objects.filter(verb=Verb.EDITED) if "auditentry" in change else ReadEntry.objects.all()
    assert list(left.values_list("object_id", flat=True)) == (["0"] if change.startswith("UPDATE") else [])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no such statement")
def test_an_entry_cannot_be_replaced(trail):
    with pytest.raises(DatabaseError, match="never changed"):
        do("REPLACE INTO audit_auditentry SELECT * FROM audit_auditentry")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such statement")
def test_the_table_cannot_be_emptied_at_one_go():
    with pytest.raises(DatabaseError, match="never changed"):
        do("TRUNCATE audit_auditentry")


def test_a_failure_while_the_trail_is_open_closes_it(trail):
    with pytest.raises(ZeroDivisionError), trail_may_change(Reason.ERASURE):
        raise ZeroDivisionError
    with pytest.raises(DatabaseError):
        do(statement(CHANGES[0]))


def test_the_orm_refuses_to_change_an_entry_before_the_database_does(trail):
    for entry in (AuditEntry.objects.get(), ReadEntry.objects.get()):
        with pytest.raises(TypeError):
            entry.save()
        with pytest.raises(TypeError):
            entry.delete()


def test_missing_triggers_are_named_and_come_back_with_the_next_migrate(trail):
    assert frozen_rows.missing() == []
    do(
        "DROP TRIGGER audit_auditentry_frozen_update"
        + (" ON audit_auditentry" if connection.vendor != "sqlite" else "")
    )
    assert frozen_rows.missing() == ["audit_auditentry_frozen_update"]
    frozen_rows.install()
    assert frozen_rows.missing() == []
