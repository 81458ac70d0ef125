from django.db import migrations, models
import django.db.models.deletion
import django.utils.timezone


def keep_corrected_addresses(apps, schema_editor):
    """Links that went to a mistyped address stay stopped."""
    User = apps.get_model("accounts", "User")
    StoppedLink = apps.get_model("accounts", "StoppedLink")
    corrected = User.objects.filter(links_from__isnull=False).values_list("pk", "links_from")
    StoppedLink.objects.bulk_create(StoppedLink(person_id=pk, stopped_at=moment) for pk, moment in corrected)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0006_data_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoppedLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(blank=True, help_text="What they were signed for; empty: anything", max_length=60)),
                ("values", models.CharField(blank=True, help_text="Of one link, joined by dashes; empty: of all", max_length=200)),
                ("stopped_at", models.DateTimeField(default=django.utils.timezone.now, help_text="What was signed later works")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stopped_links", to="accounts.user"
                    ),
                ),
            ],
        ),
        migrations.RunPython(keep_corrected_addresses, migrations.RunPython.noop),
    ]
