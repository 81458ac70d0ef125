from django.db import migrations, models

BATCH = 500


def read_reasons_from_sentences(apps, schema_editor):
    alias = schema_editor.connection.alias
    for name in ("AskedPair", "Match", "MatchProposal"):
        _fill(apps.get_model("matching", name).objects.using(alias).filter(why__startswith="They "))
    for search in apps.get_model("matching", "ReplacementSearch").objects.using(alias).exclude(found=[]):
        search.found = [{**one, "reasons": reasons_in(one["why"])} for one in search.found]
        search.save(update_fields=["found"])


def _fill(rows):
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").only("pk", "why", "reasons")[:BATCH]):
        for row in batch:
            row.reasons = reasons_in(row.why)
        rows.bulk_update(batch, ["reasons"])
        last = batch[-1].pk


def reasons_in(why):
    """What speaks for a pair, as one phrase, from the sentence that was stored until now."""
    if not why.startswith("They "):
        return []
    return [why.removeprefix("They ").split(", but ")[0].rstrip(".")]


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0007_audience_of_waiting_mails'),
    ]

    operations = [
        migrations.AddField(
            model_name='askedpair',
            name='reasons',
            field=models.JSONField(blank=True, default=list, help_text='What speaks for the pair, the strongest first: phrases that follow “They” or “You”.'),
        ),
        migrations.AddField(
            model_name='match',
            name='reasons',
            field=models.JSONField(blank=True, default=list, help_text='What speaks for the pair, the strongest first: phrases that follow “They” or “You”.'),
        ),
        migrations.AddField(
            model_name='matchproposal',
            name='reasons',
            field=models.JSONField(blank=True, default=list, help_text='What speaks for the pair, the strongest first: phrases that follow “They” or “You”.'),
        ),
        migrations.AlterField(
            model_name='askedpair',
            name='why',
            field=models.TextField(blank=True, help_text='The sentence that coordinators read.'),
        ),
        migrations.AlterField(
            model_name='match',
            name='why',
            field=models.TextField(blank=True, help_text='The sentence that coordinators read.'),
        ),
        migrations.AlterField(
            model_name='matchproposal',
            name='why',
            field=models.TextField(help_text='What speaks for the pair and what against it, in one sentence for coordinators.'),
        ),
        migrations.AlterField(
            model_name='replacementsearch',
            name='found',
            field=models.JSONField(default=list, help_text='[{mentor, score, factors, why, reasons}], the best first'),
        ),
        migrations.RunPython(read_reasons_from_sentences, migrations.RunPython.noop, elidable=True),
    ]
