# The tables of 0.9. It replaces the migrations before it and never changes.

import cohorts.models.question_kinds
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('checkins', '0001_initial'),
        ('checkins', '0002_question_kinds'),
        ('checkins', '0003_state_columns'),
        ('checkins', '0004_fill_state_columns'),
        ('checkins', '0005_cancelled_has_reason'),
        ('checkins', '0006_mail_asks_about_several'),
        ('checkins', '0007_audience_of_waiting_mails'),
        ('checkins', '0008_anonymous_answers_sealed'),
    ]

    dependencies = [
        ('accounts', '0001_release_0_9'),
        ('cohorts', '0001_release_0_9'),
        ('matching', '0001_release_0_9'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('mentor', 'mentor'), ('mentee', 'mentee'), ('facilitator', 'facilitator')], max_length=20)),
                ('status', models.CharField(choices=[('planned', 'planned'), ('sent', 'sent'), ('answered', 'answered'), ('expired', 'not answered'), ('cancelled', 'cancelled')], default='planned', max_length=20)),
                ('zone', models.CharField(default='UTC', help_text='By whose clock it was planned.', max_length=60)),
                ('due_at', models.DateTimeField(help_text="When the first mail goes out; morning in the person's own time zone.")),
                ('closes_at', models.DateTimeField()),
                ('next_mail_at', models.DateTimeField(help_text='The next mail to this person; empty when none is left.', null=True)),
                ('mails_sent', models.PositiveSmallIntegerField(default=0)),
                ('mail_key', models.CharField(blank=True, editable=False, help_text='Of its newest mail, which may ask about others, too.', max_length=200)),
                ('asked_at', models.DateTimeField(help_text='When the first mail was written.', null=True)),
                ('last_mail_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(help_text='Of an anonymous survey never.', null=True)),
                ('said_at', models.DateTimeField(help_text='When they last changed it. Of an anonymous survey never.', null=True)),
                ('cancelled_because', models.CharField(blank=True, choices=[('match_ended', 'the match has ended'), ('withdrew', 'somebody withdrew'), ('left_team', 'not in the team any more'), ('opted_out', 'wants necessary mails only'), ('by_coordinator', 'a coordinator stopped it'), ('erased', 'the person was erased')], max_length=20)),
                ('enrollment', models.ForeignKey(help_text='For a member that of the team.', on_delete=django.db.models.deletion.PROTECT, related_name='checkins', to='cohorts.enrollment')),
                ('match', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='checkins', to='matching.match')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checkins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['status', 'next_mail_at'], name='checkin_due'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('status', 'answered'), ('answered_at__isnull', True), _connector='OR'), name='checkin_answered_has_moment'),
                    models.CheckConstraint(condition=models.Q(models.Q(('status', 'cancelled'), models.Q(('cancelled_because', ''), _negated=True)), models.Q(models.Q(('status', 'cancelled'), _negated=True), ('cancelled_because', '')), _connector='OR'), name='checkin_cancelled_has_reason'),
                ],
                'verbose_name': 'check-in',
                'ordering': ['due_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('not_met', 'Have not met'), ('other_mentor', 'Wants another match'), ('help', 'Needs help'), ('conduct', 'Conduct concern'), ('other', 'Something else')], max_length=20)),
                ('status', models.CharField(choices=[('open', 'open'), ('working', 'in work'), ('waiting', 'waiting for an answer'), ('done', 'done')], default='open', max_length=20)),
                ('due_on', models.DateField(verbose_name='next step by')),
                ('next_step', models.CharField(max_length=300)),
                ('summary', models.TextField(blank=True, help_text='What was said.')),
                ('outcome', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to=settings.AUTH_USER_MODEL)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='cohorts.cohort')),
                ('match', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='matching.match')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='owned_cases', to=settings.AUTH_USER_MODEL)),
                ('checkin', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cases', to='checkins.checkin')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['cohort', 'status', 'due_on'], name='case_list'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(models.Q(('kind', 'conduct'), _negated=True), ('checkin__isnull', False)), fields=('checkin', 'kind'), name='case_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('status', 'done')), models.Q(models.Q(('status', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='case_done_has_moment'),
                ],
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SealedAnswers',
            fields=[
                ('checkin', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sealed', serialize=False, to='checkins.checkin')),
                ('sealed', models.TextField(editable=False)),
            ],
            options={
                'verbose_name_plural': 'sealed answers',
            },
        ),
        migrations.CreateModel(
            name='CheckInWave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('anchor', models.CharField(choices=[('intro', 'the intro of each pair'), ('starts', 'the start of the cohort'), ('ends', 'the end of the cohort')], default='intro', max_length=10, verbose_name='counted from')),
                ('offset', models.SmallIntegerField(default=3, help_text='Before the end of the cohort: a negative number.', validators=[django.core.validators.MinValueValidator(-366), django.core.validators.MaxValueValidator(730)], verbose_name='how long after')),
                ('unit', models.CharField(choices=[('months', 'calendar months'), ('days', 'days')], default='months', max_length=10)),
                ('audience', models.CharField(choices=[('both', 'mentors and mentees'), ('mentees', 'mentees'), ('mentors', 'mentors, once for each pair'), ('facilitators', 'facilitators')], default='both', max_length=20, verbose_name='who is asked')),
                ('reminders', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(5)])),
                ('reminder_every', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='days between reminders')),
                ('window_days', models.PositiveSmallIntegerField(default=42, help_text='From the day of the first mail.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days to answer')),
                ('paused_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('anchored_on', models.DateField(editable=False, help_text='The date that its check-ins were planned by.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waves', to='cohorts.cohort')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('cohort', 'name'), name='wave_name_unique'),
                    models.CheckConstraint(condition=models.Q(('offset__gte', 0), ('anchor', 'ends'), _connector='OR'), name='wave_before_the_end_only'),
                ],
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='checkin',
            name='wave',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checkins', to='checkins.checkinwave'),
        ),
        migrations.CreateModel(
            name='AnonymousBox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(default=dict, help_text='question id → what was said, shuffled')),
                ('number', models.PositiveIntegerField(default=0, help_text='How many people said it.')),
                ('unread', models.JSONField(default=dict, editable=False, help_text='What an older version held back; it joins the next group.')),
                ('wave', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='box', to='checkins.checkinwave')),
            ],
            options={
                'verbose_name_plural': 'anonymous boxes',
            },
        ),
        migrations.CreateModel(
            name='GraduationCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('sessions', 'Sessions attended'), ('mentor', 'The mentor says yes'), ('survey', 'A check-in answered'), ('own', 'Something of your own')], max_length=20)),
                ('name', models.CharField(help_text='Such as: presented the project in a graduation call.', max_length=160)),
                ('number', models.PositiveSmallIntegerField(default=1, help_text='For sessions attended only.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='how many sessions')),
                ('position', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='graduation_criteria', to='cohorts.cohort')),
                ('wave', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='checkins.checkinwave', verbose_name='check-in')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('cohort', 'name'), name='graduation_criterion_once'),
                ],
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CriterionMet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('met', models.BooleanField()),
                ('at', models.DateTimeField(auto_now=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cohorts.enrollment')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='said', to='checkins.graduationcriterion')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('criterion', 'enrollment', 'user'), name='criterion_said_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HelperBreak',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(blank=True, help_text='The first day that they may be asked again.', null=True)),
                ('since', models.DateField(default=django.utils.timezone.localdate)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='helper_breaks', to='cohorts.programme')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='helper_breaks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('programme', 'user'), name='helper_break_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Honorarium',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(help_text='Such as: mentoring in this round.', max_length=160, verbose_name='what for')),
                ('amount', models.DecimalField(decimal_places=2, help_text='For each person.', max_digits=9, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))])),
                ('currency', models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}\\Z', 'Three capital letters, such as EUR.')])),
                ('status', models.CharField(choices=[('offered', 'offered'), ('accepted', 'to be paid'), ('declined', 'declined'), ('paid', 'paid'), ('cancelled', 'taken back')], default='offered', max_length=20)),
                ('offered_at', models.DateTimeField(auto_now_add=True)),
                ('answered_at', models.DateTimeField(editable=False, null=True)),
                ('paid_on', models.DateField(blank=True, null=True)),
                ('reference', models.CharField(blank=True, help_text='Of the transfer, as your bank names it.', max_length=120)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='honoraria', to='cohorts.cohort')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='honoraria', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['cohort', 'status'], name='honorarium_list'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('status', 'cancelled'), _negated=True), fields=('cohort', 'user', 'what'), name='honorarium_once'),
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='honorarium_is_something'),
                    models.CheckConstraint(condition=models.Q(models.Q(('paid_on__isnull', False), ('status', 'paid')), models.Q(models.Q(('status', 'paid'), _negated=True), ('paid_on__isnull', True)), _connector='OR'), name='honorarium_paid_has_day'),
                ],
                'verbose_name_plural': 'honoraria',
                'ordering': ['-offered_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Opportunity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('job', 'Job'), ('event', 'Event'), ('funding', 'Funding'), ('other', 'Other')], max_length=20)),
                ('title', models.CharField(max_length=160)),
                ('text', models.TextField(max_length=1000, verbose_name='in a few sentences')),
                ('url', models.URLField(verbose_name='address')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='closes')),
                ('status', models.CharField(choices=[('proposed', 'to be read'), ('approved', 'in the next digest'), ('declined', 'declined'), ('sent', 'sent')], default='proposed', max_length=20)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('sent_at', models.DateTimeField(editable=False, null=True)),
                ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opportunities', to='cohorts.programme')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('status', 'sent')), models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='opportunity_sent_has_moment'),
                ],
                'verbose_name_plural': 'opportunities',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PairPause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, help_text='The first day that counts again; empty: until resumed.', null=True)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checkin_pauses', to='matching.match')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('match',), name='pair_paused_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('mentor', 'mentor'), ('mentee', 'mentee'), ('facilitator', 'facilitator')], max_length=20)),
                ('day', models.DateField(help_text='On which they wrote, by the clock of the cohort.')),
                ('ends_at', models.DateTimeField(help_text='The end of that day: what was asked before it has been heard of.')),
                ('how', models.CharField(choices=[('well', 'all is well'), ('not_met', 'not met yet'), ('difficult', 'it is difficult'), ('alive', 'only a sign of life')], max_length=20, verbose_name='how it goes')),
                ('words', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='cohorts.cohort')),
                ('match', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='matching.match')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('match__isnull', True), ('side', 'facilitator')), models.Q(('match__isnull', False), ('side__in', ['mentor', 'mentee'])), _connector='OR'), name='reply_about_a_pair_or_the_cohort'),
                ],
                'verbose_name_plural': 'replies',
                'ordering': ['-day', '-id'],
            },
        ),
        migrations.AddField(
            model_name='checkin',
            name='reply',
            field=models.ForeignKey(help_text='They wrote this to us: no mail of this check-in goes out any more, and it can still be answered.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='checkins', to='checkins.reply'),
        ),
        migrations.CreateModel(
            name='CaseNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('note', 'note'), ('no_longer_asked', 'they answered since'), ('reply', 'they wrote')], default='note', max_length=20)),
                ('text', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='checkins.case')),
                ('reply', models.ForeignKey(help_text='What they wrote that it quotes.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='checkins.reply')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='reply',
            field=models.ForeignKey(blank=True, help_text='What opened it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='checkins.reply'),
        ),
        migrations.CreateModel(
            name='ServiceCertificate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='As the certificate prints it.', max_length=200)),
                ('what', models.CharField(help_text='mentored 2 projects', max_length=200)),
                ('hours', models.PositiveSmallIntegerField(blank=True, help_text='Empty: the certificate names no hours.', null=True)),
                ('decided_on', models.DateField()),
                ('issued_at', models.DateTimeField(help_text='When it was sent.', null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='service_certificate', to='cohorts.enrollment')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='What the person reads above the questions.', max_length=120)),
                ('intro', models.TextField(blank=True, help_text='Shown above the questions.', verbose_name='introduction')),
                ('anonymous', models.BooleanField(default=False, help_text='Answers are kept without the person, the pair and the moment. Nobody can act on one, or change it.')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='surveys', to='cohorts.programme')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('programme', 'name'), name='survey_name_unique'),
                ],
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='checkinwave',
            name='survey',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='checkins.survey'),
        ),
        migrations.CreateModel(
            name='SurveyQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, help_text='Stays the same when the wording changes.', max_length=40)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('retired_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('position', models.PositiveIntegerField(default=0, editable=False)),
                ('text', models.CharField(max_length=300, verbose_name='question')),
                ('help_text', models.TextField(blank=True, verbose_name='help')),
                ('options', models.JSONField(blank=True, default=list, help_text='[[value, label], …] where choices are listed.')),
                ('required', models.BooleanField(default=False)),
                ('kind', models.CharField(choices=cohorts.models.question_kinds.survey_kind_choices, max_length=20)),
                ('flags', models.JSONField(blank=True, default=dict, help_text='value → kind of the case that this answer opens')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='checkins.survey')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('survey', 'key', 'version'), name='survey_question_version_once'),
                    models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('survey', 'key'), name='survey_question_asked_once'),
                ],
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(blank=True, help_text='The option, the number, yes or no.', max_length=80)),
                ('text', models.TextField(blank=True)),
                ('checkin', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='checkins.checkin')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='checkins.surveyquestion')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('checkin', 'question', 'value'), name='answer_once'),
                ],
                'ordering': ['question__position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AlumniConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roles', models.JSONField(blank=True, default=list, help_text='As what they would come back.')),
                ('agreed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('left_at', models.DateTimeField(blank=True, help_text='When they took it back.', null=True)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alumni_consents', to='cohorts.programme')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alumni_consents', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-agreed_at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'user'), name='alumni_consent_once')],
            },
        ),
        migrations.CreateModel(
            name='AlumniRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alumni_requests', to='cohorts.programme')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alumni_requests', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('programme', 'user'), name='alumni_request_once')],
            },
        ),
        migrations.CreateModel(
            name='ConductReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conduct_readings', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conduct_readers', to='accounts.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'user'), name='conduct_reader_once')],
            },
        ),
        migrations.CreateModel(
            name='DigestPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('every', models.PositiveSmallIntegerField(choices=[(0, 'only when I say so'), (1, 'every month'), (2, 'every two months'), (3, 'every three months')], default=0, verbose_name='how often')),
                ('day', models.PositiveSmallIntegerField(default=1, help_text='Of the month, 1 to 28.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='on day')),
                ('next_on', models.DateField(editable=False, help_text='It leaves at nine that morning.', null=True)),
                ('programme', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='digest_plan', to='cohorts.programme')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('every', 0), ('next_on__isnull', True)), models.Q(('every__gt', 0), ('next_on__isnull', False)), _connector='OR'), name='digest_plan_has_day')],
            },
        ),
        migrations.CreateModel(
            name='Graduation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('graduated', 'graduated'), ('ended', 'ended early')], max_length=20)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('name', models.CharField(help_text='As the certificate prints it.', max_length=200)),
                ('decided_on', models.DateField()),
                ('issued_at', models.DateTimeField(help_text='When the certificate was sent.', null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='graduations', to='cohorts.enrollment')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='graduations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('enrollment', 'user'), name='graduation_once'), models.CheckConstraint(condition=models.Q(('status', 'graduated'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='ended_early_has_reason')],
            },
        ),
        migrations.AddIndex(
            model_name='checkin',
            index=models.Index(fields=['wave', 'status'], name='checkin_of_wave'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.UniqueConstraint(condition=models.Q(('match__isnull', False)), fields=('wave', 'match', 'user'), name='checkin_once'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.UniqueConstraint(condition=models.Q(('match__isnull', True)), fields=('wave', 'user'), name='checkin_once_without_match'),
        ),
    ]
