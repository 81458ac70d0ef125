"""Anonymous answers are sealed until a group can be read; the box holds only what can be read."""

from collections import Counter

import django.db.models.deletion
from django.db import migrations, models


def part_read_from_unread(apps, schema_editor):
    """What an older version held back joins the next group."""
    for box in apps.get_model("checkins", "AnonymousBox").objects.all():
        unread = {}
        for pk, said in box.answers.items():
            rest = Counter(said)
            rest.subtract(box.released.get(pk, []))
            if left := sorted((+rest).elements()):
                unread[pk] = left
        box.unread, box.answers, box.number = unread, box.released, box.released_number
        box.save()


def put_together(apps, schema_editor):
    for box in apps.get_model("checkins", "AnonymousBox").objects.all():
        box.released, box.released_number = box.answers, box.number
        keys = sorted({*box.answers, *box.unread})
        box.answers = {pk: sorted([*box.answers.get(pk, []), *box.unread.get(pk, [])]) for pk in keys}
        box.save()


class Migration(migrations.Migration):
    dependencies = [("checkins", "0007_audience_of_waiting_mails")]

    operations = [
        migrations.CreateModel(
            name="SealedAnswers",
            fields=[
                (
                    "checkin",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sealed",
                        serialize=False,
                        to="checkins.checkin",
                    ),
                ),
                ("sealed", models.TextField(editable=False)),
            ],
            options={"verbose_name_plural": "sealed answers"},
        ),
        migrations.AddField(
            "anonymousbox",
            "unread",
            models.JSONField(
                default=dict,
                editable=False,
                help_text="What an older version held back; it joins the next group.",
            ),
        ),
        migrations.RunPython(part_read_from_unread, put_together),
        migrations.RemoveField("anonymousbox", "released"),
        migrations.RemoveField("anonymousbox", "released_number"),
        migrations.AlterField(
            "anonymousbox", "number", models.PositiveIntegerField(default=0, help_text="How many people said it.")
        ),
    ]
