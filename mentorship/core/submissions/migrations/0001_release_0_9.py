# The tables of 0.9. It replaces the migrations before it and never changes.

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('submissions', '0001_initial'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('location', models.TextField(blank=True, help_text='Where it led. Empty while it is being worked on.')),
            ],
        ),
    ]
