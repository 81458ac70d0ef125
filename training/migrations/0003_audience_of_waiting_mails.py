"""Mails that an older version wrote about trainings, and that have not been sent, get to know whom they are for."""

import re

from django.db import migrations

from mentorship.core.outbox.older_mails import name_audiences

ABOUT_A_BOOKING = re.compile(
    r"(?:booked|changed|cancelled|offer|offer_lapsed|session_cancelled|reminder|thanks):(\d+)", re.ASCII
)


def name_people(apps, schema_editor):
    name_audiences(
        apps,
        {
            "training-": lambda parts, message: booked(apps, message.key.removeprefix("training-")),
            "training-invite:": lambda parts, message: about(int(parts[1])),
        },
    )


def booked(apps, key):
    """The people of the booking; a guest of another organisation is in no cohort, and nobody is asked."""
    if not (found := ABOUT_A_BOOKING.match(key)):
        return None
    booking = apps.get_model("training", "TrainingBooking").objects.filter(pk=int(found[1])).first()
    if booking is None:
        return None
    return about(booking.enrollment_id) if booking.enrollment_id else {}


def about(enrollment):
    return {"rule": "enrollment", "enrollment": enrollment, "statuses": ["accepted", "completed"], "change": None}


class Migration(migrations.Migration):

    dependencies = [
        ("training", "0002_session_place_and_zone"),
        ("cohorts", "0015_audience_of_waiting_mails"),
    ]

    operations = [migrations.RunPython(name_people, migrations.RunPython.noop, elidable=True)]
