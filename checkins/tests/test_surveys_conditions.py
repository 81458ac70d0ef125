"""Questions of a survey that are asked only after an answer to another one."""

import pytest
from django.urls import reverse

from checkins.models import SurveyQuestion
from checkins.waves.links import checkin_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_question_is_asked_after_an_answer_only_and_required_only_then(client, checkin, cast):
    client.force_login(cast.coordinator)
    survey = checkin.wave.survey
    new = reverse("checkins:question-create", args=[cast.cohort.slug, survey.pk])
    said = {"text": "What is in the way?", "kind": "long", "required": "on", "shown_if": "have-met"}
    assert "shown_if_value" in client.post(new, said | {"shown_if_value": "Maybe"}).context["form"].errors
    assert client.post(new, said | {"shown_if_value": "not yet"}).status_code == 302
    question = SurveyQuestion.objects.get(text="What is in the way?")
    assert question.shown_if_value == "no"
    client.logout()
    path = checkin_link(checkin).removeprefix("http://127.0.0.1:8000")
    assert 'data-shown-if="have-met"' in client.get(path).content.decode()
    missing = client.post(path, {"have-met": "no"})
    assert missing.status_code == 422
    hidden = {"have-met": "regularly", question.key: "typed before the other answer changed"}
    assert client.post(path, hidden).status_code == 302
    assert not checkin.answers.filter(question=question).exists()
    client.post(path, {"have-met": "no", question.key: "Time."})
    assert checkin.answers.get(question=question).text == "Time."
