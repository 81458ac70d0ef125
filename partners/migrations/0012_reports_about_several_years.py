from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    old_code_serves_because = "it leaves the new column empty, which the constraint allows"

    dependencies = [("partners", "0011_agreements_above_rounds")]

    operations = [
        migrations.AddField(
            model_name="impactreport",
            name="first_year",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="Of several years, of which `year` is the last.", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="impactreport",
            constraint=models.CheckConstraint(
                condition=Q(first_year__isnull=True) | Q(first_year__lte=F("year")), name="report_years_in_order"
            ),
        ),
    ]
