"""Fill the columns of 0003 from the audit trail, which rules read until now, and from the keys of mailings."""

from collections import Counter
from itertools import combinations

from django.db import migrations


def fill_from_audit_trail(apps, schema_editor):
    entries = apps.get_model("audit", "AuditEntry").objects.order_by("at", "id")
    fill_enrollments(apps.get_model("cohorts", "Enrollment"), entries)
    fill_weekly_mails(apps, entries)
    fill_calendar_feeds(apps, entries)
    fill_different_people(apps, entries)


def fill_enrollments(enrollment_model, entries):
    """How often each status changed, and why it did last."""
    made = entries.filter(object_type="cohorts.enrollment", verb__startswith="made ")
    changes, last = Counter(), {}
    for pk, verb, data in made.values_list("object_id", "verb", "data").iterator():
        changes[pk] += 1
        last[pk] = (verb, str(data.get("reason") or ""))
    changed = []
    for row in enrollment_model.objects.only("pk", "status").iterator(chunk_size=1000):
        key = str(row.pk)
        if key in changes:
            verb, reason = last[key]
            row.status_changes = changes[key]
            row.status_reason = reason if verb == f"made {row.status}" else ""
            changed.append(row)
    enrollment_model.objects.bulk_update(changed, ["status_changes", "status_reason"], batch_size=500)


def fill_weekly_mails(apps, entries):
    """Which mailings are weekly ones, and when the plan of each weekly mail changed last."""
    apps.get_model("cohorts", "Mailing").objects.filter(key__startswith="weekly:").update(is_weekly=True)
    weekly_model = apps.get_model("cohorts", "WeeklyMail")
    planned = entries.filter(object_type="cohorts.weeklymail", verb="planned")
    last = {pk: at for pk, at in planned.values_list("object_id", "at")}
    for weekly in weekly_model.objects.all():
        if at := last.get(str(weekly.pk)):
            weekly_model.objects.filter(pk=weekly.pk).update(planned_at=at)


def fill_calendar_feeds(apps, entries):
    """How often each person renewed the link of their calendar."""
    renewed = entries.filter(object_type="accounts.user", verb="made a new calendar link")
    renewals = Counter(renewed.values_list("object_id", flat=True))
    people = apps.get_model("accounts", "User").objects.filter(pk__in=[int(pk) for pk in renewals])
    feed_model = apps.get_model("cohorts", "CalendarFeed")
    feed_model.objects.bulk_create(
        feed_model(user_id=pk, renewals=renewals[str(pk)]) for pk in people.values_list("pk", flat=True)
    )


def fill_different_people(apps, entries):
    """Who was told apart, as far as both people and the programme still exist."""
    told = entries.filter(object_type="cohorts.programme", verb="told people apart")
    pairs = {
        (int(programme), *pair)
        for programme, data in told.values_list("object_id", "data")
        for pair in combinations(sorted(set(data.get("people", []))), 2)
    }
    programmes = set(apps.get_model("cohorts", "Programme").objects.values_list("pk", flat=True))
    people = set(
        apps.get_model("accounts", "User")
        .objects.filter(pk__in={pk for _, *pair in pairs for pk in pair})
        .values_list("pk", flat=True)
    )
    model = apps.get_model("cohorts", "DifferentPeople")
    model.objects.bulk_create(
        [
            model(programme_id=programme, first_id=first, second_id=second)
            for programme, first, second in sorted(pairs)
            if programme in programmes and people.issuperset((first, second))
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0003_state_columns"),
        ("audit", "0001_initial"),
    ]

    operations = [migrations.RunPython(fill_from_audit_trail, migrations.RunPython.noop, elidable=True)]
