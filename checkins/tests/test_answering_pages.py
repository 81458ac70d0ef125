"""The page behind the link, and the coordinators' pages."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from checkins.answering.results import tally_cohort
from checkins.answering.services import save_answers
from checkins.models import CheckIn
from checkins.schedule.planning import ensure_default_wave
from checkins.surveys.services import asked_questions
from checkins.tests.rows import INTRO, NOW, say
from checkins.waves.links import checkin_link
from checkins.waves.sweep import sweep_checkins
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def path_of(checkin):
    return checkin_link(checkin).removeprefix("http://127.0.0.1:8000")


def answers_of(checkin):
    return {a.question.key: a.value or a.text for a in checkin.answers.select_related("question")}


def test_looking_at_the_link_changes_nothing(client, checkin):
    before = CheckIn.objects.values().get(pk=checkin.pk)
    page = client.get(path_of(checkin), {"have-met": "regularly"})
    assert page.status_code == 200
    assert "Confidential" in page.content.decode()
    assert CheckIn.objects.values().get(pk=checkin.pk) == before
    assert answers_of(checkin) == {}


def test_answering_needs_no_login_and_can_be_changed(client, checkin):
    answer = client.post(path_of(checkin), {"have-met": "regularly", "helpful": "5", "words": "Thanks!"})
    assert "Thank you" in client.get(answer.url).content.decode()
    client.post(path_of(checkin), {"have-met": "sometimes"})
    assert answers_of(checkin) == {"have-met": "sometimes"}
    assert "checked" in client.get(path_of(checkin)).content.decode()


def test_missing_answers_are_reported_and_the_others_kept(client, checkin):
    answer = client.post(path_of(checkin), {"words": "I wrote a lot here."})
    assert answer.status_code == 422
    assert "I wrote a lot here." in answer.content.decode()
    assert "Answer “" in answer.content.decode()
    assert answers_of(checkin) == {}


def test_an_option_that_does_not_exist_is_refused(client, checkin):
    assert client.post(path_of(checkin), {"have-met": "regularly", "helpful": "99"}).status_code == 422


@pytest.mark.parametrize("salt", ["cohorts.signup.edit", "cohorts.signup.confirm", "checkins.other"])
def test_links_of_another_purpose_do_not_work(client, checkin, salt):
    token = signing.dumps(checkin.pk, salt=salt)
    assert client.get(reverse("checkins:checkin-answer", args=[token])).status_code == 404
    assert client.post(reverse("checkins:checkin-answer", args=[token]), {"have-met": "no"}).status_code == 404


def test_a_changed_link_does_not_work(client, checkin):
    path = path_of(checkin)
    for place in range(len("/c/"), len(path) - 1, 7):
        changed = path[:place] + ("A" if path[place] != "A" else "B") + path[place + 1 :]
        assert client.post(changed, {"have-met": "no"}).status_code == 404
    assert answers_of(checkin) == {}


def test_after_the_window_the_page_says_so(client, checkin):
    with time_machine.travel(checkin.closes_at + timedelta(minutes=1)):
        assert "closed" in client.get(path_of(checkin)).content.decode()
        client.post(path_of(checkin), {"have-met": "no"})
    assert answers_of(checkin) == {}


def test_only_the_team_sees_the_check_ins_and_only_coordinators_the_answers(client, cast, checkin):
    save_answers(checkin=checkin, answers={q.pk: "no" for q in checkin.wave.survey.questions.all()[:1]}, now=NOW)
    urls = [
        reverse("checkins:checkin-list", args=[cast.cohort.slug]),
        reverse("checkins:checkin-detail", args=[cast.cohort.slug, checkin.pk]),
    ]
    for url in urls:
        for user in (cast.stranger, cast.mentor, cast.mentee, cast.contact):
            client.force_login(user)
            assert client.get(url).status_code == 404, (url, user)
        for user, reads in ((cast.viewer, False), (cast.coordinator, True)):
            client.force_login(user)
            assert ("not met" in client.get(url).content.decode()) == reads


def test_filters_list_what_they_count(client, cast, checkin):
    save_answers(checkin=checkin, answers={q.pk: "no" for q in checkin.wave.survey.questions.all()[:1]}, now=NOW)
    client.force_login(cast.coordinator)
    url = reverse("checkins:checkin-list", args=[cast.cohort.slug])

    def people(**query):
        return [c.user.full_name for c in client.get(url, query).context["page_obj"]]

    assert people(status="flagged") == people(status="answered") == ["Tariq Anwar"]
    assert people(status="sent") == people(side="mentor") == people(q="mona") == ["Mona"]
    assert people(status="overdue") == []
    with time_machine.travel(NOW + timedelta(days=8)):
        sweep_checkins(NOW + timedelta(days=8))
        client.force_login(cast.coordinator)  # signed out meanwhile, as all staff are
        assert people(status="overdue") == ["Mona"]


def test_an_empty_cohort_says_when_things_happen(client, cast):
    client.force_login(cast.viewer)
    page = client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug])).content.decode()
    assert "No check-ins yet" in page


def test_the_export_has_a_line_for_each_and_no_formula(client, cast, checkin):
    text = {q.key: q.pk for q in checkin.wave.survey.questions.all()}["words"]
    save_answers(checkin=checkin, answers={text: "=cmd()"}, now=NOW)
    client.force_login(cast.coordinator)
    lines = (
        client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug]), {"format": "csv"})
        .content.decode()
        .splitlines()
    )
    assert len(lines) == 3
    assert "'=cmd()" in "".join(lines)


def test_a_tally_counts_people_once(cast, checkin):
    second = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort), mentor=cast.mentor_enrollment)
    OutboxMessage.objects.filter(pk=second.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    met = checkin.wave.survey.questions.get(key="have-met")
    for number, one in enumerate(CheckIn.objects.filter(user=cast.mentor).order_by("pk")):
        save_answers(checkin=one, answers={met.pk: ("no", "regularly")[number]}, now=NOW + timedelta(minutes=number))
    (counted,) = [t for t in tally_cohort(cohort=cast.cohort) if t.question == met]
    assert (counted.answered, dict(counted.rows)) == (1, {"Yes, regularly": 1, "Once or twice": 0, "Not yet": 0})


def pages(cast, checkin):
    ensure_default_wave(cohort=cast.cohort)
    say(checkin, have_met="no")
    slug, survey = cast.cohort.slug, checkin.wave.survey.pk
    names = [
        "checkin-list",
        "case-list",
        "pair-list",
        "wave-list",
        "survey-list",
        "graduation-list",
        "opportunity-list",
    ]
    editing = ["wave-create", "survey-create", "case-create", "criterion-create"]
    of = [reverse(f"checkins:{name}", args=[slug]) for name in names]
    of.append(reverse("checkins:wave-detail", args=[slug, checkin.wave.pk]))
    of.append(reverse("checkins:survey-detail", args=[slug, survey]))
    of.append(reverse("checkins:survey-preview", args=[slug, survey]))
    of.append(reverse("checkins:graduation-detail", args=[slug, cast.mentee_enrollment.pk, cast.mentee.pk]))
    edit = [reverse(f"checkins:{name}", args=[slug]) for name in editing]
    edit.append(reverse("checkins:wave-edit", args=[slug, checkin.wave.pk]))
    edit.append(reverse("checkins:survey-edit", args=[slug, survey]))
    edit.append(reverse("checkins:question-create", args=[slug, survey]))
    edit += [reverse("checkins:question-edit", args=[slug, survey, q.pk]) for q in asked_questions(checkin.wave.survey)]
    return of, edit


def test_pages_are_visible_by_role(client, cast, checkin):
    read, edit = pages(cast, checkin)
    for user in (cast.stranger, cast.mentor, cast.contact):
        client.force_login(user)
        assert {client.get(url).status_code for url in read + edit} == {404}
    client.force_login(cast.viewer)
    assert {client.get(url).status_code for url in read} == {200}
    assert {client.get(url).status_code for url in edit} == {404}
    client.force_login(cast.coordinator)
    assert {client.get(url).status_code for url in read + edit} == {200}
