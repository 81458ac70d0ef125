import re

from django.db import migrations

# As the rule found its questions until now, by their words.
ASKS_FOR_EMPLOYER = re.compile(r"\b(employer|employ|organi[sz]ation|affiliation|institution|company)\b", re.IGNORECASE)


def name_the_questions(apps, schema_editor):
    """The rule about employers names the question that it went by. Where there were several, coordinators are asked."""
    alias = schema_editor.connection.alias
    asked = apps.get_model("cohorts", "SignupQuestion").objects.using(alias)
    asked = asked.filter(kind__in=("short", "one"), retired_at=None).exclude(seen_by="private")
    for policy in apps.get_model("matching", "MatchPolicy").objects.using(alias).order_by("pk"):
        if not policy.rules.get("other_employer") or "employer_questions" in policy.rules:
            continue
        chosen = {}
        for role in ("mentee", "mentor"):
            questions = asked.filter(cohort=policy.cohort_id, role=role)
            keys = [question.key for question in questions if ASKS_FOR_EMPLOYER.search(question.text)]
            if len(keys) == 1:
                chosen[role] = keys[0]
        policy.rules["employer_questions"] = chosen
        policy.save(update_fields=["rules"])


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0002_hours_towns_and_styles"),
        ("matching", "0003_confirmations_and_progress"),
    ]

    operations = [
        migrations.RunPython(name_the_questions, migrations.RunPython.noop),
    ]
