from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_found_by_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="is_sample",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Made up: no email of it is sent.",
                verbose_name="sample data",
            ),
        ),
    ]
