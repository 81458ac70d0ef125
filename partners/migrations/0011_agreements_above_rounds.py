import django.core.validators
import django.db.models.deletion
import partners.models.fields
from django.db import migrations, models


def agreements_from_names(apps, schema_editor):
    """An agreement for each name that sponsorships of a partner carry: their term and, in one currency, their sum."""
    Agreement, Sponsorship = (apps.get_model("partners", name) for name in ("Agreement", "Sponsorship"))
    named = Sponsorship.objects.exclude(agreement="").order_by("starts_on", "pk")
    for partner_id, name in sorted(set(named.values_list("partner", "agreement"))):
        rounds = list(named.filter(partner=partner_id, agreement=name))
        paid = [one for one in rounds if one.amount]
        currencies = {one.currency for one in paid} or {rounds[0].currency}
        made = Agreement.objects.create(
            partner_id=partner_id,
            name=name,
            draft=all(one.draft for one in rounds),
            starts_on=min(one.starts_on for one in rounds),
            ends_on=max(one.ends_on for one in rounds),
            amount=sum(one.amount for one in paid) if len(currencies) == 1 else 0,
            currency=paid[0].currency if paid else rounds[0].currency,
        )
        named.filter(partner=partner_id, agreement=name).update(framework=made)


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0010_requirements_that_contacts_accept'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('draft', models.BooleanField(default=False, help_text='Only coordinators see it.', verbose_name='not agreed yet')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('amount', models.DecimalField(decimal_places=3, default=0, help_text='In all. Empty: no money.', max_digits=15, validators=[django.core.validators.MinValueValidator(0)])),
                ('currency', models.CharField(default='EUR', max_length=3, validators=[partners.models.fields.validate_currency])),
                ('decided_by', models.CharField(blank=True, max_length=160, verbose_name='who decided')),
                ('decided_where', models.CharField(blank=True, help_text='Such as the local team, or the meeting.', max_length=160, verbose_name='where it was decided')),
                ('note', models.TextField(blank=True, help_text="The coordinators' own note.")),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='partners.partner')),
            ],
            options={
                'ordering': ['-starts_on', 'id'],
                'constraints': [models.UniqueConstraint(fields=('partner', 'name'), name='agreement_name_once'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='agreement_ends_after_start'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='agreement_amount_positive')],
            },
        ),
        migrations.CreateModel(
            name='AgreementScope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('two_months', 'cohort of two months'), ('four_months', 'cohort of four months'), ('curriculum', 'extra curriculum'), ('open_call', 'open call across communities'), ('other', 'something else')], max_length=20)),
                ('what', models.CharField(help_text='Such as: two cohorts for the marine community.', max_length=300)),
                ('number', models.PositiveSmallIntegerField(default=1, help_text='Rounds, or courses.', verbose_name='how many')),
                ('amount', models.DecimalField(decimal_places=3, default=0, help_text='Of the whole. Empty: not divided.', max_digits=15, validators=[django.core.validators.MinValueValidator(0)])),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scopes', to='partners.agreement')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='scope_amount_positive')],
            },
        ),
        migrations.AddField(
            model_name='sponsorship',
            name='framework',
            field=models.ForeignKey(blank=True, help_text='Where one agreement covers several rounds.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sponsorships', to='partners.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='sponsorship',
            name='part',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sponsorships', to='partners.agreementscope', verbose_name='scope of the agreement'),
        ),
        migrations.RunPython(agreements_from_names, migrations.RunPython.noop),
    ]
