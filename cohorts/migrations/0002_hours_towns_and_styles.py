from django.db import migrations, models

ROLES = ("mentee", "mentor")


def leave_forms_alone(apps, schema_editor):
    """Forms that exist don't ask for hours of the week until their coordinators say so; those of new cohorts do."""
    cohorts = apps.get_model("cohorts", "Cohort").objects.using(schema_editor.connection.alias)
    for cohort in cohorts.order_by("pk"):
        for role in ROLES:
            cohort.standard_fields.setdefault(role, {}).setdefault("availability", "off")
        cohort.save(update_fields=["standard_fields"])


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0001_release_0_9"),
    ]

    operations = [
        migrations.AddField(
            model_name="cohort",
            name="meets_in_person",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The sign-up form then asks for the city or region, and people who live near each other suit better.",
                verbose_name="pairs meet in person",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="interaction_styles",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="What people choose from at sign-up, one per line, such as In person or Shadowing on the ward. Leave it empty to offer regular calls, writing, and a mix of both.",
                verbose_name="ways to work together",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="towns",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="For cohorts whose pairs meet in person, one per line with latitude and longitude: Otley, United Kingdom, 53.905, -1.691. Several names of a town: Köln / Cologne, Germany, 50.94, 6.96. We know some 400 large cities already.",
                verbose_name="towns for distances",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="city",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=80, verbose_name="city or region"
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="availability",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="When they can usually meet, with the zone whose clock they meant: Tue 16-20 (Africa/Nairobi).",
                verbose_name="hours of the week",
            ),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="interaction_style",
            field=models.CharField(
                blank=True,
                choices=[
                    ("calls", "Regular calls"),
                    ("writing", "Writing, at our own pace"),
                    ("mixed", "A mix of both"),
                    ("in_person", "In person"),
                ],
                max_length=60,
            ),
        ),
        migrations.RunPython(leave_forms_alone, migrations.RunPython.noop),
    ]
