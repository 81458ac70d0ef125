import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohorts', '0001_release_0_9'),
        ('partners', '0008_kinds_of_partner'),
    ]

    operations = [
        migrations.AddField(
            model_name='fund',
            name='cohort',
            field=models.ForeignKey(blank=True, help_text='Of a fund for one round only, such as its discretionary budget: it pays costs of no other.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='funds', to='cohorts.cohort', verbose_name='round'),
        ),
    ]
