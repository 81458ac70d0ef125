"""The order of a survey's questions is changed on its page."""

import pytest
from django.urls import reverse

from checkins.surveys.services import asked_questions

pytestmark = pytest.mark.django_db


def test_a_question_moves_up_and_down_and_stays_at_the_ends(client, cast, checkin):
    survey = checkin.wave.survey
    before = [question.pk for question in asked_questions(survey)]
    client.force_login(cast.coordinator)

    def move(pk: int, to: str) -> list[int]:
        url = reverse("checkins:question-move", args=[cast.cohort.slug, survey.pk, pk])
        assert client.get(url).status_code == 405
        assert client.post(url, {"to": to}).url == reverse("checkins:survey-detail", args=[cast.cohort.slug, survey.pk])
        return [question.pk for question in asked_questions(survey)]

    first, second, *rest = before
    assert move(second, "up") == [second, first, *rest]
    assert move(second, "up") == [second, first, *rest]
    assert move(second, "down") == before
    assert move(before[-1], "down") == before


def test_questions_are_moved_by_coordinators_of_their_own_programme_only(client, cast, checkin):
    survey = checkin.wave.survey
    before = [question.pk for question in asked_questions(survey)]
    for user in (cast.viewer, cast.mentor, cast.contact, cast.stranger):
        client.force_login(user)
        for slug in (cast.cohort.slug, cast.other_cohort.slug):
            url = reverse("checkins:question-move", args=[slug, survey.pk, before[1]])
            assert client.post(url, {"to": "up"}).status_code in (403, 404)
    assert [question.pk for question in asked_questions(survey)] == before
