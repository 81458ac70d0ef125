from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0007_stopped_links"),
    ]

    operations = [
        migrations.RemoveField(model_name="user", name="links_from"),
    ]
