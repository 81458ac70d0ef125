"""Anonymity, cases, concerns, waves, surveys, graduation and what comes after: effects, and who sees what."""

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import serializers
from django.urls import reverse

from checkins import models
from checkins.health import health_of
from checkins.links import checkin_link, confirm_link
from checkins.models import AnonymousBox, Answer, Case, CheckIn, CheckInWave, Graduation, SurveyQuestion
from checkins.results import tally_of_wave
from checkins.services import (
    CheckInError,
    add_template,
    cases_for_today,
    concerns_for_today,
    delete_wave,
    ensure_default_wave,
    name_reader,
    pause_wave,
    raise_concern,
    resume_wave,
    save_answers,
    save_wave,
    sweep_checkins,
)
from checkins.services.graduation import (
    ask_mentors,
    end_early,
    graduate,
    issue_certificates,
    progress_of,
    save_criterion,
)
from checkins.services.surveys import questions_of, save_question
from cohorts.filters import filtered
from cohorts.models import Enrollment
from matching.services import set_match_status
from mentorship.audit.models import AuditEntry
from mentorship.outbox.models import OutboxMessage
from mentorship.testing.factories import EnrollmentFactory, MatchFactory, UserFactory
from training.models import TrainingBooking, TrainingSession
from training.services import create_session

