# The tables of 0.9. It replaces the migrations before it and never changes.

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import mentorship.core.accounts.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_links_from'),
        ('accounts', '0003_limit_entries'),
        ('accounts', '0004_merges_agreed_to'),
        ('accounts', '0005_second_factor_by'),
        ('accounts', '0006_data_requests'),
        ('accounts', '0007_stopped_links'),
        ('accounts', '0008_remove_links_from'),
        ('accounts', '0009_programme_demands_second_factor'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='LimitEntry',
            fields=[
                ('cache_key', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('value', models.TextField()),
                ('expires', models.DateTimeField(db_index=True)),
            ],
            options={
                'db_table': 'limits_cacheentry',
            },
        ),
        migrations.CreateModel(
            name='Workspace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('demands_second_factor', models.BooleanField(default=False, help_text='Everybody with a role here sets one up, whatever the installation demands.')),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(help_text='Your login, and where your mails go.', max_length=254, unique=True)),
                ('full_name', models.CharField(help_text='As you write it yourself, in any script.', max_length=200)),
                ('preferred_name', models.CharField(blank=True, help_text='What we call you in mails.', max_length=100)),
                ('pronouns', models.CharField(blank=True, max_length=60)),
                ('time_zone', models.CharField(blank=True, max_length=60, validators=[mentorship.core.accounts.models.validate_time_zone])),
                ('country', models.CharField(blank=True, help_text='ISO 3166 code', max_length=2)),
                ('languages', models.JSONField(blank=True, default=list, help_text='ISO 639 codes')),
                ('is_staff', models.BooleanField(default=False, verbose_name='operator')),
                ('is_active', models.BooleanField(default=True)),
                ('second_factor_by', models.DateField(blank=True, editable=False, null=True)),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_any_case_unique'),
                ],
                'ordering': ['full_name', 'email'],
            },
        ),
        migrations.CreateModel(
            name='PersonMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved', models.JSONField(help_text='[model label, field, [ids]] of the rows that pointed to the merged one')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('agreed_at', models.DateTimeField(blank=True, help_text="since when the other's addresses sign them in", null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='StoppedLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(blank=True, help_text='What they were signed for; empty: anything', max_length=60)),
                ('values', models.CharField(blank=True, help_text='Of one link, joined by dashes; empty: of all', max_length=200)),
                ('stopped_at', models.DateTimeField(default=django.utils.timezone.now, help_text='What was signed later works')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stopped_links', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('erase', 'erasure'), ('copy', 'a copy'), ('correct', 'a correction, a limit or an objection')], max_length=20)),
                ('status', models.CharField(choices=[('open', 'open'), ('done', 'done'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='open', max_length=20)),
                ('words', models.TextField(blank=True, help_text='What they wrote with it.')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_on', models.DateField(help_text='By when it is to be answered: a month, says the law.')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.TextField(blank=True, help_text='What they were told.')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_requests', to=settings.AUTH_USER_MODEL)),
                ('workspaces', models.ManyToManyField(blank=True, help_text='Where they take part. Where nowhere: operators.', related_name='data_requests', to='accounts.workspace')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['status', 'due_on'], name='data_request_due'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('status', 'open'), ('answered_at__isnull', False), _connector='XOR'), name='data_request_answered'),
                ],
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='WorkspaceRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'programme owner'), ('coordinator', 'coordinator'), ('viewer', 'viewer')], max_length=20)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='workspace_roles', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workspace', 'user'), name='workspace_role_one_per_user'),
                    models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'coordinator', 'viewer'])), name='workspace_role_known'),
                ],
            },
        ),
    ]
