from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkins', '0003_mail_who_did_not_meet'),
    ]

    operations = [
        migrations.AddField(
            model_name='surveyquestion',
            name='shown_if',
            field=models.CharField(blank=True, db_default='', default='', help_text='key of the other question', max_length=40),
        ),
        migrations.AddField(
            model_name='surveyquestion',
            name='shown_if_value',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
    ]
