# The tables of 0.9. It replaces the migrations before it and never changes.

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('audit', '0001_initial'),
        ('audit', '0002_readings_and_append_only'),
    ]

    dependencies = [
        ('accounts', '0001_release_0_9'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TrailOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('verb', models.CharField(max_length=60)),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.CharField(max_length=40)),
                ('data', models.JSONField(default=dict)),
                ('actor', models.ForeignKey(help_text='empty = system', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deeds', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit', to='accounts.workspace')),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['object_type', 'object_id'], name='audit_object'), models.Index(fields=['at'], name='audit_at')],
            },
        ),
        migrations.CreateModel(
            name='ReadEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(help_text='in UTC')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, help_text='the first time on that day')),
                ('kind', models.CharField(choices=[('needs', 'private needs'), ('concern', 'conduct concern')], max_length=20)),
                ('way', models.CharField(choices=[('page', 'on a page'), ('file', 'in a file')], max_length=10)),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.CharField(max_length=40)),
                ('about', models.ForeignKey(help_text='who told it', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reader', models.ForeignKey(help_text='empty = operator', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='accounts.workspace')),
            ],
            options={
                'verbose_name_plural': 'readings in confidence',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['workspace', 'at'], name='readings_list')],
                'constraints': [models.UniqueConstraint(fields=('day', 'reader', 'about', 'kind', 'way', 'object_type', 'object_id'), name='read_once_a_day')],
            },
        ),
    ]
