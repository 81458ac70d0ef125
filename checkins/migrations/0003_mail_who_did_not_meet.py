from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkins', '0002_pairs_say_goodbye'),
    ]

    operations = [
        migrations.AddField(
            model_name='checkinwave',
            name='mails_who_did_not_meet',
            field=models.BooleanField(db_default=False, default=False, help_text='A kind email with what to do next, beside the case that a coordinator looks after.', verbose_name='email a mentee who has not met'),
        ),
    ]
