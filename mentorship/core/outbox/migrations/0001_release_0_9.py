# The tables of 0.9. It replaces the migrations before it and never changes.

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('outbox', '0001_initial'),
        ('outbox', '0002_recipients_are_people'),
        ('outbox', '0003_private_mails_are_visible'),
        ('outbox', '0004_people_of_waiting_mails'),
        ('outbox', '0005_links_beside_the_text'),
        ('outbox', '0006_links_out_of_texts'),
        ('outbox', '0007_words_deleted_at'),
        ('outbox', '0008_held_back'),
    ]

    dependencies = [
        ('accounts', '0001_release_0_9'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ForgottenAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text='keyed hash of the address', max_length=64, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'forgotten addresses',
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(help_text='sweep, beat or delivery', max_length=60, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('where', models.CharField(blank=True, help_text='The machine and its process.', max_length=120)),
                ('note', models.TextField(blank=True, help_text='What it did, or what went wrong.')),
                ('ok', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(help_text='Names what the message is about; once per deed.', max_length=200, unique=True)),
                ('scope', models.CharField(blank=True, help_text='What of the workspace it is about, such as cohort:12; empty = all of it.', max_length=60)),
                ('kind', models.CharField(help_text='such as intro, decision or check-in', max_length=60)),
                ('why', models.CharField(help_text='Why this message exists, in a sentence for the coordinator.', max_length=300)),
                ('to', models.JSONField(help_text='addresses')),
                ('cc', models.JSONField(blank=True, default=list)),
                ('bcc', models.JSONField(blank=True, default=list)),
                ('reply_to', models.JSONField(blank=True, default=list)),
                ('people', models.JSONField(blank=True, default=dict, editable=False, help_text='address → id of whose it is')),
                ('audience', models.JSONField(blank=True, default=dict, editable=False, help_text='Who says whom it is still for: a rule, and what it needs.')),
                ('recipe', models.JSONField(blank=True, default=dict, editable=False, help_text='What it was rendered from. Empty: it stays as written.')),
                ('edited', models.BooleanField(default=False, editable=False, help_text='A coordinator changed its words by hand.')),
                ('subject', models.CharField(max_length=300)),
                ('body_text', models.TextField(help_text='With a placeholder for each link by which its recipient acts.')),
                ('body_html', models.TextField(blank=True)),
                ('links', models.JSONField(blank=True, default=dict, editable=False, help_text='What stands for the placeholders; see own_links.py.')),
                ('attached', models.JSONField(blank=True, default=list, editable=False, help_text='names of its files')),
                ('unsubscribe_url', models.TextField(blank=True, help_text='Where one POST stops mails like this one (RFC 8058). Empty = a necessary mail.')),
                ('status', models.CharField(choices=[('queued', 'queued'), ('sending', 'sending'), ('sent', 'sent'), ('failed', 'failed'), ('cancelled', 'cancelled'), ('skipped', 'not sent')], default='queued', max_length=20)),
                ('priority', models.PositiveSmallIntegerField(default=5, help_text='The lowest goes first.')),
                ('version', models.PositiveIntegerField(default=0, editable=False, help_text='Grows with every change; nobody sends what changed since they read it.')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Not sent before this moment.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('claim_token', models.UUIDField(editable=False, null=True)),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('delivered_to', models.JSONField(blank=True, default=list, editable=False, help_text='Where only some of the recipients were taken: those.')),
                ('sent_at', models.DateTimeField(help_text='The Date header of the mail.', null=True)),
                ('sender', models.CharField(blank=True, editable=False, help_text='From, as it went out.', max_length=320)),
                ('provider_id', models.CharField(blank=True, editable=False, help_text='What a mail provider calls it; its reports name it so.', max_length=200)),
                ('last_error', models.TextField(blank=True)),
                ('words_deleted_at', models.DateTimeField(editable=False, help_text='When its words were deleted because their time was over.', null=True)),
                ('held', models.CharField(blank=True, choices=[('held', 'to decide'), ('released', 'released'), ('dropped', 'dropped')], editable=False, help_text='What became of it after a backup was restored; empty for all that it did not concern.', max_length=10)),
                ('maybe_duplicate', models.BooleanField(default=False, help_text='An attempt ended without an answer: its copy may have gone out too.')),
                ('private_to', models.ForeignKey(editable=False, help_text='Instead of `workspace` where only the recipient may use the links in it: who sees it without them.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.workspace')),
                ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='accounts.workspace')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['status', 'priority', 'due_at', 'id'], name='outbox_due'),
                    models.Index(fields=['workspace', '-created_at'], name='outbox_newest'),
                    models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='outbox_provider'),
                    models.Index(condition=models.Q(('held', ''), _negated=True), fields=['held', 'workspace'], name='outbox_held'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('status', 'sent')), models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='outbox_sent_has_moment'),
                    models.CheckConstraint(condition=models.Q(models.Q(('claim_token__isnull', False), ('lease_until__isnull', False), ('status', 'sending')), models.Q(models.Q(('status', 'sending'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='outbox_sending_has_lease'),
                ],
                'ordering': ['-created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Bounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(help_text="The provider's own name of it: told twice is one.", max_length=200, unique=True)),
                ('kind', models.CharField(choices=[('gone', 'came back: no such address'), ('later', 'came back'), ('spam', 'was called spam'), ('refused', 'was not sent by the provider')], max_length=20)),
                ('address', models.EmailField(help_text='in lower case', max_length=254)),
                ('words', models.TextField(blank=True, help_text='What the other mail server said.')),
                ('at', models.DateTimeField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bounces', to='outbox.outboxmessage')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('content_type', models.CharField(max_length=60)),
                ('content', models.BinaryField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='outbox.outboxmessage')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PlannedChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='The key that the message will have.', max_length=200, unique=True)),
                ('left_out', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(help_text='Not before this moment; empty = when it is planned.', null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='planned_changes', to='accounts.workspace')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(help_text='in lower case', max_length=254)),
                ('reason', models.CharField(choices=[('bounced', 'the address does not exist'), ('opted-out', 'wants necessary mails only'), ('by-hand', 'left out by a coordinator')], max_length=20)),
                ('note', models.TextField(blank=True, help_text='What the mail server said, or the coordinator.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suppressions', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workspace', 'address', 'reason'), name='suppression_once'),
                ],
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='MailTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(blank=True, help_text='such as cohort:12; empty = the whole programme', max_length=60)),
                ('kind', models.CharField(help_text='the folder below templates/emails', max_length=100)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField(max_length=20000)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_templates', to='accounts.workspace')),
            ],
            options={
                'ordering': ['kind', 'scope'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'scope', 'kind'), name='mail_template_once')],
            },
        ),
    ]
