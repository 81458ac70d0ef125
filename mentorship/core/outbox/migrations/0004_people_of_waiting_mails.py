"""Mails that an older version wrote, and that have not been sent, get to know whose their addresses are."""

from django.db import migrations

# Not those who get the answers: where these are no recipients they are contacts, which stay as they are.
LISTS = ("to", "cc", "bcc")


def fill_people(apps, schema_editor):
    """By the address that an account has now, else by one that it had or has as well."""
    messages = apps.get_model("outbox", "OutboxMessage").objects
    waiting = messages.exclude(status="sent").exclude(kind="sign-in").filter(people={})
    addresses = {}
    for pk, *lists in waiting.values_list("pk", *LISTS).iterator(chunk_size=500):
        addresses[pk] = list(dict.fromkeys(address for names in lists for address in names))
    owners = read_owners(apps, {address.lower() for of in addresses.values() for address in of})
    for pk, of in addresses.items():
        if people := {address: owners[address.lower()] for address in of if address.lower() in owners}:
            messages.filter(pk=pk).update(people=people)


def read_owners(apps, wanted):
    """address in lower case → id of its person."""
    users = apps.get_model("accounts", "User").objects
    others = apps.get_model("account", "EmailAddress").objects
    owners, asked = {}, sorted(wanted)
    for start in range(0, len(asked), 500):
        part = asked[start : start + 500]
        owners.update((email.lower(), pk) for email, pk in others.filter(email__in=part).values_list("email", "user"))
        owners.update((email.lower(), pk) for email, pk in users.filter(email__in=part).values_list("email", "pk"))
    return owners


def keep_edits(apps, schema_editor):
    """What a coordinator worded by hand is not rendered again."""
    messages = apps.get_model("outbox", "OutboxMessage").objects
    entries = apps.get_model("audit", "AuditEntry").objects.filter(object_type="outbox.outboxmessage", verb="edited")
    edited = {pk for pk, data in entries.values_list("object_id", "data") if set(data.get("changed", [])) - {"due_at"}}
    for pk in messages.exclude(status="sent").filter(edited=False).values_list("pk", flat=True):
        if str(pk) in edited:
            messages.filter(pk=pk).update(edited=True)


class Migration(migrations.Migration):

    dependencies = [
        ("outbox", "0003_private_mails_are_visible"),
        ("accounts", "0001_initial"),
        ("account", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(fill_people, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(keep_edits, migrations.RunPython.noop, elidable=True),
    ]