pytestmark = pytest.mark.django_db
INTRO = datetime(2027, 2, 1, 10, tzinfo=UTC)
NOW = datetime(2027, 5, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def checkin(cast):
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    return CheckIn.objects.select_related("wave__survey").get(side="mentee")


def path(link):
    return link.removeprefix("http://127.0.0.1:8000")


def say(checkin, **answers):
    keys = {q.key.replace("-", "_"): q.pk for q in questions_of(checkin.wave.survey)}
    save_answers(checkin=checkin, answers={keys[k]: v for k, v in answers.items()}, now=NOW)


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


def test_answers_can_be_changed_for_ten_days(client, checkin):
    say(checkin, have_met="no")
    with time_machine.travel(NOW + timedelta(days=9, hours=23)):
        client.post(path(checkin_link(checkin)), {"have-met": "sometimes"})
    with time_machine.travel(NOW + timedelta(days=10, minutes=1)):
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


def test_anonymous_answers_lead_to_nobody(client, anonymous):
    for number, one in enumerate(anonymous[:5]):
        response = client.post(path(checkin_link(one)), {"welcome": "4", "open": f"secret {number}"})
        assert response.status_code == 302
    box = AnonymousBox.objects.get()
    assert box.number == 5
    # No row that holds a word of them names a person or a moment, and no row of a person changed with the moment.
    for model in [getattr(models, name) for name in models.__all__] + [AuditEntry]:
        for row in model.objects.all():
            text = serializers.serialize("json", [row])
            assert "secret" not in text or isinstance(row, AnonymousBox)
    assert {f.name for f in AnonymousBox._meta.fields} == {
        "id", "wave", "answers", "number", "released", "released_number"
    }  # fmt: skip
    asked = CheckIn.objects.filter(wave=box.wave, status="answered")
    assert set(asked.values_list("answered_at", "next_mail_at")) == {(None, None)}
    assert not Answer.objects.filter(checkin__in=asked).exists()
    assert not AuditEntry.objects.filter(object_type="checkins.checkin", object_id__in=[c.pk for c in asked]).exists()
    again = client.post(path(checkin_link(anonymous[0])), {"welcome": "1"})
    assert "It is anonymous" in again.content.decode()
    assert AnonymousBox.objects.get().number == 5


def test_anonymous_answers_are_read_by_steps_of_five(client, anonymous):
    wave = anonymous[0].wave
    for number, one in enumerate(anonymous[:7], 1):
        client.post(path(checkin_link(one)), {"welcome": "4"})
        assert sum(t.answered for t in tally_of_wave(wave)) == (0 if number < 5 else 5)
    mail = OutboxMessage.objects.filter(key=f"checkin:{anonymous[0].pk}:0").get()
    assert "welcome=" not in mail.body_text
    assert "anonymous" in mail.body_text
    assert "Anonymous." in client.get(path(checkin_link(anonymous[7]))).content.decode()


def test_a_flag_opens_one_case_with_owner_date_and_step(client, cast, checkin):
    for _ in range(2):
        say(checkin, have_met="no", want="other")
    kinds = {c.kind: c for c in Case.objects.all()}
    assert set(kinds) == {"not_met", "other_mentor"}
    case = kinds["other_mentor"]
    assert (case.owner, case.about, case.match) == (cast.coordinator, cast.mentee, cast.match)
    assert case.due_on > NOW.date()
    assert case.next_step
    say(checkin, have_met="regularly", want="nothing")
    assert "not asked for any more" in case.notes.get().text
    client.force_login(cast.coordinator)
    url = case.get_absolute_url()
    form = {"status": "done", "owner": cast.coordinator.pk, "next_step": "x", "due_on": "2027-05-09", "note": "Called."}
    assert client.post(url, form).status_code == 422  # how did it end?
    assert client.post(url, form | {"outcome": "They go on."}).status_code == 302
    page = client.get(url).content.decode()
    assert "Called." in page
    assert "Made done" in page
    client.force_login(cast.viewer)
    assert client.get(url).status_code == 200
    assert client.post(url, form).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


def test_concerns_are_read_only_by_those_who_are_named(client, cast, checkin):
    client.post(path(checkin_link(checkin)) + "concern/", {"text": "He shouted at me."})
    case = Case.objects.get(kind="conduct")
    assert case.owner is None
    told = OutboxMessage.objects.filter(kind="case")
    assert [m.to for m in told] == [[cast.owner.email]]
    assert "shouted" not in told.get().body_text
    urls = [case.get_absolute_url(), reverse("checkins:cases", args=[cast.cohort.slug])]
    for user in (cast.owner, cast.coordinator, cast.viewer):
        client.force_login(user)
        assert client.get(urls[0]).status_code == 404
        assert "shouted" not in client.get(urls[1]).content.decode()
    client.force_login(cast.coordinator)
    assert client.get(reverse("checkins:readers", args=[cast.cohort.slug])).status_code == 404
    client.force_login(cast.owner)
    client.post(reverse("checkins:readers", args=[cast.cohort.slug]), {"user": cast.coordinator.pk})
    assert client.get(urls[0]).status_code == 404
    client.force_login(cast.coordinator)
    assert "shouted" in client.get(urls[0]).content.decode()
    assert Case.objects.get(kind="conduct").owner == cast.coordinator


def test_whoever_is_part_of_the_pair_does_not_read_the_concern(client, cast, checkin):
    cast.mentor.workspace_roles.create(workspace=cast.programme.workspace, role="coordinator")
    name_reader(cohort=cast.cohort, user=cast.mentor, by=cast.owner)
    case = raise_concern(checkin=checkin, text="About my mentor.")
    assert case.owner is None
    client.force_login(cast.mentor)
    assert client.get(case.get_absolute_url()).status_code == 404


def test_waves_are_fixed_once_they_were_sent(cast, checkin):
    wave = checkin.wave
    with pytest.raises(CheckInError):
        delete_wave(wave=wave, by=cast.coordinator)
    wave.offset = 4
    with pytest.raises(CheckInError):
        save_wave(wave=wave, by=cast.coordinator)
    other = add_template(cohort=cast.cohort, key="year", by=cast.coordinator)
    delete_wave(wave=other, by=cast.coordinator)
    assert [w.name for w in CheckInWave.objects.all()] == ["Three-month check-in"]


def test_a_paused_wave_asks_nobody_and_goes_on_in_the_morning(cast, checkin):
    pause_wave(wave=checkin.wave, by=cast.coordinator)
    later = NOW + timedelta(days=30)
    sweep_checkins(later)
    assert OutboxMessage.objects.filter(kind="check-in").count() == 2
    with time_machine.travel(later, tick=False):
        resume_wave(wave=checkin.wave, by=cast.coordinator)
    sweep_checkins(later + timedelta(days=1))
    assert OutboxMessage.objects.filter(kind="check-in").count() == 4


def test_answers_stay_with_their_words(cast, checkin):
    say(checkin, have_met="no")
    question = SurveyQuestion.objects.get(key="have-met")
    old = question.pk
    question.text = "Did you talk?"
    save_question(question=question, by=cast.coordinator)
    assert Answer.objects.get().question.text == "Have you met?"
    assert [q.text for q in questions_of(checkin.wave.survey) if q.key == "have-met"] == ["Did you talk?"]
    assert question.pk != old


def test_pairs_that_need_somebody_come_first_and_none_ends(cast, checkin):
    well = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort))
    OutboxMessage.objects.filter(pk=well.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    say(CheckIn.objects.get(match=well, side="mentee"), have_met="regularly", helpful="5")
    say(checkin, have_met="no")
    assert [(p.match, p.level) for p in health_of(cast.cohort)] == [(cast.match, "danger"), (well, "good")]
    cast.match.refresh_from_db()
    assert cast.match.status == "introduced"


def test_a_team_is_not_silent_as_long_as_one_of_it_answers(cast, checkin):
    second = cast.mentee_enrollment.members.create(user=UserFactory()).user
    CheckIn.objects.create(
        wave=checkin.wave, match=cast.match, enrollment=cast.mentee_enrollment, user=second, side="mentee",
        status="sent", mails_sent=2, due_at=NOW, closes_at=NOW + timedelta(days=30),
    )  # fmt: skip
    sweep_checkins(NOW + timedelta(days=8))
    assert health_of(cast.cohort)[0].reasons == ["neither of them answers"]
    say(checkin, have_met="sometimes")
    assert health_of(cast.cohort)[0].reasons == ["the mentor does not answer", "the mentee says: met once or twice"]


def test_a_pair_pauses_until_a_day(client, cast, checkin):
    client.force_login(cast.coordinator)
    url = reverse("checkins:health", args=[cast.cohort.slug])
    said = {"match": cast.match.pk, "do": "pause"}
    wrong = client.post(url, said | {"until": "2027-05-02"}, follow=True)
    client.post(url, said | {"until": "2027-13-45"})
    assert not health_of(cast.cohort)[0].paused
    assert "still to come" in wrong.content.decode()
    client.post(url, said | {"until": "2027-05-20"})
    (pair,) = health_of(cast.cohort)
    assert (pair.paused, pair.pause.until) == (True, date(2027, 5, 20))
    sweep_checkins(NOW + timedelta(days=10))
    assert OutboxMessage.objects.filter(kind="check-in").count() == 2
    sweep_checkins(datetime(2027, 5, 20, 3, tzinfo=UTC))
    sweep_checkins(datetime(2027, 5, 21, 9, tzinfo=UTC))
    assert OutboxMessage.objects.filter(kind="check-in").count() == 4
    assert not health_of(cast.cohort)[0].paused


def criterion(cast, kind, name, **fields):
    return save_criterion(
        criterion=models.GraduationCriterion(cohort=cast.cohort, kind=kind, name=name, **fields), by=cast.coordinator
    )


def test_a_team_graduates_person_by_person(client, cast, checkin):
    second = cast.mentee_enrollment.members.create(user=UserFactory(full_name="Bea *x* #panic()")).user
    criterion(cast, "mentor", "The mentor says yes")
    criterion(cast, "survey", "Check-in", wave=checkin.wave)
    say(checkin, have_met="regularly")
    assert ask_mentors(cohort=cast.cohort, by=cast.coordinator) == 1
    link = path(confirm_link(cast.match))
    assert link in OutboxMessage.objects.get(kind="graduation").body_text
    client.get(link)
    assert not Graduation.objects.exists()
    client.post(link, {"ready": [cast.mentee.pk, second.pk]})
    assert [g.user for g in Graduation.objects.all()] == [cast.mentee]  # the other has not answered
    cast.match.refresh_from_db()
    assert cast.match.status == "active"
    with pytest.raises(CheckInError, match="Check-in"):
        graduate(enrollment=cast.mentee_enrollment, user=second, by=cast.coordinator)
    graduate(enrollment=cast.mentee_enrollment, user=second, by=cast.coordinator, anyway=True)
    cast.match.refresh_from_db()
    assert cast.match.status == "graduated"
    assert Enrollment.objects.get(pk=cast.mentee_enrollment.pk).status == "completed"
    assert issue_certificates(cohort=cast.cohort, by=cast.coordinator) == 2
    assert issue_certificates(cohort=cast.cohort, by=cast.coordinator) == 0
    one = Graduation.objects.get(user=second)
    assert "This certificate is valid" in client.get(one.get_absolute_url()).content.decode()
    pdf = client.get(reverse("checkins:certificate-file", args=[one.pk]))
    from pypdf import PdfReader

    assert "#panic()" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    client.force_login(cast.viewer)
    archive = client.get(reverse("checkins:certificates", args=[cast.cohort.slug])).content
    assert len(zipfile.ZipFile(io.BytesIO(archive)).namelist()) == 2


def test_who_ends_early_has_a_reason_and_no_certificate(client, cast, checkin):
    with pytest.raises(CheckInError):
        end_early(enrollment=cast.mentee_enrollment, user=cast.mentee, reason=" ", by=cast.coordinator)
    ended = end_early(enrollment=cast.mentee_enrollment, user=cast.mentee, reason="New job", by=cast.coordinator)
    cast.match.refresh_from_db()
    assert (cast.match.status, cast.match.ended_reason) == ("ended", "New job")
    assert client.get(ended.get_absolute_url()).status_code == 404
    assert client.get(reverse("checkins:certificate-file", args=[ended.pk])).status_code == 404


def pages(cast, checkin):
    ensure_default_wave(cohort=cast.cohort)
    say(checkin, have_met="no")
    slug, survey = cast.cohort.slug, checkin.wave.survey.pk
    names = ["list", "cases", "health", "waves", "surveys", "graduation", "after"]
    editing = ["wave-new", "survey-new", "case-new", "criterion-new"]
    of = [reverse(f"checkins:{name}", args=[slug]) for name in names]
    of.append(reverse("checkins:wave", args=[slug, checkin.wave.pk]))
    of.append(reverse("checkins:survey", args=[slug, survey]))
    of.append(reverse("checkins:survey-preview", args=[slug, survey]))
    of.append(reverse("checkins:graduation-person", args=[slug, cast.mentee_enrollment.pk, cast.mentee.pk]))
    edit = [reverse(f"checkins:{name}", args=[slug]) for name in editing]
    edit.append(reverse("checkins:wave-edit", args=[slug, checkin.wave.pk]))
    edit.append(reverse("checkins:survey-edit", args=[slug, survey]))
    edit.append(reverse("checkins:question-new", args=[slug, survey]))
    edit += [reverse("checkins:question", args=[slug, survey, q.pk]) for q in questions_of(checkin.wave.survey)]
    return of, edit


def test_who_opens_which_page(client, cast, checkin):
    read, edit = pages(cast, checkin)
    for user in (cast.stranger, cast.mentor, cast.contact):
        client.force_login(user)
        assert {client.get(url).status_code for url in read + edit} == {404}
    client.force_login(cast.viewer)
    assert {client.get(url).status_code for url in read} == {200}
    assert {client.get(url).status_code for url in edit} == {404}
    client.force_login(cast.coordinator)
    assert {client.get(url).status_code for url in read + edit} == {200}


def test_the_lists_cost_the_same_for_few_and_many(client, cast, checkin, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    urls = [reverse(f"checkins:{n}", args=[cast.cohort.slug]) for n in ("list", "cases", "health", "graduation")]
    for _ in range(2):
        for _ in range(8):
            match = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort))
            OutboxMessage.objects.filter(pk=match.intro_id).update(status="sent", sent_at=INTRO)
        sweep_checkins(NOW)
        for one in CheckIn.objects.filter(status="sent", side="mentee").select_related("wave__survey"):
            say(one, have_met="no")
        for url in urls:
            with django_assert_max_num_queries(32):
                client.get(url)


