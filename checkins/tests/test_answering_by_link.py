"""What people answer: one click in the mail, changed until the deadline, and anonymity that holds."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import serializers

from checkins import models as checkins_models
from checkins.answering.results import tally_wave
from checkins.models import AnonymousBox, Answer, CheckIn, SurveyQuestion
from checkins.surveys.services import asked_questions
from checkins.tests.rows import INTRO, NOW, path, say
from checkins.waves.links import answer_link, checkin_link
from checkins.waves.services import add_template, save_wave
from checkins.waves.sweep import sweep_checkins
from cohorts.questions.versions import save_question
from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.links import without_signatures
from mentorship.devtools.testing.pages import FirstForm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_one_click_ticks_and_only_the_button_saves(client, checkin):
    mail = OutboxMessage.objects.get(key=f"checkin:{checkin.pk}:0")
    (link,) = [line for line in mail.body_text.splitlines() if line.endswith("have-met=regularly")]
    page = client.get(path(link)).content.decode()
    assert "Your answer is ticked, and not sent yet" in page
    assert not Answer.objects.exists()
    address = path(link).split("?")[0]
    sent = client.post(address, {"have-met": "regularly"}, follow=True).content.decode()
    assert [a.value for a in Answer.objects.all()] == ["regularly"]
    # The rest is offered once, and never to somebody who chose what to leave empty.
    assert "There are 4 more questions" in sent
    more = client.post(address, {"have-met": "regularly", "helpful": "4"}, follow=True).content.decode()
    assert "Change my answers" in more
    assert "more question" not in more


def test_the_mail_in_html_has_an_answer_to_press_for_each_choice(checkin):
    mail = OutboxMessage.objects.get(key=f"checkin:{checkin.pk}:0")
    assert re.findall(r'<a class="m-mail-link" href="[^"]+have-met=(\w+)"[^>]*>([^<]+)</a>', mail.body_html) == [
        ("regularly", "Yes, regularly"),
        ("sometimes", "Once or twice"),
        ("no", "Not yet"),
    ]


@pytest.mark.parametrize(("answered", "until"), [(0, 42), (40, 50)])
def test_answers_can_be_changed_until_the_deadline_and_for_ten_days_at_least(client, checkin, answered, until):
    with time_machine.travel(NOW + timedelta(days=answered)):
        client.post(path(checkin_link(checkin)), {"have-met": "no"})
    with time_machine.travel(NOW + timedelta(days=until - 1, hours=12)):
        client.post(path(checkin_link(checkin)), {"have-met": "sometimes"})
    with time_machine.travel(NOW + timedelta(days=until, minutes=1)):
        assert "You have answered" in client.post(path(checkin_link(checkin)), {"have-met": "no"}).content.decode()
    assert [a.value for a in Answer.objects.all()] == ["sometimes"]


@pytest.fixture
def anonymous(cast, checkin):
    """Seven pairs in an anonymous wave."""
    wave = add_template(cohort=cast.cohort, key="anonymous", by=cast.coordinator)
    wave.offset = 80
    save_wave(wave=wave, by=cast.coordinator)
    for _ in range(7):
        match = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort))
        OutboxMessage.objects.filter(pk=match.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    return list(CheckIn.objects.filter(wave=wave, side="mentee").select_related("wave__survey").order_by("pk"))


def test_anonymous_answers_cannot_be_traced_to_a_person(client, anonymous):
    for number, one in enumerate(anonymous[:5]):
        response = client.post(path(checkin_link(one)), {"welcome": "4", "open": f"secret {number}"})
        assert response.status_code == 302
    box = AnonymousBox.objects.get()
    assert box.number == 5
    # No row that holds a word of them names a person or a moment, and no row of a person changed with the moment.
    for model in [getattr(checkins_models, name) for name in checkins_models.__all__] + [AuditEntry]:
        for row in model.objects.all():
            text = serializers.serialize("json", [row])
            assert "secret" not in text or isinstance(row, AnonymousBox)
    assert {f.name for f in AnonymousBox._meta.fields} == {
        "id",
        "wave",
        "answers",
        "number",
        "released",
        "released_number",
    }
    asked = CheckIn.objects.filter(wave=box.wave, status="answered")
    assert set(asked.values_list("answered_at", "next_mail_at")) == {(None, None)}
    assert not Answer.objects.filter(checkin__in=asked).exists()
    assert not AuditEntry.objects.filter(object_type="checkins.checkin", object_id__in=[c.pk for c in asked]).exists()
    again = client.post(path(checkin_link(anonymous[0])), {"welcome": "1"})
    assert "It is anonymous" in again.content.decode()
    assert AnonymousBox.objects.get().number == 5


def test_anonymous_answers_are_released_in_steps_of_five(client, anonymous):
    wave = anonymous[0].wave
    for number, one in enumerate(anonymous[:7], 1):
        client.post(path(checkin_link(one)), {"welcome": "4"})
        assert sum(t.answered for t in tally_wave(wave)) == (0 if number < 5 else 5)
    mail = OutboxMessage.objects.filter(key=f"checkin:{anonymous[0].pk}:0").get()
    assert "welcome=" not in mail.body_text
    assert "anonymous" in mail.body_text
    assert "Anonymous." in client.get(path(checkin_link(anonymous[7]))).content.decode()


def test_answers_keep_the_wording_they_were_given_to(cast, checkin):
    say(checkin, have_met="no")
    question = SurveyQuestion.objects.get(key="have-met")
    old = question.pk
    question.text = "Did you talk?"
    save_question(question=question, by=cast.coordinator)
    assert Answer.objects.get().question.text == "Have you met?"
    assert [q.text for q in asked_questions(checkin.wave.survey) if q.key == "have-met"] == ["Did you talk?"]
    assert question.pk != old


def receipts():
    return list(OutboxMessage.objects.filter(key__startswith="checkin-recorded:").order_by("created_at"))


def test_the_next_mail_shows_what_a_ticked_answer_recorded_and_leads_to_change_it(client, checkin):
    question = checkin.wave.survey.questions.get(key="have-met")
    for value in ("no", "regularly"):  # somebody, or a machine, opens each link and presses its button
        page = client.get(path(answer_link(checkin, "have-met", value)))
        sent = FirstForm(page).data
        assert sent["have-met"] == [value]
        client.post(path(checkin_link(checkin)), sent)
    with time_machine.travel(NOW + timedelta(days=1)):
        client.post(path(checkin_link(checkin)), {"have-met": "sometimes"})  # changed later, on the page itself
    old, older, last = receipts()
    assert [m.status for m in (old, older, last)] == ["cancelled", "cancelled", "queued"]
    assert question.in_words("sometimes") in last.body_text
    assert question.in_words("no") not in last.body_text
    assert without_signatures(checkin_link(checkin)) in without_signatures(last.body_text)
    assert (last.to, last.workspace_id) == ([checkin.user.email], None)


def test_who_answers_on_the_page_gets_no_other_mail(client, checkin):
    say(checkin, have_met="no")
    client.post(path(checkin_link(checkin)), {"have-met": "sometimes"})
    assert receipts() == []


def test_a_form_without_any_answer_is_refused_and_reminders_go_on(client, checkin, anonymous):
    SurveyQuestion.objects.update(required=False)
    for one in (checkin, anonymous[0]):
        before = one.next_mail_at
        answer = client.post(path(checkin_link(one)))
        assert answer.status_code == 422
        assert "Answer at least one question." in answer.content.decode()
        one.refresh_from_db()
        assert (one.status, one.next_mail_at) == ("sent", before)
