"""Takes the links by which people act out of the texts of messages that are written already, sent or not."""

from importlib import import_module

from django.conf import settings
from django.db import migrations
from django.db.models import Q

BATCH = 200
COLUMNS = ("subject", "body_text", "body_html", "unsubscribe_url", "recipe", "links")


def take_links_out(apps, schema_editor):
    messages = apps.get_model("outbox", "OutboxMessage").objects.using(schema_editor.connection.alias)
    with_address = Q(body_text__contains="://") | ~Q(unsubscribe_url="")
    ids = list(messages.filter(with_address, links={}).values_list("pk", flat=True))
    if not ids:
        return
    from mentorship.core.outbox.mail_templates.rendering import columns_of_words

    import_module(settings.ROOT_URLCONF)  # every kind of link is known once its page is
    for start in range(0, len(ids), BATCH):
        changed = []
        for message in messages.filter(pk__in=ids[start : start + BATCH]).only(*COLUMNS):
            columns = columns_of_words(
                subject=message.subject,
                text=message.body_text,
                html=message.body_html,
                unsubscribe_url=message.unsubscribe_url,
                recipe=message.recipe,
            )
            if columns["links"]:
                for name, value in columns.items():
                    setattr(message, name, value)
                changed.append(message)
        messages.bulk_update(changed, COLUMNS)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_links_beside_the_text")]

    operations = [migrations.RunPython(take_links_out, migrations.RunPython.noop, elidable=True)]
