"""Mails that an older version wrote about sign-ups, and that have not been sent, get to know whom they are for.

All others about a cohort are kept from those who left it, until a migration of a higher app knows better.
"""

from django.db import migrations
from django.db.models import Q

from mentorship.core.outbox.older_mails import FOR_NOW, name_audiences, waiting_mails

ANY = ["applied", "accepted", "waitlisted", "declined", "withdrawn", "completed"]
OPEN = ["applied", "accepted", "waitlisted", "completed"]
# What these tell of is also for somebody who is not in the cohort (any more): they go to the person, wherever they are.
FOR_ANYBODY = (
    "signup-invite:", "signup-confirm:", "training-guest:", "certificate:", "service-certificate:", "honorarium:",
    "alumni-ask:", "training-share:", "test:", "sign-in:",
)  # fmt: skip


def about(enrollment, statuses, change=None):
    return {"rule": "enrollment", "enrollment": int(enrollment), "statuses": statuses, "change": change}


def name_people_of_sign_ups(apps, schema_editor):
    name_audiences(
        apps,
        {
            "decision:": lambda parts, message: about(parts[0], ANY, int(parts[1])),
            "offer-reminder:": lambda parts, message: about(parts[0], ["accepted"]),
            "offer-lapsed:": lambda parts, message: about(parts[0], ANY),
            "signup-received:": lambda parts, message: about(parts[0], OPEN),
            "team-added:": lambda parts, message: about(parts[0], OPEN),
            "team-invitation:": lambda parts, message: {
                "rule": "team of a programme",
                "workspace": message.workspace_id,
            },
            "mailing:": lambda parts, message: of_mailing(apps, int(parts[0]), int(parts[1])),
        },
    )


def of_mailing(apps, mailing_id, user_id):
    """The sign-ups of a mailing's reader. Their statuses of then are not on record; those who left were not asked."""
    mailing = apps.get_model("cohorts", "Mailing").objects.filter(pk=mailing_id).first()
    if mailing is None:
        return None
    rows = apps.get_model("cohorts", "Enrollment").objects.filter(cohort=mailing.cohort_id)
    theirs = rows.filter(Q(user=user_id) | Q(members__user=user_id)).distinct().values_list("pk", "status")
    to_gone = "withdrawn" in mailing.audience or "declined" in mailing.audience
    enrollments = [[pk, status] for pk, status in theirs if to_gone or status in OPEN]
    return {"rule": "mailing", "mailing": mailing_id, "enrollments": enrollments, "user": user_id}


def keep_others_from_leavers(apps, schema_editor):
    """Who is in the cohort is asked when they leave, by the person of each address."""
    rows = waiting_mails(apps).filter(scope__startswith="cohort:")
    for message in rows.iterator(chunk_size=500):
        number = message.scope.removeprefix("cohort:")
        if number.isdecimal() and not message.key.startswith(FOR_ANYBODY):
            audience = {"rule": "people of a cohort", "cohort": int(number), FOR_NOW: True}
            type(message).objects.filter(pk=message.pk).update(audience=audience)


class Migration(migrations.Migration):

    dependencies = [
        ("cohorts", "0014_pending_signups_of_people"),
        ("outbox", "0004_people_of_waiting_mails"),
    ]

    operations = [
        migrations.RunPython(name_people_of_sign_ups, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(keep_others_from_leavers, migrations.RunPython.noop, elidable=True),
    ]
