"""A cancelled check-in always has a reason, and no other has one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkins", "0004_fill_state_columns")]

    operations = [
        migrations.RemoveField("checkin", "stopped_because"),
        migrations.AddConstraint(
            "checkin",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "cancelled"), models.Q(("cancelled_because", ""), _negated=True)),
                    models.Q(models.Q(("status", "cancelled"), _negated=True), ("cancelled_because", "")),
                    _connector="OR",
                ),
                name="checkin_cancelled_has_reason",
            ),
        ),
    ]
