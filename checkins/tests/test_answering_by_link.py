"""Answers by link: one click in the mail, changed until the deadline, and anonymity that holds."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkins.models import Answer, SurveyQuestion
from checkins.surveys.services import asked_questions
from checkins.tests.rows import NOW, path, say
from checkins.waves.links import answer_link, checkin_link
from cohorts.questions.versions import save_question
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.links import without_signatures
from mentorship.devtools.testing.pages import FirstForm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_one_click_ticks_and_only_the_button_saves(client, checkin):
    mail = OutboxMessage.objects.get(key=f"checkin:{checkin.pk}:0")
    (link,) = [line for line in mail.full_text.splitlines() if line.endswith("have-met=regularly")]
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
    assert re.findall(r'<a class="m-mail-link" href="[^"]+have-met=(\w+)"[^>]*>([^<]+)</a>', mail.full_html) == [
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
    assert question.in_words("sometimes") in last.full_text
    assert question.in_words("no") not in last.full_text
    assert without_signatures(checkin_link(checkin)) in without_signatures(last.full_text)
    assert (last.to, last.workspace_id) == ([checkin.user.email], None)


def test_who_answers_on_the_page_gets_no_other_mail(client, checkin):
    say(checkin, have_met="no")
    client.post(path(checkin_link(checkin)), {"have-met": "sometimes"})
    assert receipts() == []


def test_a_form_without_any_answer_is_refused_and_reminders_go_on(client, checkin, anonymous_ten):
    SurveyQuestion.objects.update(required=False)
    for one in (checkin, anonymous_ten[0]):
        before = one.next_mail_at
        answer = client.post(path(checkin_link(one)))
        assert answer.status_code == 422
        assert "Answer at least one question." in answer.content.decode()
        one.refresh_from_db()
        assert (one.status, one.next_mail_at) == ("sent", before)
