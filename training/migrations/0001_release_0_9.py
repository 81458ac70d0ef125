# The tables of 0.9. It replaces the migrations before it and never changes.

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import mentorship.core.accounts.models
import training.models.sessions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('training', '0001_initial'),
        ('training', '0002_session_place_and_zone'),
        ('training', '0003_audience_of_waiting_mails'),
    ]

    dependencies = [
        ('accounts', '0001_release_0_9'),
        ('cohorts', '0001_release_0_9'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GuestOrganisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('contact_email', models.EmailField(blank=True, help_text='Whom to write to there.', max_length=254)),
                ('link_number', models.PositiveIntegerField(default=1, editable=False)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guest_organisations', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workspace', 'name'), name='guest_organisation_once'),
                ],
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('contact', models.CharField(blank=True, help_text='A person, an address, a number.', max_length=200)),
                ('price_list', models.TextField(blank=True, help_text='What they ask for, as they wrote it.')),
                ('terms', models.TextField(blank=True, help_text='Until when a session can be cancelled, when they want to be paid.')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='training_providers', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workspace', 'name'), name='provider_name_unique'),
                ],
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='SeatHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seats', models.PositiveSmallIntegerField(default=0, verbose_name='seats held')),
                ('until', models.DateTimeField(blank=True, help_text='Empty: until the session starts.', null=True)),
                ('status', models.CharField(choices=[('asked', 'asked'), ('accepted', 'accepted'), ('declined', 'declined')], default='accepted', max_length=20)),
                ('cohort', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='seat_holds', to='cohorts.cohort')),
                ('guest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='seat_holds', to='training.guestorganisation')),
                ('programme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='seat_holds', to='cohorts.programme')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('cohort__isnull', False), ('guest__isnull', True), ('programme__isnull', True)), models.Q(('cohort__isnull', True), ('guest__isnull', True), ('programme__isnull', False)), models.Q(('cohort__isnull', True), ('guest__isnull', False), ('programme__isnull', True)), _connector='OR'), name='seat_hold_for_one'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['asked', 'accepted', 'declined'])), name='seat_hold_status_known'),
                ],
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Training',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('training', 'training'), ('onboarding', 'onboarding call'), ('call', 'cohort call'), ('office', 'office hours')], default='training', max_length=20)),
                ('name', models.CharField(max_length=160)),
                ('topic', models.CharField(blank=True, help_text='Such as: listening, asking, giving feedback.', max_length=200)),
                ('summary', models.TextField(blank=True, help_text='What people read before they choose a slot.')),
                ('minutes', models.PositiveSmallIntegerField(default=180, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(600)], verbose_name='length in minutes')),
                ('materials', models.URLField(blank=True, help_text='Slides, exercises; people who booked see it.')),
                ('roles', models.CharField(default='mentor', help_text='Roles with spaces between them.', max_length=80, verbose_name='for')),
                ('obligatory', models.BooleanField(default=False, help_text='Otherwise it is recommended.')),
                ('experienced_welcome', models.BooleanField(default=True, help_text='Off: who has attended it is not invited again.', verbose_name='experienced mentors welcome')),
                ('refresher_rounds', models.PositiveSmallIntegerField(blank=True, help_text='How many rounds later it is due again. Empty: once is enough.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='refresher after rounds')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trainings', to='training.provider')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('provider', 'name'), name='training_name_unique'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['training', 'onboarding', 'call', 'office'])), name='training_kind_known'),
                ],
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='TrainingBooking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('booked', 'booked'), ('waitlisted', 'waitlisted'), ('offered', 'seat offered'), ('cancelled', 'cancelled'), ('came', 'came unbooked')], default='booked', max_length=20)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, help_text="When the status was set; the waitlist's order.")),
                ('offer_until', models.DateTimeField(blank=True, help_text='Until when an offered seat can be taken.', null=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('attended', models.BooleanField(blank=True, help_text='Of a team whether its lead was there. Empty: nobody has said yet.', null=True)),
                ('enrollment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='training_bookings', to='cohorts.enrollment')),
                ('hold', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bookings', to='training.seathold')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('status__in', ['booked', 'waitlisted', 'offered', 'cancelled', 'came'])), name='training_booking_status_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('offer_until__isnull', False), ('status', 'offered')), models.Q(models.Q(('status', 'offered'), _negated=True), ('offer_until__isnull', True)), _connector='OR'), name='training_booking_offer_ends'),
                ],
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='MemberAttendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attended', models.BooleanField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='member_attendances', to=settings.AUTH_USER_MODEL)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='member_attendances', to='training.trainingbooking')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('booking', 'user'), name='member_attendance_once'),
                ],
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='TrainingFeedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('words', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='training.trainingbooking')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='training_feedback', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='training_feedback_one_to_five'),
                    models.UniqueConstraint(fields=('booking', 'user'), name='training_feedback_once'),
                    models.UniqueConstraint(condition=models.Q(('user__isnull', True)), fields=('booking',), name='training_feedback_guest_once'),
                ],
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='TrainingGuest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('email', models.EmailField(max_length=254)),
                ('time_zone', models.CharField(default='UTC', max_length=60, validators=[mentorship.core.accounts.models.validate_time_zone])),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guests', to='training.guestorganisation')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('organisation', 'email'), name='training_guest_once'),
                ],
                'ordering': ['name', 'id'],
            },
        ),
        migrations.AddField(
            model_name='trainingbooking',
            name='guest',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='training_bookings', to='training.trainingguest'),
        ),
        migrations.CreateModel(
            name='TrainingSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('time_zone', models.CharField(blank=True, help_text="On this clock it is announced. Empty: on the cohort's.", max_length=60, validators=[mentorship.core.accounts.models.validate_time_zone])),
                ('place', models.CharField(blank=True, help_text='The address and the room. Empty: it is online.', max_length=200)),
                ('minutes', models.PositiveSmallIntegerField(default=180, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(600)])),
                ('seats', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2000)])),
                ('minimum', models.PositiveSmallIntegerField(default=0, help_text='With fewer people it does not pay. 0: no minimum.', validators=[django.core.validators.MaxValueValidator(2000)])),
                ('host', models.CharField(blank=True, help_text='Who opens the call.', max_length=160)),
                ('joining_link', models.URLField(blank=True, help_text='Only people who booked see it.')),
                ('change_hours', models.PositiveSmallIntegerField(default=24, help_text='Hours before it starts.', validators=[django.core.validators.MaxValueValidator(720)], verbose_name='change or cancel until')),
                ('answer_hours', models.PositiveSmallIntegerField(default=48, help_text='Hours that somebody from the waitlist has to take a seat that became free.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(720)], verbose_name='time to answer')),
                ('price', models.DecimalField(blank=True, decimal_places=3, help_text='What the provider asks for this session. Who pays it stands with the costs.', max_digits=15, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('currency', models.CharField(blank=True, help_text='A code of three letters, such as EUR.', max_length=3, validators=[training.models.sessions.validate_currency])),
                ('notes_link', models.URLField(blank=True, help_text='Everybody whom the session is for sees it.', verbose_name='notes')),
                ('recording_link', models.URLField(blank=True, help_text='Everybody whom the session is for sees it.', verbose_name='recording')),
                ('taken', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('cancelled_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('cancel_reason', models.CharField(blank=True, editable=False, max_length=300)),
                ('roll_closed_at', models.DateTimeField(blank=True, editable=False, help_text='When it was first said that this is all who came.', null=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='training_sessions', to='cohorts.cohort')),
                ('training', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='training.training')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('taken__lte', models.F('seats'))), name='training_session_never_oversold'),
                    models.CheckConstraint(condition=models.Q(('price__isnull', True), models.Q(('price__gte', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='training_session_price_whole'),
                ],
                'ordering': ['starts_at', 'id'],
            },
        ),
        migrations.AddField(
            model_name='trainingbooking',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='training.trainingsession'),
        ),
        migrations.AddField(
            model_name='seathold',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='training.trainingsession'),
        ),
        migrations.CreateModel(
            name='AttendanceImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rows', models.JSONField(help_text='[{name, email, minutes, key, sure}]; key names a person, see candidates_of')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance_imports', to='training.trainingsession')),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.AddIndex(
            model_name='trainingbooking',
            index=models.Index(fields=['session', 'status'], name='training_booking_list'),
        ),
        migrations.AddConstraint(
            model_name='trainingbooking',
            constraint=models.UniqueConstraint(fields=('session', 'enrollment'), name='training_booking_once'),
        ),
        migrations.AddConstraint(
            model_name='trainingbooking',
            constraint=models.UniqueConstraint(fields=('session', 'guest'), name='training_booking_guest_once'),
        ),
        migrations.AddConstraint(
            model_name='trainingbooking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('enrollment__isnull', False), ('guest__isnull', True)), models.Q(('enrollment__isnull', True), ('guest__isnull', False)), _connector='OR'), name='training_booking_of_one'),
        ),
        migrations.AddConstraint(
            model_name='seathold',
            constraint=models.UniqueConstraint(fields=('session', 'cohort'), name='seat_hold_cohort_once'),
        ),
        migrations.AddConstraint(
            model_name='seathold',
            constraint=models.UniqueConstraint(fields=('session', 'programme'), name='seat_hold_programme_once'),
        ),
        migrations.AddConstraint(
            model_name='seathold',
            constraint=models.UniqueConstraint(fields=('session', 'guest'), name='seat_hold_guest_once'),
        ),
    ]
