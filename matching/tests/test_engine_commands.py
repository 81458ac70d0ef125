"""The commands of the engine for operators."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from matching.models import Match
from matching.scoring.factors import FACTORS
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(slug="seeds", status="matching")


def call(*args):
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def people(cohort):
    mentee = EnrollmentFactory(cohort=cohort, external_id="m-1", title="One")
    EnrollmentFactory(cohort=cohort, user__email="left@example.org", title="Two", languages=["pt"])
    mentor = EnrollmentFactory(cohort=cohort, role="mentor", external_id="p-1")
    return mentee, mentor


def test_proposals_as_json(cohort):
    people(cohort)
    found = json.loads(call("propose_matches", "seeds", "--json", "--scores"))
    assert list(found) == ["run", "objective", "matched", "unmatched", "proposals", "scores"]
    (pair,) = found["proposals"]
    assert (found["run"], found["matched"], pair["mentee"], pair["mentor"]) == (1, 1, "m-1", "p-1")
    assert found["objective"] == pytest.approx(pair["score"])
    assert set(pair["factors"]) == set(FACTORS)
    advice = "One more mentor who speaks Portuguese: 1 more matched."
    assert found["unmatched"] == [
        {"mentee": "left@example.org", "reasons": ["The only mentor: no shared language.", advice]}
    ]
    assert found["scores"] == [{"mentee": "m-1", "mentor": "p-1", "score": pair["score"]}]
    assert "scores" not in json.loads(call("propose_matches", "seeds", "--json"))


def test_proposals_as_text_write_no_mail(cohort):
    people(cohort)
    assert "Run 1: 1 of 2 matched" in call("propose_matches", "seeds")
    assert not OutboxMessage.objects.exists()


def test_errors_of_proposing_say_what_is_wrong(cohort):
    with pytest.raises(CommandError, match="no cohort nowhere"):
        call("propose_matches", "nowhere")
    with pytest.raises(CommandError, match="Nobody is waiting"):
        call("propose_matches", "seeds")


def test_confirm_takes_the_newest_run_or_the_one_named(cohort):
    people(cohort)
    with pytest.raises(CommandError, match="no such run"):
        call("confirm_matches", "seeds")
    call("propose_matches", "seeds")
    call("propose_matches", "seeds")
    assert call("confirm_matches", "seeds") == "Run 2: 1 matches confirmed, 1 intros queued.\n"
    assert call("confirm_matches", "seeds") == "Run 2: 0 matches confirmed, 0 intros queued.\n"
    with pytest.raises(CommandError, match="Nothing was confirmed"):
        call("confirm_matches", "seeds", "--run", "1")
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (1, 1)


def test_past_pairs_are_history_without_mail(cohort, tmp_path):
    mentee, mentor = people(cohort)
    done = EnrollmentFactory(cohort=cohort, external_id="m-2", status="completed")
    sheet = tmp_path / "pairs.csv"
    sheet.write_text("mentee_id,mentor_id\nm-1,p-1\nm-2,p-1\nm-9,p-1\nm-1,\n")
    assert call("import_matches", "seeds", str(sheet)).splitlines() == [
        f"line 4: rejected, no mentee m-9 in {cohort}",
        f"line 5: rejected, no mentor id in {cohort}",
        "2 created, 0 unchanged, 2 rejected",
    ]
    assert "0 created, 2 unchanged, 2 rejected" in call("import_matches", "seeds", str(sheet))
    found = {m.mentee: (m.mentor, m.status, m.imported, m.intro) for m in Match.objects.all()}
    assert found == {mentee: (mentor, "ended", True, None), done: (mentor, "graduated", True, None)}
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(("text", "words"), [("a,b\n1,2\n", "no column mentee_id"), (None, "can't be read")])
def test_a_sheet_without_pairs_is_refused(cohort, tmp_path, text, words):
    sheet = tmp_path / "pairs.csv"
    if text:
        sheet.write_text(text)
    with pytest.raises(CommandError, match=words):
        call("import_matches", "seeds", str(sheet))