def test_concerns_have_a_list_of_their_own(client, cast, checkin):
    name_reader(cohort=cast.cohort, user=cast.owner, by=cast.owner)
    raise_concern(checkin=checkin, text="He shouted.")
    cases, concerns = (reverse(f"checkins:{name}", args=[cast.cohort.slug]) for name in ("cases", "concerns"))
    client.force_login(cast.coordinator)
    assert client.get(concerns).status_code == 404
    assert concerns not in client.get(cases).content.decode()
    client.force_login(cast.owner)
    assert list(client.get(cases, {"status": "all"}).context["page_obj"]) == []
    assert [c.kind for c in client.get(concerns).context["page_obj"]] == ["conduct"]
    assert concerns in client.get(cases).content.decode()
    assert cases_for_today(cast.owner, cast.cohort, NOW.date())["open"] == 0
    assert concerns_for_today(cast.owner, cast.cohort) == 1


def test_people_are_found_by_their_check_ins_and_written_to(client, cast, checkin):
    year = add_template(cohort=cast.cohort, key="year", by=cast.coordinator)
    sweep_checkins(NOW)
    say(checkin, have_met="regularly")

    def found(value):
        return [e.user for e in filtered(cast.cohort, {"checkin": value})]

    assert (found("answered"), found("silent"), found("overdue")) == ([cast.mentee], [cast.mentor], [])
    assert found(f"silent-{checkin.wave_id}") == [cast.mentor]
    assert found(f"silent-{year.pk}") == []
    assert len(found("planned")) == 2  # the check-in of next year
    with time_machine.travel(NOW + timedelta(days=8)):
        sweep_checkins(NOW + timedelta(days=8))
        assert found("overdue") == [cast.mentor]
    client.force_login(cast.coordinator)
    page = client.get(reverse("checkins:list", args=[cast.cohort.slug])).content.decode()
    write = reverse("cohorts:mailing-create", args=[cast.cohort.slug]) + "?checkin=silent"
    assert write in page
    assert client.get(write).context["names"] == [cast.mentor]


