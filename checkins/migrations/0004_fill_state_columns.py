"""Fill the new columns from the words and keys that rules read before."""

from django.db import migrations

CODES = {
    "the match has ended": "match_ended",
    "somebody withdrew": "withdrew",
    "not in the team any more": "left_team",
    "wants necessary mails only": "opted_out",
}
ANSWERED_SINCE = "They answered since: it is not asked for any more."


def fill(apps, schema_editor):
    checkins = apps.get_model("checkins", "CheckIn").objects
    cancelled = checkins.filter(status="cancelled")
    for words, code in CODES.items():
        cancelled.filter(stopped_because=words).update(cancelled_because=code)
    cancelled.filter(cancelled_because="", user__is_active=False).update(cancelled_because="erased")
    cancelled.filter(cancelled_because="").update(cancelled_because="by_coordinator")
    apps.get_model("checkins", "CaseNote").objects.filter(text=ANSWERED_SINCE, by=None).update(kind="no_longer_asked")
    fill_requests(apps)


def fill_requests(apps):
    request = apps.get_model("checkins", "AlumniRequest")
    programmes = set(apps.get_model("cohorts", "Programme").objects.values_list("pk", flat=True))
    people = set(request._meta.get_field("user").related_model.objects.values_list("pk", flat=True))
    messages = apps.get_model("outbox", "OutboxMessage").objects.filter(key__startswith="alumni-ask:")
    found = []
    for key, moment in messages.values_list("key", "created_at"):
        programme, _, user = key.removeprefix("alumni-ask:").partition(":")
        if programme.isdigit() and user.isdigit() and int(programme) in programmes and int(user) in people:
            found.append(request(programme_id=int(programme), user_id=int(user), asked_at=moment))
    request.objects.bulk_create(found, ignore_conflicts=True)


def empty(apps, schema_editor):
    checkins = apps.get_model("checkins", "CheckIn").objects
    for words, code in CODES.items():
        checkins.filter(cancelled_because=code).update(stopped_because=words)


class Migration(migrations.Migration):
    dependencies = [("checkins", "0003_state_columns"), ("outbox", "0001_initial")]

    operations = [migrations.RunPython(fill, empty)]
