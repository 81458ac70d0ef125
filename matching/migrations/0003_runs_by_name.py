from typing import Any

from django.db import migrations, models

# The order in which runs stored these until now.
FACTORS = [
    "interests", "fields", "hours", "place", "type", "style", "languages", "experience", "answers", "wishes",
]
RULES = ["themselves", "team", "language", "hours", "employer", "former", "rest", "conflict", "other"]


def name_what_runs_stored(apps: Any, schema_editor: Any) -> None:
    tables = apps.get_model("matching", "MatchTable").objects.using(schema_editor.connection.alias)
    tables.update(factor_names=FACTORS, rule_names=RULES)


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_undo_state")]

    operations = [
        migrations.AddField(
            model_name="matchtable",
            name="factor_names",
            field=models.JSONField(
                default=list, help_text="Which factors the stored values are, in this order."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="matchtable",
            name="rule_names",
            field=models.JSONField(
                default=list, help_text="What the numbers of the rules mean, in this order from 1."
            ),
            preserve_default=False,
        ),
        migrations.RunPython(name_what_runs_stored, migrations.RunPython.noop),
        migrations.RenameField(model_name="matchrun", old_name="objective", new_name="total_points"),
    ]
