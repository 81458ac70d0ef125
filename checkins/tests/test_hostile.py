"""Attempts to break what check-ins and the time after them promise: changes of mind, bad luck, and bad will."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings
from django.core import serializers, signing
from django.urls import reverse

from checkins import models
from checkins.links import ANSWER_SALT, CONFIRM_SALT, checkin_link, confirm_link, honorarium_link, stay_link
from checkins.models import AnonymousBox, Answer, Case, CheckIn, Graduation
from checkins.results import tally_of_wave
from checkins.services import (
    CheckInError,
    add_template,
    name_reader,
    raise_concern,
    save_answers,
    save_wave,
    sweep_checkins,
)
from checkins.services.alumni import stay_in_touch
from checkins.services.answering import EDIT_FOR
from checkins.services.graduation import end_early, graduate, issue_certificates, take_back
from checkins.services.moving import move_checkin
from checkins.services.opportunities import post_opportunity, send_digest
from checkins.services.surveys import questions_of, retire_question, save_question
from checkins.services.thanks import issue_service_certificates, offer_honoraria, take_back_honorarium
from cohorts.models import SignupQuestion
from matching.services import set_match_status
from mentorship.audit.models import AuditEntry
from mentorship.outbox.delivery import Queue, claim, recover_expired
from mentorship.outbox.models import OutboxMessage
from mentorship.persons.erasing import erase_person
from mentorship.testing.factories import EnrollmentFactory, MatchFactory

pytestmark = pytest.mark.django_db
INTRO = datetime(2027, 2, 1, 10, tzinfo=UTC)
DUE = datetime(2027, 5, 1, 7, tzinfo=UTC)  # nine in Berlin
NOW = datetime(2027, 5, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def match(cast):
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=INTRO)
    return cast.match


@pytest.fixture
def checkin(match):
    sweep_checkins(NOW)
    return CheckIn.objects.select_related("wave__survey", "wave__cohort__programme", "match").get(side="mentee")


def path(link):
    return link.removeprefix("http://127.0.0.1:8000")


def ids(checkin):
    return {q.key.replace("-", "_"): q.pk for q in questions_of(checkin.wave.survey)}


def mails_to(checkin):
    return list(OutboxMessage.objects.filter(key__startswith=f"checkin:{checkin.pk}:").order_by("key"))


def sweep_days(first, days, every=24):
    """Sweeps every so many hours; the moments at which a check-in mail was written, by its key."""
    seen = {}
    for hours in range(0, 24 * days, every):
        moment = first + timedelta(hours=hours)
        sweep_checkins(moment)
        for key in OutboxMessage.objects.filter(kind="check-in").values_list("key", flat=True):
            seen.setdefault(key, moment)
    return seen


# --- when -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after", "mails"), [(2, 0, 1), (0, 2, 3), (2, 1, 2)])
def test_other_reminders_hold_for_those_who_were_asked_already(cast, match, before, after, mails):
    sweep_checkins(INTRO)
    wave = cast.cohort.waves.get()
    wave.reminders = before
    save_wave(wave=wave, by=cast.coordinator)
    sweep_checkins(DUE)
    wave.refresh_from_db()
    wave.reminders = after
    save_wave(wave=wave, by=cast.coordinator)
    sweep_days(DUE, 60, every=7 * 24)
    assert {len(mails_to(one)) for one in CheckIn.objects.all()} == {mails}


def test_a_longer_window_holds_for_those_who_were_asked_already(cast, checkin):
    wave = cast.cohort.waves.get()
    closes = checkin.closes_at
    wave.window_days += 10
    save_wave(wave=wave, by=cast.coordinator)
    checkin.refresh_from_db()
    assert checkin.closes_at - closes == timedelta(days=10)


def test_a_first_mail_that_was_moved_stays_where_it_is_when_the_wave_is_edited(cast, match, clock):
    clock.move_to(INTRO)
    sweep_checkins(INTRO)
    checkin = CheckIn.objects.get(side="mentee")
    move_checkin(checkin=checkin, day=date(2027, 5, 20), by=cast.coordinator)
    wave = cast.cohort.waves.get()
    wave.name, wave.window_days = "Another name", wave.window_days - 2
    save_wave(wave=wave, by=cast.coordinator)
    sweep_checkins(INTRO)
    checkin.refresh_from_db()
    assert checkin.due_at == checkin.next_mail_at == datetime(2027, 5, 20, 7, tzinfo=UTC)
    assert checkin.closes_at == checkin.due_at + timedelta(days=wave.window_days)


def test_who_goes_on_in_the_night_is_asked_in_the_morning(cast, match):
    sweep_checkins(INTRO)
    set_match_status(match=match, to="ended", by=cast.coordinator, reason="no time")
    sweep_checkins(DUE)
    match.refresh_from_db()
    type(match).objects.filter(pk=match.pk).update(status="active")
    night = DUE + timedelta(days=1, hours=16)  # one in Berlin
    sweep_checkins(night)
    assert not OutboxMessage.objects.filter(kind="check-in").exists()
    sweep_checkins(DUE + timedelta(days=2))
    assert OutboxMessage.objects.filter(kind="check-in").count() == 2


def test_a_check_in_whose_days_are_over_is_not_asked_a_year_later(cast, match):
    sweep_checkins(INTRO)
    set_match_status(match=match, to="ended", by=cast.coordinator, reason="no time")
    sweep_checkins(DUE)
    type(match).objects.filter(pk=match.pk).update(status="active")
    sweep_days(DUE + timedelta(days=300), 3)
    assert not OutboxMessage.objects.filter(kind="check-in").exists()


def test_a_reminder_comes_in_the_morning_of_where_the_person_is_now(cast, checkin):
    cast.mentee.time_zone = "Pacific/Honolulu"  # eleven hours behind Berlin
    cast.mentee.save()
    sweep_checkins(NOW)
    written = sweep_days(NOW.replace(day=8, hour=0), 3, every=6)
    local = [moment for key, moment in written.items() if key == f"checkin:{checkin.pk}:1"]
    assert [m.isoformat() for m in local] == ["2027-05-10T00:00:00+00:00"], "nine there is 19 UTC on 9 May"


def test_somebody_whose_account_is_switched_off_is_not_asked(cast, match):
    cast.mentee.is_active = False
    cast.mentee.save()
    sweep_checkins(NOW)
    assert {m.to[0] for m in OutboxMessage.objects.filter(kind="check-in")} == {cast.mentor.email}
    cast.mentee.is_active = True
    cast.mentee.save()
    sweep_days(NOW, 2)
    assert OutboxMessage.objects.filter(kind="check-in", to=[cast.mentee.email]).count() == 1


def test_a_reminder_that_was_under_way_when_the_answer_came_is_not_tried_again(checkin):
    (mail,) = mails_to(checkin)
    assert claim(mail)
    save_answers(checkin=checkin, answers={ids(checkin)["have_met"]: "regularly"}, now=NOW)
    recover_expired(NOW + timedelta(hours=1))  # it broke off: the mail goes back into the queue
    OutboxMessage.objects.exclude(pk=mail.pk).filter(status="queued").update(status="cancelled")
    assert Queue(NOW + timedelta(hours=1)).claim_next() is None
    mail.refresh_from_db()
    assert mail.status == "skipped"
    assert "answered" in mail.last_error


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2027-02-30", "x"])
def test_a_day_that_makes_no_sense_moves_nothing(client, cast, match, clock, day):
    clock.move_to(INTRO)
    sweep_checkins(INTRO)
    checkin = CheckIn.objects.get(side="mentee")
    client.force_login(cast.coordinator)
    before = CheckIn.objects.values_list("next_mail_at", "closes_at").get(pk=checkin.pk)
    address = reverse("checkins:checkin-move", args=[cast.cohort.slug, checkin.pk])
    assert client.post(address, {"day": day}).status_code == 302
    assert CheckIn.objects.values_list("next_mail_at", "closes_at").get(pk=checkin.pk) == before


def test_the_links_of_people_who_are_switched_off_answer_nothing(client, cast, checkin):
    (honorarium,) = offer_honoraria(
        cohort=cast.cohort, people=[cast.mentor], what="x", amount=Decimal(5), currency="EUR", by=cast.coordinator
    )
    for person in (cast.mentor, cast.mentee):
        person.is_active = False
        person.save()
    assert "closed" in client.get(path(checkin_link(checkin))).content.decode()
    assert "closed" in client.post(path(checkin_link(checkin)), {"have-met": "no"}).content.decode()
    assert not Answer.objects.exists()
    assert client.post(path(honorarium_link(honorarium)), {"answer": "accept"}).status_code == 404
    assert client.post(path(confirm_link(cast.match)), {"ready": [cast.mentee.pk]}).status_code == 404
    assert not Graduation.objects.exists()
    client.post(path(checkin_link(checkin)) + "concern/", {"text": "He shouted."})
    assert Case.objects.filter(kind="conduct").exists(), "switching off silences nobody"


# --- answering ------------------------------------------------------------------------------------------------------


def everything():
    rows = [getattr(models, name).objects.all() for name in models.__all__]
    return serializers.serialize("json", [row for found in [*rows, AuditEntry.objects.all()] for row in found])


def test_following_or_probing_a_link_changes_nothing(client, cast, checkin):
    (honorarium,) = offer_honoraria(
        cohort=cast.cohort, people=[cast.mentor], what="x", amount=Decimal(5), currency="EUR", by=cast.coordinator
    )
    before = everything()
    links = [
        checkin_link(checkin), checkin_link(checkin) + "thanks/", checkin_link(checkin) + "concern/",
        confirm_link(checkin.match), honorarium_link(honorarium), stay_link(cast.programme.pk, cast.mentee.pk),
    ]  # fmt: skip
    for link in links:
        for query in ("", "?have-met=no", "?answer=accept&stays=yes&ready=1&do=join"):
            for method in ("get", "head", "options", "put", "patch", "delete"):
                assert getattr(client, method)(path(link) + query).status_code < 500
    assert everything() == before


def test_no_link_but_the_right_one_opens_a_check_in(client, checkin):
    token = path(checkin_link(checkin)).split("/")[-2]
    other = CheckIn.objects.get(side="mentor")
    forged = [
        signing.dumps(checkin.pk, salt=CONFIRM_SALT), signing.dumps(checkin.pk),
        signing.dumps(str(checkin.pk), salt=ANSWER_SALT),
        signing.dumps([checkin.pk], salt=ANSWER_SALT), signing.dumps(True, salt=ANSWER_SALT),
        signing.dumps(checkin.pk, salt=ANSWER_SALT, key="other"), token.swapcase(), token + "x", token[:-1],
        signing.dumps(other.pk, salt=ANSWER_SALT).split(":")[0] + ":" + token.split(":", 1)[1],
        *(token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token) - 1)),
    ]  # fmt: skip
    for one in forged:
        address = reverse("checkins:answer", args=[one])
        assert client.get(address).status_code == 404
        assert client.post(address, {"have-met": "no"}).status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "posted",
    [
        {"have-met": "never"}, {"have-met": "no", "helpful": "6"}, {"have-met": "no", "helpful": "1e1"},
        {"have-met": "no\0"}, {"have-met": "no", "words": "x" * 8001}, {"have-met": "no", "words": "a\0b"},
        {"have-met": "no", "recommend": "<script>"}, {},
    ],
)  # fmt: skip
def test_what_is_no_answer_is_not_kept(client, checkin, posted):
    assert client.post(path(checkin_link(checkin)), posted).status_code == 422
    assert not Answer.objects.exists()


EVIL = "<img src=x onerror=1>{{ settings.SECRET_KEY }}{% now 'Y' %}"


def test_what_coordinators_write_about_questions_is_text(client, cast, checkin):
    survey = checkin.wave.survey
    type(survey).objects.filter(pk=survey.pk).update(intro=EVIL)
    for kind in models.SurveyQuestion.Kind.values:
        survey.questions.create(key=kind, kind=kind, text=EVIL, help_text=EVIL, options=[["a", EVIL], ["b", "b"]])
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(status="enrolling")
    SignupQuestion.objects.create(cohort=cast.cohort, role="mentee", key="x", kind="short", text=EVIL, help=EVIL)
    pages = [path(checkin_link(checkin)), reverse("cohorts:signup", args=[cast.cohort.slug, "mentee"])]
    client.force_login(cast.coordinator)
    pages += [reverse(f"checkins:{name}", args=[cast.cohort.slug, survey.pk]) for name in ("survey", "survey-preview")]
    for page in pages:
        html = client.get(page).content.decode()
        assert "&lt;img src=x" in html, page
        assert "<img src=x" not in html, page
        assert settings.SECRET_KEY not in html


def test_what_was_said_to_a_question_that_is_not_asked_any_more_stays(cast, checkin):
    words = {**ids(checkin)}
    save_answers(checkin=checkin, answers={words["have_met"]: "no", words["recommend"]: "yes"}, now=NOW)
    retire_question(question=checkin.wave.survey.questions.get(key="recommend"), by=cast.coordinator)
    met = checkin.wave.survey.questions.get(key="have-met")
    met.text = "Have you talked?"
    new = save_question(question=met, by=cast.coordinator)
    save_answers(checkin=checkin, answers={new.pk: "regularly"}, now=NOW)
    assert {(a.question.key, a.question.version, a.value) for a in Answer.objects.all()} == {
        ("have-met", 2, "regularly"), ("recommend", 1, "yes"),
    }  # fmt: skip


def test_after_its_end_nothing_is_taken(client, checkin, clock):
    clock.move_to(checkin.closes_at)
    assert "closed" in client.post(path(checkin_link(checkin)), {"have-met": "no"}).content.decode()
    clock.move_to(NOW)
    client.post(path(checkin_link(checkin)), {"have-met": "no"})
    clock.move_to(NOW + EDIT_FOR)
    client.post(path(checkin_link(checkin)), {"have-met": "regularly"})
    assert [a.value for a in Answer.objects.all()] == ["no"]


def test_a_concern_that_is_posted_twice_is_one(cast, checkin):
    name_reader(cohort=cast.cohort, user=cast.coordinator, by=cast.owner)
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


def say(checkin, **answers):
    keys = ids(checkin)
    save_answers(checkin=checkin, answers={keys[k]: v for k, v in answers.items()}, now=NOW)


def test_one_person_who_answers_for_five_pairs_is_not_five_people(anonymous):
    of_one = anonymous.checkins.filter(side="mentor").exclude(match__mentor__user__full_name="Mona")
    for one in of_one.select_related("wave__survey"):
        say(one, welcome="1", open="Nobody listens to me.")
    assert of_one.count() == 6
    assert tally_of_wave(anonymous) == []
    for one in anonymous.checkins.filter(side="mentee").select_related("wave__survey")[:4]:
        say(one, welcome="5")
    assert sum(t.answered for t in tally_of_wave(anonymous) if t.question.key == "welcome") == 10
    assert AnonymousBox.objects.get().released_number == 5


def test_no_change_of_an_anonymous_question_tells_later_answers_from_earlier_ones(cast, anonymous):
    mentees = list(anonymous.checkins.filter(side="mentee").select_related("wave__survey"))
    open_question = anonymous.survey.questions.get(key="open")
    open_question.text = "Before anybody answered a word can be changed."
    save_question(question=open_question, by=cast.coordinator)
    for one in mentees[:4]:
        say(one, welcome="5", open="fine")
    open_question.refresh_from_db()
    open_question.text = "The one who answers this is the fifth."
    with pytest.raises(CheckInError):
        save_question(question=open_question, by=cast.coordinator)
    with pytest.raises(CheckInError):
        retire_question(question=anonymous.survey.questions.get(key="safe"), by=cast.coordinator)
    extra = models.SurveyQuestion(survey=anonymous.survey, kind="short", text="Only later ones see this.")
    with pytest.raises(CheckInError):
        save_question(question=extra, by=cast.coordinator)
    open_question.refresh_from_db()
    open_question.help_text = "Help can still be given."
    save_question(question=open_question, by=cast.coordinator)
    assert anonymous.survey.questions.count() == 3


# --- graduation and thanks ------------------------------------------------------------------------------------------


def test_a_certificate_that_is_taken_back_is_not_mailed(client, cast, match):
    one = graduate(enrollment=cast.mentee_enrollment, user=cast.mentee, by=cast.coordinator, anyway=True)
    issue_certificates(cohort=cast.cohort, by=cast.coordinator)
    address = one.get_absolute_url()
    assert client.get(address).status_code == 200
    take_back(graduation=Graduation.objects.get(), by=cast.coordinator)
    assert OutboxMessage.objects.get(kind="certificate").status == "cancelled"
    assert client.get(address).status_code == 404
    assert client.get(address + "certificate.pdf").status_code == 404


def test_an_honorarium_that_is_taken_back_is_not_mailed(client, cast):
    terms = {"cohort": cast.cohort, "people": [cast.mentor], "what": "x", "amount": Decimal(5), "currency": "EUR"}
    (one,) = offer_honoraria(**terms, by=cast.coordinator)
    take_back_honorarium(honorarium=one, by=cast.coordinator)
    assert OutboxMessage.objects.get(kind="honorarium").status == "cancelled"
    client.post(path(honorarium_link(one)), {"answer": "accept"})
    one.refresh_from_db()
    assert one.status == "cancelled"
    assert len(offer_honoraria(**terms, by=cast.coordinator)) == 1
    assert offer_honoraria(**terms, by=cast.coordinator) == []


def test_a_digest_that_waits_is_not_mailed_to_who_has_left(cast):
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(status="completed")
    for person in (cast.mentor, cast.mentee):
        stay_in_touch(programme=cast.programme, user=person, stays=True)
    offer = models.Opportunity(programme=cast.programme, kind="job", title="A job", url="https://example.org/")
    post_opportunity(opportunity=offer, by=cast.coordinator)
    assert send_digest(programme=cast.programme, by=cast.coordinator) == 2
    stay_in_touch(programme=cast.programme, user=cast.mentee, stays=False)
    digests = OutboxMessage.objects.filter(kind="digest")
    assert {m.to[0]: m.status for m in digests} == {cast.mentor.email: "queued", cast.mentee.email: "cancelled"}


@pytest.mark.parametrize("early", [True, False])
def test_who_was_erased_has_no_certificate_and_whoever_ended_early_can_be_erased(client, cast, match, early):
    terms = {"enrollment": cast.mentee_enrollment, "user": cast.mentee, "by": cast.coordinator}
    one = end_early(**terms, reason="Tariq moved away") if early else graduate(**terms, anyway=True)
    issue_service_certificates(cohort=cast.cohort, hours={cast.mentor_enrollment.pk: 5}, by=cast.coordinator)
    thanks = models.ServiceCertificate.objects.get().get_absolute_url()
    assert client.get(thanks).status_code == 200
    for person in (cast.mentee, cast.mentor):
        erase_person(email=person.email)
    one.refresh_from_db()
    assert "Tariq" not in one.name + one.reason
    for address in (one.get_absolute_url(), thanks):
        assert client.get(address).status_code == 404
        assert client.get(address + "certificate.pdf").status_code == 404


NO_FONT = "\ufdfa\u0e01 \U000e0041"  # letters that hardly any machine has all of


def test_a_name_that_can_not_be_printed_spoils_no_other_certificate(client, cast, match):
    second = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort, user__full_name=f"Ana {NO_FONT}")).mentee
    for enrollment in (cast.mentee_enrollment, second):
        graduate(enrollment=enrollment, user=enrollment.user, by=cast.coordinator, anyway=True)
    theirs = Graduation.objects.get(user=second.user).get_absolute_url()
    client.force_login(cast.coordinator)
    for name in ("certificates", "certificates-pdf"):
        answer = client.get(reverse(f"checkins:{name}", args=[cast.cohort.slug]))
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        page = client.get(reverse("checkins:graduation", args=[cast.cohort.slug])).content.decode()
        assert "No font of this server" in page
        assert f"Ana {NO_FONT}" in page
    client.logout()
    answer = client.get(theirs + "certificate.pdf", follow=True)
    assert answer.redirect_chain == [(theirs, 302)]
    assert "Print this page" in answer.content.decode()
    assert (
        client.get(Graduation.objects.get(user=cast.mentee).get_absolute_url() + "certificate.pdf").status_code == 200
    )


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "²", "-1", ""])
def test_no_number_of_a_form_breaks_a_page(client, cast, match, number):
    client.force_login(cast.owner)
    slug = cast.cohort.slug
    posts = [
        ("checkins:health", [slug], "match"), ("checkins:after", [slug], "opportunity"),
        ("checkins:facilitators", [slug], "item"), ("checkins:readers", [slug], "user"), ("checkins:mine", [], "item"),
        ("checkins:graduation-person", [slug, cast.mentee_enrollment.pk, cast.mentee.pk], "criterion"),
        ("outbox:suppressions", [], "lift"), ("checkins:honoraria", [slug], "ids"),
    ]  # fmt: skip
    for name, args, field in posts:
        assert client.post(reverse(name, args=args), {field: number}).status_code < 500, name
