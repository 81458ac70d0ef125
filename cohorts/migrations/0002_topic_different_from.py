"""What was told apart becomes a column. Until now only the audit trail knew it."""

from itertools import combinations

from django.db import migrations, models


def fill_from_audit_trail(apps, schema_editor):
    topic_model = apps.get_model("cohorts", "Topic")
    entries = apps.get_model("audit", "AuditEntry").objects.filter(
        object_type="cohorts.programme", verb="told topics apart"
    )
    pairs = set()
    for data in entries.values_list("data", flat=True).iterator():
        pairs.update(combinations(sorted(set(data.get("topics", []))), 2))
    if not pairs:
        return
    there = set(topic_model.objects.values_list("pk", flat=True))
    link = topic_model.different_from.through
    link.objects.bulk_create(
        [
            link(from_topic_id=a, to_topic_id=b)
            for pair in sorted(pairs)
            if there.issuperset(pair)
            for a, b in (pair, pair[::-1])
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="topic",
            name="different_from",
            field=models.ManyToManyField(blank=True, to="cohorts.topic"),
        ),
        migrations.RunPython(fill_from_audit_trail, migrations.RunPython.noop, elidable=True),
    ]
