"""Mails that an older version wrote to partners, and that have not been sent, get to know whom they are for."""

from django.db import migrations

from mentorship.core.outbox.older_mails import name_audiences


def name_people(apps, schema_editor):
    name_audiences(
        apps,
        {
            "invoice:": lambda parts, message: {"rule": "invoice", "invoice": int(parts[0])},
            "invoice-reminder:": lambda parts, message: {"rule": "invoice", "invoice": int(parts[0])},
            "partner-invitation:": lambda parts, message: {"rule": "contact of a partner", "contact": int(parts[0])},
        },
    )


class Migration(migrations.Migration):

    dependencies = [
        ("partners", "0003_payment_kind_checked"),
        ("outbox", "0004_people_of_waiting_mails"),
    ]

    operations = [migrations.RunPython(name_people, migrations.RunPython.noop, elidable=True)]
