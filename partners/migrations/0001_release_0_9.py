# The tables of 0.9. It replaces the migrations before it and never changes.

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import partners.models.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('partners', '0001_initial'),
        ('partners', '0002_payment_kind'),
        ('partners', '0003_payment_kind_checked'),
        ('partners', '0004_audience_of_waiting_mails'),
    ]

    dependencies = [
        ('accounts', '0001_release_0_9'),
        ('cohorts', '0001_release_0_9'),
        ('training', '0001_release_0_9'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='A line that comes twice is one.', max_length=64)),
                ('on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=3, max_digits=15)),
                ('currency', models.CharField(max_length=3, validators=[partners.models.fields.validate_currency])),
                ('payer', models.CharField(blank=True, max_length=200)),
                ('text', models.TextField(blank=True)),
                ('ignored', models.BooleanField(default=False)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bank_lines', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workspace', 'key'), name='bank_line_once'),
                ],
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Biller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('legal_name', models.CharField(max_length=200)),
                ('street', models.CharField(max_length=200)),
                ('postcode', models.CharField(max_length=20)),
                ('city', models.CharField(max_length=100)),
                ('country', models.CharField(help_text='Two letters, such as DE.', max_length=2)),
                ('vat_id', models.CharField(blank=True, max_length=40, verbose_name='VAT number')),
                ('tax_number', models.CharField(blank=True, max_length=40, verbose_name='tax or registration number')),
                ('email', models.EmailField(help_text='Stands on the invoices; answers go there.', max_length=254)),
                ('bank', models.CharField(blank=True, max_length=100, verbose_name='name of the bank')),
                ('iban', models.CharField(max_length=40, verbose_name='IBAN or account number')),
                ('bic', models.CharField(blank=True, max_length=15, verbose_name='BIC')),
                ('vat_percent', models.DecimalField(decimal_places=2, default=0, max_digits=5, validators=[django.core.validators.MinValueValidator(0)], verbose_name='VAT in per cent')),
                ('exempt_reason', models.CharField(blank=True, help_text='Stands on every invoice without VAT.', max_length=200, verbose_name='why no VAT is charged')),
                ('terms_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(180)], verbose_name='days to pay')),
                ('reminder_days', models.JSONField(blank=True, default=list, help_text='Days past the due date, such as [3, 14, 30].')),
                ('invoice_prefix', models.CharField(default='INV-', help_text='Numbers count on without a gap: INV-0001, INV-0002.', max_length=20)),
                ('credit_prefix', models.CharField(default='CN-', max_length=20)),
                ('paper', models.CharField(choices=[('a4', 'A4'), ('us-letter', 'Letter')], default='a4', max_length=12)),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='biller', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('vat_percent__gt', 0), models.Q(('exempt_reason', ''), _negated=True), _connector='OR'), name='biller_no_vat_has_reason'),
                    models.CheckConstraint(condition=models.Q(('invoice_prefix', models.F('credit_prefix')), _negated=True), name='biller_two_series'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Contribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('money', 'money'), ('mentor_hours', 'paid mentor hours'), ('coaches', 'coaches'), ('materials', 'materials'), ('logistics', 'logistics'), ('advice', 'advice')], max_length=20)),
                ('what', models.CharField(help_text='The exact thing, as it should be acknowledged.', max_length=200)),
                ('pledged', models.DecimalField(decimal_places=3, help_text='Hours, people, pieces or money.', max_digits=12, validators=[django.core.validators.MinValueValidator(0)])),
                ('currency', models.CharField(blank=True, help_text='Of money only.', max_length=3, validators=[partners.models.fields.validate_currency])),
                ('licence', models.CharField(blank=True, help_text='Of materials, such as CC BY 4.0.', max_length=60)),
                ('link', models.URLField(blank=True)),
                ('value', models.DecimalField(blank=True, decimal_places=3, help_text='An estimate of what it is worth; never added to cash.', max_digits=15, null=True)),
                ('value_currency', models.CharField(blank=True, max_length=3, validators=[partners.models.fields.validate_currency])),
                ('acknowledged_on', models.DateField(blank=True, null=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='cohorts.cohort')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('pledged__gte', 0)), name='contribution_positive'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'money'), models.Q(('currency', ''), _negated=True)), models.Q(models.Q(('kind', 'money'), _negated=True), ('currency', '')), _connector='OR'), name='contribution_money_has_currency'),
                ],
                'ordering': ['kind', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ContributionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12, validators=[django.core.validators.MinValueValidator(0)])),
                ('note', models.CharField(blank=True, max_length=200)),
                ('has_person', models.BooleanField(default=False, editable=False)),
                ('person_confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('partner_confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('contribution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='partners.contribution')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contributed', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='entry_is_something'),
                ],
                'verbose_name_plural': 'contribution entries',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Cost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=200)),
                ('purpose', models.CharField(choices=[('training', 'training'), ('honoraria', 'honoraria'), ('microgrants', 'microgrants'), ('staff', 'staff time'), ('infrastructure', 'infrastructure'), ('events', 'events'), ('other', 'other')], default='training', max_length=20)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=15, validators=[django.core.validators.MinValueValidator(0)])),
                ('currency', models.CharField(default='EUR', max_length=3, validators=[partners.models.fields.validate_currency])),
                ('paid_on', models.DateField(help_text='Must lie in the term of a fund that pays.', verbose_name='date of the cost')),
                ('provider', models.CharField(blank=True, max_length=160)),
                ('invoice_number', models.CharField(blank=True, max_length=60, verbose_name="provider's invoice number")),
                ('invoice_date', models.DateField(blank=True, null=True, verbose_name="provider's invoice date")),
                ('file_name', models.CharField(blank=True, editable=False, max_length=200)),
                ('file_data', models.BinaryField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='cohorts.cohort')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='training.trainingsession')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='cost_is_some_money'),
                ],
                'ordering': ['-paid_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('invoice', 'invoice'), ('credit_note', 'credit note')], default='invoice', max_length=20)),
                ('status', models.CharField(choices=[('draft', 'draft'), ('issued', 'issued'), ('part_paid', 'partly paid'), ('paid', 'paid'), ('credited', 'credited')], default='draft', max_length=20)),
                ('prefix', models.CharField(blank=True, editable=False, max_length=20)),
                ('sequence', models.PositiveIntegerField(editable=False, null=True)),
                ('number', models.CharField(blank=True, editable=False, max_length=40)),
                ('issued_on', models.DateField(blank=True, null=True)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('currency', models.CharField(max_length=3, validators=[partners.models.fields.validate_currency])),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'Deutsch'), ('fr', 'français'), ('es', 'español')], default='en', max_length=2)),
                ('po_number', models.CharField(blank=True, max_length=60, verbose_name='purchase order')),
                ('terms_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MaxValueValidator(180)], verbose_name='days to pay')),
                ('tax_category', models.CharField(choices=[('S', 'VAT'), ('E', 'exempt from VAT'), ('AE', 'reverse charge'), ('O', 'not subject to VAT')], default='E', max_length=2, verbose_name='VAT')),
                ('tax_percent', models.DecimalField(decimal_places=2, default=0, max_digits=5, validators=[django.core.validators.MinValueValidator(0)])),
                ('exempt_reason', models.CharField(blank=True, max_length=200, verbose_name='why no VAT is charged')),
                ('e_invoice', models.BooleanField(default=True, help_text='Factur-X / ZUGFeRD (EN 16931) inside the PDF.', verbose_name='with e-invoice data')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='a sentence on the invoice')),
                ('net', models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                ('tax', models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                ('gross', models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                ('seller', models.JSONField(default=dict, editable=False, help_text='Who issued it, as of that day.')),
                ('buyer', models.JSONField(default=dict, editable=False, help_text='To whom, as of that day.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('reminded', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('next_reminder_on', models.DateField(blank=True, editable=False, null=True)),
                ('credits', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='partners.invoice')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='accounts.workspace')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['status', 'next_reminder_on'], name='invoice_reminder_due'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('status', 'draft'), _negated=True), fields=('workspace', 'prefix', 'sequence'), name='invoice_number_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('number', ''), ('sequence__isnull', True), ('status', 'draft')), models.Q(models.Q(('status', 'draft'), _negated=True), ('issued_on__isnull', False), ('sequence__isnull', False), models.Q(('number', ''), _negated=True)), _connector='OR'), name='invoice_number_when_issued'),
                    models.CheckConstraint(condition=models.Q(models.Q(('tax_category', 'S'), ('tax_percent__gt', 0)), models.Q(models.Q(('tax_category', 'S'), _negated=True), ('tax_percent', 0), models.Q(('exempt_reason', ''), _negated=True)), _connector='OR'), name='invoice_vat_or_reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('credits__isnull', True), ('kind', 'invoice')), models.Q(('credits__isnull', False), ('kind', 'credit_note')), _connector='OR'), name='invoice_credit_note_of_one'),
                ],
                'ordering': ['-issued_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=300)),
                ('quantity', models.DecimalField(decimal_places=2, default=1, max_digits=10)),
                ('price', models.DecimalField(decimal_places=3, max_digits=15)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=15)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='partners.invoice')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('price__gte', 0), ('quantity__gt', 0)), name='line_positive'),
                ],
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='IssuedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('xml', models.TextField(blank=True, help_text='The e-invoice inside the PDF.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='document', to='partners.invoice')),
            ],
        ),
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=20)),
                ('last', models.PositiveIntegerField(default=0)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='number_series', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workspace', 'prefix'), name='number_series_once'),
                ],
                'verbose_name_plural': 'number series',
            },
        ),
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Written exactly as they ask.', max_length=160)),
                ('legal_name', models.CharField(blank=True, help_text='Stands on invoices. Empty: the name.', max_length=200)),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('website', models.URLField(blank=True)),
                ('official', models.BooleanField(default=True, help_text='Unofficial support is thanked in person and never shown in public.')),
                ('naming', models.CharField(choices=[('name_and_logo', 'name and logo'), ('name', 'name only'), ('nothing', 'neither: thanked in person')], default='name', help_text='On pages, mails, reports.', max_length=20, verbose_name='what may be shown')),
                ('naming_rules', models.TextField(blank=True, help_text='As they wrote them.', verbose_name='rules about name and logo')),
                ('logo_kind', models.CharField(blank=True, editable=False, help_text='image/png; empty: no logo', max_length=20)),
                ('street', models.CharField(blank=True, max_length=200)),
                ('postcode', models.CharField(blank=True, max_length=20)),
                ('city', models.CharField(blank=True, max_length=100)),
                ('country', models.CharField(blank=True, help_text='Two letters, such as DE.', max_length=2)),
                ('tax_id', models.CharField(blank=True, help_text='Such as DE123456789.', max_length=40, verbose_name='tax or VAT number')),
                ('billing_email', models.EmailField(blank=True, help_text='Empty: to all contacts.', max_length=254, verbose_name='where invoices go')),
                ('currency', models.CharField(default='EUR', max_length=3, validators=[partners.models.fields.validate_currency])),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'Deutsch'), ('fr', 'français'), ('es', 'español')], default='en', help_text='Labels of invoices, reports.', max_length=2)),
                ('requirements_agreed_on', models.DateField(blank=True, null=True, verbose_name='agreed to the requirements on')),
                ('requirements_agreed_by', models.CharField(blank=True, help_text='Open licences, free to attend, code of conduct.', max_length=160, verbose_name='who agreed')),
                ('decided_by', models.CharField(blank=True, help_text='Who took them in as a partner, on our side.', max_length=160, verbose_name='who decided')),
                ('next_touch_on', models.DateField(blank=True, null=True, verbose_name='next touch')),
                ('next_touch', models.CharField(blank=True, max_length=200, verbose_name='what about')),
                ('note', models.TextField(blank=True, help_text="The coordinators' own note.")),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partners', to='accounts.workspace')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('requirements_agreed_on__isnull', True), models.Q(('requirements_agreed_by', ''), _negated=True), _connector='OR'), name='partner_agreement_has_a_person'),
                ],
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='invoice',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='partners.partner'),
        ),
        migrations.CreateModel(
            name='ImpactReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(blank=True, help_text='All cohorts that started in it.', null=True)),
                ('title', models.CharField(max_length=160)),
                ('words', models.TextField(blank=True, verbose_name='your own words')),
                ('blocks', models.JSONField(default=list, help_text='kinds, in order')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cohort', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='cohorts.cohort')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='accounts.workspace')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='partners.partner')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('cohort__isnull', False), ('year__isnull', True)), models.Q(('cohort__isnull', True), ('year__isnull', False)), _connector='OR'), name='report_about_one'),
                ],
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Fund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('grant', 'grant'), ('discretionary', 'discretionary')], default='grant', max_length=20)),
                ('purpose', models.CharField(blank=True, help_text='What it may be spent on.', max_length=200)),
                ('budget', models.DecimalField(decimal_places=3, max_digits=15, validators=[django.core.validators.MinValueValidator(0)])),
                ('currency', models.CharField(default='EUR', max_length=3, validators=[partners.models.fields.validate_currency])),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='funds', to='accounts.workspace')),
                ('partner', models.ForeignKey(blank=True, help_text='Who gave it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='funds', to='partners.partner')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('workspace', 'name'), name='fund_name_once'),
                    models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='fund_ends_after_start'),
                    models.CheckConstraint(condition=models.Q(('budget__gte', 0)), name='fund_budget_positive'),
                ],
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CostShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('fixed', 'a fixed amount'), ('percent', 'per cent'), ('head', 'by head')], default='percent', max_length=20)),
                ('value', models.DecimalField(decimal_places=3, help_text='The amount, per cent, or people.', max_digits=15)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=15)),
                ('payer_amount', models.DecimalField(decimal_places=3, max_digits=15)),
                ('payer_currency', models.CharField(max_length=3, validators=[partners.models.fields.validate_currency])),
                ('rate', models.DecimalField(decimal_places=8, default=1, help_text='Units of theirs for one of ours.', max_digits=18)),
                ('rate_on', models.DateField(blank=True, null=True)),
                ('status', models.CharField(choices=[('proposed', 'proposed'), ('agreed', 'agreed'), ('declined', 'declined')], default='proposed', max_length=20)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cost', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='partners.cost')),
                ('fund', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='partners.fund')),
                ('invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shares', to='partners.invoice')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='partners.partner')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('fund__isnull', True), ('partner__isnull', False)), models.Q(('fund__isnull', False), ('partner__isnull', True)), _connector='OR'), name='cost_share_one_payer'),
                    models.UniqueConstraint(fields=('cost', 'partner'), name='cost_share_partner_once'),
                    models.UniqueConstraint(fields=('cost', 'fund'), name='cost_share_fund_once'),
                    models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('value__gte', 0)), name='cost_share_positive'),
                    models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='cost_share_rate_positive'),
                ],
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='contribution',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contributions', to='partners.partner'),
        ),
        migrations.CreateModel(
            name='PartnerContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='partners.partner')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='partner_contacts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('partner', 'user'), name='partner_contact_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PartnerLogo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('partner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='logo', to='partners.partner')),
            ],
        ),
        migrations.CreateModel(
            name='PartnerPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('lent', 'lent'), ('sponsored', 'sponsored')], max_length=20)),
                ('agreed_at', models.DateTimeField(blank=True, help_text='When the person said that the partner may see.', null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shown_to_partners', to='cohorts.enrollment')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='partners.partner')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('partner', 'enrollment'), name='partner_person_once'),
                ],
                'verbose_name_plural': 'people of partners',
                'ordering': ['kind', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'received'), ('carried_over', 'carried over')], default='received', editable=False, max_length=20)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=15)),
                ('on', models.DateField()),
                ('reference', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('bank_line', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payment', to='partners.bankline')),
                ('counterpart', models.ForeignKey(blank=True, editable=False, help_text='The other invoice, where credit was carried over.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_payments', to='partners.invoice')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='partners.invoice')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='payment_is_some_money'),
                    models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('counterpart__isnull', True), ('kind', 'received')), models.Q(('bank_line__isnull', True), ('counterpart__isnull', False), ('kind', 'carried_over')), _connector='OR'), name='payment_carried_over_has_counterpart'),
                ],
                'ordering': ['on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('attribution', models.CharField(blank=True, help_text='As they want it. Empty: no name.', max_length=160)),
                ('consented_on', models.DateField(blank=True, help_text='When the person said yes to printing it.', null=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotes', to='cohorts.cohort')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ReleasedTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='places, retention, wave:3:question:7 ...', max_length=80)),
                ('rows', models.JSONField(help_text='[[label, number], …]')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='released_tables', to='cohorts.cohort')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['cohort', 'key'], name='released_table_key'),
                ],
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ReportVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('data', models.JSONField(help_text='What reporting.compose found: title, blocks, definitions')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='partners.impactreport')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('report', 'number'), name='report_version_once'),
                ],
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='ReportLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='partners.reportversion')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Sponsorship',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('draft', models.BooleanField(default=False, help_text='Not agreed yet: only coordinators see it.')),
                ('scope', models.CharField(help_text='What it supports, such as: the time of 15 mentors.', max_length=300)),
                ('agreement', models.CharField(blank=True, help_text='The name of the agreement, where one covers several cohorts.', max_length=120)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=3, default=0, help_text='Empty or 0: no money.', max_digits=15, validators=[django.core.validators.MinValueValidator(0)])),
                ('currency', models.CharField(default='EUR', max_length=3, validators=[partners.models.fields.validate_currency])),
                ('po_number', models.CharField(blank=True, max_length=60, verbose_name='purchase order')),
                ('seat_price', models.DecimalField(decimal_places=3, default=0, help_text='What one accepted person of its group costs.', max_digits=15, validators=[django.core.validators.MinValueValidator(0)])),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sponsorships', to='cohorts.cohort')),
                ('group', models.ForeignKey(blank=True, help_text='Its people in the cohort: with seats and a deadline of their own.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sponsorships', to='cohorts.group')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sponsorships', to='partners.partner')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('partner', 'cohort'), name='sponsorship_once'),
                    models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='sponsorship_ends_after_start'),
                    models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('seat_price__gte', 0)), name='sponsorship_amount_positive'),
                ],
                'ordering': ['-starts_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='InstalmentDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=3, max_digits=15, validators=[django.core.validators.MinValueValidator(0)])),
                ('what', models.CharField(blank=True, help_text='Such as: on signing, after the report.', max_length=200)),
                ('invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='instalments', to='partners.invoice')),
                ('sponsorship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='instalments', to='partners.sponsorship')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='instalment_is_some_money'),
                ],
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Deliverable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=200)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('status', models.CharField(choices=[('open', 'open'), ('done', 'done'), ('dropped', 'dropped')], default='open', max_length=20)),
                ('link', models.URLField(blank=True)),
                ('done_on', models.DateField(blank=True, null=True)),
                ('sponsorship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliverables', to='partners.sponsorship')),
            ],
            options={
                'ordering': ['due_on', 'id'],
            },
        ),
    ]
