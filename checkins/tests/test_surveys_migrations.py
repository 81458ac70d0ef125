"""A database of the first version keeps its questions, its reasons and who was asked."""

import pytest

from checkins.models import AlumniRequest, AnonymousBox, CaseNote, CheckIn, SurveyQuestion
from cohorts.models import SignupQuestion
from mentorship.core.outbox.services import enqueue
from mentorship.devtools.testing.migration import old_schema

BEFORE = "0001_initial"
BEFORE_OPTIONS = "0004_fill_state_columns"


@pytest.mark.django_db(transaction=True)
def test_kinds_choices_reasons_and_requests_survive_the_migrations(cast, checkin):
    SignupQuestion.objects.create(
        cohort=cast.cohort, role="mentee", key="a", kind="one", text="Day?", options=[["Monday", "Monday"]]
    )
    case = cast.cohort.cases.create(kind="help", due_on=cast.cohort.starts_on, next_step="Write")
    words = "They answered since: it is not asked for any more."
    case.notes.create(text=words, kind=CaseNote.Kind.NO_LONGER_ASKED)
    CheckIn.objects.filter(pk=checkin.pk).update(
        status="cancelled", cancelled_because=CheckIn.CancelReason.OPTED_OUT, next_mail_at=None
    )
    mentor = CheckIn.objects.get(side="mentor")
    CheckIn.objects.filter(pk=mentor.pk).update(
        status="cancelled", cancelled_because=CheckIn.CancelReason.BY_COORDINATOR, next_mail_at=None
    )
    key = f"alumni-ask:{cast.programme.pk}:{cast.mentee.pk}"
    enqueue(
        key=key, workspace_id=cast.programme.workspace_id, kind="alumni", why="x", to=["a@b.org"], subject="x", text="x"
    )
    kinds = sorted(SurveyQuestion.objects.values_list("key", "kind", "options"))
    with old_schema() as schema:
        old = schema.migrate("checkins", BEFORE)
        question = old.get_model("checkins", "SurveyQuestion").objects
        assert {*question.values_list("kind", flat=True)} <= {"one_of", "scale", "yes_no", "text"}
        stopped = dict(old.get_model("checkins", "CheckIn").objects.values_list("pk", "stopped_because"))
        assert stopped == {checkin.pk: "wants necessary mails only", mentor.pk: ""}
        old.get_model("checkins", "AnonymousBox").objects.create(
            wave_id=checkin.wave_id,
            answers={"7": ["a", "b", "b", "late"], "9": ["late, too"]},
            number=6,
            released={"7": ["b", "a", "b"]},
            released_number=5,
        )
        signup = schema.migrate("cohorts", BEFORE_OPTIONS).get_model("cohorts", "SignupQuestion")
        assert signup.objects.get().choices == ["Monday"]
        schema.migrate("cohorts", schema.latest("cohorts"))
        schema.migrate("checkins", schema.latest("checkins"))
    assert sorted(SurveyQuestion.objects.values_list("key", "kind", "options")) == kinds
    assert SignupQuestion.objects.get().options == [["Monday", "Monday"]]
    reasons = dict(CheckIn.objects.values_list("pk", "cancelled_because"))
    assert reasons == {checkin.pk: "opted_out", mentor.pk: "by_coordinator"}
    assert CaseNote.objects.get().kind == CaseNote.Kind.NO_LONGER_ASKED
    assert AlumniRequest.objects.get().user == cast.mentee
    box = AnonymousBox.objects.get()
    assert (box.answers, box.number) == ({"7": ["b", "a", "b"]}, 5), "what could be read can be read still"
    assert box.unread == {"7": ["late"], "9": ["late, too"]}, "what was held back waits for the next group"
