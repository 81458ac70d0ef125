import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0007_public_pages"), ("training", "0002_minutes_present")]

    operations = [
        migrations.CreateModel(
            name="SeatRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seats", models.PositiveSmallIntegerField(verbose_name="number of people")),
                ("hours", models.CharField(blank=True, max_length=300, verbose_name="hours that suit them")),
                ("message", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "waiting for an answer"),
                            ("offered", "seats offered"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="asked",
                        max_length=20,
                    ),
                ),
                ("reply", models.TextField(blank=True, verbose_name="the host’s reply")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seat_requests", to="cohorts.cohort"
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seat_requests",
                        to="cohorts.programme",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "asked")),
                        fields=("cohort", "host"),
                        name="seat_request_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["asked", "offered", "declined", "withdrawn"])),
                        name="seat_request_status_known",
                    ),
                ],
            },
        ),
    ]
