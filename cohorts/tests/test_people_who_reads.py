"""Readers of people's words: pages, files and forms follow one table."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cohorts.models import SignupFile, SignupQuestion, TeamDeparture
from cohorts.signup.forms import SignupForm
from matching.models import AskedPair, AskedSide
from mentorship.core.accounts.field_access import READERS, Audience, Reader, reader_in, reads_in_words
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory
from training.models import TrainingBooking, TrainingFeedback
from training.tests.slots import new_session

pytestmark = pytest.mark.django_db
TOLD_TO_VIEWERS = {"said-match", "said-review"}
TOLD_TO_COORDINATORS = {*TOLD_TO_VIEWERS, "said-coordinators", "said-private", "said-needs", "said-note", "said-why"}
ALL = {*TOLD_TO_COORDINATORS, "said-departure"}


@pytest.fixture
def application(cast):
    """An application with a word for every audience."""
    enrollment = EnrollmentFactory(
        cohort=cast.cohort, status="applied", private_needs="said-needs", note="said-note", title="Seeds of trees"
    )
    for seen in SignupQuestion.Seen.values:
        question = SignupQuestion.objects.create(
            cohort=cast.cohort, role="mentee", key=seen, kind="short", text=f"About {seen}?", seen_by=seen
        )
        enrollment.answers.create(question=question, value=f"said-{seen}")
    TeamDeparture.objects.create(enrollment=enrollment, user=UserFactory(), reason="said-departure")
    workspace = cast.cohort.workspace_id
    record(verb=Verb.EDITED, target=enrollment, workspace_id=workspace, by=cast.owner, reason="said-why")
    return enrollment


def told(answer):
    if answer["Content-Type"].startswith("application/vnd"):
        rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
        text = " ".join(str(cell) for row in rows for cell in row)
    else:
        text = answer.content.decode()
    return {word for word in ALL if word in text}


def test_viewers_read_what_the_form_said_that_they_read(client, cast, application):
    slug = cast.cohort.slug
    detail = reverse("cohorts:enrollment-detail", args=[slug, application.pk])
    people, review = (
        reverse("cohorts:people-list", args=[slug]),
        reverse("cohorts:review-edit", args=[slug, application.pk]),
    )
    files = [f"{people}?format=csv", f"{people}?format=xlsx"]
    for reader, all_of_it in ((cast.viewer, TOLD_TO_VIEWERS), (cast.coordinator, TOLD_TO_COORDINATORS)):
        client.force_login(reader)
        assert told(client.get(detail)) == (all_of_it if reader == cast.viewer else ALL)
        for file in files:
            assert told(client.get(file)) == all_of_it - {"said-why"}
        assert told(client.get(review)) == all_of_it - {"said-why", "said-needs", "said-note", "said-private"}
        for word in ("said-note", "said-needs"):
            assert "Seeds of trees" not in client.get(people, {"q": word}).content.decode()


def test_a_file_is_read_by_whoever_reads_the_answer(client, cast, application):
    question = SignupQuestion.objects.get(key="coordinators")
    file = SignupFile.objects.create(
        cohort=cast.cohort, enrollment=application, name="cv.txt", file=ContentFile(b"x", name="cv.txt")
    )
    question.answers.update(value=str(file.pk))
    path = reverse("cohorts:answer-file-download", args=[cast.cohort.slug, file.pk])
    for seen, user, status in [
        ("coordinators", cast.viewer, 404),
        ("private", cast.viewer, 404),
        ("review", cast.viewer, 200),
        ("coordinators", cast.coordinator, 200),
    ]:
        SignupQuestion.objects.filter(pk=question.pk).update(seen_by=seen)
        client.force_login(user)
        answer = client.get(path)
        assert answer.status_code == status, (seen, user)
        if status == 200:
            assert b"".join(answer.streaming_content) == b"x"
    file.file.delete()


def test_viewers_read_no_words_of_feedback_and_not_who_declined(client, cast):
    session = new_session(cast.cohort, starts_at=timezone.now() - timedelta(hours=2))
    booking = TrainingBooking.objects.create(session=session, enrollment=cast.mentor_enrollment)
    TrainingFeedback.objects.create(booking=booking, user=cast.mentor, score=2, words="said-feedback")
    pair = AskedPair.objects.create(mentee=cast.mentee_enrollment, mentor=cast.mentor_enrollment, status="declined")
    pair.sides.create(side="mentor", status="declined", reason="said-no")
    detail, asked = session.get_absolute_url(), reverse("matching:question-list", args=[cast.cohort.slug])
    for reader, reads in ((cast.viewer, False), (cast.coordinator, True)):
        client.force_login(reader)
        assert ("said-feedback" in client.get(detail).text) == reads
        lines = client.get(asked, {"format": "csv"}).text.splitlines()
        said = AskedSide.Status.DECLINED.label
        assert [("said-no" in line, line.count(said)) for line in lines[1:]] == [(reads, 2 if reads else 1)]


def test_the_words_on_the_form_are_made_from_the_table(cast, application, monkeypatch):
    form = SignupForm(cohort=cast.cohort, role="mentee")
    helps = {q.seen_by: field.help_text for q, field in form.own_parts}
    assert helps == {
        "match": "Whoever you are matched with reads this, too.",
        "review": "",
        "coordinators": "Only the coordinators read this.",
        "private": "Private. Only the coordinators read this. It never affects selection.",
    }
    assert form.fields["private_needs"].help_text == helps["private"]
    assert set(Audience) - set(SignupQuestion.Seen.values) == {Audience.TEAM}
    assert reader_in(cast.viewer, cast.cohort.workspace_id) == Reader.VIEWER
    monkeypatch.setitem(READERS, Audience.COORDINATORS, (Reader.REVIEWER, Reader.COORDINATOR))
    with pytest.raises(KeyError):  # whoever changes who reads has to say so on the form
        reads_in_words(Audience.COORDINATORS)
