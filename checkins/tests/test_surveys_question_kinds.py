"""Every kind of question in the registry works wherever surveys ask, keep, count, show and export answers."""

import pytest
from django.conf import settings
from django.urls import reverse

from checkins.answering.results import tally_cohort, tally_wave
from checkins.models import SurveyQuestion
from checkins.surveys.starter_templates import WAVE_TEMPLATES
from checkins.waves.links import checkin_link
from cohorts.models.question_kinds import QUESTION_KINDS
from cohorts.questions.versions import save_question
from matching.profiles import MatchProfile, MatchQuestion
from matching.scoring.measures import answers as likeness_of_answers
from mentorship.devtools.testing.questions import OPTIONS, WHERE, lost_inputs, posted, shows_the_same

pytestmark = pytest.mark.django_db
KINDS = [kind for kind in QUESTION_KINDS.values() if kind.in_surveys]
ASKED = [kind for kind in KINDS if kind.is_asked]


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.name)
def test_a_check_in_asks_keeps_shows_and_exports_an_answer(client, cast, checkin, clock, kind):
    typed, _stored, words = kind.example
    survey = checkin.wave.survey
    survey.questions.all().delete()
    options = OPTIONS if kind.lists_choices else []
    question = SurveyQuestion(survey=survey, text="Why now?", kind=kind.name, options=options)
    save_question(question=question, by=cast.coordinator)
    address = checkin_link(checkin).removeprefix(settings.SITE_URL)
    page = client.get(address).content.decode()
    assert "Why now?" in page, f"{WHERE}: `make_field` of {kind.name}"
    lost = lost_inputs(page, question.key, typed)
    assert lost == [], f"{WHERE}: the widget of {kind.name} draws no input for {lost}; is its HTML marked safe?"
    assert client.post(address, posted(question.key, typed)).status_code == 302
    answers = list(checkin.answers.all())
    assert ", ".join(answer.in_words for answer in answers) == words, f"{WHERE}: `in_words` of {kind.name}"
    assert all(bool(answer.value) == kind.is_chosen for answer in answers)
    form = client.get(address).context["form"]
    field = form.fields[question.key]
    unchanged = shows_the_same(field, form.get_initial_for_field(field, question.key), typed)
    assert unchanged, f"{WHERE}: `retype` of {kind.name}, of the text that a survey keeps"
    counted = [tally.answered for tally in tally_cohort(cohort=cast.cohort)]
    assert counted == ([1] if kind.is_counted else []), f"{WHERE}: `is_counted` of {kind.name}"
    assert len(tally_wave(checkin.wave)) == (1 if kind.is_chosen else 0)
    client.force_login(cast.coordinator)
    page = client.get(reverse("checkins:checkin-detail", args=[cast.cohort.slug, checkin.pk])).content.decode()
    assert answers[0].in_words.splitlines()[0] in page
    export = client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug]), {"format": "csv"}).content.decode()
    shown = answers[0].value if kind.is_counted else words.splitlines()[0]
    assert shown in export, f"{WHERE}: an answer to {kind.name} is not in the export of check-ins"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_coordinators_can_add_a_question_of_each_kind(client, cast, checkin, kind):
    client.force_login(cast.coordinator)
    address = reverse("checkins:question-create", args=[cast.cohort.slug, checkin.wave.survey.pk])
    choices = "Blue\nRed" if kind.lists_choices else ""
    answer = client.post(address, {"kind": kind.name, "text": "Which?", "choices": choices})
    assert answer.status_code == 302
    assert SurveyQuestion.objects.get(text="Which?").kind == kind.name


def test_kinds_for_sign_up_forms_only_are_refused(client, cast, checkin):
    client.force_login(cast.coordinator)
    address = reverse("checkins:question-create", args=[cast.cohort.slug, checkin.wave.survey.pk])
    assert client.post(address, {"kind": "file", "text": "Which?"}).status_code == 422


def test_starter_templates_use_kinds_that_exist():
    names = {kind.name for kind in KINDS}
    assert {question["kind"] for template in WAVE_TEMPLATES for question in template.questions} <= names


@pytest.mark.parametrize(
    "kind", [kind for kind in QUESTION_KINDS.values() if kind.compared_as], ids=lambda kind: kind.name
)
def test_matching_can_compare_the_answers(kind):
    same = MatchProfile(key="a", answers={"q": kind.example[1]})
    try:
        values = likeness_of_answers([same], [same], MatchQuestion("q", kind.compared_as, "Why now?"))
    except KeyError:
        pytest.fail(f"{WHERE}: matching knows no way to compare as `{kind.compared_as}` ({kind.name}).")
    assert values.shape == (1, 1)
