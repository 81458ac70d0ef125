from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matching", "0007_words_of_goals"),
    ]

    operations = [
        migrations.AddField(
            model_name="speedguest",
            name="sequence",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="Grows with every change of the answer, for calendars."
            ),
        ),
    ]