def test_a_mentee_with_a_new_mentor_is_still_asked_how_the_programme_was(cast, checkin):
    cast.cohort.ends_on = NOW.date() + timedelta(days=30)
    cast.cohort.save()
    wave = add_template(cohort=cast.cohort, key="end", by=cast.coordinator)
    sweep_checkins(NOW)
    before = CheckIn.objects.get(wave=wave, side="mentee")
    set_match_status(match=cast.match, to="rematched", by=cast.coordinator, reason="no time")
    following = MatchFactory(mentee=cast.mentee_enrollment)
    OutboxMessage.objects.filter(pk=following.intro_id).update(status="sent", sent_at=NOW)
    later = NOW + timedelta(days=24)
    for _ in range(2):
        sweep_checkins(later)
    asked = {c.match: c.status for c in CheckIn.objects.filter(wave=wave, side="mentee")}
    assert asked == {cast.match: "cancelled", following: "sent"}
    assert OutboxMessage.objects.filter(key__startswith=f"checkin:{before.pk}:").count() == 0


def test_a_pair_that_goes_on_again_asks_nobody_a_second_time(cast, checkin):
    cast.cohort.ends_on = NOW.date() + timedelta(days=30)
    cast.cohort.save()
    wave = add_template(cohort=cast.cohort, key="end", by=cast.coordinator)
    sweep_checkins(NOW)
    set_match_status(match=cast.match, to="ended", by=cast.coordinator, reason="?")
    following = MatchFactory(mentee=cast.mentee_enrollment)
    OutboxMessage.objects.filter(pk=following.intro_id).update(status="sent", sent_at=NOW)
    sweep_checkins(NOW)
    # Two mentors are fine with this project after all.
    cast.mentee_enrollment.mentors_wanted = 2
    cast.mentee_enrollment.save()
    set_match_status(match=cast.match, to="active", by=cast.coordinator)
    sweep_checkins(NOW + timedelta(days=24))
    asked = CheckIn.objects.filter(wave=wave, side="mentee").exclude(status="cancelled")
    assert [c.match for c in asked] == [following]


