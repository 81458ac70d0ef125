"""Keep what undoing asks in columns: the status of a match before it ended, and the messages that were undone.

Filled from the audit trail and the texts in which these facts were kept until now.
"""

import django.db.models.deletion
from django.db import migrations, models

ENDED_BY = ("made ended", "made rematched")
UNDONE = "It was undone together with its match."
BATCH = 500


def read_status_before_end(apps, schema_editor):
    """The newest entry about the end of each match says what it was before."""
    AuditEntry, Match = apps.get_model("audit", "AuditEntry"), apps.get_model("matching", "Match")
    entries = AuditEntry.objects.filter(object_type="matching.match", verb__in=ENDED_BY).order_by("at", "pk")
    before = {}
    for object_id, data in entries.values_list("object_id", "data").iterator(BATCH):
        before[object_id] = data.get("before", "")
    ended = Match.objects.filter(status__in=["ended", "rematched"]).values_list("pk", flat=True)
    matches: dict[str, list[int]] = {}
    for pk in ended:
        if status := before.get(str(pk), ""):
            matches.setdefault(status, []).append(pk)
    for status, pks in matches.items():
        for start in range(0, len(pks), BATCH):
            Match.objects.filter(pk__in=pks[start : start + BATCH]).update(status_before_end=status)


def read_undone_messages(apps, schema_editor):
    """Until now the error of a cancelled message said so."""
    OutboxMessage, UndoneMessage = apps.get_model("outbox", "OutboxMessage"), apps.get_model("matching", "UndoneMessage")
    undone = OutboxMessage.objects.filter(last_error=UNDONE).values_list("pk", flat=True)
    UndoneMessage.objects.bulk_create([UndoneMessage(message_id=pk) for pk in undone], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0001_initial"),
        ("outbox", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="UndoneMessage",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="outbox.outboxmessage",
                    ),
                ),
                ("undone_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name="match",
            name="status_before_end",
            field=models.CharField(
                blank=True,
                choices=[
                    ("introduced", "introduced"),
                    ("active", "active"),
                    ("graduated", "graduated"),
                    ("ended", "ended"),
                    ("rematched", "rematched"),
                ],
                editable=False,
                help_text="Its status before it ended or was rematched; undoing the new match restores it.",
                max_length=20,
            ),
        ),
        migrations.RunPython(read_status_before_end, migrations.RunPython.noop),
        migrations.RunPython(read_undone_messages, migrations.RunPython.noop),
    ]
