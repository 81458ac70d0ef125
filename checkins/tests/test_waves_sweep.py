"""The life of a check-in, swept day by day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from checkins.answering.services import save_answers
from checkins.models import Answer, CheckIn, CheckInWave, SurveyQuestion
from checkins.schedule.planning import ensure_default_wave, open_checkins_of
from checkins.waves.links import checkin_link
from checkins.waves.mails import write_mail
from checkins.waves.sweep import sweep_checkins
from matching.models import Match
from matching.pairs.services import set_match_status
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory, MessageFactory, UserFactory
from mentorship.devtools.testing.links import without_signatures

pytestmark = pytest.mark.django_db

INTRO = datetime(2027, 2, 1, 10, tzinfo=UTC)
DUE = datetime(2027, 5, 1, 7, tzinfo=UTC)  # nine in Berlin


def sent(match, moment=INTRO):
    OutboxMessage.objects.filter(pk=match.intro_id).update(status="sent", sent_at=moment)


def mails():
    return OutboxMessage.objects.filter(kind="check-in").order_by("key")


def said(survey, **answers):
    keys = {q.key.replace("-", "_"): q.pk for q in SurveyQuestion.objects.filter(survey=survey)}
    return {keys[key]: value for key, value in answers.items()}


@pytest.fixture
def match(cast):
    sent(cast.match)
    return cast.match


def test_one_click_unsubscribe_cancels_check_ins(client, cast, match):
    sweep_checkins(DUE)
    first = mails().get(to=[cast.mentee.email])
    assert first.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first.unsubscribe_url in first.body_text
    stop = first.full_unsubscribe_url.removeprefix("http://127.0.0.1:8000")
    client.get(stop)
    sweep_checkins(DUE + timedelta(days=7))
    assert mails().filter(to=[cast.mentee.email]).count() == 2  # looking at the page changes nothing
    client.post(stop, {"List-Unsubscribe": "One-Click"})
    sweep_checkins(DUE + timedelta(days=14))
    assert mails().filter(to=[cast.mentee.email]).count() == 2
    assert mails().filter(to=[cast.mentor.email]).count() == 3


def test_nothing_is_planned_before_the_intro_has_left(cast):
    sweep_checkins(INTRO)
    assert not CheckIn.objects.exists()


def test_each_person_of_a_match_is_due_three_months_after_the_intro(match):
    match.mentee.members.create(user=UserFactory(full_name="Second", time_zone="Asia/Kathmandu"))
    for _ in range(2):
        sweep_checkins(INTRO + timedelta(hours=1))
    planned = CheckIn.objects.order_by("due_at")
    assert [(c.side, c.user.full_name, c.due_at) for c in planned] == [
        ("mentee", "Second", datetime(2027, 5, 1, 3, 15, tzinfo=UTC)),
        ("mentor", "Mona", DUE),
        ("mentee", "Tariq Anwar", DUE),
    ]
    assert not mails().exists()


def test_a_mentor_with_two_teams_is_asked_about_each(match):
    second = MatchFactory(mentee=EnrollmentFactory(cohort=match.mentee.cohort), mentor=match.mentor)
    sent(second)
    sweep_checkins(INTRO)
    assert CheckIn.objects.filter(user=match.mentor.user).count() == 2


def test_imported_matches_get_no_check_ins(cast):
    imported = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort), imported=True, intro=None)
    sweep_checkins(INTRO)
    assert not CheckIn.objects.filter(match=imported).exists()


def test_one_mail_and_two_reminders_are_sent(match):
    asked: dict[str, list] = {}
    sweep_checkins(INTRO)
    moment = DUE - timedelta(days=2, hours=7)
    while moment < DUE + timedelta(days=60):
        before = set(mails().values_list("pk", flat=True))
        sweep_checkins(moment)
        sweep_checkins(moment)
        for message in mails().exclude(pk__in=before):
            asked.setdefault(message.to[0], []).append(moment.date().isoformat())
        # A mail due after the last reminder would also leave five days late.
        moment += timedelta(hours=12) if moment < DUE + timedelta(days=21) else timedelta(days=5)
    assert asked == {
        "mentor@example.org": ["2027-05-01", "2027-05-08", "2027-05-15"],
        "mentee@example.org": ["2027-05-01", "2027-05-08", "2027-05-15"],
    }
    assert set(CheckIn.objects.values_list("status", flat=True)) == {"expired"}


def test_after_an_outage_reminders_are_counted_from_the_mail_that_left(match):
    sweep_checkins(INTRO)
    late = DUE + timedelta(days=10, hours=5)
    sweep_checkins(late)
    assert mails().count() == 2
    sweep_checkins(DUE + timedelta(days=16, hours=23))
    assert mails().count() == 2
    sweep_checkins(DUE + timedelta(days=17))
    assert mails().count() == 4


def test_an_outage_longer_than_the_window_skips_nobody(match):
    sweep_checkins(INTRO)
    sweep_checkins(DUE + timedelta(days=60))
    assert mails().count() == 2
    assert {c.closes_at for c in CheckIn.objects.all()} == {DUE + timedelta(days=102)}


def test_who_answered_gets_no_reminder(match):
    sweep_checkins(INTRO)
    sweep_checkins(DUE)
    answered = CheckIn.objects.get(side="mentee")
    save_answers(checkin=answered, answers=said(answered.wave.survey, have_met="regularly"), now=DUE)
    sweep_checkins(DUE + timedelta(days=8))
    assert [m.to for m in mails()].count(["mentee@example.org"]) == 1
    assert [m.to for m in mails()].count(["mentor@example.org"]) == 2


def test_two_sweeps_that_read_the_same_row_write_one_mail(match):
    sweep_checkins(INTRO)
    first, second = (CheckIn.objects.due(DUE).first() for _ in range(2))
    assert (write_mail([first], DUE), write_mail([second], DUE)) == (1, 0)
    assert mails().count() == 1


def test_a_rolled_back_sweep_writes_no_mail_and_is_repeated(match):
    sweep_checkins(INTRO)
    with pytest.raises(RuntimeError), transaction.atomic():
        sweep_checkins(DUE)
        raise RuntimeError
    assert not mails().exists()
    sweep_checkins(DUE)
    assert mails().count() == 2


def test_a_match_that_ends_stops_what_is_due(match, cast):
    sweep_checkins(INTRO)
    set_match_status(match=match, to="ended", by=cast.coordinator, reason="moved away")
    sweep_checkins(DUE)
    assert not mails().exists()
    assert set(CheckIn.objects.values_list("status", flat=True)) == {"cancelled"}


def test_answers_are_stored_changed_and_kept_out_of_the_trail(match):
    sweep_checkins(INTRO)
    sweep_checkins(DUE)
    checkin = CheckIn.objects.get(side="mentor")
    survey = checkin.wave.survey
    save_answers(checkin=checkin, answers=said(survey, have_met="sometimes", helpful="4", words="Secret."), now=DUE)
    save_answers(checkin=checkin, answers=said(survey, have_met="regularly", words="Other."), now=DUE)
    assert {a.question.key: a.value or a.text for a in Answer.objects.all()} == {
        "have-met": "regularly",
        "words": "Other.",
    }
    assert open_checkins_of(checkin.user, DUE) == []
    assert "Secret" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    with pytest.raises(ServiceError):
        save_answers(checkin=checkin, answers=said(survey, have_met="no"), now=checkin.closes_at)


@pytest.mark.parametrize(("met", "status"), [("regularly", "active"), ("no", "introduced")])
def test_meeting_makes_a_match_active(match, met, status):
    sweep_checkins(INTRO)
    checkin = CheckIn.objects.get(side="mentee")
    save_answers(checkin=checkin, answers=said(checkin.wave.survey, have_met=met), now=DUE)
    assert Match.objects.get(pk=match.pk).status == status


def test_the_default_wave_is_made_once_and_questions_belong_to_the_programme(cast):
    wave = ensure_default_wave(cohort=cast.cohort)
    assert ensure_default_wave(cohort=cast.cohort) == wave
    assert (wave.offset, wave.unit, wave.reminders, wave.reminder_every) == (3, "months", 2, 7)
    assert CheckInWave.objects.count() == 1
    assert wave.survey.programme == cast.programme


def test_the_mail_says_whom_it_is_about_and_has_a_link_of_its_own(match):
    sweep_checkins(INTRO)
    sweep_checkins(DUE)
    message = mails().get(to=["mentor@example.org"])
    checkin = CheckIn.objects.get(side="mentor")
    assert "Soil maps" in message.subject
    assert without_signatures(checkin_link(checkin)) in without_signatures(message.full_text)
    assert message.reply_to == ["hello@example.org"]
    assert MessageFactory._meta.model.objects.filter(key=f"checkin:{checkin.pk}:0").exists()
