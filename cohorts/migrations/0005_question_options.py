"""Choices of sign-up questions are kept as those of surveys: value and label; kinds come from the registry."""

from django.db import migrations, models

import cohorts.models.question_kinds


def labels_to_pairs(apps, schema_editor):
    questions = apps.get_model("cohorts", "SignupQuestion").objects
    for question in questions.exclude(options=[]).only("options").iterator():
        question.options = [[label, label] for label in question.options]
        question.save(update_fields=["options"])


def pairs_to_labels(apps, schema_editor):
    questions = apps.get_model("cohorts", "SignupQuestion").objects
    for question in questions.exclude(options=[]).only("options").iterator():
        question.options = [label for _value, label in question.options]
        question.save(update_fields=["options"])


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0004_fill_state_columns")]

    operations = [
        migrations.RenameField("signupquestion", "help", "help_text"),
        migrations.RenameField("signupquestion", "choices", "options"),
        migrations.AlterField(
            "signupquestion",
            "options",
            models.JSONField(blank=True, default=list, help_text="[[value, label], …] where choices are listed."),
        ),
        migrations.AlterField("signupquestion", "help_text", models.TextField(blank=True, verbose_name="help")),
        migrations.AlterField(
            "signupquestion",
            "key",
            models.CharField(editable=False, help_text="Stays the same when the wording changes.", max_length=40),
        ),
        migrations.AlterField(
            "signupquestion",
            "kind",
            models.CharField(choices=cohorts.models.question_kinds.kind_choices, max_length=20),
        ),
        migrations.RunPython(labels_to_pairs, pairs_to_labels),
    ]
