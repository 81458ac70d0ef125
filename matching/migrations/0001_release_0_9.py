# The tables of 0.9. It replaces the migrations before it and never changes.

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import mentorship.core.accounts.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('matching', '0001_initial'),
        ('matching', '0002_undo_state'),
        ('matching', '0003_runs_by_name'),
        ('matching', '0004_runs_say_in_columns'),
        ('matching', '0005_match_status_label'),
        ('matching', '0006_event_zone'),
        ('matching', '0007_audience_of_waiting_mails'),
        ('matching', '0008_reasons_of_pairs'),
        ('matching', '0009_pair_meetings'),
    ]

    dependencies = [
        ('cohorts', '0001_release_0_9'),
        ('outbox', '0001_release_0_9'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(blank=True, help_text='What coordinators call it, beside its number.', max_length=60)),
                ('status', models.CharField(choices=[('queued', 'waiting'), ('working', 'working'), ('ready', 'ready'), ('failed', 'failed'), ('confirmed', 'confirmed')], default='queued', max_length=20)),
                ('weights', models.JSONField(default=dict)),
                ('total_points', models.BigIntegerField(default=0, help_text='Sum of the scores, in millionths.')),
                ('matched', models.PositiveIntegerField(default=0)),
                ('unmatched', models.JSONField(default=list, help_text='[{mentee: enrollment id, reasons: [text]}]')),
                ('certified', models.BooleanField(default=False, help_text='Proven to be the best answer.')),
                ('findings', models.JSONField(blank=True, default=dict, help_text='objective, rules; comparison of objectives; what_ifs with the setting of each; shortages of mentors')),
                ('hand_changes', models.PositiveIntegerField(default=0, help_text='How often a coordinator chose another mentor.')),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(help_text="When a worker took it; also names that worker's claim.", null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='match_runs', to='cohorts.cohort')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('cohort', 'number'), name='match_run_number_unique'),
                ],
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='UndoneMessage',
            fields=[
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='outbox.outboxmessage')),
                ('undone_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='AskedPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('open', 'asked'), ('accepted', 'accepted'), ('declined', 'declined'), ('silent', 'no answer'), ('taken_back', 'taken back'), ('matched', 'matched')], default='open', max_length=20)),
                ('score', models.FloatField(null=True)),
                ('why', models.TextField(blank=True, help_text='The sentence that coordinators read.')),
                ('reasons', models.JSONField(blank=True, default=list, help_text='What speaks for the pair, the strongest first: phrases that follow “They” or “You”.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('settled_at', models.DateTimeField(help_text='When the last answer came, or it ended without one.', null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asked_as_mentee', to='cohorts.enrollment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asked_as_mentor', to='cohorts.enrollment')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='asked_pairs', to='matching.matchrun')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('status__in', ['open', 'accepted', 'silent'])), fields=('mentee', 'mentor'), name='asked_pair_once'),
                    models.CheckConstraint(condition=models.Q(('mentee', models.F('mentor')), _negated=True), name='asked_pair_two_enrollments'),
                ],
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='GoalGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='goal')),
                ('about', models.TextField(blank=True, help_text='What the group does, in a sentence or two.', max_length=2000)),
                ('mentor_places', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)], verbose_name='places for mentors')),
                ('mentee_places', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(200)], verbose_name='places for mentees')),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
                ('reached', models.BooleanField(editable=False, help_text='Whether it reached its goal; once it is over.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goal_groups', to='cohorts.cohort')),
                ('intro', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outbox.outboxmessage')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('cohort', 'name'), name='goal_group_name_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('reached__isnull', True)), models.Q(('finished_at__isnull', False), ('intro__isnull', False), ('reached__isnull', False)), _connector='OR'), name='goal_group_finished_after_intro'),
                ],
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='GoalChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField()),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goal_choices', to='cohorts.enrollment')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='matching.goalgroup')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('group', 'enrollment'), name='goal_choice_once'),
                ],
                'ordering': ['enrollment_id', 'rank'],
            },
        ),
        migrations.CreateModel(
            name='GoalPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_hand', models.BooleanField(default=False)),
                ('enrollment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='goal_place', to='cohorts.enrollment')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='matching.goalgroup')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='HeldBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='held_back', to='cohorts.enrollment')),
            ],
            options={
                'verbose_name_plural': 'held back',
            },
        ),
        migrations.CreateModel(
            name='MatchPin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('lock', 'locked'), ('forbid', 'forbidden')], max_length=20)),
                ('reason', models.CharField(blank=True, help_text='Why, where somebody said so; such as a decline.', max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pins_as_mentee', to='cohorts.enrollment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pins_as_mentor', to='cohorts.enrollment')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('mentee', 'mentor'), name='match_pin_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MatchPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weights', models.JSONField(help_text='factor → weight from 0 to 10')),
                ('require_common_language', models.BooleanField(default=True)),
                ('rules', models.JSONField(blank=True, default=dict, help_text='What differs from DEFAULT_RULES.')),
                ('objective', models.CharField(choices=[('total', 'Best total: the highest scores together'), ('fairest', 'Fairest: the lowest score as high as possible, then the highest total'), ('stable', 'Stable: no mentor and mentee would both rather have each other')], default='total', max_length=20)),
                ('cohort', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='match_policy', to='cohorts.cohort')),
            ],
            options={
                'verbose_name_plural': 'match policies',
            },
        ),
        migrations.CreateModel(
            name='MatchTable',
            fields=[
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='table', serialize=False, to='matching.matchrun')),
                ('mentees', models.JSONField(help_text='Enrollment ids, a row each.')),
                ('mentors', models.JSONField(help_text='Enrollment ids, a column each.')),
                ('rule_names', models.JSONField(help_text='What the numbers of the rules mean, in this order from 1.')),
                ('factor_names', models.JSONField(help_text='Which factors the stored values are, in this order.')),
                ('scores', models.BinaryField(help_text='Points, what rules a pair out, and what insisting on a pair costs.')),
                ('factors', models.BinaryField(help_text='The value of every factor for every pair.')),
            ],
        ),
        migrations.CreateModel(
            name='MatchProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('chosen', 'proposed'), ('runner_up', 'runner-up')], default='chosen', max_length=20)),
                ('locked', models.BooleanField(default=False)),
                ('score', models.FloatField(validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)])),
                ('factors', models.JSONField(help_text='[{key, label, value, part, phrase, known}]: value 0 to 1, part = its share of score')),
                ('why', models.TextField(help_text='What speaks for the pair and what against it, in one sentence for coordinators.')),
                ('reasons', models.JSONField(blank=True, default=list, help_text='What speaks for the pair, the strongest first: phrases that follow “They” or “You”.')),
                ('against', models.TextField(blank=True, help_text='What stood against a runner-up when the run was made.')),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cohorts.enrollment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cohorts.enrollment')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='matching.matchrun')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'mentee', 'mentor'), name='match_proposal_once'),
                    models.CheckConstraint(condition=models.Q(('mentee', models.F('mentor')), _negated=True), name='match_proposal_two_enrollments'),
                ],
                'ordering': ['mentee_id', 'kind', '-score', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('introduced', 'matched'), ('active', 'active'), ('graduated', 'graduated'), ('ended', 'ended'), ('rematched', 'rematched')], default='introduced', max_length=20)),
                ('score', models.FloatField(null=True)),
                ('why', models.TextField(blank=True, help_text='The sentence that coordinators read.')),
                ('reasons', models.JSONField(blank=True, default=list, help_text='What speaks for the pair, the strongest first: phrases that follow “They” or “You”.')),
                ('imported', models.BooleanField(default=False, help_text='History from elsewhere: no mail, nothing falls due.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_reason', models.CharField(blank=True, max_length=300)),
                ('status_before_end', models.CharField(blank=True, choices=[('introduced', 'matched'), ('active', 'active'), ('graduated', 'graduated'), ('ended', 'ended'), ('rematched', 'rematched')], editable=False, help_text='Its status before it ended or was rematched; undoing the new match restores it.', max_length=20)),
                ('intro', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='outbox.outboxmessage')),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches_as_mentee', to='cohorts.enrollment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches_as_mentor', to='cohorts.enrollment')),
                ('replaces', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaced_by', to='matching.match')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='matches', to='matching.matchrun')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('status__in', ['introduced', 'active', 'graduated'])), fields=('mentee', 'mentor'), name='match_pair_once'),
                    models.CheckConstraint(condition=models.Q(('mentee', models.F('mentor')), _negated=True), name='match_two_enrollments'),
                    models.CheckConstraint(condition=models.Q(models.Q(('imported', True), ('intro__isnull', True)), models.Q(('imported', False), ('intro__isnull', False)), _connector='OR'), name='match_has_intro_or_is_history'),
                ],
                'verbose_name_plural': 'matches',
                'ordering': ['mentee_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='BoardChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('words', models.CharField(help_text='What was done, as a sentence without its subject.', max_length=500)),
                ('cost', models.CharField(blank=True, help_text='What it cost, in words, at the time.', max_length=200)),
                ('effects', models.JSONField(help_text='[{what, mentee, mentor, before, after}]')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='board_changes', to='cohorts.cohort')),
                ('undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone_by', to='matching.boardchange')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='matching.matchrun')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('cohort', 'number'), name='board_change_number_unique'),
                ],
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='MatchSupply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mentees', models.PositiveIntegerField(default=0)),
                ('mentors', models.PositiveIntegerField(default=0)),
                ('shortages', models.JSONField(default=list, help_text='[{kind, name, places}]')),
                ('computed_at', models.DateTimeField(help_text='Later sign-ups are not in it yet.')),
                ('cohort', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='match_supply', to='cohorts.cohort')),
            ],
            options={
                'verbose_name_plural': 'match supplies',
            },
        ),
        migrations.CreateModel(
            name='MentorPause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(blank=True, help_text='Empty: until somebody ends the pause.', null=True, verbose_name='back on')),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('since', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentor_pauses', to='cohorts.enrollment')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('enrollment',), name='mentor_paused_once'),
                ],
                'ordering': ['-since', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PairGoal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300)),
                ('side', models.CharField(choices=[('mentor', 'mentor'), ('mentee', 'mentee')], help_text='Who proposed it.', max_length=10)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matches', models.ManyToManyField(related_name='goals', to='matching.match')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('done_at__isnull', True), ('agreed_at__isnull', False), _connector='OR'), name='pair_goal_agreed_before_done'),
                ],
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PairMeeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(editable=False, help_text='Its name in calendars, which never changes.', max_length=200)),
                ('sequence', models.PositiveIntegerField(editable=False, help_text='Grows with every change.')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(480)])),
                ('place', models.CharField(blank=True, help_text='A place, or the link of a call.', max_length=200, verbose_name='where')),
                ('cancelled_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pair_meetings', to='cohorts.enrollment')),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['starts_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PairMeetingGuest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('left', models.BooleanField(default=False, help_text='No longer of the pair, and told so by their calendar.')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guests', to='matching.pairmeeting')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('meeting', 'user'), name='pair_meeting_guest_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PairNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('met_on', models.DateField(blank=True, null=True, verbose_name='day of the meeting')),
                ('text', models.TextField(max_length=10000)),
                ('version', models.PositiveIntegerField(default=1, help_text='Grows with every change; nobody overwrites unseen.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matches', models.ManyToManyField(related_name='notes', to='matching.match')),
            ],
            options={
                'ordering': ['-met_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='RematchWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(blank=True, max_length=1000, verbose_name='in their words')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='matching.match')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('match', 'by'), name='rematch_wish_once'),
                ],
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReplacementSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('queued', 'waiting'), ('working', 'working'), ('ready', 'ready'), ('failed', 'failed')], default='queued', max_length=20)),
                ('found', models.JSONField(default=list, help_text='[{mentor, score, factors, why, reasons}], the best first')),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(help_text="When a worker took it; also names that worker's claim.", null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replacement_searches', to='cohorts.enrollment')),
            ],
            options={
                'verbose_name_plural': 'replacement searches',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SpeedEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('place', models.CharField(blank=True, help_text='A room, or the link of a call.', max_length=200)),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('time_zone', models.CharField(blank=True, help_text="On this clock it is announced. Empty: on the cohort's.", max_length=60, validators=[mentorship.core.accounts.models.validate_time_zone])),
                ('minutes', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(90)], verbose_name='minutes a round')),
                ('rounds', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)])),
                ('seats', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='seats for mentees')),
                ('tables', models.PositiveSmallIntegerField(default=6, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(200)], verbose_name='tables, one for each mentor')),
                ('mails_by_itself', models.BooleanField(default=True, help_text='Asks who has not answered again three days before, reminds who comes the day before, and asks everybody afterwards with whom they would like to go on.', verbose_name='remind and ask by itself')),
                ('schedule', models.JSONField(default=list, editable=False, help_text="a list for each round: [mentor's enrollment id, [mentees' ids]], …")),
                ('seed', models.PositiveIntegerField(default=0, editable=False, help_text='Grows with every new schedule.')),
                ('round_number', models.PositiveSmallIntegerField(default=0, editable=False, help_text='0 before the start, more than there are rounds after the end.')),
                ('round_started_at', models.DateTimeField(editable=False, null=True)),
                ('cancelled_at', models.DateTimeField(editable=False, null=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False, help_text='Grows with every change that calendars have to hear of.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speed_events', to='cohorts.cohort')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('rounds__gte', 1)), name='speed_event_has_rounds'),
                ],
                'ordering': ['-starts_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SpeedRsvp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('coming', 'coming'), ('waiting', 'on the waitlist'), ('not_coming', 'not coming')], max_length=20)),
                ('seen', models.CharField(blank=True, choices=[('', 'not yet here'), ('here', 'here'), ('left', 'left early'), ('absent', 'did not come')], default='', max_length=10)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, help_text='The waitlist goes by this.')),
                ('sequence', models.PositiveIntegerField(default=0, help_text='Grows with every change of the answer, for calendars.')),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speed_rsvps', to='cohorts.enrollment')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rsvps', to='matching.speedevent')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('event', 'enrollment'), name='speed_rsvp_once'),
                ],
                'ordering': ['asked_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SpeedWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speed_wishes', to='cohorts.enrollment')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='matching.speedevent')),
                ('whom', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cohorts.enrollment')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('event', 'by', 'whom'), name='speed_wish_once'),
                ],
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='AskedSide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('mentor', 'mentor'), ('mentee', 'mentee')], max_length=20)),
                ('status', models.CharField(choices=[('waiting', 'is asked later'), ('asked', 'asked'), ('accepted', 'accepted'), ('declined', 'declined'), ('silent', 'no answer')], default='waiting', max_length=20)),
                ('times', models.PositiveSmallIntegerField(default=0, help_text='How often they were asked.')),
                ('answer_by', models.DateTimeField(help_text='Until when an answer is asked for.', null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('reason_kind', models.CharField(blank=True, choices=[('time', 'No time at the moment'), ('topic', "The topics don't fit"), ('known', 'We know each other, or work together'), ('hours', "Our days or languages don't fit"), ('other', 'Something else')], max_length=20)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sides', to='matching.askedpair')),
            ],
            options={
                'ordering': ['pair_id', '-side'],
                'indexes': [models.Index(fields=['status', 'answer_by'], name='asked_side_due')],
                'constraints': [models.UniqueConstraint(fields=('pair', 'side'), name='asked_side_once'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'asked'), _negated=True), ('answer_by__isnull', False), _connector='OR'), name='asked_side_has_deadline')],
            },
        ),
        migrations.CreateModel(
            name='ConfirmPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grace_minutes', models.PositiveSmallIntegerField(default=10, help_text='As long as it waits, the match can be undone and nobody has noticed. 0: it leaves at once.', validators=[django.core.validators.MaxValueValidator(1440)], verbose_name='minutes before an intro leaves')),
                ('ask', models.CharField(blank=True, choices=[('', 'nobody: the coordinators decide'), ('mentors', 'the mentor'), ('mentees', 'the mentee'), ('both', 'both of them')], default='', max_length=20, verbose_name='who is asked first')),
                ('mentor_first', models.BooleanField(default=False, help_text='Where both are asked. Otherwise both get their mail together.', verbose_name='the mentor first, and the mentee only after a yes')),
                ('answer_days', models.PositiveSmallIntegerField(default=5, help_text="Until the end of that day by the cohort's clock. Whoever has more than two days is reminded once.", validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='days to answer')),
                ('silence_declines', models.BooleanField(default=False, help_text='Otherwise silence is shown, and you ask again or decide.', verbose_name='no answer counts as a no')),
                ('confirms_itself', models.BooleanField(default=False, help_text='The intro then leaves after the minutes above. Otherwise a coordinator confirms.', verbose_name='confirm by itself once all have said yes')),
                ('cohort', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='confirm_policy', to='cohorts.cohort')),
            ],
            options={
                'verbose_name_plural': 'confirm policies',
                'constraints': [models.CheckConstraint(condition=models.Q(('answer_days__gte', 1)), name='confirm_policy_gives_a_day')],
            },
        ),
    ]
