# The tables of 0.9. It replaces the migrations before it and never changes.

import cohorts.models.question_kinds
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import mentorship.core.accounts.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('cohorts', '0001_initial'),
        ('cohorts', '0002_topic_different_from'),
        ('cohorts', '0003_state_columns'),
        ('cohorts', '0004_fill_state_columns'),
        ('cohorts', '0005_question_options'),
        ('cohorts', '0006_draft_files'),
        ('cohorts', '0007_mailing_audience_approved'),
        ('cohorts', '0008_import_reading_plan_and_failure'),
        ('cohorts', '0009_signup_ended_at'),
        ('cohorts', '0010_departures'),
        ('cohorts', '0011_left_at'),
        ('cohorts', '0012_team_members_share_their_address'),
        ('cohorts', '0013_date_place_and_zone'),
        ('cohorts', '0014_pending_signups_of_people'),
        ('cohorts', '0015_audience_of_waiting_mails'),
        ('cohorts', '0016_names_given_by_leads'),
    ]

    dependencies = [
        ('accounts', '0001_release_0_9'),
        ('outbox', '0001_release_0_9'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('renewals', models.PositiveIntegerField(default=0, help_text='Links with another number have been revoked.')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('slug', models.SlugField(help_text='The short name in addresses, such as seeds-9.', max_length=60, unique=True)),
                ('status', models.CharField(choices=[('draft', 'draft'), ('enrolling', 'enrolling'), ('matching', 'matching'), ('running', 'running'), ('completed', 'completed'), ('archived', 'archived')], default='draft', max_length=20)),
                ('starts_on', models.DateField(help_text='First day of week 1.')),
                ('ends_on', models.DateField()),
                ('time_zone', models.CharField(default='UTC', max_length=60, validators=[mentorship.core.accounts.models.validate_time_zone])),
                ('signup_closes_at', models.DateTimeField(blank=True, null=True, verbose_name='sign-up closes')),
                ('closes_anywhere', models.BooleanField(default=False, help_text='Until the day has ended at UTC−12, too.', verbose_name='until that day is over anywhere on Earth')),
                ('signup_ended_at', models.DateTimeField(editable=False, help_text='When coordinators moved it on from sign-up; empty while that is open.', null=True)),
                ('mentee_seats', models.PositiveIntegerField(blank=True, help_text='A team takes one. Empty: as many as are accepted.', null=True, verbose_name='seats for mentees')),
                ('mentor_seats', models.PositiveIntegerField(blank=True, null=True, verbose_name='seats for mentors')),
                ('offer_days', models.PositiveSmallIntegerField(blank=True, help_text='Who is accepted confirms within these days. Empty: nobody has to confirm.', null=True, verbose_name='days to accept an offer')),
                ('fill_from_waitlist', models.BooleanField(default=False, help_text='In its order, as soon as somebody declines, withdraws or lets an offer lapse.', verbose_name='offer free places to the waitlist at once')),
                ('standard_fields', models.JSONField(default=dict, editable=False, help_text='role → field → off, on or required')),
                ('eligibility', models.JSONField(default=dict, editable=False, help_text='role → rule → value')),
                ('mentors_review', models.BooleanField(default=False, verbose_name='accepted mentors review applications')),
                ('selection', models.JSONField(default=dict, editable=False, help_text='How places are given, see selecting.py')),
                ('copies_intros', models.BooleanField(default=False, help_text="Such as a partner's coordinator. Each group says who that is.", verbose_name='copy the contact of a group on the intros of its people')),
                ('suggested_topics', models.TextField(blank=True, help_text='Offered in the sign-up form, separated by commas. Everybody may add their own.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('repeats', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='repeated_by', to='cohorts.cohort')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='cohort_ends_after_start'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'enrolling', 'matching', 'running', 'completed', 'archived'])), name='cohort_status_known'),
                ],
                'ordering': ['-starts_on', 'name'],
            },
        ),
        migrations.CreateModel(
            name='ChecklistItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='checklist', to=settings.AUTH_USER_MODEL)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checklist', to='cohorts.cohort')),
            ],
            options={
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CohortDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(blank=True, max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('on', models.DateField(verbose_name='day')),
                ('time', models.TimeField(blank=True, help_text='Empty: the whole day.', null=True, verbose_name='at')),
                ('time_zone', models.CharField(blank=True, help_text="Empty: the cohort's time zone.", max_length=60, validators=[mentorship.core.accounts.models.validate_time_zone])),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(1440)])),
                ('place', models.CharField(blank=True, help_text='The address and the room. Empty: it is online.', max_length=200)),
                ('link', models.URLField(blank=True, help_text='Where the call or its notes are. Only accepted people see it.')),
                ('shared', models.BooleanField(default=True, verbose_name='participants see it')),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dates', to='cohorts.cohort')),
            ],
            options={
                'ordering': ['on', 'time', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('slug', models.SlugField(help_text='Its own sign-up address ends with this.', max_length=60)),
                ('seats', models.PositiveIntegerField(blank=True, help_text='Empty: those of the cohort.', null=True)),
                ('signup_closes_at', models.DateTimeField(blank=True, help_text='Empty: as the cohort.', null=True, verbose_name='sign-up closes')),
                ('contact_email', models.EmailField(blank=True, help_text="Such as the partner's coordinator. Gets a copy of intros where the cohort says so.", max_length=254, verbose_name='contact')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='cohorts.cohort')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('cohort', 'slug'), name='group_slug_once'),
                ],
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Enrollment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('mentor', 'mentor'), ('mentee', 'mentee'), ('facilitator', 'facilitator'), ('expert', 'expert')], max_length=20)),
                ('status', models.CharField(choices=[('applied', 'applied'), ('accepted', 'accepted'), ('waitlisted', 'waitlisted'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('completed', 'completed')], default='applied', max_length=20)),
                ('status_reason', models.TextField(blank=True, editable=False, help_text='Why it has this status, as the person or a coordinator said.')),
                ('departure', models.CharField(blank=True, choices=[('withdrew', 'withdrew'), ('at_request', 'withdrawn at their request'), ('lapsed', 'did not answer the offer'), ('removed', 'removed')], editable=False, help_text='How they left; of withdrawn ones only.', max_length=20)),
                ('left_at', models.DateTimeField(blank=True, editable=False, help_text='When they withdrew or were removed.', null=True)),
                ('status_changes', models.PositiveIntegerField(default=0, editable=False, help_text='How often it changed. Numbers the mails about decisions.')),
                ('external_id', models.CharField(blank=True, help_text='The id in the sheet it was imported from.', max_length=80)),
                ('waitlist_position', models.PositiveIntegerField(blank=True, help_text='1 is the next to be offered.', null=True)),
                ('offer_expires_at', models.DateTimeField(blank=True, help_text='Until when the offer can be accepted.', null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, help_text='When the person accepted the offer.', null=True)),
                ('defers', models.BooleanField(default=False, help_text='Withdrew, and asked to be in the next cohort.')),
                ('comes_back_as', models.JSONField(blank=True, default=list, help_text='Roles they would take in a later cohort.')),
                ('title', models.CharField(blank=True, max_length=300, verbose_name='project title')),
                ('description', models.TextField(blank=True, verbose_name='about the project')),
                ('goals', models.TextField(blank=True)),
                ('mentoring_type', models.CharField(blank=True, choices=[('technical', 'Technical'), ('career', 'Career'), ('both', 'Both')], max_length=20)),
                ('interaction_style', models.CharField(blank=True, choices=[('calls', 'Regular calls'), ('writing', 'Writing, at our own pace'), ('mixed', 'A mix of both')], max_length=20)),
                ('hours_per_month', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(200)])),
                ('capacity', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(50)])),
                ('mentors_wanted', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('country', models.CharField(blank=True, max_length=2)),
                ('time_zone', models.CharField(blank=True, max_length=60, validators=[mentorship.core.accounts.models.validate_time_zone])),
                ('languages', models.JSONField(blank=True, default=list)),
                ('private_needs', models.TextField(blank=True, help_text='Read by coordinators only.')),
                ('shares_address', models.BooleanField(default=False, help_text='The match may see the e-mail address.')),
                ('listed_publicly', models.BooleanField(default=False)),
                ('note', models.TextField(blank=True, help_text="The coordinators' own note.")),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to='cohorts.cohort')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to='cohorts.group')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['cohort', 'role', 'status'], name='enrollment_list'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('role', 'mentee'), _negated=True), fields=('cohort', 'user', 'role'), name='enrollment_one_per_role'),
                    models.UniqueConstraint(condition=models.Q(('role', 'mentee')), fields=('cohort', 'user', 'title'), name='enrollment_one_per_project'),
                    models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('cohort', 'role', 'external_id'), name='enrollment_external_id_unique'),
                    models.CheckConstraint(condition=models.Q(('mentors_wanted__gte', 1)), name='enrollment_wants_a_mentor'),
                ],
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('mentor', 'mentor'), ('mentee', 'mentee'), ('facilitator', 'facilitator'), ('expert', 'expert')], max_length=20)),
                ('status', models.CharField(choices=[('uploaded', 'uploaded'), ('working', 'working'), ('applied', 'applied'), ('failed', 'failed')], default='uploaded', max_length=20)),
                ('filename', models.CharField(max_length=200)),
                ('source', models.BinaryField(help_text='The file, until it is applied: it may have to be read again.', null=True)),
                ('reading', models.JSONField(default=dict, help_text='How the file was read, and how else it could be.')),
                ('rows', models.JSONField(help_text='The sheet as lists of texts, headers first.')),
                ('lines', models.JSONField(default=list, help_text='For each row its line in the file.')),
                ('mapping', models.JSONField(default=dict, help_text='header → field')),
                ('options', models.JSONField(default=dict, help_text='What was chosen when it was applied.')),
                ('plan', models.JSONField(default=list, help_text='What the preview said of each row, as signatures.')),
                ('total', models.PositiveIntegerField(default=0, help_text='Rows that are not empty.')),
                ('done', models.PositiveIntegerField(default=0)),
                ('result', models.JSONField(default=dict)),
                ('failure', models.TextField(blank=True, help_text='Why it could not be finished.')),
                ('touched_at', models.DateTimeField(auto_now=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='cohorts.cohort')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('scheduled', 'scheduled'), ('stopped', 'stopped'), ('sent', 'sent'), ('cancelled', 'cancelled')], default='draft', max_length=20)),
                ('audience', models.CharField(blank=True, help_text='The filters of the people list, as in its address.', max_length=500)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('necessary', models.BooleanField(default=False, help_text='Part of taking part, such as a change of dates. Reaches those who opted out, too.')),
                ('is_weekly', models.BooleanField(default=False, editable=False, help_text='It is a weekly mail of the cohort.')),
                ('key', models.CharField(blank=True, editable=False, max_length=60, null=True, unique=True)),
                ('send_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('approved_audience', models.TextField(blank=True, editable=False, help_text='The audience in words, as it was when the mailing was scheduled.')),
                ('most', models.PositiveIntegerField(blank=True, help_text='With more recipients than this it stops. Empty: any number.', null=True)),
                ('stopped_because', models.CharField(blank=True, editable=False, max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mailings', to='cohorts.cohort')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='MailingRecipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('skipped', models.CharField(blank=True, max_length=200)),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recipients', to='cohorts.mailing')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outbox.outboxmessage')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('mailing', 'user'), name='mailing_recipient_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opt_outs', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opt_outs', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workspace', 'user'), name='opt_out_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PendingSignup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('mentor', 'mentor'), ('mentee', 'mentee'), ('facilitator', 'facilitator'), ('expert', 'expert')], max_length=20)),
                ('email', models.EmailField(max_length=254)),
                ('answers', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pending_signups', to='cohorts.cohort')),
                ('enrollment', models.ForeignKey(help_text='Set when confirmed.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='signups', to='cohorts.enrollment')),
                ('person', models.ForeignKey(blank=True, help_text='Whose address it was when they signed up; they may have another one by now.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='pending_signups', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('slug', models.SlugField(help_text='The short name in addresses, such as open-seeds.', max_length=60, unique=True)),
                ('summary', models.TextField(blank=True, help_text='Shown above every sign-up form.')),
                ('contact_email', models.EmailField(help_text='Where answers to our mails go.', max_length=254)),
                ('code_of_conduct_url', models.URLField(blank=True, verbose_name='code of conduct')),
                ('conduct_email', models.EmailField(blank=True, help_text='Who hears of concerns about conduct, also about a coordinator. Every intro names it.', max_length=254, verbose_name='conduct contact')),
                ('mentor_label', models.CharField(default='mentor', max_length=40, verbose_name='word for mentor')),
                ('mentee_label', models.CharField(default='mentee', max_length=40, verbose_name='word for mentee')),
                ('days_off', models.TextField(blank=True, help_text='When nothing happens, one line each: 2026-12-24 to 2027-01-03 Winter break. Dates move past them.', verbose_name='days off')),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='programme', to='accounts.workspace')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='DifferentPeople',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='different_people', to='cohorts.programme')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('programme', 'first', 'second'), name='different_people_once'),
                ],
                'verbose_name_plural': 'different people',
            },
        ),
        migrations.AddField(
            model_name='cohort',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='cohorts.programme'),
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scores', models.JSONField(default=dict, help_text='criterion id → score')),
                ('recommendation', models.CharField(blank=True, choices=[('yes', 'Yes'), ('unsure', 'Unsure'), ('no', 'No')], max_length=10)),
                ('preference', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'first choice'), (2, 'second'), (3, 'third')], null=True, verbose_name='I would mentor this')),
                ('summary', models.TextField(blank=True)),
                ('conflict', models.BooleanField(default=False, help_text='A conflict of interest: the application is hidden.')),
                ('conflict_reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='cohorts.enrollment')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('enrollment', 'reviewer'), name='review_once'),
                ],
                'ordering': ['-updated_at'],
            },
        ),
        migrations.CreateModel(
            name='SelectionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.CharField(max_length=40)),
                ('policy', models.JSONField(help_text='The rules as they stood')),
                ('result', models.JSONField(help_text='One entry an application: outcome, track, order, reasons; and totals')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='selection_runs', to='cohorts.cohort')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SignupFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('file', models.FileField(upload_to='sign-up')),
                ('name', models.CharField(max_length=200)),
                ('size', models.PositiveIntegerField(default=0, help_text='Bytes.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('draft_until', models.DateTimeField(db_index=True, help_text='Deleted then, unless a sign-up with it arrives.', null=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='cohorts.cohort')),
                ('enrollment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='cohorts.enrollment')),
            ],
        ),
        migrations.CreateModel(
            name='SignupQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, help_text='Stays the same when the wording changes.', max_length=40)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('retired_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('position', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(choices=cohorts.models.question_kinds.kind_choices, max_length=20)),
                ('text', models.CharField(max_length=300, verbose_name='question')),
                ('help_text', models.TextField(blank=True, verbose_name='help')),
                ('options', models.JSONField(blank=True, default=list, help_text='[[value, label], …] where choices are listed.')),
                ('required', models.BooleanField(default=False)),
                ('role', models.CharField(choices=[('mentor', 'mentor'), ('mentee', 'mentee'), ('facilitator', 'facilitator'), ('expert', 'expert')], max_length=20)),
                ('seen_by', models.CharField(choices=[('match', 'The match, too'), ('review', 'Coordinators and reviewers'), ('coordinators', 'Coordinators only'), ('private', 'Private needs: coordinators only, never for selection')], default='review', max_length=20, verbose_name='who reads the answer')),
                ('used_for_matching', models.BooleanField(default=False, help_text='People with the same or similar answers suit each other better.')),
                ('shown_if', models.CharField(blank=True, help_text='key of the other question', max_length=12)),
                ('shown_if_value', models.CharField(blank=True, max_length=200)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='cohorts.cohort')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('cohort', 'role', 'key', 'version'), name='question_version_once'),
                    models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('cohort', 'role', 'key'), name='question_asked_once'),
                ],
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SignupAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.JSONField()),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='cohorts.enrollment')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='cohorts.signupquestion')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('enrollment', 'question'), name='signup_answer_once'),
                ],
                'ordering': ['question__position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='TeamDeparture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('named_as', models.CharField(blank=True, help_text='What the lead calls them. Empty: the name that they gave themselves.', max_length=200)),
                ('left_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('removed', models.BooleanField(default=False, help_text='Taken off by the lead or a coordinator.')),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('invited_at', models.DateTimeField(blank=True, help_text='When the lead last invited them back.', null=True)),
                ('departures', models.PositiveIntegerField(default=1, editable=False, help_text='How often they left. Numbers mails.')),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='departures', to='cohorts.enrollment')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_departures', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('enrollment', 'user'), name='team_departure_once'),
                ],
                'ordering': ['left_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('named_as', models.CharField(blank=True, help_text='What the lead calls them. Empty: the name that they gave themselves.', max_length=200)),
                ('shares_address', models.BooleanField(default=False, help_text="The match may see this member's e-mail address.")),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='cohorts.enrollment')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='team_memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('enrollment', 'user'), name='team_member_once'),
                ],
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='TimelineStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(blank=True, help_text='What the product knows it by, such as kick-off.', max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('offset_days', models.SmallIntegerField(help_text='Negative before it.', validators=[django.core.validators.MinValueValidator(-730), django.core.validators.MaxValueValidator(1460)], verbose_name='days from day 0')),
                ('time', models.TimeField(blank=True, help_text="In the cohort's time zone. Empty: the whole day.", null=True, verbose_name='at')),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(1440)])),
                ('shared', models.BooleanField(default=True, verbose_name='participants see it')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='timeline', to='cohorts.programme')),
            ],
            options={
                'ordering': ['offset_days', 'time', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=120)),
                ('different_from', models.ManyToManyField(blank=True, to='cohorts.topic')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='cohorts.topic')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='cohorts.programme')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('programme', 'key'), name='topic_key_once'),
                ],
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='enrollment',
            name='topics',
            field=models.ManyToManyField(blank=True, related_name='enrollments', to='cohorts.topic'),
        ),
        migrations.CreateModel(
            name='TopicMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(help_text='topic id → ids of the enrollments that had it; the kept one included')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cohorts.topic')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topic_merges', to='cohorts.programme')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='WeeklyMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.BooleanField(default=False, verbose_name='send it every week')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0)),
                ('time', models.TimeField(default='08:00', help_text="In the cohort's time zone.")),
                ('planned_at', models.DateTimeField(blank=True, editable=False, help_text='When day, time or switch changed last. No earlier moment counts.', null=True)),
                ('words', models.TextField(blank=True, help_text='Above the dates; then empty again.', verbose_name='words for the next one')),
                ('cohort', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='weekly_mail', to='cohorts.cohort')),
            ],
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('help', models.TextField(blank=True, help_text='What the lowest and the highest score mean.')),
                ('lowest', models.PositiveSmallIntegerField(default=1)),
                ('highest', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MaxValueValidator(10)])),
                ('weight', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)])),
                ('position', models.PositiveIntegerField(default=0, editable=False)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='cohorts.cohort')),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('highest__gt', models.F('lowest'))), name='criterion_has_a_scale')],
            },
        ),
    ]
