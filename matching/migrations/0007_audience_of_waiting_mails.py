"""Mails that an older version wrote about pairs, events and groups, and that have not been sent, get to know whom
they are for."""

from django.db import migrations

from mentorship.core.outbox.older_mails import name_audiences


def name_people(apps, schema_editor):
    name_audiences(
        apps,
        {
            "intro:": lambda parts, message: introduced(apps, message),
            "match-ended:": lambda parts, message: told_of_the_end(apps, int(parts[0]), parts[1]),
            "asked:": lambda parts, message: asked(parts, over=False),
            "asked-reminder:": lambda parts, message: asked(parts, over=False),
            "asked-over:": lambda parts, message: asked(parts, over=True),
            "event-": invited,
            "group-choice:": lambda parts, message: {
                "rule": "enrollment",
                "enrollment": int(parts[1]),
                "statuses": ["accepted", "completed"],
                "change": None,
            },
            "group-intro:": lambda parts, message: in_group(parts),
            "group-joined:": lambda parts, message: in_group(parts),
            "group-finished:": lambda parts, message: in_group(parts),
        },
    )


def introduced(apps, message):
    """The pair of the matches that this message introduces."""
    matches = apps.get_model("matching", "Match").objects.filter(intro=message.pk).order_by("pk")
    pairs = list(matches.values_list("mentee", "mentor"))
    return {"rule": "intro", "mentee": pairs[0][0], "mentors": [mentor for _, mentor in pairs]} if pairs else None


def told_of_the_end(apps, match_id, side):
    following = apps.get_model("matching", "Match").objects.filter(replaces=match_id).order_by("-pk").first()
    new_mentor = following.mentor_id if following else None
    return {"rule": "end of a match", "match": match_id, "side": side, "message": "", "new_mentor": new_mentor}


def asked(parts, *, over):
    return {"rule": "question about a pair", "side": int(parts[0]), "times": int(parts[1]), "over": over}


def invited(parts, message):
    event, enrollment = int(parts[-2]), int(parts[-1])
    cancelled = parts[0] == "cancelled"
    return {"rule": "event", "event": event, "enrollments": [enrollment], "cancelled": cancelled}


def in_group(parts):
    return {"rule": "goal group", "group": int(parts[0]), "also": [], "words": {}}


def write_introductions_anew(apps, schema_editor):
    """Their words may show an address where a name is missing: they are rendered again when they leave.

    Not where a coordinator worded them, or somebody may have them already.
    """
    model = apps.get_model("outbox", "OutboxMessage")
    rows = model.objects.filter(audience__rule="intro", recipe={}, edited=False).exclude(status="sent")
    for pk, workspace, scope in rows.values_list("pk", "workspace", "scope"):
        recipe = {"template": "matching/intro", "of": [workspace, scope], "context": {}, "made_of": {}}
        model.objects.filter(pk=pk).update(recipe=recipe)


class Migration(migrations.Migration):

    dependencies = [
        ("matching", "0006_event_zone"),
        ("cohorts", "0015_audience_of_waiting_mails"),
    ]

    operations = [
        migrations.RunPython(name_people, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(write_introductions_anew, migrations.RunPython.noop, elidable=True),
    ]
