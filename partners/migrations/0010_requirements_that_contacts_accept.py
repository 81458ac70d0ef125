import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_release_0_9'),
        ('partners', '0009_funds_of_a_round'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='contribution',
            name='licence_exception',
            field=models.CharField(blank=True, db_default='', default='', help_text='Who agreed to take materials without one, and why.', max_length=200, verbose_name='why not an open licence'),
        ),
        migrations.AddField(
            model_name='partner',
            name='decided_where',
            field=models.CharField(blank=True, db_default='', help_text='Such as the local team, or the meeting.', max_length=160, verbose_name='where it was decided'),
        ),
        migrations.CreateModel(
            name='RequirementList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('items', models.JSONField(help_text='sentences, in order')),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requirement_lists', to='accounts.workspace')),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'number'), name='requirement_list_once')],
            },
        ),
        migrations.CreateModel(
            name='RequirementAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accepted', models.JSONField(default=list, help_text='the accepted sentences')),
                ('note', models.TextField(blank=True, help_text='What doesn’t fit, or is to be agreed.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requirement_answers', to='partners.partner')),
                ('requirements', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='partners.requirementlist')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
    ]
