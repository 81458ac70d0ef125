import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    old_code_serves_because = "it names a sponsorship in each row, and reads only rows that do"

    dependencies = [("partners", "0012_reports_about_several_years")]

    operations = [
        migrations.AlterField(
            model_name="instalmentdue",
            name="sponsorship",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="instalments",
                to="partners.sponsorship",
            ),
        ),
        migrations.AddField(
            model_name="instalmentdue",
            name="framework",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="instalments",
                to="partners.agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentdue",
            constraint=models.CheckConstraint(
                condition=Q(sponsorship__isnull=False, framework__isnull=True)
                | Q(sponsorship__isnull=True, framework__isnull=False),
                name="instalment_of_one",
            ),
        ),
    ]
