# The tables of 0.9. It replaces the migrations before it and never changes.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('operations', '0001_privacy_and_deletions'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeletionCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='the kind, see mentorship/operations/retention/classes.py', max_length=40)),
                ('on', models.DateField()),
                ('number', models.PositiveIntegerField(default=0)),
                ('done_at', models.DateTimeField(help_text='When nothing was left to delete. Empty while there is more.', null=True)),
            ],
            options={
                'ordering': ['-on', 'key'],
                'constraints': [models.UniqueConstraint(fields=('key', 'on'), name='deletion_count_one_a_day')],
            },
        ),
        migrations.CreateModel(
            name='PrivacyDetails',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('responsible', models.TextField(blank=True, help_text='The organisation, its postal address and who speaks for it.', verbose_name='who is responsible')),
                ('contact_email', models.EmailField(blank=True, help_text='Whoever reads it answers questions about personal data.', max_length=254, verbose_name='contact address')),
                ('officer', models.TextField(blank=True, help_text='Name and address. Leave it empty where there is none.', verbose_name='data protection officer')),
                ('authority', models.TextField(blank=True, help_text='Where people can complain, with its website.', verbose_name='supervisory authority')),
                ('processors', models.TextField(blank=True, help_text='One on each line, such as: Example Hosting, Germany: the server and its backups.', verbose_name='who processes data for you')),
                ('more', models.TextField(blank=True, help_text='Such as transfers to other countries, and on which legal basis.', verbose_name='anything else')),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('changed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'privacy details',
            },
        ),
    ]
