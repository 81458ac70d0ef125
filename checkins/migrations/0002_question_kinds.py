"""Questions of surveys have the kinds of the registry that sign-up forms use."""

from django.db import migrations, models

import cohorts.models.question_kinds

NEW_NAMES = {"one_of": "one", "text": "long"}


def rename_kinds(apps, schema_editor):
    questions = apps.get_model("checkins", "SurveyQuestion").objects
    for old, new in NEW_NAMES.items():
        questions.filter(kind=old).update(kind=new)


def restore_kinds(apps, schema_editor):
    questions = apps.get_model("checkins", "SurveyQuestion").objects
    for old, new in NEW_NAMES.items():
        questions.filter(kind=new).update(kind=old)


class Migration(migrations.Migration):
    dependencies = [("checkins", "0001_initial"), ("cohorts", "0005_question_options")]

    operations = [
        migrations.AlterField(
            "surveyquestion",
            "kind",
            models.CharField(choices=cohorts.models.question_kinds.survey_kind_choices, max_length=20),
        ),
        migrations.AlterField(
            "surveyquestion",
            "key",
            models.CharField(editable=False, help_text="Stays the same when the wording changes.", max_length=40),
        ),
        migrations.AlterField("surveyquestion", "help_text", models.TextField(blank=True, verbose_name="help")),
        migrations.AlterField(
            "surveyquestion",
            "options",
            models.JSONField(blank=True, default=list, help_text="[[value, label], …] where choices are listed."),
        ),
        migrations.AlterField("surveyquestion", "position", models.PositiveIntegerField(default=0, editable=False)),
        migrations.RunPython(rename_kinds, restore_kinds),
    ]
