import re
from typing import Any

from django.db import migrations, models

# What runs wrote after the sentence about a runner-up until now.
ENDINGS = (" There is a free place", " All places are taken", " The mentee's own pair is locked")
NOT_KNOWN = "not known"
# How runs worded a change of the rules, and the setting of the policy that it means.
CHANGES = (
    (r"relax the shared hours from .+ to (\d+)$", "least_hours", None),
    (r"ask for no shared hours$", "least_hours", 0),
    (r"allow pairs without a language in common$", "require_common_language", False),
    (r"allow the same employer$", "other_employer", False),
    (r"allow pairs who were together before$", "former", "ignore"),
    (r"let mentors who should rest go on$", "rest_after", 0),
    (r"lower the minimum score from .+ to ([\d.]+)$", "least_score", None),
    (r"allow (\d+) instead of \d+ of: first-time mentees a mentor$", "most_first_timers", None),
    (r"allow (\d+) instead of \d+ of: first-time mentors for a mentee who is new$", "most_new_mentors", None),
    (r"allow (\d+) instead of \d+ of: .+ a mentor$", "most_of_group", None),
)


def read_what_runs_wrote(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    _split_proposals(apps.get_model("matching", "MatchProposal").objects.using(alias))
    for run in apps.get_model("matching", "MatchRun").objects.using(alias).iterator(chunk_size=50):
        what_ifs = run.findings.get("what_ifs", [])
        for found in what_ifs:
            found["setting"] = setting_of(found["change"])
        if what_ifs:
            run.save(update_fields=["findings"])


def _split_proposals(proposals: Any) -> None:
    last = 0
    while batch := list(proposals.filter(pk__gt=last).order_by("pk")[:500]):
        for proposal in batch:
            proposal.why, proposal.against = split(proposal.why)
            for factor in proposal.factors:
                factor["known"] = factor.get("phrase") != NOT_KNOWN
        proposals.bulk_update(batch, ["why", "against", "factors"])
        last = batch[-1].pk


def split(why: str) -> tuple[str, str]:
    """What speaks for a pair, and what stood against it."""
    found = [at for ending in ENDINGS if (at := why.find(ending)) >= 0]
    at = min(found, default=len(why))
    return why[:at], why[at:].strip()


def setting_of(change: str) -> dict[str, Any]:
    for pattern, name, value in CHANGES:
        hit = re.match(pattern, change)
        if hit and value is None:
            return {name: float(hit[1]) if "." in hit[1] else int(hit[1])}
        if hit:
            return {name: value}
    return {}


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_runs_by_name")]

    operations = [
        migrations.AlterField(
            model_name="matchpolicy",
            name="rules",
            field=models.JSONField(blank=True, default=dict, help_text="What differs from DEFAULT_RULES."),
        ),
        migrations.AlterField(
            model_name="matchrun",
            name="findings",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="objective, rules; comparison of objectives; what_ifs with the setting of each; shortages of mentors",
            ),
        ),
        migrations.AlterField(
            model_name="matchproposal",
            name="factors",
            field=models.JSONField(
                help_text="[{key, label, value, part, phrase, known}]: value 0 to 1, part = its share of score"
            ),
        ),
        migrations.AlterField(
            model_name="matchproposal",
            name="why",
            field=models.TextField(help_text="What speaks for the pair, in one sentence."),
        ),
        migrations.AddField(
            model_name="matchproposal",
            name="against",
            field=models.TextField(
                blank=True, default="", help_text="What stood against a runner-up when the run was made."
            ),
            preserve_default=False,
        ),
        migrations.RunPython(read_what_runs_wrote, migrations.RunPython.noop),
    ]
