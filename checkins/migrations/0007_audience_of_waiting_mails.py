"""Mails that an older version wrote about check-ins, graduation, concerns and to alumni, and that have not been sent,
get to know whom they are for."""

from django.db import migrations

from mentorship.core.outbox.older_mails import name_audiences


def name_people(apps, schema_editor):
    name_audiences(
        apps,
        {
            "checkin:": lambda parts, message: {"rule": "check-in", "checkins": [int(parts[0])]},
            "digest:": lambda parts, message: {"rule": "alumni", "programme": int(parts[0])},
            "concern:": lambda parts, message: {"rule": "reader of concerns", "workspace": message.workspace_id},
            "graduation-ask:": lambda parts, message: mentor_of(apps, int(parts[0])),
        },
    )


def mentor_of(apps, match_id):
    mentors = apps.get_model("matching", "Match").objects.filter(pk=match_id).values_list("mentor", flat=True)
    statuses = ["accepted", "completed"]
    return next(({"rule": "enrollment", "enrollment": pk, "statuses": statuses, "change": None} for pk in mentors), None)


class Migration(migrations.Migration):

    dependencies = [
        ("checkins", "0006_mail_asks_about_several"),
        ("cohorts", "0015_audience_of_waiting_mails"),
        ("matching", "0001_initial"),
    ]

    operations = [migrations.RunPython(name_people, migrations.RunPython.noop, elidable=True)]
