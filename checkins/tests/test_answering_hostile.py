"""Attempts to break what answering promises: links and posts of bad will, and anonymity."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.core import serializers, signing
from django.urls import reverse

from checkins import models as checkins_models
from checkins.alumni.links import stay_link
from checkins.answering.services import EDIT_FOR, save_answers
from checkins.cases.services import add_conduct_reader, raise_concern
from checkins.graduation.links import CONFIRM, confirm_link
from checkins.models import Answer, Case, CheckIn
from checkins.recognition.honoraria import offer_honoraria
from checkins.recognition.links import honorarium_link
from checkins.tests.rows import INTRO, NOW, ids, path, say
from checkins.waves.links import ANSWER, checkin_link
from checkins.waves.services import add_template, save_wave
from checkins.waves.sweep import sweep_checkins
from cohorts.models import SignupQuestion
from cohorts.models.question_kinds import survey_kind_choices
from cohorts.questions.versions import retire_question, save_question
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql, pytest.mark.usefixtures("clock")]


# --- answering ------------------------------------------------------------------------------------------------------


def everything():
    rows = [getattr(checkins_models, name).objects.all() for name in checkins_models.__all__]
    return serializers.serialize("json", [row for found in [*rows, AuditEntry.objects.all()] for row in found])


def test_following_or_probing_a_link_changes_nothing(client, cast, checkin):
    (honorarium,) = offer_honoraria(
        cohort=cast.cohort, people=[cast.mentor], what="x", amount=Decimal(5), currency="EUR", by=cast.coordinator
    )
    before = everything()
    links = [
        checkin_link(checkin),
        checkin_link(checkin) + "thanks/",
        checkin_link(checkin) + "concern/",
        confirm_link(checkin.match),
        honorarium_link(honorarium),
        stay_link(cast.programme.pk, cast.mentee.pk),
    ]
    for link in links:
        for query in ("", "?have-met=no", "?answer=accept&stays=yes&ready=1&do=join"):
            assert client.get(path(link) + query).status_code < 500
        for method in ("head", "options", "put", "patch", "delete"):
            assert getattr(client, method)(path(link)).status_code < 500
    assert everything() == before


def test_no_link_but_the_right_one_opens_a_check_in(client, checkin):
    token = path(checkin_link(checkin)).split("/")[-2]
    other = CheckIn.objects.get(side="mentor")
    forged = [
        signing.dumps(checkin.pk, salt=CONFIRM.salt),
        signing.dumps(checkin.pk),
        signing.dumps(str(checkin.pk), salt=ANSWER.salt),
        signing.dumps([checkin.pk], salt=ANSWER.salt),
        signing.dumps(True, salt=ANSWER.salt),
        signing.dumps(checkin.pk, salt=ANSWER.salt, key="other"),
        token.swapcase(),
        token + "x",
        token[:-1],
        signing.dumps(other.pk, salt=ANSWER.salt).split(":")[0] + ":" + token.split(":", 1)[1],
        *(token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token) - 1)),
    ]
    for one in forged:
        address = reverse("checkins:checkin-answer", args=[one])
        assert client.get(address).status_code == 404
        assert client.post(address, {"have-met": "no"}).status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "posted",
    [
        {"have-met": "never"},
        {"have-met": "no", "helpful": "6"},
        {"have-met": "no", "helpful": "1e1"},
        {"have-met": "no\0"},
        {"have-met": "no", "words": "x" * 8001},
        {"have-met": "no", "words": "a\0b"},
        {"have-met": "no", "recommend": "<script>"},
        {},
    ],
)
def test_invalid_answers_are_refused(client, checkin, posted):
    assert client.post(path(checkin_link(checkin)), posted).status_code == 422
    assert not Answer.objects.exists()


EVIL = "<img src=x onerror=1>{{ settings.SECRET_KEY }}{% now 'Y' %}"


def test_markup_in_questions_is_escaped(client, cast, checkin):
    survey = checkin.wave.survey
    type(survey).objects.filter(pk=survey.pk).update(intro=EVIL)
    for kind in [name for name, _ in survey_kind_choices()]:
        survey.questions.create(key=kind, kind=kind, text=EVIL, help_text=EVIL, options=[["a", EVIL], ["b", "b"]])
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(status="enrolling")
    SignupQuestion.objects.create(cohort=cast.cohort, role="mentee", key="x", kind="short", text=EVIL, help_text=EVIL)
    pages = [path(checkin_link(checkin)), reverse("cohorts:signup-create", args=[cast.cohort.slug, "mentee"])]
    client.force_login(cast.coordinator)
    pages += [
        reverse(f"checkins:{name}", args=[cast.cohort.slug, survey.pk]) for name in ("survey-detail", "survey-preview")
    ]
    for page in pages:
        html = client.get(page).content.decode()
        assert "&lt;img src=x" in html, page
        assert "<img src=x" not in html, page
        assert settings.SECRET_KEY not in html


def test_answers_to_retired_questions_are_kept(cast, checkin):
    words = {**ids(checkin)}
    save_answers(checkin=checkin, answers={words["have_met"]: "no", words["recommend"]: "yes"}, now=NOW)
    retire_question(question=checkin.wave.survey.questions.get(key="recommend"), by=cast.coordinator)
    met = checkin.wave.survey.questions.get(key="have-met")
    met.text = "Have you talked?"
    new = save_question(question=met, by=cast.coordinator)
    save_answers(checkin=checkin, answers={new.pk: "regularly"}, now=NOW)
    assert {(a.question.key, a.question.version, a.value) for a in Answer.objects.all()} == {
        ("have-met", 2, "regularly"),
        ("recommend", 1, "yes"),
    }


def test_closed_check_ins_refuse_answers(client, checkin, clock):
    clock.move_to(checkin.closes_at)
    assert "closed" in client.post(path(checkin_link(checkin)), {"have-met": "no"}).content.decode()
    clock.move_to(NOW)
    client.post(path(checkin_link(checkin)), {"have-met": "no"})
    clock.move_to(max(NOW + EDIT_FOR, checkin.closes_at))
    client.post(path(checkin_link(checkin)), {"have-met": "regularly"})
    assert [a.value for a in Answer.objects.all()] == ["no"]


def test_a_concern_posted_twice_is_stored_once(cast, checkin):
    add_conduct_reader(cohort=cast.cohort, user=cast.coordinator, by=cast.owner)
    first = raise_concern(checkin=checkin, text="He shouted.")
    assert raise_concern(checkin=checkin, text="He shouted.") == first
    other = raise_concern(checkin=checkin, text="He shouted again.")
    assert Case.objects.filter(kind="conduct").count() == 2
    assert OutboxMessage.objects.filter(kind="case").count() == 2
    Case.objects.filter(pk=other.pk).update(status="done", done_at=NOW)
    assert raise_concern(checkin=checkin, text="He shouted again.") != other, "it happened once more"


# --- anonymity ------------------------------------------------------------------------------------------------------


@pytest.fixture
def anonymous(cast, match):
    """A wave whose survey is anonymous, and a mentor with six projects besides the pair of the cast."""
    wave = add_template(cohort=cast.cohort, key="anonymous", by=cast.coordinator)
    wave.offset = 80
    save_wave(wave=wave, by=cast.coordinator)
    mentor = EnrollmentFactory(cohort=cast.cohort, role="mentor")
    for _ in range(6):
        pair = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort), mentor=mentor)
        OutboxMessage.objects.filter(pk=pair.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    return wave


def test_no_change_of_an_anonymous_question_tells_later_answers_from_earlier_ones(cast, anonymous):
    mentees = list(anonymous.checkins.filter(side="mentee").select_related("wave__survey"))
    open_question = anonymous.survey.questions.get(key="open")
    open_question.text = "Before anybody answered a word can be changed."
    save_question(question=open_question, by=cast.coordinator)
    for one in mentees[:4]:
        say(one, welcome="5", open="fine")
    open_question.refresh_from_db()
    open_question.text = "The one who answers this is the fifth."
    with pytest.raises(ServiceError):
        save_question(question=open_question, by=cast.coordinator)
    with pytest.raises(ServiceError):
        retire_question(question=anonymous.survey.questions.get(key="safe"), by=cast.coordinator)
    extra = checkins_models.SurveyQuestion(survey=anonymous.survey, kind="short", text="Only later ones see this.")
    with pytest.raises(ServiceError):
        save_question(question=extra, by=cast.coordinator)
    open_question.refresh_from_db()
    open_question.help_text = "Help can still be given."
    save_question(question=open_question, by=cast.coordinator)
    assert anonymous.survey.questions.count() == 3


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "²", "-1", ""])
def test_invalid_numbers_in_forms_do_not_break_pages(client, cast, match, number):
    client.force_login(cast.owner)
    slug = cast.cohort.slug
    posts = [
        ("checkins:pair-list", [slug], "match"),
        ("checkins:opportunity-list", [slug], "opportunity"),
        ("checkins:facilitator-task-list", [slug], "item"),
        ("checkins:conduct-reader-list", [slug], "user"),
        ("checkins:own-page", [], "item"),
        ("checkins:graduation-detail", [slug, cast.mentee_enrollment.pk, cast.mentee.pk], "criterion"),
        ("outbox:suppression-list", [], "lift"),
        ("checkins:honorarium-list", [slug], "ids"),
    ]
    for name, args, field in posts:
        assert client.post(reverse(name, args=args), {field: number}).status_code < 500, name
