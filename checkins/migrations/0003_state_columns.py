"""Why a check-in was cancelled, what a note of a case is about, and who was asked to stay in touch become columns."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

REASONS = [
    ("match_ended", "the match has ended"),
    ("withdrew", "somebody withdrew"),
    ("left_team", "not in the team any more"),
    ("opted_out", "wants necessary mails only"),
    ("by_coordinator", "a coordinator stopped it"),
    ("erased", "the person was erased"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("checkins", "0002_question_kinds"),
        ("cohorts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "checkin",
            "cancelled_because",
            models.CharField(blank=True, choices=REASONS, max_length=20, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "casenote",
            "kind",
            models.CharField(
                choices=[("note", "note"), ("no_longer_asked", "they answered since"), ("reply", "they wrote")],
                default="note",
                max_length=20,
            ),
        ),
        migrations.AddField(
            "casenote",
            "reply",
            models.ForeignKey(
                help_text="What they wrote that it quotes.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="checkins.reply",
            ),
        ),
        migrations.AddField(
            "case",
            "reply",
            models.ForeignKey(
                blank=True,
                help_text="What opened it.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="checkins.reply",
            ),
        ),
        migrations.CreateModel(
            "AlumniRequest",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alumni_requests",
                        to="cohorts.programme",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alumni_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("programme", "user"), name="alumni_request_once")]
            },
        ),
    ]
