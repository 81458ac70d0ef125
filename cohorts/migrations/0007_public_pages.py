import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_pages_of_thanks(apps, schema_editor):
    """A page of thanks that names somebody today stays; everything else is off until it is switched on."""
    using = schema_editor.connection.alias
    programmes = apps.get_model("cohorts", "Programme").objects.using(using)
    helped = apps.get_model("cohorts", "Enrollment").objects.using(using).filter(listed_publicly=True)
    helped = helped.filter(cohort__status__in=["running", "completed", "archived"]).exclude(role="mentee")
    apps.get_model("cohorts", "PublicPage").objects.using(using).bulk_create(
        apps.get_model("cohorts", "PublicPage")(programme=programme, slug=programme.slug, thanks_on=True)
        for programme in programmes.filter(pk__in=helped.values("cohort__programme")).order_by("pk")
    )


class Migration(migrations.Migration):

    dependencies = [
        ('cohorts', '0006_templates_and_checked_forms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='teammember',
            name='listed_publicly',
            field=models.BooleanField(db_default=False, default=False, help_text='They may be named in public; nobody else says so for them.'),
        ),
        migrations.CreateModel(
            name='PublicPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(editable=False, max_length=60, unique=True)),
                ('is_on', models.BooleanField(default=False, verbose_name='show the page of the programme')),
                ('shows_calls', models.BooleanField(default=True, verbose_name='open calls')),
                ('shows_partners', models.BooleanField(default=True, verbose_name='partners')),
                ('thanks_on', models.BooleanField(default=False, verbose_name='show the page of thanks')),
                ('headline', models.CharField(blank=True, help_text='One sentence in large letters. Empty: the name of the programme.', max_length=120)),
                ('about', models.TextField(blank=True, help_text='Two or three sentences. Empty: the text above your sign-up forms.', verbose_name='what it is')),
                ('gives', models.TextField(blank=True, help_text='One per line.', verbose_name='what people get')),
                ('expects', models.TextField(blank=True, help_text='One per line.', verbose_name='what you ask of them')),
                ('run_by', models.TextField(blank=True, help_text='Whom you name here has to agree. One per line: Ana Souza, training.', verbose_name='who runs it')),
                ('questions', models.TextField(blank=True, help_text='A question on one line, its answer on the next, then an empty line.', verbose_name='common questions')),
                ('framed_by', models.TextField(blank=True, help_text='One per line, such as https://www.example.org. Empty: no other site.', verbose_name='sites that may show your open calls')),
                ('programme', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='public_page', to='cohorts.programme')),
            ],
        ),
        migrations.CreateModel(
            name='PublicRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(editable=False, max_length=60, unique=True)),
                ('is_on', models.BooleanField(default=False)),
                ('figures', models.JSONField(default=dict, editable=False, help_text='Name → number, as the gate let them through.')),
                ('counted_on', models.DateField(editable=False, null=True)),
                ('cohort', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='public_round', to='cohorts.cohort')),
            ],
        ),
        migrations.CreateModel(
            name='ProjectPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(editable=False, max_length=60)),
                ('agreed_at', models.DateTimeField(editable=False, help_text='Empty: it is not shown.', null=True)),
                ('held_back', models.BooleanField(default=False, editable=False, help_text='Switched off by a coordinator.')),
                ('summary', models.TextField(blank=True, max_length=400, verbose_name='in a sentence or two')),
                ('problem', models.TextField(blank=True, max_length=2000, verbose_name='what was the problem?')),
                ('made', models.TextField(blank=True, max_length=2000, verbose_name='what did you make?')),
                ('next_steps', models.TextField(blank=True, max_length=1000)),
                ('links', models.TextField(blank=True, help_text='One per line, with what it is and its licence: https://example.org/maps, Code, MIT', max_length=2000, verbose_name='where others find it')),
                ('agreed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='project_page', to='cohorts.enrollment')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('agreed_at', None), models.Q(('slug', ''), _negated=True), _connector='OR'), name='public_project_has_address')],
            },
        ),
        migrations.RunPython(keep_pages_of_thanks, migrations.RunPython.noop),
    ]
