"""Export everything stored about a person."""

import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import FileField, ForeignKey, Model, QuerySet
from django.utils import timezone

from cohorts.models import Enrollment
from cohorts.signup_form.confidential import record_needs_read
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import AuditEntry, ReadEntry
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.personal_data import PROGRAMME, TEAM, THEMSELVES, PersonalDataRule
from mentorship.core.timezones import zone_name
from mentorship.operations.persons.model_registry import personal_data_rules
from mentorship.operations.persons.subject import Subject, messages_to

# Columns with a key of the time zone database, which means little to people.
ZONES = ("time_zone", "zone")
# Texts meant for the coordinators only.
TOLD_TO_COORDINATORS = (Verb.ASKED_FOR_ANOTHER_MATCH, Verb.WISH_SETTLED)
# Data in entries of the audit trail that nobody wrote as text.
FACTS = ("before", "fields", "to", "shares", "number", "rows", "status", "role")
NOTES = (
    "Times are in UTC. Left out: passwords and keys; what coordinators and reviewers wrote for themselves, such as "
    "notes, reasons and cases; who reviewed an application or answers for a case; conduct concerns; what others told "
    "only the coordinators; and what would tell of somebody else."
)


def export(subject: Subject) -> dict[str, Any]:
    """The export as plain data: a section for each kind of row, each row with its column names."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for label, rule in personal_data_rules().items():
        model = apps.get_model(label)
        if rule.is_about_people:
            _add(
                sections,
                rule.title,
                [_row(row, rule, subject) for row in _shown(subject.rows_of(model, rule), rule, subject)],
            )
        if rule.written_by:
            rows = [
                _row(row, rule, subject) for row in _shown(subject.rows_of(model, rule, written=True), rule, subject)
            ]
            _add(sections, f"Written by them: {model._meta.verbose_name_plural}", rows)
    _add(sections, "Emails to them", [_mail(message) for message in messages_to(subject.addresses)])
    _add(sections, "What was done about them", [_entry(entry, subject) for entry in about(subject)])
    deeds = AuditEntry.objects.filter(actor__in=subject.users).order_by("at", "pk")
    _add(sections, "What they did", [_deed(entry) for entry in deeds])
    return {
        "person": list(subject.addresses),
        "made_at": timezone.now(),
        "notes": NOTES,
        "sections": sections,
    }


def export_json(subject: Subject) -> str:
    """The export as indented JSON."""
    return json.dumps(export(subject), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)


def export_zip(subject: Subject) -> bytes:
    """The export as person.json, with uploaded files below files/."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", export_json(subject))
        for row, name in files_of(subject):
            field = getattr(row, name)
            if field and field.storage.exists(field.name):
                with field.open("rb") as file:
                    archive.writestr(_path(row, field), file.read())
    return out.getvalue()


def record_copy(subject: Subject, *, by: User | None) -> None:
    """Put on record that somebody takes a copy: the person, or with `by=None` an operator, who reads it too."""
    for user in subject.users[:1]:
        record(verb=Verb.TOOK_A_COPY, target=user, workspace_id=None, by=by)
    for enrollment in Enrollment.objects.filter(user__in=subject.users).select_related("cohort__programme"):
        workspace_id = enrollment.cohort.workspace_id
        record_needs_read([enrollment.pk], way=ReadEntry.Way.FILE, by=by, workspace_id=workspace_id)


def files_of(subject: Subject) -> list[tuple[Model, str]]:
    """The person's rows with a file, and the name of its column."""
    found: list[tuple[Model, str]] = []
    for label, rule in personal_data_rules().items():
        model = apps.get_model(label)
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, FileField)]
        if names and rule.is_about_people:
            found += [(row, name) for row in subject.rows_of(model, rule) for name in names if getattr(row, name)]
    return found


def about(subject: Subject) -> Iterable[AuditEntry]:
    """Audit entries about their rows, in order of time."""
    found: list[AuditEntry] = []
    for label, rule in personal_data_rules().items():
        if rule.is_about_people:
            rows = _shown(subject.rows_of(apps.get_model(label), rule), rule, subject)
            ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
            found += AuditEntry.objects.filter(object_type=label, object_id__in=ids).select_related("actor")
    # Once each: a row may be about both people of a merge.
    theirs = {user.pk for user in subject.users}
    told = {entry.pk: entry for entry in found if entry.verb not in TOLD_TO_COORDINATORS or entry.actor_id in theirs}
    return sorted(told.values(), key=lambda entry: (entry.at, entry.pk))


def _shown(rows: QuerySet, rule: PersonalDataRule, subject: Subject) -> QuerySet:
    """The rows that belong in this person's copy."""
    rows = rows.exclude(**rule.withheld) if rule.withheld else rows
    return rows.filter(**{f"{rule.author}__in": [user.pk for user in subject.users]}) if rule.author else rows


def _is_for(row: Model, name: str, rule: PersonalDataRule, subject: Subject) -> bool:
    """Whether a text of a row belongs in their copy: they wrote it, or it was written for them."""
    by = rule.words.get(name, PROGRAMME)
    by = by(row) if callable(by) else by
    if by in (THEMSELVES, PROGRAMME, TEAM):
        return by != TEAM
    writer: Any = row
    for step in by.split("__"):
        writer = getattr(writer, step, None)
    return writer in subject.users


def _add(sections: dict[str, list[dict[str, Any]]], title: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        sections[title] = rows


def _row(row: Model, rule: PersonalDataRule, subject: Subject) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in rule.held_back or not _is_for(row, field.name, rule, subject):
            continue
        value = getattr(row, field.name)
        if isinstance(field, ForeignKey):
            value = None if value is None else str(value)
        elif isinstance(field, FileField):
            value = _path(row, value) if value else None
        elif field.name in ZONES and value:
            value = zone_name(value)
        elif isinstance(value, bytes | memoryview):
            continue
        found[field.name] = value
    return found


def _path(row: Model, field: Any) -> str:
    """The path of a file in the archive. Its name comes from the person: only the last part counts."""
    name = PurePath(str(getattr(row, "name", "") or field.name).replace("\\", "/")).name
    return f"files/{row._meta.model_name}-{row.pk}-{name}"


def _mail(message: Any) -> dict[str, Any]:
    # Blind copies concern nobody else, and the reason for a mail is for coordinators.
    names = ("kind", "to", "cc", "subject", "body_text", "status", "created_at", "sent_at")
    mail = {name: getattr(message, name) for name in names}
    # The person handing over the copy must not be able to sign in with it.
    return {**mail, "body_text": "(a code or link to sign in)"} if message.kind == message.SIGN_IN else mail


def _entry(entry: AuditEntry, subject: Subject) -> dict[str, Any]:
    """An entry about one of their rows, without reasons or texts by others."""
    own = entry.actor_id in {user.pk for user in subject.users}
    data = entry.data if own else {name: entry.data[name] for name in FACTS if name in entry.data}
    return {**_deed(entry), "data": data}


def _deed(entry: AuditEntry) -> dict[str, Any]:
    # The exact action may reveal something about others.
    return {"at": entry.at, "verb": entry.verb, "object": f"{entry.object_type} {entry.object_id}"}