def test_sessions_of_the_round_count_also_where_another_round_holds_them(cast, checkin):
    criterion(cast, "sessions", "Two calls", number=2)
    elsewhere = create_session(cohort=cast.other_cohort, provider="Us", training="Talk", seats=9,
                               starts_at=NOW + timedelta(days=1), by=cast.stranger)  # fmt: skip
    here = [
        create_session(cohort=cast.cohort, provider="Us", training=f"Call {n}", seats=9, kind="call",
                       starts_at=NOW + timedelta(days=n), by=cast.coordinator)
        for n in (1, 2)
    ]  # fmt: skip
    for session in (elsewhere, *here):
        TrainingBooking.objects.create(session=session, enrollment=cast.mentee_enrollment, attended=True)
    TrainingSession.objects.filter(pk=here[1].pk).update(cancelled_at=NOW)
    after = NOW + timedelta(days=3)
    (standing,) = progress_of(cast.cohort, now=after)[0].standings
    assert standing.met
    TrainingSession.objects.filter(pk=elsewhere.pk).update(cancelled_at=NOW)
    assert not progress_of(cast.cohort, now=after)[0].ready


def test_many_certificates_come_as_one_pdf_or_in_parts(client, cast, checkin, monkeypatch):
    monkeypatch.setattr("checkins.views.graduation.PART", 2)
    for number in range(3):
        enrollment = EnrollmentFactory(cohort=cast.cohort, user__full_name=f"Graduate {number}")
        graduate(enrollment=enrollment, user=enrollment.user, by=cast.coordinator, anyway=True)
    client.force_login(cast.coordinator)
    page = client.get(reverse("checkins:graduation", args=[cast.cohort.slug])).content.decode()
    assert "part 2 of 2" in page
    zips = reverse("checkins:certificates", args=[cast.cohort.slug])
    names = [len(zipfile.ZipFile(io.BytesIO(client.get(f"{zips}?part={n}").content)).namelist()) for n in (1, 2)]
    assert names == [2, 1]
    from pypdf import PdfReader

    pdf = client.get(reverse("checkins:certificates-pdf", args=[cast.cohort.slug]))
    pages = [p.extract_text() for p in PdfReader(io.BytesIO(pdf.content)).pages]
    assert [f"Graduate {n}" in text for n, text in enumerate(pages)] == [True, True, True]
